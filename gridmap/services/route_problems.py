"""What a zone's rounds are computed from: a market's duties and visits, brought into the arrays of `spatial.routes`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np

from gridmap.errors import NotFoundError
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import ConnectorKind, Role
from gridmap.model.places import Connector
from gridmap.model.routes import Cycle, StartKind, cycle_of
from gridmap.model.shifts import Shift
from gridmap.model.site import SiteRules
from gridmap.services.duty_days import DutyDay
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.routes import OVERDUE, Visits
from gridmap.spatial.visit_cycles import Progress
from gridmap.store.stalls import Occupied

STARTS_AT = time(9)
"""When rounds begin if no hours are agreed."""
ROUND = timedelta(hours=3)
"""So long a connector has to stay open from then on to be a way."""
_STEP = timedelta(minutes=15)
_FAR_M = 1e6


@dataclass(frozen=True)
class Clock:
    """A stall's visits: since when it is to be visited as it is now, when the next one was due as its cycle began."""

    begun: date
    due: date
    new: bool


@dataclass(frozen=True)
class MarketVisits:
    """A market's duties on a day, the clocks of the stalls where somebody trades, and the cycle's visits by stall.

    `first` is the first day of the cycle: the cycles of a market follow each other from the day its plan took force.
    """

    duties: DutyDay
    rules: SiteRules
    clocks: Mapping[StallCode, Clock]
    visited: Mapping[StallCode, tuple[date, ...]]
    first: date
    zone: tzinfo | None

    def holder(self, zone: ZoneCode) -> MemberCode | None:
        """Return whose zone it is."""
        assigned = self.duties.roster.assignments
        return next((a.member for a in assigned if a.zone == zone and a.role is Role.MEMBER), None)

    def hours(self, zone: ZoneCode) -> tuple[Shift, ...]:
        """Return the hours of whose zone it is."""
        roster, holder = self.duties.roster, self.holder(zone)
        own = roster.own_shifts.get(holder, ()) if holder is not None else ()
        return own or roster.role_shifts.get(Role.MEMBER, ())

    def cycle(self, zone: ZoneCode) -> Cycle:
        """Return the cycle that the day is in."""
        return cycle_of(self.first, self.rules.cycle_days, self.hours(zone), self.duties.calendar)

    def first_visit(self, stall: StallCode) -> date | None:
        """Return when a stall was first visited in the cycle, as it is now."""
        return next((day for day in self.visited.get(stall, ()) if day >= self.clocks[stall].begun), None)


def clocks_of(
    occupied: Sequence[Occupied],
    last: Mapping[StallCode, date],
    visited: Mapping[StallCode, Sequence[date]],
    rules: SiteRules,
) -> dict[StallCode, Clock]:
    """
    Set the clocks of a market's stalls: of several merchants in one, whose visit is due first.

    Parameters
    ----------
    last
        When each stall was last visited before the cycle.
    visited
        Its visits in the cycle: those before its newest merchant came leave him a first visit to be made.
    """
    begun: dict[StallCode, date] = {}
    for one in occupied:
        begun[one.stall] = max(begun.get(one.stall, one.valid_from), one.valid_from)
    found: dict[StallCode, Clock] = {}
    for one in occupied:
        earlier = [day for day in visited.get(one.stall, ()) if day < begun[one.stall]]
        visit = earlier[-1] if earlier else last.get(one.stall)
        if visit is None or visit < one.valid_from:
            clock = Clock(begun[one.stall], one.valid_from + timedelta(rules.first_visit_days), new=True)
        else:
            clock = Clock(begun[one.stall], visit + timedelta(rules.cycle_days), new=False)
        known = found.get(one.stall, clock)
        found[one.stall] = Clock(clock.begun, min(known.due, clock.due), known.new or clock.new)
    return found


@dataclass(frozen=True)
class ZoneProblem:
    """
    A zone as arrays. `stalls` shape (n,), positions of its stalls in the market; `start` is one, too.

    `progress.today` is the number of days where none is left. `closed` are the connectors closed in each of the ways.
    """

    visits: Visits
    progress: Progress
    stalls: IntArray
    cycle: Cycle
    start: int
    start_kind: StartKind
    closed: tuple[frozenset[int], ...]


def zone_problem(market: MarketVisits, zone: ZoneCode, today: date, entrance: str | None = None) -> ZoneProblem | None:
    """
    Bring a zone into arrays; None if nobody trades in it.

    Parameters
    ----------
    today
        The first day to plan for, if it is in the cycle.
    entrance
        A stall at which rounds begin; else a door of the market, else the member's own stall, else the zone's middle.
    """
    duties = market.duties
    trading = np.array([code in market.clocks for code in duties.codes], dtype=np.bool_)
    stalls = np.flatnonzero((duties.zone_of == duties.zones.index(zone)) & trading)
    if not stalls.size:
        return None
    cycle = market.cycle(zone)
    shut = [_closed(market, day, market.hours(zone)) for day in cycle.days]
    closed = tuple(dict.fromkeys(shut)) or (frozenset[int](),)
    start, kind = _start(market, zone, stalls, entrance)
    places = np.concatenate([[start], stalls])
    walk_m = np.stack([duties.ground.graph(ways).distances_m(places)[:, places] for ways in closed])
    days = np.array([day.toordinal() for day in cycle.days], dtype=np.int64)
    clocks = [market.clocks[duties.codes[s]] for s in stalls]
    first = [market.first_visit(duties.codes[s]) for s in stalls]
    done = [len(days) + 1 if day is None else int(np.searchsorted(days, day.toordinal(), "right")) for day in first]
    due = np.searchsorted(days, [clock.due.toordinal() for clock in clocks], "right") - 1
    return ZoneProblem(
        Visits(
            walk_m,
            duties.ground.level_of[stalls],
            np.maximum(due, OVERDUE),
            np.array([closed.index(ways) for ways in shut], dtype=np.int64),
        ),
        Progress(
            np.searchsorted(days, [clock.begun.toordinal() for clock in clocks]),
            np.array(done, dtype=np.int64),
            int(np.searchsorted(days, today.toordinal())),
        ),
        stalls, cycle, start, kind, closed,
    )  # fmt: skip


def _closed(market: MarketVisits, day: date, hours: tuple[Shift, ...]) -> frozenset[int]:
    """Return the connectors that are locked, or not open for as long as a round of the day takes."""
    calendar = market.duties.calendar
    starts = [shift.starts_min for shift in hours if shift.falls_on(day, calendar)]
    begins = datetime.combine(day, time(), market.zone) + timedelta(minutes=min(starts)) if starts else None
    begins = begins or datetime.combine(day, STARTS_AT, market.zone)
    moments = [begins + n * _STEP for n in range(ROUND // _STEP + 1)]

    def is_open(connector: Connector) -> bool:
        if connector.locked or not connector.open_hours:
            return not connector.locked
        return all(connector.is_open(moment, calendar) for moment in moments)

    return frozenset(i for i, connector in enumerate(market.duties.connectors) if not is_open(connector))


def _start(market: MarketVisits, zone: ZoneCode, stalls: IntArray, entrance: str | None) -> tuple[int, StartKind]:
    duties = market.duties
    if entrance is not None:
        if StallCode(entrance) not in duties.index:
            raise NotFoundError("stall", entrance)
        return duties.index[StallCode(entrance)], StartKind.CHOSEN
    doors = _doors(duties)
    if doors.size:
        locked = frozenset(i for i, connector in enumerate(duties.connectors) if connector.locked)
        walk_m: FloatArray = duties.ground.walks_m(doors, locked)[:, stalls]
        return int(doors[int(np.argmin(np.minimum(walk_m, _FAR_M).sum(axis=1)))]), StartKind.DOOR
    holder = market.holder(zone)
    home = duties.roster.home(holder) if holder in duties.roster.members and holder is not None else None
    if home is not None and home in duties.index:
        return duties.index[home], StartKind.HOME
    return duties.ground.middle(stalls), StartKind.MIDDLE


def _doors(duties: DutyDay) -> IntArray:
    """Return the stalls at doors that are not locked; of each end of a door the nearest."""
    spans = zip(duties.ground.spans, duties.connectors, strict=True)
    ends = [end for span, door in spans if door.kind is ConnectorKind.DOOR and not door.locked for end in span.ends]
    return np.unique(
        np.array([end.stalls[int(np.argmin(end.gap_m))] for end in ends if len(end.stalls)], dtype=np.int64)
    )
