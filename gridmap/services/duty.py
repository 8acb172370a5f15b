"""Who is responsible for a place at a moment: the stall's zone, its member, and who stands in.

Answers come from memory. A process keeps each market's duties of a day by the market's revision (`duty_days`), and
looks up at most twice a second whether the database has moved on (`states`).
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from gridmap.errors import NotFoundError
from gridmap.model.answers import DutyAnswer, Reason
from gridmap.model.duty import Assignment
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.places import Market
from gridmap.model.rights import Action
from gridmap.model.workdays import WEEKENDS, Calendar
from gridmap.services.duty_days import DutyDay
from gridmap.services.grounds import market_ground
from gridmap.services.kept import Kept
from gridmap.services.states import State, States, states_of
from gridmap.spatial.answering import NO_ZONE
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.nearest import NO_STALL
from gridmap.spatial.stall_grid import find_near
from gridmap.store import markets, plans, rosters, stalls
from gridmap.store.session import Commits, Connection, Database


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as asked for: a stall's code or UUID, or a point, on a level or (ordinal None) on any."""

    stall: str | None = None
    lon: float | None = None
    lat: float | None = None
    building: str | None = None
    ordinal: int | None = None


class DutyDesk:
    """
    Answers from memory for one caller of a database.

    Parameters
    ----------
    database
        As the caller may use it.
    at_least
        A version of the database that the caller has heard of; answers are not from an older one.
    calendar
        Which days are working days, for shifts and opening hours.

    Raises
    ------
    VersionAheadError
        If the database is not at that version.
    """

    def __init__(self, database: Database, at_least: int = 0, calendar: Calendar = WEEKENDS) -> None:
        self._database, self._calendar = database, calendar
        self._states: States = states_of(database)
        self._state: State = self._states.now(database, at_least)

    @property
    def version(self) -> int:
        """The version of the database that answers are from."""
        return self._state.version

    @property
    def state(self) -> Hashable:
        """What answers depend on beside the question: equal for desks that answer alike."""
        scopes = self._database.caller.scopes(Action.VIEW)
        return self._database.commits, self._state.version, self._state.commits, self._calendar, scopes

    def day(self, market: str, day: date) -> DutyDay:
        """Return a market's duties on a day; read anew only after a write to the market."""
        found = self._states.market(self._database, self._state, market)
        key = (self._database.commits, found.uuid, found.revision, day, self._calendar)
        return _kept.get(key, lambda: _read(self._database, found.code, day, self._calendar))

    def responsible_for(self, market: str, spot: Spot, *, now: datetime, others: int = 3) -> DutyAnswer:
        """
        Say who answers for a place, and who else could.

        The stall's zone decides; in it the member, or who covers him, else the deputy, else the market's leader, else
        its operator, else the nearest member of another zone. Who is not on shift is passed over, unless nobody of the
        market is. A point belongs to the stall whose share of the floor holds it.

        Parameters
        ----------
        market
            Code or UUID.
        spot
            A stall, or a point with its level.
        now
            The moment asked about, in the time zone of the calendar day and the shifts.
        others
            Number of alternatives, by walking distance.

        Raises
        ------
        NotFoundError
            If there is no such market, stall, building or level.
        """
        duties = self.day(market, now.date())
        return answer_of(duties, self.stall_at(duties, spot), now, others)

    def on_every_level(self, market: str, spot: Spot, *, now: datetime, others: int = 3) -> list[DutyAnswer]:
        """
        Answer for a point whose level nobody said: once for each level that it can be on, lowest first.

        Those are the levels whose floor holds the point; if none does, all levels (of the building, if one is named).

        Raises
        ------
        NotFoundError
            If there is no such market or building, or it has no stalls.
        """
        duties = self.day(market, now.date())
        floors = duties.ground.floors_at(spot.building, None)
        if not len(floors):
            raise NotFoundError("building" if spot.building else "stall", spot.building or market)
        found, off_m = _stalls_on(duties, spot, floors)
        held = off_m == 0
        chosen = found[held] if held.any() else found
        answers = [answer_of(duties, int(stall), now, others) for stall in chosen]
        return sorted(answers, key=lambda answer: (answer.level.ordinal, answer.level.building))

    def who(
        self, market: str, *, lon: float, lat: float, building: str | None, ordinal: int, at: datetime
    ) -> tuple[MemberCode | None, float | None, Reason]:
        """Say only who answers for a point on a level, the walk in metres to him and why, as `responsible_for`."""
        duties = self.day(market, at.date())
        ground = duties.ground
        floor = ground.floor_of.get((building, ordinal))
        stall = NO_STALL
        if floor is not None and ground.frame is not None:
            stall = find_near(ground.grid.faces, ground.frame, floor, lon, lat)
        if stall == NO_STALL:
            stall = self.stall_at(duties, Spot(None, lon, lat, building, ordinal))
        stretch = duties.at(at)
        return stretch.member[stall], stretch.walk_m[stall], stretch.reason[stall]

    def stall_at(self, duties: DutyDay, spot: Spot) -> int:
        """Return the position of the stall that a spot means; of several levels the nearest to a point wins."""
        if spot.stall is not None:
            found = duties.index.get(StallCode(spot.stall))
            return self._stall_by_uuid(duties, spot.stall) if found is None else found
        floors = duties.ground.floors_at(spot.building, spot.ordinal)
        if not len(floors):
            raise NotFoundError("level", f"{spot.building}/{spot.ordinal}" if spot.building else str(spot.ordinal))
        found_on, off_m = _stalls_on(duties, spot, floors)
        return int(found_on[int(np.argmin(off_m))])

    def _stall_by_uuid(self, duties: DutyDay, name: str) -> int:
        with self._database.reading() as connection:
            found = duties.index.get(stalls.stall_code(connection, duties.market.code, name))
        if found is None:
            raise NotFoundError("stall", name)
        return found


def responsible_for(database: Database, market: str, spot: Spot, *, now: datetime, others: int = 3) -> DutyAnswer:
    """Say who answers for a place, and who else could: `DutyDesk.responsible_for` at the newest state."""
    return DutyDesk(database).responsible_for(market, spot, now=now, others=others)


_kept: Kept[tuple[Commits, str, int, date, Calendar], DutyDay] = Kept(size=2048)


def _stalls_on(duties: DutyDay, spot: Spot, floors: IntArray) -> tuple[IntArray, FloatArray]:
    if spot.lon is None or spot.lat is None:
        raise ValueError("a spot is a stall, or lon and lat")
    return duties.ground.stalls_at(np.full(len(floors), spot.lon), np.full(len(floors), spot.lat), floors)


def answer_of(duties: DutyDay, stall: int, now: datetime, others: int) -> DutyAnswer:
    """Return who answers for the stall at a position, and so many others who could."""
    ranked = duties.at(now).table.answers(stall, others + 1)
    zone = int(duties.zone_of[stall])
    return DutyAnswer(
        as_of=now,
        market=duties.market.code,
        level=duties.ground.levels[duties.ground.level_of[stall]],
        stall=duties.codes[stall],
        zone=None if zone == NO_ZONE else duties.zones[zone],
        answer=ranked[0] if ranked else None,
        reason=ranked[0].reason if ranked else Reason.NOBODY,
        alternatives=tuple(ranked[1:]),
    )


def _read(database: Database, code: str, day: date, calendar: Calendar) -> DutyDay:
    with database.reading() as connection:
        return _read_day(connection, markets.market(connection, code), day, calendar)


def _read_day(connection: Connection, market: Market, day: date, calendar: Calendar) -> DutyDay:
    levels = [summary.level for summary in markets.levels(connection, market.code, day)]
    trading = stalls.trading_stalls(connection, market.code, day)
    connectors = markets.connectors(connection, market.code)
    codes = tuple(t.stall.code for t in trading)
    index = {code: i for i, code in enumerate(codes)}
    plan = plans.plan_in_force(connection, market.code, day)
    zones = plans.zone_stalls(connection, plan) if plan else {}
    zone_of: IntArray = np.full(len(codes), NO_ZONE, dtype=np.int64)
    for z, members in enumerate(zones.values()):
        zone_of[[index[code] for code in members if code in index]] = z
    return DutyDay(
        market=market,
        day=day,
        ground=market_ground(market.projection, levels, trading, connectors),
        codes=codes,
        index=index,
        zones=tuple(zones),
        zone_of=zone_of,
        roster=rosters.roster(connection, market.code, day),
        connectors=tuple(connectors),
        calendar=calendar,
        merchants=np.array([t.merchants for t in trading], dtype=np.int64),
        trading=np.array([bool(t.merchant_names) for t in trading], dtype=np.bool_),
        lapsed=_lapsed(plans.assignments(connection, plan), day) if plan else frozenset(),
    )


def _lapsed(assignments: Iterable[Assignment], day: date) -> frozenset[ZoneCode]:
    return frozenset(
        a.zone
        for a in assignments
        if a.role is Role.MEMBER and a.valid_from is not None and a.valid_to is not None
        and a.valid_from < a.valid_to <= day
    )  # fmt: skip
