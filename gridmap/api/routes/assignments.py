"""Assignments: who answers for which zone."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.routes.members import DutyDep
from gridmap.api.schemas.members import (
    AssignmentIn,
    AssignmentOut,
    EndIn,
    PairsIn,
    ProposalOut,
    ReplaceIn,
)
from gridmap.services import assignments, proposals
from gridmap.services.assignments import Wanted

router = APIRouter(tags=["责任分工 duty"], route_class=TaggedRoute)


@router.get("/markets/{market}/assignments/proposal", responses=problem_responses(404, 409))
def propose(
    market: str,
    database: DutyDep,
    now: NowDep,
    plan: Annotated[str | None, Query(max_length=80, description="默认现行方案 / the plan in force")] = None,
    first: Annotated[date | None, Query(alias="from", description="自此日起,默认今天 / from this day")] = None,
) -> ProposalOut:
    """为无人的责任区提名网格员,不写入 / propose members for zones without one; nothing is written."""
    return ProposalOut.of(proposals.propose(database, market, first or now.date(), plan=plan))


@router.post("/markets/{market}/assignments", status_code=201, responses=problem_responses(400, 404, 409))
def apply(market: str, body: PairsIn, database: DutyDep, now: NowDep) -> list[AssignmentOut]:
    """采用提名:全部指派,或全部不指派 / give zones to members as proposed, all of it or nothing."""
    wanted = [Wanted(pair.zone, pair.member_id) for pair in body.pairs]
    placed = proposals.apply(database, market, wanted, body.first_day or now.date(), plan=body.plan)
    return [AssignmentOut.of(one) for one in placed]


@router.post("/plans/{plan}/assignments", status_code=201, responses=problem_responses(400, 404, 409))
def assign(plan: str, body: AssignmentIn, database: DutyDep, now: NowDep) -> AssignmentOut:
    """指派网格员到责任区;超出容量须明示 / give a zone to a member; beyond his capacity only expressly."""
    wanted = Wanted(body.zone, body.member_id, body.role)
    day = body.first_day or now.date()
    return AssignmentOut.of(assignments.assign(database, plan, wanted, day, beyond_capacity=body.beyond_capacity))


@router.post("/assignments/{assignment}/end", responses=problem_responses(400, 404))
def end_assignment(assignment: str, body: EndIn, database: DutyDep, now: NowDep) -> AssignmentOut:
    """结束一项分工,须写原因 / end an assignment and say why."""
    day = body.day or now.date()
    return AssignmentOut.of(assignments.end_assignment(database, assignment, day, body.reason))


@router.post("/assignments/{assignment}/replace", responses=problem_responses(400, 404, 409))
def replace_member(assignment: str, body: ReplaceIn, database: DutyDep, now: NowDep) -> AssignmentOut:
    """更换网格员 / another member for the same zone, from the same day on."""
    day = body.day or now.date()
    return AssignmentOut.of(
        assignments.replace_member(
            database, assignment, body.member_id, day, body.reason, beyond_capacity=body.beyond_capacity
        )
    )
