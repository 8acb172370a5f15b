"""What is due: a member's own zones, and when each stall is to be visited."""

from typing import Annotated

from fastapi import APIRouter, Depends

from gridmap.api.access import May
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.due import OwnZoneList, OwnZoneOut, StallDueList, StallDueOut
from gridmap.model.rights import Action
from gridmap.services import due
from gridmap.store.session import Database

router = APIRouter(tags=["走访 visits"], route_class=TaggedRoute)
OwnDep = Annotated[Database, Depends(May(Action.VIEW_OWN_REGISTER))]


@router.get("/own-zones", responses=problem_responses(422))
def get_own_zones(database: OwnDep, now: NowDep) -> OwnZoneList:
    """本人负责和代管的责任区 / the zones that the caller answers for today."""
    zones = due.own_zones(database, now.date())
    return OwnZoneList(as_of=now.date(), member=database.caller.member, items=[OwnZoneOut.of(zone) for zone in zones])


@router.get("/markets/{market}/due", responses=problem_responses(404, 422))
def get_due(market: str, database: OwnDep, now: NowDep) -> StallDueList:
    """各铺位最近走访与到期日;网格员只见本人负责的 / last visit and next one; a member's own stalls only."""
    found = due.due_visits(database, market, now)
    return StallDueList(as_of=now.date(), items=[StallDueOut.of(one) for one in found])
