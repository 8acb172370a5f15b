"""Have we enough members."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from gridmap.api.access import ViewDep
from gridmap.api.deps import NowDep
from gridmap.api.errors import language_of, problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.staffing import StaffingOut
from gridmap.errors import InvalidParameterError
from gridmap.services import rights, staffing
from gridmap.services.staffing import Question
from gridmap.spatial.staffing import STANDARD_CAP, STANDARD_CYCLE_DAYS

router = APIRouter(tags=["人员 staffing"], route_class=TaggedRoute)
_MOST = 100_000_000


@router.get("/staffing", responses=problem_responses(404, 422))
def get_staffing(
    request: Request,
    database: ViewDep,
    now: NowDep,
    place: Annotated[
        str | None, Query(max_length=64, examples=["yuyuan"], description="地点;all 为可见的全部市场 / a place, or all")
    ] = None,
    merchants: Annotated[int | None, Query(ge=0, le=_MOST, examples=[5800])] = None,
    members: Annotated[int | None, Query(ge=0, le=_MOST, examples=[81])] = None,
    cap: Annotated[int, Query(ge=1, le=_MOST)] = STANDARD_CAP,
    markets: Annotated[int | None, Query(ge=1, le=100_000, description="大小相等 / equal ones")] = None,
    helpers: Annotated[int, Query(ge=0, le=_MOST, description="协助人员,仅测算 / a what-if")] = 0,
    cycle_days: Annotated[int, Query(ge=1, le=364)] = STANDARD_CYCLE_DAYS,
    limit: Annotated[int | None, Query(ge=1, le=10_000, description="每人每日走访上限 / visits a day")] = None,
) -> StaffingOut:
    """人员缺口测算 / need, gap, least cap: for numbers, or for a loaded place with its own markets."""
    if place is not None and (merchants, members, markets) == (None, None, None):
        report = staffing.place_staffing(
            database, place, now.date(), cap=cap, helpers=helpers, cycle_days=cycle_days, limit_a_day=limit
        )
    elif place is None and merchants is not None and members is not None:
        question = Question(merchants, members, cap, markets, helpers)
        report = staffing.compare(question, cycle_days=cycle_days, limit_a_day=limit)
    else:
        raise InvalidParameterError(
            "place",
            place or "",
            "请给出地点,或同时给出商户数与人数。",
            "Give a place, or merchants and members together.",
        )
    return StaffingOut.of(report, rights.shown(database), language_of(request))
