"""Who is responsible for a place."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from gridmap.api.access import ViewDep
from gridmap.api.deps import CalendarDep, NowDep, SettingsDep
from gridmap.api.errors import language_of, problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.headers import VERSION_HEADER
from gridmap.api.moments import AtLeastHeader, moment_of
from gridmap.api.schemas.responsible import (
    BatchIn,
    BatchOut,
    NearestOnLevelsOut,
    NearestOut,
    QuestionIn,
)
from gridmap.errors import InvalidParameterError
from gridmap.services.duty import DutyDesk, Spot
from gridmap.services.duty_batch import Question, answer_all

router = APIRouter(prefix="/responsible-members", tags=["责任分工 duty"], route_class=TaggedRoute)


@router.get("/nearest", responses=problem_responses(404, 409, 422))
def nearest(
    database: ViewDep,
    settings: SettingsDep,
    calendar: CalendarDep,
    now: NowDep,
    response: Response,
    market: Annotated[str, Query(max_length=64, examples=["demo"])],
    stall: Annotated[str | None, Query(max_length=64, description="铺位号 / stall code", examples=["A101"])] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    building: Annotated[str | None, Query(max_length=64)] = None,
    level: Annotated[int | None, Query(ge=-100, le=300, description="楼层序号,一层为 0 / ordinal, 1F is 0")] = None,
    at: Annotated[datetime | None, Query(description="时刻,默认现在 / moment, now if left out")] = None,
    k: Annotated[int, Query(ge=0, le=50, description="备选人数 / number of alternatives")] = 3,
    at_least: AtLeastHeader = 0,
) -> NearestOut | NearestOnLevelsOut:
    """这里由谁负责;不给楼层时各楼层分别回答 / who answers for a place; for each level it can be if none is given."""
    spot = Spot(stall=stall, lon=lon, lat=lat, building=building, ordinal=level)
    moment = now if at is None else moment_of(at, settings.zone)
    desk = DutyDesk(database, at_least, calendar)
    response.headers[VERSION_HEADER] = str(desk.version)
    if stall is None and (lon is None or lat is None):
        raise _no_place()
    if stall is None and level is None:
        answers = desk.on_every_level(market, spot, now=moment, others=k)
        return NearestOnLevelsOut.of(moment, market, answers)
    return NearestOut.of(desk.responsible_for(market, spot, now=moment, others=k))


@router.post("/nearest/batch", response_model=BatchOut, responses=problem_responses(409, 422))
def nearest_batch(
    request: Request,
    database: ViewDep,
    settings: SettingsDep,
    calendar: CalendarDep,
    now: NowDep,
    body: BatchIn,
    at_least: AtLeastHeader = 0,
) -> Response:
    """一次询问至多一万处;有误的问题各自说明,不影响其余 / up to 10,000 places; a faulty question spoils no other."""
    desk = DutyDesk(database, at_least, calendar)
    default = now if body.at is None else moment_of(body.at, settings.zone)
    questions = [_question(asked, body.market, default, settings.zone) for asked in body.queries]
    told = BatchOut.written(default, answer_all(desk, questions, others=body.k), language_of(request))
    return Response(told, media_type="application/json", headers={VERSION_HEADER: str(desk.version)})


def _question(asked: QuestionIn, market: str, default: datetime, zone: ZoneInfo) -> Question:
    spot = Spot(asked.stall, asked.lon, asked.lat, asked.building, asked.level)
    return Question(asked.market or market, spot, default if asked.at is None else moment_of(asked.at, zone))


def _no_place() -> InvalidParameterError:
    return InvalidParameterError(
        "stall",
        "",
        "请给出铺位号,或同时给出 lon 和 lat(最好连同 level)。",
        "Give a stall, or lon and lat (better with level).",
    )
