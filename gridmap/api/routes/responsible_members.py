"""Who is responsible for a place."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from gridmap.api.access import ViewDep
from gridmap.api.deps import NowDep, SettingsDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.responsible import NearestOut
from gridmap.errors import InvalidParameterError
from gridmap.services.duty import Spot, responsible_for

router = APIRouter(prefix="/responsible-members", tags=["责任分工 duty"], route_class=TaggedRoute)


@router.get("/nearest", responses=problem_responses(404, 422))
def nearest(
    database: ViewDep,
    settings: SettingsDep,
    now: NowDep,
    market: Annotated[str, Query(max_length=64, examples=["demo"])],
    stall: Annotated[str | None, Query(max_length=64, description="铺位号 / stall code", examples=["A101"])] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    building: Annotated[str | None, Query(max_length=64)] = None,
    level: Annotated[int | None, Query(ge=-100, le=300, description="楼层序号,一层为 0 / ordinal, 1F is 0")] = None,
    at: Annotated[datetime | None, Query(description="时刻,默认现在 / moment, now if left out")] = None,
    k: Annotated[int, Query(ge=0, le=50, description="备选人数 / number of alternatives")] = 3,
) -> NearestOut:
    """这里由谁负责 / who answers for a stall, or for a point on a level, and who else could."""
    if stall is None and (lon is None or lat is None or level is None):
        raise InvalidParameterError(
            "stall",
            "",
            "请给出铺位号,或同时给出 lon、lat 和 level。",
            "Give a stall, or lon, lat and level together.",
        )
    moment = now if at is None else _moment(at, settings.zone)
    spot = Spot(stall=stall, lon=lon, lat=lat, building=building, ordinal=level)
    return NearestOut.of(responsible_for(database, market, spot, now=moment, others=k))


def _moment(at: datetime, zone: ZoneInfo) -> datetime:
    try:
        return at.replace(tzinfo=at.tzinfo or zone).astimezone(zone)
    except OverflowError as error:
        raise InvalidParameterError(
            "at", at.isoformat(), "该时刻超出日历范围。", "The calendar does not reach so far."
        ) from error
