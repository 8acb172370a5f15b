"""Who is not covered, and why: totals by reason, and every stall with all its reasons, for a market or a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from gridmap.errors import InvalidParameterError, NotFoundError
from gridmap.model.coverage import GAPS, Gap
from gridmap.model.ids import MarketCode, MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.model.places import LevelKey
from gridmap.model.rights import Action
from gridmap.model.workdays import WEEKENDS, Calendar
from gridmap.services.coverage_zones import Gaps, market_gaps
from gridmap.services.duty import DutyDesk
from gridmap.services.duty_days import DutyDay
from gridmap.services.staffing import ALL_MARKETS
from gridmap.spatial import staffing
from gridmap.spatial.coverage import NOBODY, GapTotals, gap_totals
from gridmap.spatial.staffing import NoCrossing, OneMore, Staffing
from gridmap.store import markets, places, rights, site_rules, stalls
from gridmap.store.session import Database


@dataclass(frozen=True)
class MarketCoverage:
    """
    A market at a moment, with the reasons at each of its stalls.

    `members` are those who hold a zone on the day; `cap` is the capacity of one of whom nothing else is said.
    """

    duties: DutyDay
    gaps: Gaps
    totals: GapTotals
    members: int
    cap: int

    @property
    def market(self) -> MarketCode:
        """The market's code."""
        return self.duties.market.code


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


@dataclass(frozen=True, slots=True)
class StallCoverage:
    """
    A stall with all its reasons, gravest first, and how many of its merchants have any.

    `member` is who holds its zone, whether he is there or not.
    """

    market: MarketCode
    stall: StallCode
    level: LevelKey
    zone: ZoneCode | None
    member: MemberCode | None
    merchants: int
    uncovered: int
    gaps: tuple[Gap, ...]
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
    found = tuple(_covered(database, desk, code, now) for code in _markets(database, market, place))
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


def pooled(totals: Sequence[GapTotals]) -> GapTotals:
    """Add the totals of markets up."""
    return GapTotals(
        merchants=sum(t.merchants for t in totals),
        covered=sum(t.covered for t in totals),
        uncovered=sum(t.uncovered for t in totals),
        having=tuple(sum(t.having[r] for t in totals) for r in range(len(GAPS))),
        first=tuple(sum(t.first[r] for t in totals) for r in range(len(GAPS))),
    )


def stalls_of(database: Database, found: MarketCoverage) -> list[StallCoverage]:
    """Return every stall of a market in which somebody trades, by code, with all its reasons."""
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
                place_lonlat=t.stall.place_lonlat,
            )
        )
    return told


def _covered(database: Database, desk: DutyDesk, market: str, now: datetime) -> MarketCoverage:
    duties = desk.day(market, now.date())
    with database.reading() as connection:
        cap = site_rules.rules_of(connection, duties.market.code).cap
    gaps = market_gaps(duties, now, cap)
    members = {a.member for a in duties.roster.assignments if a.role is Role.MEMBER and duties.roster.serves(a.member)}
    return MarketCoverage(duties, gaps, gap_totals(duties.merchants, gaps.counts), len(members), cap)


def _markets(database: Database, market: str | None, place: str | None) -> list[str]:
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
        visible = rights.reachable_markets(connection, Action.VIEW)
        codes = [str(code) for code in places.market_codes(connection, place)]
        if not codes or (visible is not None and not set(codes) <= visible):
            raise NotFoundError("place", place)
    return codes
