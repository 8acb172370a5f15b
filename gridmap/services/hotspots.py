"""Where trouble gathers in a market of the database: issues from the field against the visits that could find them."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridmap.errors import InvalidParameterError
from gridmap.exchange.partition_files import StallTable
from gridmap.model.field_records import RecordKind
from gridmap.model.overview import TradingStall
from gridmap.model.places import Level, Market
from gridmap.services.floors import MarketFloors, market_floors
from gridmap.services.hotspot_report import report_of, rows_of
from gridmap.spatial.arrays import FloatArray, Places, places_of
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import Hotspots, Settings, find_hotspots
from gridmap.spatial.walking import WalkGraph
from gridmap.store import field_records, markets, stalls
from gridmap.store.session import Database

LOOKS = frozenset({RecordKind.VISIT, RecordKind.PATROL})
"""What can find an issue: somebody stood at the stall. A telephone call is none."""
USUAL_DAYS, MOST_PERIODS = 180, 13
_SETTINGS = Settings()


@dataclass(frozen=True)
class Span:
    """Days of one run, first and last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class MarketHotspots:
    """A market's hot spots over a span; stalls by code, `looks` and `issues` shape (n, days)."""

    market: Market
    span: Span
    levels: tuple[Level, ...]
    stalls: tuple[TradingStall, ...]
    looks: FloatArray
    issues: FloatArray
    counts: Counts
    found: Hotspots
    input_hash: str
    seed: int

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row a stall, as `gridmap hotspots` writes it."""
        return rows_of(self._table, np.arange(len(self.stalls)), self.counts, self.found)

    @property
    def places_lonlat(self) -> Places:
        """Shape (n,), of the rows."""
        return places_of([one.stall.place_lonlat for one in self.stalls])

    @property
    def report(self) -> dict[str, Any]:
        """The report, as `gridmap hotspots` writes it."""
        return {
            "market": str(self.market.code),
            "from": self.span.first.isoformat(),
            "to": self.span.last.isoformat(),
            "input_hash": self.input_hash,
            "seed": self.seed,
            "visits": int(self.counts.visits.sum()),
            "events": int(self.counts.events.sum()),
        } | report_of(self._table, np.arange(len(self.stalls)), self.counts, self.found)

    @property
    def _table(self) -> StallTable:
        n = len(self.stalls)
        merchants = np.array([float(one.merchants) for one in self.stalls])
        return StallTable(
            "",
            np.array([str(one.stall.code) for one in self.stalls], dtype=np.object_),
            np.array([str(self.market.code)] * n, dtype=np.object_),
            np.array([str(one.stall.level.building) for one in self.stalls], dtype=np.object_),
            np.array([one.stall.level.ordinal for one in self.stalls], dtype=np.int64),
            merchants,
            np.arange(n),
            merchants,
        )


def span_of(first: date | None, last: date | None, today: date) -> Span:
    """
    Return the days of a run: the last 180 if nothing is asked for.

    Raises
    ------
    InvalidParameterError
        If it ends before it begins, or is longer than ten years.
    """
    end = last or today
    begin = first or end - timedelta(days=min(USUAL_DAYS - 1, end.toordinal() - 1))
    if not 0 <= (end - begin).days < 3660:
        raise InvalidParameterError(
            "from",
            begin.isoformat(),
            "起始日期应不晚于截止日期,且不超过十年。",
            "From must not be after to; ten years at most.",
        )
    return Span(begin, end)


def hotspots(database: Database, market: str, *, span: Span, zone: ZoneInfo, seed: int = 1) -> MarketHotspots:
    """
    Find the hot places of a market from its field records: issues as events, visits and patrols as exposure.

    Parameters
    ----------
    span
        Days in `zone`.
    seed
        Kept with the answer; the search itself draws no lots.

    Raises
    ------
    NotFoundError
        If there is no such market, or the caller may not see it.
    """
    since = datetime.combine(span.first, time(), zone)
    until = datetime.combine(span.last, time(), zone) + timedelta(days=1)
    with database.reading() as connection:
        place = markets.market(connection, market)
        levels = tuple(one.level for one in markets.levels(connection, market, span.last))
        trading = sorted(stalls.trading_stalls(connection, market, span.last), key=lambda one: str(one.stall.code))
        connectors = markets.connectors(connection, market)
        found = field_records.recorded_between(connection, market, LOOKS | {RecordKind.ISSUE}, since, until)
    floors = market_floors(place.projection, levels, trading, connectors)
    number = {str(one.stall.code): i for i, one in enumerate(trading)}
    looks, issues = np.zeros((len(trading), span.days)), np.zeros((len(trading), span.days))
    for stall, kind, at in found:
        i = number.get(stall)
        if i is not None:
            (issues if kind is RecordKind.ISSUE else looks)[i, (at.astimezone(zone).date() - span.first).days] += 1
    counts = _counts(floors, looks.sum(axis=1), issues.sum(axis=1))
    return MarketHotspots(
        place,
        span,
        levels,
        tuple(trading),
        looks,
        issues,
        counts,
        find_hotspots(counts, _SETTINGS),
        _input_hash(trading, counts),
        seed,
    )


def periods(one: MarketHotspots) -> list[tuple[Span, Counts, Hotspots]]:
    """
    Split the span into at most 13 periods of whole weeks and search each by itself.

    The level is shared out among them, so that the chance that any of them calls something where nothing is stays.
    """
    weeks = max(1, -(-one.span.days // (7 * MOST_PERIODS)))
    starts = range(0, one.span.days, 7 * weeks)
    if len(starts) < 2:
        return []
    settings = Settings(level=_SETTINGS.level / len(starts))
    answers: list[tuple[Span, Counts, Hotspots]] = []
    for start in starts:
        end = min(start + 7 * weeks, one.span.days)
        counts = Counts(
            one.counts.xy_m,
            one.counts.level,
            one.counts.market,
            one.looks[:, start:end].sum(axis=1),
            one.issues[:, start:end].sum(axis=1),
            one.counts.walks,
        )
        span = Span(one.span.first + timedelta(days=start), one.span.first + timedelta(days=end - 1))
        answers.append((span, counts, find_hotspots(counts, settings)))
    return answers


def _counts(floors: MarketFloors, looks: FloatArray, issues: FloatArray) -> Counts:
    level = np.unique(floors.level_of, return_inverse=True)[1].astype(np.int64)
    walks = WalkGraph.from_links(len(level), floors.level_links)
    return Counts(floors.xy_m, level, np.zeros(len(level), dtype=np.int64), looks, issues, walks)


def _input_hash(trading: list[TradingStall], counts: Counts) -> str:
    """Digest of stalls, counts and ways: the same digest, method version and settings give the same answer."""
    digest = hashlib.sha256("\n".join(str(one.stall.code) for one in trading).encode())
    assert counts.walks is not None
    for values in (counts.level, counts.visits, counts.events, counts.walks.starts, counts.walks.ends):
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(np.round(counts.walks.walk_m, 3).tobytes())
    return digest.hexdigest()
