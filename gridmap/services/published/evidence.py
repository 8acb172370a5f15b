"""What is in the database about a place, and how a row compares it with the account."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import starmap
from math import isnan, nan
from typing import TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.model.facts import BoundKind, Figure, FigureKind
from gridmap.model.history import StallSpan
from gridmap.model.kinds import Role
from gridmap.model.organisations import MarketTie, Organisation, Parent, Post, Tier
from gridmap.model.overview import LevelSummary, TradingStall
from gridmap.model.register_changes import Register
from gridmap.model.stations import Award, LeftOutPlace, Station, StationKind, Tally
from gridmap.services.basis import plan_basis
from gridmap.services.duty import DutyDesk
from gridmap.services.duty_days import DutyDay
from gridmap.services.floors import MarketFloors, market_floors
from gridmap.services.published.figure_names import FIGURE_NAMES
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.stop import never
from gridmap.store import history, markets, place_counts, place_records, places, posts, stalls
from gridmap.store.place_counts import MarketCount, PlanCount
from gridmap.store.session import Connection, Database

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One figure of a row: what is here, what the account has, and whether they agree."""

    what: str
    here: str
    account: str
    ok: bool


Row = Callable[["Evidence"], list[Finding]]
"""The check of one row."""


@dataclass(frozen=True)
class Evidence:
    """A place as it is in the database on a day."""

    day: date
    figures: dict[str, Figure]
    markets: Sequence[MarketCount]
    merchants_by: dict[str, dict[str, int]]
    plans: Sequence[PlanCount]
    organisations: Sequence[Organisation]
    parents: Sequence[Parent]
    ties: Sequence[MarketTie]
    posts: Sequence[Post]
    stations: Sequence[Station]
    areas: dict[str, str]
    tallies: Sequence[Tally]
    awards: Sequence[Award]
    displays: int
    left_out: Sequence[LeftOutPlace]
    trades: dict[str, bool]
    street_levels: Sequence[LevelSummary]
    street_stalls: Sequence[TradingStall]
    """Levels and stalls of a place that has places left out: a street."""
    duty_of: Callable[[str], DutyDay]
    """The duties of a market on the day; read when a row asks for them."""
    shared_out: Callable[[str, int], IntArray]
    """The stalls of a market shared out into so many zones: the zone of each, -1 in none; nothing is written."""
    register_of: Callable[[str], Register]
    """A market's register with its history."""
    spans_of: Callable[[str], Sequence[StallSpan]]
    """From when to when the stalls of a market stood."""
    floors_of: Callable[[str], MarketFloors]
    """A market's stalls and ways in metres."""

    @cached_property
    def merchants(self) -> int:
        """Merchants of all markets."""
        return sum(m.merchants for m in self.markets)

    @cached_property
    def members(self) -> int:
        """Members of all markets, leaders among them."""
        return sum(m.members for m in self.markets)

    @cached_property
    def area_m2(self) -> float:
        """Floor of all markets."""
        return sum(m.area_m2 for m in self.markets)

    def of_tier(self, tier: Tier, day: date | None = None) -> list[Organisation]:
        """Return the organisations of a tier, those that were there on a day if one is given."""
        return [
            o
            for o in self.organisations
            if o.tier is tier and (day is None or (o.valid_from is not None and o.valid_from <= day))
        ]

    def stations_of(self, kind: StationKind) -> list[Station]:
        """Return the stations of a kind."""
        return [s for s in self.stations if s.kind is kind]

    def in_post(self, role: Role) -> list[Post]:
        """Return the posts of a role."""
        return [p for p in self.posts if p.role is role]

    def tally(self, subject: str, category: str | None = None) -> int:
        """Return how many of something are counted."""
        return sum(x.count for x in self.tallies if x.subject == subject and category in (None, x.category))

    def primary_parent(self, organisation: str) -> str | None:
        """Return the parent through which an organisation's totals count."""
        return next((p.parent for p in self.parents if p.organisation == organisation and p.primary), None)

    def value(self, key: str) -> float:
        """Return a figure's value; not a number where it is missing, so that whatever rests on it fails."""
        figure = self.figures.get(key)
        return nan if figure is None or figure.value is None else figure.value

    def stated(self, key: str, account: float) -> Finding:
        """Compare a figure that the account states, or a bound, with the one in the place's file."""
        return self._figure(key, account, FigureKind.STATED)

    def bound(self, key: str, account: float, bound: BoundKind) -> Finding:
        """Compare a bound: it must be kept as one, never as a bare number."""
        found = self._figure(key, account, FigureKind.BOUND)
        figure = self.figures.get(key)
        return Finding(found.what, found.here, found.account, found.ok and figure is not None and figure.bound is bound)

    def unknown(self, key: str) -> Finding:
        """Check that what the account does not state is kept as not stated."""
        figure = self.figures.get(key)
        ok = figure is not None and figure.kind is FigureKind.NOT_STATED
        return Finding(FIGURE_NAMES[key], figure.words if figure else "-", "原文未列明", ok)

    def computed(self, key: str, here: float, account: float, digits: int = 0) -> Finding:
        """Compare a figure computed here with the account's programme, and with the one in the place's file."""
        figure = self.figures.get(key)
        kept = figure is not None and figure.kind is FigureKind.COMPUTED and figure.value == account
        value = round(here, digits)
        return Finding(f"{FIGURE_NAMES[key]}(推算)", number(value), number(account), kept and value == account)

    def _figure(self, key: str, account: float, kind: FigureKind) -> Finding:
        figure = self.figures.get(key)
        ok = figure is not None and figure.kind is kind and figure.value == account
        word = "原文" if kind is FigureKind.STATED else "界限"
        return Finding(f"{FIGURE_NAMES[key]}({word})", figure.words if figure else "-",
                       number(account), ok)  # fmt: skip


def same(what: str, here: float, account: float) -> Finding:
    """Compare two counts."""
    return Finding(what, number(here), number(account), here == account)


def rounded(what: str, here: float, account: float, digits: int = 1) -> Finding:
    """Compare a computed figure with the account's, at the account's digits."""
    return Finding(what, number(round(here, digits)), number(account), round(here, digits) == account)


def at_least(what: str, here: float, account: float) -> Finding:
    """Check a count against a lower bound."""
    return Finding(what, number(here), f"≥ {number(account)}", here >= account)


def holds(what: str, here: str, account: str, *, ok: bool) -> Finding:
    """Report a condition in words."""
    return Finding(what, here, account, ok)


def number(value: float) -> str:
    """Write a figure with thousands separators and no needless zeros."""
    if isnan(value):
        return "-"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}".rstrip()


def spread(counts: Sequence[str]) -> str:
    """Say how often each key comes, by size: `12×5, 10×6`."""
    sizes = Counter(Counter(counts).values())
    return ", ".join(starmap("{1}×{0}".format, sorted(sizes.items())))


def gather(database: Database, place: str, day: date) -> Evidence:
    """Read a place; NotFoundError if it is not loaded."""
    desk = DutyDesk(database)
    with database.reading() as connection:
        key = places.place_id(connection, place)
        counted = place_counts.market_counts(connection, key, day)
        left_out = place_records.left_out(connection, key)
        street_levels, street_stalls = _street(connection, counted, day) if left_out else ([], [])
        return Evidence(
            day=day,
            figures={figure.key: figure for figure in places.figures(connection, key)},
            markets=counted,
            merchants_by=place_counts.merchants_by(connection, key, day),
            plans=place_counts.plan_counts(connection, key),
            organisations=place_records.organisations(connection, key),
            parents=place_records.parents(connection, key),
            ties=place_records.ties(connection, key),
            posts=posts.posts_of_place(connection, key),
            stations=place_records.stations(connection, key),
            areas={str(market): station for market, station in place_records.areas(connection, key).items()},
            tallies=place_records.tallies(connection, key),
            awards=place_records.awards(connection, key),
            displays=place_records.displays(connection, key),
            left_out=left_out,
            trades=place_records.trades(connection, key),
            street_levels=street_levels,
            street_stalls=street_stalls,
            duty_of=lambda market: desk.day(market, day),
            shared_out=lambda market, zones: _shared_out(database, market, zones, day),
            register_of=lambda market: _read(database, lambda c: history.register(c, market)),
            spans_of=lambda market: _read(database, lambda c: history.stall_spans(c, markets.market_id(c, market))),
            floors_of=lambda market: _read(database, lambda c: _floors(c, market, day)),
        )


def _shared_out(database: Database, market: str, zones: int, day: date) -> IntArray:
    with database.reading() as connection:
        problem = plan_basis(connection, market, day).problem
    params = Params(zones=zones)
    return solve(problem, params, never, params.generator()).assignment.zone_of


def _read(database: Database, ask: Callable[[Connection], T]) -> T:
    with database.reading() as connection:
        return ask(connection)


def _floors(connection: Connection, market: str, day: date) -> MarketFloors:
    return market_floors(
        markets.market(connection, market).projection,
        [one.level for one in markets.levels(connection, market, day)],
        stalls.trading_stalls(connection, market, day),
        markets.connectors(connection, market),
    )


def _street(
    connection: Connection, counted: Sequence[MarketCount], day: date
) -> tuple[list[LevelSummary], list[TradingStall]]:
    codes = [m.market for m in counted]
    return (
        [level for code in codes for level in markets.levels(connection, code, day)],
        [stall for code in codes for stall in stalls.trading_stalls(connection, code, day)],
    )


def overlap_share(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the share of `one` that lies in `other`, of areas in the same coordinates."""
    return float(shapely.area(shapely.intersection(one, other)) / shapely.area(one))
