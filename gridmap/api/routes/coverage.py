"""Who is not covered, and why."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gridmap.api.access import ViewDep
from gridmap.api.deps import AfterParam, CalendarDep, NowDep, SettingsDep, next_url
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.geojson import COLLECTION_SCHEMA, MEDIA_TYPE, feature_collection
from gridmap.api.headers import VERSION_HEADER
from gridmap.api.moments import AtLeastHeader, moment_of
from gridmap.api.schemas.coverage import CoverageOut, StallCoverageOut, StallCoveragePage
from gridmap.exchange.coverage_tables import coverage_table
from gridmap.model.coverage import Gap, MarketGap, VisitGap
from gridmap.services import coverage, rights

router = APIRouter(prefix="/coverage", tags=["覆盖 coverage"], route_class=TaggedRoute)
CSV = "text/csv"
MarketParam = Annotated[str | None, Query(max_length=64, examples=["demo"], description="市场 / a market")]
PlaceParam = Annotated[
    str | None, Query(max_length=64, description="地点;all 为可见的全部市场 / a place, or all that you see")
]
ReasonParam = Annotated[
    Gap | VisitGap | MarketGap | None, Query(description="只要有此原因的 / only those with this reason")
]
AtParam = Annotated[datetime | None, Query(description="时刻,默认现在 / moment, now if left out")]


@router.get("", responses=problem_responses(404, 409, 422))
def get_coverage(
    database: ViewDep,
    settings: SettingsDep,
    calendar: CalendarDep,
    now: NowDep,
    response: Response,
    market: MarketParam = None,
    place: PlaceParam = None,
    at: AtParam = None,
    at_least: AtLeastHeader = 0,
) -> CoverageOut:
    """未覆盖的商户,按原因合计,各市场与总计 / merchants that are not covered, by reason, pooled and by market."""
    moment = now if at is None else moment_of(at, settings.zone)
    found = coverage.coverage(database, now=moment, market=market, place=place, at_least=at_least, calendar=calendar)
    response.headers[VERSION_HEADER] = str(found.version)
    return CoverageOut.build(found, rights.shown(database))


@router.get(
    "/stalls",
    response_model=StallCoveragePage,
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": COLLECTION_SCHEMA}, CSV: {"schema": {"type": "string"}}}},
        **problem_responses(404, 409, 422),
    },
)
def get_stall_coverage(
    request: Request,
    database: ViewDep,
    settings: SettingsDep,
    calendar: CalendarDep,
    now: NowDep,
    response: Response,
    market: MarketParam = None,
    place: PlaceParam = None,
    at: AtParam = None,
    reason: ReasonParam = None,
    after: AfterParam = "",
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5000,
    at_least: AtLeastHeader = 0,
) -> StallCoveragePage | Response:
    """每个铺位的全部原因;按 Accept 给 JSON、GeoJSON 或 CSV / every stall with all its reasons."""
    moment = now if at is None else moment_of(at, settings.zone)
    found = coverage.coverage(database, now=moment, market=market, place=place, at_least=at_least, calendar=calendar)
    rows: list[StallCoverageOut] = []
    shapes = []
    for one in found.markets:
        if len(rows) > limit:
            break
        mask = rights.mask_of(database, one.market, moment.date())
        for stall in coverage.stalls_of(database, one):
            if f"{stall.market}/{stall.stall}" > after:
                told = StallCoverageOut.of(stall, mask)
                if reason is None or reason in (*(told.reasons or ()), *(told.overdue or ()), *told.market_lacks):
                    rows.append(told)
                    shapes.append(stall.place_lonlat)
    # The next page is of the same moment, so that pages fit together and nothing is worked out twice.
    last = f"{rows[limit - 1].market}/{rows[limit - 1].stall}" if len(rows) > limit else None
    more = None if last is None else next_url(request, last, at=moment.isoformat())
    wanted = _first_of((MEDIA_TYPE, CSV, "application/json"), request.headers.get("accept", ""))
    heads = {"Vary": "Accept", VERSION_HEADER: str(found.version)}
    if wanted == MEDIA_TYPE:
        pairs = zip(shapes[:limit], (row.model_dump() for row in rows[:limit]), strict=True)
        answer = feature_collection(pairs, next_url=more)
        answer.headers.update(heads)
        return answer
    if wanted == CSV:
        link = {"Link": f'<{more}>; rel="next"'} if more else {}
        table = coverage_table(row.model_dump() for row in rows[:limit])
        return Response(table, media_type=f"{CSV}; charset=utf-8", headers={**heads, **link})
    response.headers.update(heads)
    return StallCoveragePage(items=rows[:limit], next=more)


def _first_of(offered: tuple[str, ...], accept: str) -> str:
    """Return the first type that is asked for and offered; JSON if there is none."""
    asked = (part.partition(";")[0].strip().lower() for part in accept.split(","))
    return next((kind for kind in asked if kind in offered), "application/json")
