"""Where trouble gathers in a market of the database: issues from the field against the visits that could find them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridmap.errors import InvalidParameterError
from gridmap.model.field_records import RecordKind
from gridmap.model.hotspots import Span, Wishes
from gridmap.model.ids import StallCode
from gridmap.model.overview import TradingStall
from gridmap.model.places import Level, Market
from gridmap.services.floors import market_floors
from gridmap.services.hotspot_inputs import HotspotInput, cells, link_cells
from gridmap.services.hotspot_listing import listing_rows, listing_told, period_starts, trends_told
from gridmap.services.hotspot_report import report_of, rows_of
from gridmap.services.kept import Kept
from gridmap.spatial.adjacency import LEVEL_LINK, links_of
from gridmap.spatial.arrays import IntArray, Places, places_of
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.density import density_picture
from gridmap.spatial.hotspots.find import Hotspots, Settings, find_hotspots
from gridmap.spatial.hotspots.listing import Listing, inspection_list
from gridmap.spatial.hotspots.trends import place_trends
from gridmap.spatial.walking import WalkGraph
from gridmap.store import field_records, markets, stalls
from gridmap.store.session import Database

Json = dict[str, Any]
LOOKS = frozenset({RecordKind.VISIT, RecordKind.PATROL})
"""What can find an issue: somebody stood at the stall. A telephone call is none."""
USUAL_DAYS, MOST_PERIODS = 180, 13
USUAL = Wishes()
_SETTINGS = Settings()


@dataclass(frozen=True)
class Searched:
    """A run: what went in, and what was found; the same input and wishes give the same answer."""

    given: HotspotInput
    wishes: Wishes
    counts: Counts
    found: Hotspots

    @cached_property
    def rows(self) -> list[Json]:
        """One row a stall, as `gridmap hotspots` writes it."""
        return rows_of(self.given.table, self._order, self.counts, self.found)

    @cached_property
    def listed(self) -> list[Json]:
        """The inspection list, one row a stall."""
        return listing_rows(self.given.table, self._order, self.counts, self.found, self._listing)

    @cached_property
    def report(self) -> Json:
        """The report, as `gridmap hotspots` writes it."""
        given, table = self.given, self.given.table
        return {
            "market": given.market,
            "from": given.span.first.isoformat(),
            "to": given.span.last.isoformat(),
            "input_hash": given.digest,
            "seed": self.wishes.seed,
            "visits": int(self.counts.visits.sum()),
            "events": int(self.counts.events.sum()),
            **report_of(table, self._order, self.counts, self.found),
            "listing": listing_told(table, self._order, self.counts, self._listing, self.wishes.random_share),
            "trends": self._trends(),
        }

    @property
    def answer(self) -> Json:
        """All that is told: the report, the stalls, and the list."""
        return self.report | {"stalls": self.rows, "list": self.listed}

    @property
    def _order(self) -> IntArray:
        return np.arange(len(self.given.stalls))

    @cached_property
    def _listing(self) -> Listing:
        wishes = self.wishes
        return inspection_list(
            self.counts,
            self.found,
            size=wishes.list_size,
            random_share=wishes.random_share,
            rng=np.random.default_rng(wishes.seed),
            empty=np.array(self.given.merchants, dtype=np.int64) <= 0,
        )

    def _trends(self) -> Json:
        span = self.given.span
        starts = period_starts(span.first, span.last, self.wishes.by)
        columns = [max(0, (start - span.first).days) for start in starts]
        visits, events = (
            np.add.reduceat(self.given.by_day(table), columns, axis=1)
            for table in (self.given.looks, self.given.issues)
        )
        found = self.found
        trends = place_trends(
            visits, events, self.counts.market, found.place, spread=found.spread, level=found.settings.level
        )
        return trends_told(trends, [max(start, span.first).isoformat() for start in starts])


@dataclass(frozen=True)
class MarketHotspots:
    """A market's run, and the drawing that its stalls stand in; stalls by code."""

    market: Market
    levels: tuple[Level, ...]
    stalls: tuple[TradingStall, ...]
    run: Searched

    @property
    def places_lonlat(self) -> Places:
        """Shape (n,), of the rows."""
        return places_of([one.stall.place_lonlat for one in self.stalls])


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


def hotspots(database: Database, market: str, *, span: Span, zone: ZoneInfo, wishes: Wishes = USUAL) -> MarketHotspots:
    """
    Find the hot places of a market from its field records: issues as events, visits and patrols as exposure.

    Parameters
    ----------
    span
        Days in `zone`.
    wishes
        Its seed draws the lots of the inspection list; the search itself draws none.

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
    number = {one.stall.code: i for i, one in enumerate(trading)}
    days = [(stall, kind, (at.astimezone(zone).date() - span.first).days) for stall, kind, at in found]
    given = HotspotInput(
        market=str(place.code),
        span=span,
        stalls=tuple(str(one.stall.code) for one in trading),
        buildings=tuple(str(one.stall.level.building) for one in trading),
        ordinals=tuple(one.stall.level.ordinal for one in trading),
        trades=tuple(one.trades[0] if one.trades else "" for one in trading),
        merchants=tuple(one.merchants for one in trading),
        xy_mm=cells(np.rint(floors.xy_m * 1000).astype(np.int64), 2),
        links=link_cells(floors.level_links.ends, floors.level_links.walk_m),
        looks=_by_day([(stall, day) for stall, kind, day in days if kind in LOOKS], number),
        issues=_by_day([(stall, day) for stall, kind, day in days if kind is RecordKind.ISSUE], number),
    )
    return MarketHotspots(place, levels, tuple(trading), search(given, wishes))


def search(given: HotspotInput, wishes: Wishes) -> Searched:
    """Search an input; one that was searched of late is not searched again."""
    return _kept.get((given.digest, wishes), lambda: _searched(given, wishes))


_kept: Kept[tuple[str, Wishes], Searched] = Kept(size=16)


def periods(one: Searched) -> list[tuple[Span, Counts, Hotspots]]:
    """
    Split the span into at most 13 periods of whole weeks and search each by itself.

    The level is shared out among them, so that the chance that any of them calls something where nothing is stays.
    """
    span = one.given.span
    weeks = max(1, -(-span.days // (7 * MOST_PERIODS)))
    starts = range(0, span.days, 7 * weeks)
    if len(starts) < 2:
        return []
    settings = Settings(level=_SETTINGS.level / len(starts))
    answers: list[tuple[Span, Counts, Hotspots]] = []
    for start in starts:
        end = min(start + 7 * weeks, span.days)
        counts = one.given.counts(start, end)
        days = Span(span.first + timedelta(days=start), span.first + timedelta(days=end - 1))
        answers.append((days, counts, find_hotspots(counts, settings)))
    return answers


def density_shares(counts: Counts) -> list[float]:
    """Return the density of raw events around each stall as a share of the highest: a picture, no result."""
    dense = density_picture(counts)
    return np.round(dense / max(float(dense.max(initial=0.0)), 1e-12), 3).tolist()


def load_kernels() -> None:
    """Compile the kernels, or load them, so that the first search of a server need not wait for it."""
    n = 60
    xy_m = np.column_stack([np.arange(n) % 10, np.arange(n) // 10]).astype(np.float64) * 3.0
    none = np.zeros(n, dtype=np.int64)
    events = np.where(np.arange(n) < 12, 9.0, 1.0)
    ends = np.column_stack([np.arange(n - 1), np.arange(1, n)])
    for walks in (None, WalkGraph.from_links(n, links_of(ends, np.full(n - 1, 3.0), LEVEL_LINK))):
        find_hotspots(Counts(xy_m, none, none, np.full(n, 20.0), events, walks), _SETTINGS)


def period_told(span: Span, counts: Counts, found: Hotspots) -> Json:
    """Tell a period as lists over the stalls."""
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "level": found.settings.level,
        "class": found.standing.astype(str).tolist(),
        "visits": counts.visits.astype(int).tolist(),
        "observed": counts.events.astype(int).tolist(),
        "expected": np.round(found.expected, 2).tolist(),
        "p": [float(f"{p:.3g}") for p in found.p.tolist()],
        "q": [float(f"{q:.3g}") for q in found.q.tolist()],
        "cluster": [k + 1 if k >= 0 else None for k in found.place.tolist()],
    }


def _searched(given: HotspotInput, wishes: Wishes) -> Searched:
    counts = given.counts()
    return Searched(given, wishes, counts, find_hotspots(counts, _SETTINGS))


def _by_day(found: Sequence[tuple[StallCode, int]], number: dict[StallCode, int]) -> IntArray:
    """Count records by stall and day; those at stalls that are gone stay out."""
    times = Counter((number[stall], day) for stall, day in found if stall in number)
    return cells([(stall, day, n) for (stall, day), n in sorted(times.items())], 3)
