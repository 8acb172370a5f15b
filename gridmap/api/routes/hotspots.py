"""Where trouble gathers, corrected for visits made; runs that are kept."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from gridmap.api.access import May
from gridmap.api.deps import AfterParam, AuthorDep, NowDep, SettingsDep, next_url
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.geojson import COLLECTION_SCHEMA, MEDIA_TYPE, feature_collection
from gridmap.api.schemas.hotspots import HotspotsOut, KeptRunOut, PeriodsOut, RunCheckOut, RunIn, RunOut, RunPage
from gridmap.model.hotspots import Wishes
from gridmap.model.rights import Action
from gridmap.services import hotspot_runs, hotspots
from gridmap.store.session import Database

router = APIRouter(tags=["问题高发 hot spots"], route_class=TaggedRoute)
FieldDep = Annotated[Database, Depends(May(Action.VIEW_REGISTER))]
MarketParam = Annotated[str, Query(max_length=64, examples=["demo"], description="市场 / a market")]
FirstParam = Annotated[date | None, Query(alias="from", description="首日,默认截止日前 180 天 / first day")]
LastParam = Annotated[date | None, Query(alias="to", description="截止日,默认今天 / last day, today")]


@router.get(
    "/hotspots",
    response_model=HotspotsOut,
    responses={200: {"content": {MEDIA_TYPE: {"schema": COLLECTION_SCHEMA}}}, **problem_responses(404, 422)},
)
def get_hotspots(
    request: Request,
    database: FieldDep,
    settings: SettingsDep,
    now: NowDep,
    market: MarketParam,
    first: FirstParam = None,
    last: LastParam = None,
    list_size: Annotated[int, Query(ge=0, le=100_000, description="检查清单的铺位数 / stalls to list")] = 50,
    random_share: Annotated[float, Query(ge=0, le=1, description="清单中随机抽取的比例 / share drawn by lot")] = 0.2,
    seed: Annotated[int, Query(ge=0, le=2**31)] = 1,
) -> HotspotsOut | Response:
    """问题高发之处:现场问题数与走访次数相比,分楼层检验 / hot spots of a market; JSON, or GeoJSON by Accept."""
    span = hotspots.span_of(first, last, now.date())
    wishes = Wishes(list_size=list_size, random_share=random_share, seed=seed)
    found = hotspots.hotspots(database, market, span=span, zone=settings.zone, wishes=wishes)
    wanted = request.headers.get("accept", "")
    if MEDIA_TYPE in wanted and "application/json" not in wanted:
        answer = feature_collection(zip(found.places_lonlat, found.run.rows, strict=True))
        answer.headers["Vary"] = "Accept"
        return answer
    return HotspotsOut.of(found.run.answer, hotspot_runs.kept_as(database, market, found.run))


@router.get("/hotspots/periods", responses=problem_responses(404, 422))
def get_hotspot_periods(
    database: FieldDep,
    settings: SettingsDep,
    now: NowDep,
    market: MarketParam,
    first: FirstParam = None,
    last: LastParam = None,
) -> PeriodsOut:
    """全部日期与最多 13 个时段各查一遍,供时间轴用 / the whole span and up to 13 periods of it, for a time slider."""
    span = hotspots.span_of(first, last, now.date())
    run = hotspots.hotspots(database, market, span=span, zone=settings.zone).run
    whole = (span, run.counts, run.found)
    told = [hotspots.period_told(*one) for one in (whole, *hotspots.periods(run))]
    return PeriodsOut.of(run, told, hotspots.density_shares(run.counts))


@router.get("/markets/{market}/hotspot-runs", responses=problem_responses(404, 422))
def list_runs(
    request: Request,
    market: str,
    database: FieldDep,
    after: AfterParam = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> RunPage:
    """已存档的问题高发计算,新的在前 / kept runs of a market, newest first."""
    found = hotspot_runs.list_runs(database, market, after=after, limit=limit + 1)
    more = next_url(request, found[limit - 1].code) if len(found) > limit else None
    return RunPage(items=[RunOut.of(run) for run in found[:limit]], next=more)


@router.post(
    "/markets/{market}/hotspot-runs",
    status_code=201,
    responses={200: {"model": KeptRunOut, "description": "已存过 / kept before"}, **problem_responses(404, 422)},
)
def keep_run(
    market: str,
    body: RunIn,
    database: FieldDep,
    settings: SettingsDep,
    author: AuthorDep,
    response: Response,
) -> KeptRunOut:
    """计算并存档,连同输入;同样的输入与参数只存一份(200)/ search and keep; what is kept already is answered, 200."""
    span = hotspots.span_of(body.first_day, body.last_day, author.now.date())
    kept, new = hotspot_runs.keep_run(
        database, market, span=span, zone=settings.zone, wishes=body.wishes, author=author
    )
    response.status_code = 201 if new else 200
    return KeptRunOut.of(kept)


@router.get("/markets/{market}/hotspot-runs/{run}", responses=problem_responses(404))
def get_run(market: str, run: str, database: FieldDep) -> KeptRunOut:
    """一份存档,原样 / a kept run as it was told."""
    return KeptRunOut.of(hotspot_runs.show_run(database, market, run))


@router.get("/markets/{market}/hotspot-runs/{run}/check", responses=problem_responses(404))
def check_run(market: str, run: str, database: FieldDep) -> RunCheckOut:
    """用存档的输入重算并比对 / search the kept input once more and compare."""
    return RunCheckOut.of(hotspot_runs.check_run(database, market, run))
