"""Absences: who is away, who covers, back again. They hold everywhere from the next answer on."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.routes.members import DutyDep
from gridmap.api.schemas.members import AbsenceDetailOut, AbsenceIn, AbsenceList, AbsenceOut, BackIn, CoverIn
from gridmap.services import absences

router = APIRouter(tags=["请假与代管 absences"], route_class=TaggedRoute)


@router.get("/markets/{market}/absences", responses=problem_responses(404))
def list_absences(
    market: str,
    database: DutyDep,
    now: NowDep,
    first: Annotated[date | None, Query(alias="from", description="自此日起,默认今天 / from this day, today")] = None,
    last: Annotated[date | None, Query(alias="to", description="至此日(含),默认一年 / to this day, a year")] = None,
) -> AbsenceList:
    """一个市场的请假 / the absences of a market's members that hold on one of some days."""
    since = min(first or now.date(), date.max - timedelta(days=400))
    until = min(last or since + timedelta(days=366), date.max - timedelta(days=1)) + timedelta(days=1)
    found = absences.list_absences(database, market, since, until)
    return AbsenceList(items=[AbsenceOut.of(absence) for absence in found], next=None)


@router.post("/members/{member}/absences", status_code=201, responses=problem_responses(400, 404, 409))
def add_absence(member: str, body: AbsenceIn, database: DutyDep, now: NowDep) -> AbsenceDetailOut:
    """登记请假和代管人,立即生效;可重复提交 / record an absence with its cover; may be repeated with the same uuid."""
    return AbsenceDetailOut.with_effect(absences.add_absence(database, body.absence(member), today=now.date()))


@router.get("/absences/{absence}", responses=problem_responses(404))
def get_absence(absence: str, database: DutyDep, now: NowDep) -> AbsenceDetailOut:
    """一次请假,及实际由谁代管 / one absence, and who stands in."""
    return AbsenceDetailOut.with_effect(absences.show_absence(database, absence, today=now.date()))


@router.put("/absences/{absence}/cover", responses=problem_responses(400, 404))
def set_cover(absence: str, body: CoverIn, database: DutyDep, now: NowDep) -> AbsenceDetailOut:
    """更换代管人 / name another cover, or nobody."""
    return AbsenceDetailOut.with_effect(absences.set_cover(database, absence, body.cover, today=now.date()))


@router.post("/absences/{absence}/end", responses=problem_responses(400, 404))
def end_absence(absence: str, database: DutyDep, now: NowDep, body: BackIn | None = None) -> AbsenceDetailOut:
    """提前回岗 / let an absence end early."""
    day = (body and body.day) or now.date()
    return AbsenceDetailOut.with_effect(absences.end_absence(database, absence, day, today=now.date()))
