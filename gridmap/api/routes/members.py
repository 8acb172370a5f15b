"""Members: who they are, what they answer for, their posts and hours."""

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Response

from gridmap.api.access import May, ViewDep
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of, wanted_version
from gridmap.api.schemas.members import (
    EndIn,
    MemberChangeIn,
    MemberDetailOut,
    MemberDutyOut,
    MemberIn,
    MemberList,
    PostEndIn,
    PostIn,
    ShiftOut,
    ShiftsIn,
)
from gridmap.model.kinds import Role
from gridmap.model.rights import Action
from gridmap.services import members
from gridmap.services.members import MemberDetail
from gridmap.store.session import Database

router = APIRouter(tags=["网格员 members"], route_class=TaggedRoute)
DutyDep = Annotated[Database, Depends(May(Action.MANAGE_DUTY))]
AtParam = Annotated[date | None, Query(description="日期,默认今天 / day, today if left out")]
IfMatch = Annotated[str | None, Header(description="GET 所得的 ETag / the ETag of what was read")]


@router.get("/markets/{market}/members", responses=problem_responses(404))
def list_members(market: str, database: ViewDep, now: NowDep, at: AtParam = None) -> MemberList:
    """一个市场某日在任的人 / everybody on duty in a market on a day; who is away shows by who stands in."""
    found = members.list_members(database, market, at or now.date())
    return MemberList(items=[MemberDutyOut.on(duty) for duty in found], next=None)


@router.post("/markets/{market}/members", status_code=201, responses=problem_responses(400, 404, 409))
def add_member(market: str, body: MemberIn, database: DutyDep, response: Response) -> MemberDetailOut:
    """新任网格员、网格长等 / appoint a member of a market."""
    made = members.add_member(database, market, body.member(body.member_id, body.role))
    response.headers["Location"] = f"/api/v1/members/{quote(body.member_id, safe='')}"
    return _shown(made, response)


@router.get("/members/{member}", responses=problem_responses(404))
def get_member(member: str, database: DutyDep, response: Response) -> MemberDetailOut:
    """一个人的全部分工、任职、请假、值班时段 / a member with all his duties."""
    return _shown(members.show_member(database, member), response)


@router.put("/members/{member}", responses=problem_responses(400, 404, 412, 428))
def change_member(
    member: str, body: MemberChangeIn, database: DutyDep, response: Response, if_match: IfMatch = None
) -> MemberDetailOut:
    """修改姓名、办公联系方式、容量、本人铺位、到任日 / change what is known of a member."""
    version = wanted_version(if_match)
    return _shown(members.change_member(database, member, body.member(), expected_version=version), response)


@router.post("/members/{member}/end", responses=problem_responses(400, 404))
def end_member(member: str, body: EndIn, database: DutyDep, now: NowDep, response: Response) -> MemberDetailOut:
    """离任;其责任区和任职同时结束 / a member leaves office; his zones and posts end with it."""
    return _shown(members.end_member(database, member, body.day or now.date(), body.reason), response)


@router.put("/members/{member}/shifts", responses=problem_responses(400, 404))
def set_member_shifts(member: str, body: ShiftsIn, database: DutyDep, response: Response) -> MemberDetailOut:
    """本人值班时段;空为按角色 / a member's own hours; none: those of his role."""
    return _shown(members.set_member_shifts(database, member, [shift.shift() for shift in body.shifts]), response)


@router.get("/markets/{market}/shifts/{role}", responses=problem_responses(404))
def get_role_shifts(market: str, role: Role, database: ViewDep, now: NowDep) -> list[ShiftOut]:
    """一种角色在市场的值班时段 / the hours of a role in a market; none: at any time."""
    found = members.roster(database, market, now.date())
    return [ShiftOut.of(shift) for shift in found.role_shifts.get(role, ())]


@router.put("/markets/{market}/shifts/{role}", responses=problem_responses(400, 404))
def set_role_shifts(market: str, role: Role, body: ShiftsIn, database: DutyDep) -> list[ShiftOut]:
    """设定一种角色的值班时段 / set the hours of a role in a market."""
    hours = [shift.shift() for shift in body.shifts]
    members.set_role_shifts(database, market, role, hours)
    return [ShiftOut.of(shift) for shift in hours]


@router.post("/markets/{market}/posts", status_code=201, responses=problem_responses(400, 404, 409))
def give_post(market: str, body: PostIn, database: DutyDep, now: NowDep, response: Response) -> MemberDetailOut:
    """任命网格长、指导员、联络员、开办者;每个市场同一天一名网格长 / give a member a role for a market."""
    day = body.first_day or now.date()
    return _shown(members.give_post(database, market, body.member_id, body.role, day), response)


@router.post("/markets/{market}/posts/end", responses=problem_responses(400, 404))
def end_post(market: str, body: PostEndIn, database: DutyDep, now: NowDep, response: Response) -> MemberDetailOut:
    """结束任职 / end a member's role for a market."""
    day = body.day or now.date()
    return _shown(members.end_post(database, market, body.member_id, body.role, day), response)


def _shown(detail: MemberDetail, response: Response) -> MemberDetailOut:
    response.headers["ETag"] = tag_of(detail.member.version)
    return MemberDetailOut.full(detail)
