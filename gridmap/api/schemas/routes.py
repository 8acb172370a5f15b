"""Shape of the rounds of visits of a member."""

from datetime import date

from pydantic import BaseModel, Field

from gridmap.model.routes import Round, StartKind, Unplanned, VisitState, ZoneRoutes


class StopOut(BaseModel):
    """One stall of a round."""

    stall: str
    building: str
    level: int
    due: date = Field(description="最迟走访日 / the last day on which a visit is in time")
    state: VisitState = Field(description="当日:逾期、新入驻、今天到期、未到期 / on the day of the round")
    walk_m: float = Field(description="距上一站的步行米数 / metres from the stop before, or from the start")
    visited: bool = Field(description="当日已走访 / visited on that day")


class RoundOut(BaseModel):
    """The stops of a day in order, from the start and back."""

    day: date
    walk_m: float
    stops: list[StopOut]

    @classmethod
    def of(cls, found: Round) -> "RoundOut":
        """Build from the domain's value."""
        stops = [
            StopOut(
                stall=stop.stall,
                building=stop.level.building,
                level=stop.level.ordinal,
                due=stop.due,
                state=stop.state,
                walk_m=round(stop.walk_m, 1),
                visited=stop.visited,
            )
            for stop in found.stops
        ]
        return cls(day=found.day, walk_m=round(found.walk_m, 1), stops=stops)


class CycleOut(BaseModel):
    """From the first day to the last; `day` is which of its days was asked for, from 1."""

    first: date
    last: date
    day: int
    days: int
    working_days: list[date]


class AheadOut(BaseModel):
    """A round of another day, in short."""

    day: date
    stops: int
    walk_m: float


class UnplannedOut(BaseModel):
    """A stall without a day."""

    stall: str
    reason: Unplanned


class ZoneRoutesOut(BaseModel):
    """The rounds of one zone."""

    market: str
    zone: str
    member: str | None = Field(description="责任区的网格员 / whose zone it is")
    cycle: CycleOut
    start: str | None = Field(description="起止铺位 / the stall at which rounds begin and end")
    start_kind: StartKind
    stalls: int
    visited: int = Field(description="本周期已走访的铺位 / stalls visited in this cycle")
    round: RoundOut | None = Field(description="当日路线,非工作日为空 / null if he does not work that day")
    ahead: list[AheadOut] = Field(description="其余各日 / the days after it")
    unplanned: list[UnplannedOut]

    @classmethod
    def of(cls, found: ZoneRoutes, day: date) -> "ZoneRoutesOut":
        """Build from the domain's value."""
        today, cycle = found.round_on(day), found.cycle
        return cls(
            market=found.market,
            zone=found.zone,
            member=found.member,
            cycle=CycleOut(
                first=cycle.first,
                last=cycle.last,
                day=(day - cycle.first).days + 1,
                days=(cycle.last - cycle.first).days + 1,
                working_days=list(cycle.days),
            ),
            start=found.start,
            start_kind=found.start_kind,
            stalls=found.stalls,
            visited=found.visited,
            round=None if today is None else RoundOut.of(today),
            ahead=[
                AheadOut(day=one.day, stops=len(one.stops), walk_m=round(one.walk_m, 1))
                for one in found.rounds
                if one.day > day
            ],
            unplanned=[UnplannedOut(stall=stall, reason=reason) for stall, reason in found.unplanned],
        )


class MemberRoutesOut(BaseModel):
    """The rounds of the zones that a member answers for on a day."""

    member: str
    day: date
    zones: list[ZoneRoutesOut]
