"""Rounds of visits."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from gridmap.api.access import May
from gridmap.api.deps import CalendarDep, NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.routes import MemberRoutesOut, ZoneRoutesOut
from gridmap.model.rights import Action
from gridmap.services import routes
from gridmap.store.session import Database

router = APIRouter(prefix="/routes", tags=["走访 visits"], route_class=TaggedRoute)
OwnDep = Annotated[Database, Depends(May(Action.VIEW_OWN_REGISTER))]


@router.get("", responses=problem_responses(404))
def get_routes(
    database: OwnDep,
    calendar: CalendarDep,
    now: NowDep,
    member: Annotated[str, Query(max_length=64, description="网格员编号 / a member")],
    day: Annotated[date | None, Query(description="日期,默认今天 / a day, today if left out")] = None,
    market: Annotated[str | None, Query(max_length=64, description="市场,默认其所属 / his own if left out")] = None,
) -> MemberRoutesOut:
    """网格员当日的走访路线与其余各日,落后时自动重排 / a member's round, planned anew when he falls behind."""
    asked = routes.Asked(day or now.date(), now, calendar)
    found = routes.routes_of_member(database, member, asked, market)
    return MemberRoutesOut(member=member, day=asked.day, zones=[ZoneRoutesOut.of(one, asked.day) for one in found])
