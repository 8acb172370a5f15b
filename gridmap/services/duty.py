"""Who is responsible for a place now: the stall's zone, its member, and who stands in."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from gridmap.errors import NotFoundError
from gridmap.model.answers import DutyAnswer, Reason, Responsible
from gridmap.model.duty import Assignment, Member
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.places import Market
from gridmap.model.roster import Roster
from gridmap.services.floors import MarketFloors, market_floors
from gridmap.services.kept import Kept
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.store import markets, plans, rosters, stalls
from gridmap.store.session import Connection, Database

NO_ZONE = -1
_FOR_A_ZONE = ((Role.MEMBER, Reason.OWN_ZONE), (Role.DEPUTY, Reason.DEPUTY))
_FOR_THE_MARKET = ((Role.LEADER, Reason.LEADER), (Role.OPERATOR, Reason.OPERATOR))


@dataclass(frozen=True)
class DutyMap:
    """
    A market's duties on one day.

    `codes` has shape (n,), stalls by code; `zone_of` (n,) indexes `zones`, -1 for a stall in no zone; `at` names the
    stall where a member is looked for in a zone.
    """

    market: Market
    day: date
    floors: MarketFloors
    codes: list[StallCode]
    zones: list[ZoneCode]
    zone_of: IntArray
    assignments: dict[ZoneCode, list[Assignment]]
    roster: Roster
    at: dict[tuple[ZoneCode, MemberCode], int]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as asked for: a stall's code or UUID, or a point on a level."""

    stall: str | None = None
    lon: float | None = None
    lat: float | None = None
    building: str | None = None
    ordinal: int | None = None


def responsible_for(database: Database, market: str, spot: Spot, *, now: datetime, others: int = 3) -> DutyAnswer:
    """
    Say who answers for a place, and who else could, nearest first.

    The stall's zone decides; in it the member, or who covers him while he is away, else the deputy, else the market's
    leader, else its operator, else the nearest member of another zone. A point belongs to the stall whose share of the
    floor holds it.

    Parameters
    ----------
    now
        The moment asked about, in the time zone whose calendar day counts.
    others
        Number of alternatives.

    Raises
    ------
    NotFoundError
        If there is no such market, stall, building or level.
    """
    duties = duty_map(database, market, now.date())
    here = _stall_at(database, duties, market, spot)
    walk_m = duties.floors.graph.distances_m(np.array([here]))[0]
    zone = duties.zones[duties.zone_of[here]] if duties.zone_of[here] != NO_ZONE else None
    ranked = _ranked(duties, zone, walk_m)
    first = ranked[0] if ranked else None
    return DutyAnswer(
        as_of=now,
        market=duties.market.code,
        level=duties.floors.levels[duties.floors.level_of[here]],
        stall=duties.codes[here],
        zone=zone,
        answer=first,
        reason=first.reason if first else Reason.NOBODY,
        alternatives=tuple(ranked[1 : 1 + others]),
    )


def duty_map(database: Database, market: str, day: date) -> DutyMap:
    """Return a market's duties on a day; read anew only after a write to the market."""
    with database.reading() as connection:
        place = markets.market(connection, market)
        key = (str(database.engine.url), place.uuid, place.revision, day)
        return _kept.get(key, lambda: _read(connection, place, day))


_kept: Kept[tuple[str, str, int, date], DutyMap] = Kept(size=32)


def _read(connection: Connection, market: Market, day: date) -> DutyMap:
    levels = [summary.level for summary in markets.levels(connection, market.code, day)]
    trading = stalls.trading_stalls(connection, market.code, day)
    floors = market_floors(market.projection, levels, trading, markets.connectors(connection, market.code))
    codes = [t.stall.code for t in trading]
    index = {code: i for i, code in enumerate(codes)}
    plan = plans.plan_in_force(connection, market.code, day)
    zones = plans.zones(connection, plan) if plan else []
    zone_of: IntArray = np.full(len(codes), NO_ZONE, dtype=np.int64)
    for z, zone in enumerate(zones):
        zone_of[[index[code] for code in zone.stalls]] = z
    roster = rosters.roster(connection, market.code, day)
    assignments: dict[ZoneCode, list[Assignment]] = {}
    at: dict[tuple[ZoneCode, MemberCode], int] = {}
    for a in roster.assignments:
        assignments.setdefault(a.zone, []).append(a)
    for z, zone in enumerate(zones):
        middle: int | None = None
        for member in {roster.stand_in(a.member) for a in assignments.get(zone.code, [])}:
            if member is None:
                continue
            home = roster.home(member)
            if home is None and middle is None:
                middle = floors.graph.middle(np.flatnonzero(zone_of == z))
            at[zone.code, member] = index[home] if home is not None else middle or 0
    return DutyMap(market, day, floors, codes, [z.code for z in zones], zone_of, assignments, roster, at)


def _stall_at(database: Database, duties: DutyMap, market: str, spot: Spot) -> int:
    if spot.stall is not None:
        if spot.stall in duties.codes:
            return duties.codes.index(StallCode(spot.stall))
        with database.reading() as connection:
            return duties.codes.index(stalls.stall_code(connection, market, spot.stall))
    if spot.lon is None or spot.lat is None or spot.ordinal is None:
        raise ValueError("a spot is a stall, or lon, lat and level")
    x_m, y_m = crs.metres_of(spot.lon, spot.lat, duties.floors.projection)
    found = duties.floors.finder.find(float(x_m), float(y_m), building=spot.building, ordinal=spot.ordinal)
    if found is None:
        where = f"{spot.building}/{spot.ordinal}" if spot.building else str(spot.ordinal)
        raise NotFoundError("level", where)
    return found.stall


def _ranked(duties: DutyMap, zone: ZoneCode | None, walk_m: FloatArray) -> list[Responsible]:
    """Everybody who could answer, in the order in which they should be asked, each once."""
    ranked: dict[MemberCode, Responsible] = {}
    own = duties.assignments.get(zone, []) if zone is not None else []
    for role, reason in _FOR_A_ZONE:
        for a in sorted(own, key=lambda a: a.member):
            responsible = _responsible(duties, a, reason, walk_m) if a.role is role else None
            if responsible is not None:
                ranked.setdefault(responsible.member.code, responsible)
    nearest, office = _elsewhere(duties, zone, walk_m), _office(duties, walk_m)
    # A place in no zone goes to the nearest zone; a zone without anybody goes to the market's office first.
    for responsible in (nearest + office) if zone is None else (office + nearest):
        ranked.setdefault(responsible.member.code, responsible)
    return list(ranked.values())


def _office(duties: DutyMap, walk_m: FloatArray) -> list[Responsible]:
    """The market's leaders, then its operators, or who stands in for them."""
    found: list[Responsible] = []
    for role, reason in _FOR_THE_MARKET:
        for code in map(duties.roster.stand_in, duties.roster.in_post(role)):
            if code is not None:
                member = duties.roster.members[code]
                found.append(Responsible(member, role, reason, _home_walk(duties, member, walk_m)))
    return found


def _elsewhere(duties: DutyMap, zone: ZoneCode | None, walk_m: FloatArray) -> list[Responsible]:
    """Members of other zones, nearest first."""
    found = [
        _responsible(duties, a, Reason.NEAREST_ZONE, walk_m)
        for other, answering in duties.assignments.items()
        if other != zone
        for a in answering
        if a.role is Role.MEMBER and duties.roster.is_present(a.member)
    ]
    there = [responsible for responsible in found if responsible is not None]
    return sorted(there, key=lambda r: (r.walk_m is None, r.walk_m, r.member.code))


def _responsible(duties: DutyMap, a: Assignment, reason: Reason, walk_m: FloatArray) -> Responsible | None:
    """Who does the work of an assignment: its member, his cover, or nobody."""
    code = duties.roster.stand_in(a.member)
    if code is None:
        return None
    covers = code != a.member
    role = Role.DEPUTY if covers else a.role
    metres = _metres(walk_m[duties.at[a.zone, code]])
    return Responsible(duties.roster.members[code], role, Reason.COVER if covers else reason, metres)


def _home_walk(duties: DutyMap, member: Member, walk_m: FloatArray) -> float | None:
    """Return the walk to a member's own stall; None where he has none in this market."""
    home = duties.roster.home(member.code)
    return _metres(walk_m[duties.codes.index(home)]) if home is not None else None


def _metres(walk_m: float) -> float | None:
    return round(float(walk_m), 1) if np.isfinite(walk_m) else None
