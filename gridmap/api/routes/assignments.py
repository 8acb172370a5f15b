"""Assignments: who answers for which zone."""

from fastapi import APIRouter

from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.routes.members import DutyDep
from gridmap.api.schemas.members import AssignmentIn, AssignmentOut, EndIn, ReplaceIn
from gridmap.services import assignments
from gridmap.services.assignments import Wanted

router = APIRouter(tags=["责任分工 duty"], route_class=TaggedRoute)


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
