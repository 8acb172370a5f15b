"""Who is not covered, and why: totals by reason, stalls with all their reasons, overdue visits, what markets lack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InvalidParameterError
from gridmap.model.coverage import GAPS, MARKET_GAPS, REASONS, VISIT_GAPS, Gap, MarketGap, VisitGap
from gridmap.model.ids import MarketCode, MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.places import LevelKey
from gridmap.model.workdays import WEEKENDS, Calendar
from gridmap.services.coverage_visits import visit_gaps
from gridmap.services.coverage_zones import Gaps, market_gaps
from gridmap.services.duty import DutyDesk
from gridmap.services.duty_days import DutyDay
from gridmap.services.kept import Kept
from gridmap.services.staffing import ALL_MARKETS
from gridmap.spatial import staffing
from gridmap.spatial.coverage import NOBODY, GapTotals, gap_totals
from gridmap.spatial.staffing import NoCrossing, OneMore, Staffing
from gridmap.store import field_records, market_bodies, markets, places, site_rules, stalls
from gridmap.store.session import Commits, Database


@dataclass(frozen=True, eq=False)
class MarketCoverage:
    """
    A market at a moment, with the reasons at each of its stalls.

    `members` are those who hold a zone on the day; `cap` is the capacity of one of whom nothing else is said.
    `visits` says where a visit is overdue, `recorded` whether the market has a visit on record at all: before its first
    one everybody who is not new is overdue, which says that nobody wrote visits down, not that nobody came. `lacks` is
    what the market as a whole is without.
    """

    duties: DutyDay
    gaps: Gaps
    totals: GapTotals
    members: int
    cap: int
    visits: Gaps
    recorded: bool
    lacks: tuple[MarketGap, ...]

    @property
    def market(self) -> MarketCode:
        """The market's code."""
        return self.duties.market.code

    @property
    def overdue(self) -> tuple[int, ...]:
        """Merchants whose visit is overdue, in the order of `VISIT_GAPS`: they are no part of `totals`."""
        return tuple(self.visits.counts.sum(axis=1).tolist())

    @cached_property
    def every(self) -> GapTotals:
        """Merchants by each of `REASONS`, whether of a gap, a visit or the market; `covered` are those with none."""
        merchants = self.duties.merchants
        lacking = [merchants if gap in self.lacks else np.zeros_like(merchants) for gap in MARKET_GAPS]
        return gap_totals(merchants, np.vstack([self.gaps.counts, self.visits.counts, *lacking]))


@dataclass(frozen=True)
class Coverage:
    """Some markets at a moment, one by one and as one pool, with the arithmetic of their members."""

    as_of: datetime
    version: int
    markets: tuple[MarketCoverage, ...]
    totals: GapTotals
    staffing: Staffing
    no_crossing: NoCrossing
    one_more: tuple[OneMore, ...]

    @property
    def overdue(self) -> tuple[int, ...]:
        """Merchants of all the markets whose visit is overdue, in the order of `VISIT_GAPS`."""
        return tuple(sum(m.overdue[r] for m in self.markets) for r in range(len(VISIT_GAPS)))

    @property
    def recorded(self) -> bool:
        """Whether any of the markets has a visit on record."""
        return any(m.recorded for m in self.markets)

    @property
    def every(self) -> GapTotals:
        """Merchants of all the markets by each of `REASONS`."""
        return pooled([m.every for m in self.markets], len(REASONS))

    @property
    def lacking(self) -> tuple[int, ...]:
        """How many of the markets are without each of `MARKET_GAPS`."""
        return tuple(sum(gap in m.lacks for m in self.markets) for gap in MARKET_GAPS)


@dataclass(frozen=True, slots=True)
class StallCoverage:
    """
    A stall with all its reasons, gravest first, and how many of its merchants have any.

    `member` is who holds its zone, whether he is there or not. `overdue` is why a visit is overdue, `lacks` what the
    market is without, covered or not.
    """

    market: MarketCode
    stall: StallCode
    level: LevelKey
    zone: ZoneCode | None
    member: MemberCode | None
    merchants: int
    uncovered: int
    gaps: tuple[Gap, ...]
    overdue: tuple[VisitGap, ...]
    lacks: tuple[MarketGap, ...]
    place_lonlat: BaseGeometry


def coverage(
    database: Database,
    *,
    now: datetime,
    market: str | None = None,
    place: str | None = None,
    at_least: int = 0,
    calendar: Calendar = WEEKENDS,
) -> Coverage:
    """
    Say how many merchants are not covered at a moment, by reason.

    Parameters
    ----------
    now
        The moment asked about, in the time zone of the shifts.
    market, place
        A market by code or UUID, or a place (`all`: every market that the caller sees); one of the two.
    calendar
        Which days are working days, for shifts and opening hours.

    Raises
    ------
    NotFoundError
        If there is no such market or place, or the caller may not see all of its markets.
    InvalidParameterError
        If neither or both are given.
    """
    desk = DutyDesk(database, at_least, calendar)
    found = tuple(_covered(database, desk, code, now) for code in markets_asked(database, market, place))
    sizes = [(m.market, m.totals.merchants, m.members) for m in found]
    merchants, members = sum(n for _, n, _ in sizes), sum(k for _, _, k in sizes)
    cap = found[0].cap if len({m.cap for m in found}) == 1 else staffing.STANDARD_CAP
    return Coverage(
        as_of=now,
        version=desk.version,
        markets=found,
        totals=pooled([m.totals for m in found]),
        staffing=staffing.pooled(merchants, members, cap),
        no_crossing=staffing.no_crossing([n for _, n, _ in sizes], members, cap),
        one_more=tuple(staffing.worth_of_one_more(sizes, cap)),
    )


def pooled(totals: Sequence[GapTotals], reasons: int = len(GAPS)) -> GapTotals:
    """Add the totals of markets up, each by so many reasons."""
    return GapTotals(
        merchants=sum(t.merchants for t in totals),
        covered=sum(t.covered for t in totals),
        uncovered=sum(t.uncovered for t in totals),
        having=tuple(sum(t.having[r] for t in totals) for r in range(reasons)),
        first=tuple(sum(t.first[r] for t in totals) for r in range(reasons)),
    )


def stalls_of(database: Database, found: MarketCoverage) -> list[StallCoverage]:
    """Return every stall in which somebody trades, by code, with all its reasons; kept for the next page."""
    return _listed.get(found, lambda: _stalls(database, found))


def _stalls(database: Database, found: MarketCoverage) -> list[StallCoverage]:
    duties = found.duties
    with database.reading() as connection:
        trading = stalls.trading_stalls(connection, found.market, duties.day)
    holders = {a.zone: a.member for a in duties.roster.assignments if a.role is Role.MEMBER}
    most = found.gaps.counts.max(axis=0, initial=0)
    told: list[StallCoverage] = []
    for t in trading:
        i = duties.index.get(t.stall.code)
        if i is None or not duties.trading[i]:
            continue
        zone = None if duties.zone_of[i] == NOBODY else duties.zones[duties.zone_of[i]]
        told.append(
            StallCoverage(
                market=found.market,
                stall=t.stall.code,
                level=t.stall.level,
                zone=zone,
                member=holders.get(zone) if zone is not None else None,
                merchants=int(duties.merchants[i]),
                uncovered=int(most[i]),
                gaps=tuple(gap for r, gap in enumerate(GAPS) if found.gaps.having[r, i]),
                overdue=tuple(gap for r, gap in enumerate(VISIT_GAPS) if found.visits.having[r, i]),
                lacks=found.lacks,
                place_lonlat=t.stall.place_lonlat,
            )
        )
    return told


def _covered(database: Database, desk: DutyDesk, market: str, now: datetime) -> MarketCoverage:
    """Return a market's coverage; that of the same moment and version is worked out once."""
    duties = desk.day(market, now.date())  # and see that the caller may see it
    key = (database.commits, desk.version, duties.market.code, now, duties.calendar)
    return _kept.get(key, lambda: _worked_out(database, duties, now))


_kept: Kept[tuple[Commits, int, MarketCode, datetime, Calendar], MarketCoverage] = Kept(size=512)
_listed: Kept[MarketCoverage, list[StallCoverage]] = Kept(size=64)


def _worked_out(database: Database, duties: DutyDay, now: datetime) -> MarketCoverage:
    with database.reading() as connection:
        rules = site_rules.rules_of(connection, duties.market.code)
        last = field_records.latest_at(connection, duties.market.code, rules.resetting, now)
        occupied = stalls.occupancies(connection, duties.market.code, duties.day)
        lacks = market_bodies.market_gaps(connection, duties.market.code, duties.day)
    gaps = market_gaps(duties, now, rules.cap)
    members = {a.member for a in duties.roster.assignments if a.role is Role.MEMBER and duties.roster.serves(a.member)}
    return MarketCoverage(
        duties=duties,
        gaps=gaps,
        totals=gap_totals(duties.merchants, gaps.counts),
        members=len(members),
        cap=rules.cap,
        visits=visit_gaps(duties, now, rules=rules, occupied=occupied, last=last),
        recorded=bool(last),
        lacks=lacks,
    )


def markets_asked(database: Database, market: str | None, place: str | None) -> list[str]:
    """Return the codes of a market or of a place's markets; errors as in `coverage`."""
    if (market is None) == (place is None):
        raise InvalidParameterError(
            "market", market or "", "请给出市场或地点之一。", "Give a market or a place, one of the two."
        )
    if market is not None:
        return [market]
    assert place is not None
    with database.reading() as connection:
        if place == ALL_MARKETS:
            return sorted(state.code for state in markets.states(connection))
        places.visible_place(connection, place)
        return [str(code) for code in places.market_codes(connection, place)]
