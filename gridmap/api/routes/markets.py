"""Markets, their levels, connectors and stalls."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gridmap.api.access import ViewDep
from gridmap.api.deps import AfterParam, NowDep, next_url
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.features import connector_features, level_features, stall_features
from gridmap.api.geojson import COLLECTION_SCHEMA, MEDIA_TYPE, feature_collection
from gridmap.api.schemas.markets import LinksOut, MarketDetailOut, MarketOut, MarketPage
from gridmap.api.schemas.organisations import BodyList, BodyOut
from gridmap.errors import InvalidParameterError
from gridmap.services import history, markets, organisations, plans, rights

router = APIRouter(prefix="/markets", tags=["市场 markets"], route_class=TaggedRoute)
AtParam = Annotated[
    date | None,
    Query(description="某日的状况,默认今天;他日须能看商户登记 / as of a day; other days for who sees the register"),
]
GEOJSON = {200: {"content": {MEDIA_TYPE: {"schema": COLLECTION_SCHEMA}}, "description": "FeatureCollection"}}


@router.get("", responses=problem_responses(422))
def list_markets(
    request: Request,
    database: ViewDep,
    now: NowDep,
    at: AtParam = None,
    after: AfterParam = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> MarketPage:
    """市场清单 / all markets by code, with their counts on a day."""
    database, day = history.on_day(database, at, now.date())
    found = markets.list_markets(database, day, after=after, limit=limit + 1)
    more = next_url(request, found[limit - 1].market.code) if len(found) > limit else None
    shown = rights.shown(database)
    items = [MarketOut.of(summary, shown.of(summary.market.code)) for summary in found[:limit]]
    return MarketPage(items=items, next=more)


@router.get("/{market}", responses=problem_responses(404, 422))
def get_market(market: str, database: ViewDep, now: NowDep, at: AtParam = None) -> MarketDetailOut:
    """一个市场 / one market with its counts and plans."""
    database, day = history.on_day(database, at, now.date())
    summary = markets.market_summary(database, market, day)
    return MarketDetailOut.with_plans(summary, plans.list_plans(database, market), rights.mask_of(database, market))


@router.get("/{market}/levels", response_class=Response, responses={**GEOJSON, **problem_responses(404, 422)})
def get_levels(market: str, database: ViewDep, now: NowDep, at: AtParam = None) -> Response:
    """楼层轮廓 / outlines of all levels, with counts."""
    database, day = history.on_day(database, at, now.date())
    summaries = markets.market_levels(database, market, day)
    return feature_collection(level_features(summaries, rights.mask_of(database, market)))


@router.get("/{market}/bodies", responses=problem_responses(404))
def get_bodies(market: str, database: ViewDep, now: NowDep) -> BodyList:
    """市场内及附近的站点、服务它的组织及其任职人员 / stations in and near a market, and organisations that serve it."""
    return BodyList(items=[BodyOut.of(body) for body in organisations.list_bodies(database, market, now.date())])


@router.get("/{market}/connectors", response_class=Response, responses={**GEOJSON, **problem_responses(404)})
def get_connectors(market: str, database: ViewDep) -> Response:
    """连通点 / stairs, escalators, lifts and other ways between levels."""
    return feature_collection(connector_features(markets.market_connectors(database, market)))


@router.get("/{market}/links", responses=problem_responses(404))
def get_links(market: str, database: ViewDep, now: NowDep) -> LinksOut:
    """通路:哪些铺位相邻可达 / between which stalls one can walk, and how far."""
    stalls, links, walk_m = markets.market_links(database, market, now.date())
    return LinksOut.model_validate({"stalls": stalls, "links": links.tolist(), "walk_m": walk_m.round(1).tolist()})


@router.get("/{market}/stalls", response_class=Response, responses={**GEOJSON, **problem_responses(404, 422)})
def get_stalls(
    request: Request,
    market: str,
    database: ViewDep,
    now: NowDep,
    at: AtParam = None,
    building: Annotated[str | None, Query(max_length=64)] = None,
    level: Annotated[int | None, Query(ge=-100, le=300)] = None,
    bbox: Annotated[str | None, Query(max_length=200, examples=["121.48,31.22,121.50,31.23"])] = None,
    after: AfterParam = "",
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5000,
) -> Response:
    """铺位 / stalls of a market or one level of it, with their merchants on a day."""
    database, day = history.on_day(database, at, now.date())
    found = markets.market_stalls(
        database,
        market,
        day,
        building=building,
        ordinal=level,
        box_lonlat=_box(bbox),
        after=after,
        limit=limit + 1,
    )
    mask = rights.mask_of(database, market, day)
    more = next_url(request, found[limit - 1].stall.code) if len(found) > limit else None
    return feature_collection(stall_features(found[:limit], mask), next_url=more)


def _box(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidParameterError(
            "bbox", text, "格式为 西,南,东,北(经纬度)。", "Give west,south,east,north in degrees."
        )
    return west, south, east, north
