"""Rounds of visits for the zones of a market: from the register, the duties and what came in from the field.

Nothing is stored: the plan of a cycle is found again from the visits in it (`spatial.visit_cycles`).
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from gridmap.errors import ForbiddenError, NotFoundError
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.rights import Action
from gridmap.model.routes import Round, StartKind, Stop, Unplanned, VisitState, ZoneRoutes, cycle_first
from gridmap.model.workdays import WEEKENDS, Calendar
from gridmap.services import rights
from gridmap.services.duty import DutyDesk
from gridmap.services.kept import Kept
from gridmap.services.route_problems import Clock, MarketVisits, ZoneProblem, clocks_of, zone_problem
from gridmap.spatial.arrays import BoolArray, IntArray
from gridmap.spatial.routes import EFFORT, NO_DAY, VisitDays
from gridmap.spatial.visit_cycles import visit_cycle
from gridmap.store import field_records, members, plans, site_rules, stalls
from gridmap.store.session import Database

SEED = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What rounds are asked for: the day, now in the time zone of the days, working days, and how to search."""

    day: date
    now: datetime
    calendar: Calendar = WEEKENDS
    entrance: str | None = None
    seed: int = SEED
    effort: int = EFFORT

    @property
    def first(self) -> date:
        """The day from which on days are planned: today, or the day asked for if that is over."""
        return min(self.day, self.now.date())


def routes_of_member(database: Database, member: str, asked: Asked, market: str | None = None) -> list[ZoneRoutes]:
    """
    Return the rounds of the zones that a member answers for on a day, his own and those that he covers.

    Parameters
    ----------
    member
        Code or UUID.
    market
        Code or UUID; None: the member's own.

    Raises
    ------
    NotFoundError
        If there is no such member or market.
    ForbiddenError
        If the caller is neither the member nor somebody who sees the register of the market.
    """
    with database.reading() as connection:
        found = members.member(connection, member)
    place = market or found.market
    if place is None:
        raise NotFoundError("market", "")
    if not rights.allow_here(database, Action.VIEW_REGISTER, place) and (
        database.caller.member != found.code or not rights.allow_here(database, Action.VIEW_OWN_REGISTER, place)
    ):
        raise ForbiddenError(Action.VIEW_REGISTER)
    visits = market_visits(database, place, asked)
    zones = visits.duties.roster.zones_done_by(MemberCode(found.code))
    return [zone_routes(visits, zone, asked) for zone in visits.duties.zones if zone in zones]


def routes_of_market(database: Database, market: str, asked: Asked, zone: str | None = None) -> list[ZoneRoutes]:
    """
    Return the rounds of a market's zones, or of one of them; the door has seen to it that the caller may know them.

    Raises
    ------
    NotFoundError
        If there is no such market or zone.
    """
    visits = market_visits(database, market, asked)
    if zone is not None and zone not in visits.duties.zones:
        raise NotFoundError("zone", zone)
    wanted = visits.duties.zones if zone is None else (ZoneCode(zone),)
    return [zone_routes(visits, code, asked) for code in wanted]


def market_visits(database: Database, market: str, asked: Asked) -> MarketVisits:
    """Read what a market's rounds on a day depend on; visits as far as they are known at the end of that day."""
    duties = DutyDesk(database, calendar=asked.calendar).day(market, asked.day)
    code, tz = duties.market.code, asked.now.tzinfo
    with database.reading() as connection:
        rules = site_rules.rules_of(connection, code)
        plan = plans.plan_in_force(connection, code, asked.day)
        begins = plans.plan(connection, plan).valid_from if plan else None
        first = cycle_first(asked.day, begins or asked.day, rules.cycle_days)
        began = datetime.combine(first, time(), tz)
        until = datetime.combine(asked.day + timedelta(days=1), time(), tz)
        last = field_records.latest_at(connection, code, rules.resetting, began - timedelta(microseconds=1))
        within = field_records.recorded_between(connection, code, rules.resetting, began, until)
        occupied = [o for o in stalls.occupancies(connection, code, asked.day) if o.stall in duties.index]
    visited: dict[StallCode, tuple[date, ...]] = {}
    for stall, _, at in within:
        visited[stall] = (*visited.get(stall, ()), at.astimezone(tz).date())
    before = {stall: at.astimezone(tz).date() for stall, at in last.items()}
    return MarketVisits(duties, rules, clocks_of(occupied, before, visited, rules), visited, first, tz)


def zone_routes(market: MarketVisits, zone: ZoneCode, asked: Asked) -> ZoneRoutes:
    """Return the rounds of a zone, from the day asked for, or today if that is earlier, to the end of the cycle."""
    problem = zone_problem(market, zone, asked.first, asked.entrance)
    if problem is None:
        code, holder, cycle = market.duties.market.code, market.holder(zone), market.cycle(zone)
        return ZoneRoutes(code, zone, holder, cycle, None, StartKind.MIDDLE, 0, 0, (), ())
    plan = _planned(problem, asked)
    codes = [market.duties.codes[s] for s in problem.stalls]
    return ZoneRoutes(
        market=market.duties.market.code,
        zone=zone,
        member=market.holder(zone),
        cycle=problem.cycle,
        start=market.duties.codes[problem.start],
        start_kind=problem.start_kind,
        stalls=len(codes),
        visited=sum(market.first_visit(code) is not None for code in codes),
        rounds=tuple(_round(market, problem, plan, d) for d in range(problem.progress.today, len(problem.cycle.days))),
        unplanned=tuple(_unplanned(market, problem, plan)),
    )


_kept: Kept[bytes, VisitDays] = Kept(size=1024)


def _planned(problem: ZoneProblem, asked: Asked) -> VisitDays:
    """Return the plan of a zone; one that was computed from the same is kept."""
    visits, progress = problem.visits, problem.progress
    if progress.today >= len(problem.cycle.days):
        return VisitDays.of(visits, np.full(len(problem.stalls), NO_DAY), np.zeros(len(problem.stalls), dtype=np.int64))
    arrays = (visits.walk_m, visits.level_of, visits.due, visits.ways_of_day, progress.begun, progress.done)
    digest = hashlib.sha256(repr((progress.today, asked.seed, asked.effort)).encode())
    for array in arrays:
        digest.update(array.tobytes())
    return _kept.get(digest.digest(), lambda: visit_cycle(visits, progress, seed=asked.seed, effort=asked.effort))


def _round(market: MarketVisits, problem: ZoneProblem, plan: VisitDays, d: int) -> Round:
    duties, day = market.duties, problem.cycle.days[d]
    stalls = plan.round_of(d)
    walk_m = problem.visits.walk_m[problem.visits.ways_of_day[d]]
    places = np.concatenate([[0], stalls + 1])
    legs_m = walk_m[places[:-1], places[1:]]
    stops: list[Stop] = []
    for s, leg_m in zip(problem.stalls[stalls].tolist(), legs_m.tolist(), strict=True):
        code = duties.codes[s]
        clock = market.clocks[code]
        level = duties.ground.levels[duties.ground.level_of[s]]
        done = day in market.visited.get(code, ())
        stops.append(Stop(code, level, clock.due, _state(clock, day), leg_m, done))
    return Round(day, tuple(stops), float(plan.walk_m[d]))


def _state(clock: Clock, day: date) -> VisitState:
    if clock.due < day:
        return VisitState.OVERDUE
    if clock.new:
        return VisitState.FIRST_VISIT
    return VisitState.DUE_TODAY if clock.due == day else VisitState.NOT_DUE


def _unplanned(market: MarketVisits, problem: ZoneProblem, plan: VisitDays) -> list[tuple[StallCode, Unplanned]]:
    """Return the stalls that are still to be visited in the cycle and have no day, with the reason."""
    left = problem.progress.left(problem.progress.today)
    lost = left[plan.day[left] == NO_DAY]
    if not lost.size:
        return []
    reached: BoolArray = np.asarray(problem.visits.reached().any(axis=1), dtype=np.bool_)
    piece: IntArray = market.duties.ground.graph().components()
    found: list[tuple[StallCode, Unplanned]] = []
    for i in lost.tolist():
        stall = int(problem.stalls[i])
        locked = Unplanned.LOCKED_PATH if piece[stall] == piece[problem.start] else Unplanned.NO_PATH
        found.append((market.duties.codes[stall], Unplanned.NO_DAY if reached[i] else locked))
    return found
