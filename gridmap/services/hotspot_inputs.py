"""What a run of hot spots depends on, as one value: it can be kept, and searched again to the same answer."""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from gridmap.exchange.partition_files import StallTable
from gridmap.model.hotspots import Span
from gridmap.spatial.adjacency import LEVEL_LINK, links_of
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.walking import WalkGraph

Json = dict[str, Any]
_MILLI = 1000


@dataclass(frozen=True)
class HotspotInput:
    """
    A market's stalls by code, the ways between neighbours on a level, and what was looked at and found there by day.

    Lengths are whole millimetres, so that what is read back is what was written.

    Attributes
    ----------
    stalls, buildings, ordinals, trades, merchants
        One item a stall; `trades` is '' where nobody trades or nothing is said.
    xy_mm
        Shape (n, 2).
    links
        Shape (e, 3): two stalls, the lower first, and the millimetres between them; in order.
    looks, issues
        Shape (k, 3): stall, day of the span from 0, how many; in order.
    """

    market: str
    span: Span
    stalls: tuple[str, ...]
    buildings: tuple[str, ...]
    ordinals: tuple[int, ...]
    trades: tuple[str, ...]
    merchants: tuple[int, ...]
    xy_mm: IntArray
    links: IntArray
    looks: IntArray
    issues: IntArray

    @cached_property
    def text(self) -> str:
        """Everything as one text, the same for the same input."""
        body: Json = {
            name: getattr(self, name) for name in ("market", "stalls", "buildings", "ordinals", "trades", "merchants")
        }
        body |= {name: getattr(self, name).tolist() for name in ("xy_mm", "links", "looks", "issues")}
        body |= {"from": self.span.first.isoformat(), "to": self.span.last.isoformat()}
        return canonical(body)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def by_day(self, cells: IntArray) -> FloatArray:
        """Spread `looks` or `issues` out, shape (n, days)."""
        table = np.zeros((len(self.stalls), self.span.days))
        np.add.at(table, (cells[:, 0], cells[:, 1]), cells[:, 2])
        return table

    def counts(self, first: int = 0, last: int | None = None) -> Counts:
        """Count some days of the span, all if nothing else is said; `last` is the first day that is not in it."""
        end = self.span.days if last is None else last
        visits, events = (self._within(rows, first, end) for rows in (self.looks, self.issues))
        return replace(self._ground, visits=visits, events=events)

    def _within(self, rows: IntArray, first: int, end: int) -> FloatArray:
        """Sum `looks` or `issues` of some days by stall, shape (n,)."""
        some = rows[(rows[:, 1] >= first) & (rows[:, 1] < end)]
        return np.bincount(some[:, 0], weights=some[:, 2], minlength=len(self.stalls)).astype(np.float64)

    @cached_property
    def _ground(self) -> Counts:
        """The stalls, their levels and the ways between them, with nothing counted yet: the same for all days."""
        keys = list(zip(self.buildings, self.ordinals, strict=True))
        number = {key: i for i, key in enumerate(sorted(set(keys)))}
        n = len(keys)
        none = np.zeros(n)
        ways = links_of(self.links[:, :2], self.links[:, 2] / _MILLI, LEVEL_LINK)
        return Counts(
            self.xy_mm / _MILLI,
            np.array([number[key] for key in keys], dtype=np.int64),
            np.zeros(n, dtype=np.int64),
            none,
            none,
            WalkGraph.from_links(n, ways),
        )

    @property
    def table(self) -> StallTable:
        """The stalls as `gridmap hotspots` reads them from a file."""
        merchants = np.array(self.merchants, dtype=np.float64)
        return StallTable(
            "",
            np.array(self.stalls, dtype=np.object_),
            np.array([self.market] * len(self.stalls), dtype=np.object_),
            np.array(self.buildings, dtype=np.object_),
            np.array(self.ordinals, dtype=np.int64),
            merchants,
            np.arange(len(self.stalls)),
            merchants,
            trade=np.array(self.trades, dtype=np.object_),
        )


def input_of_text(text: str) -> HotspotInput:
    """Return the input that `text` was made of."""
    body = json.loads(text)
    return HotspotInput(
        market=body["market"],
        span=Span(date.fromisoformat(body["from"]), date.fromisoformat(body["to"])),
        stalls=tuple(body["stalls"]),
        buildings=tuple(body["buildings"]),
        ordinals=tuple(body["ordinals"]),
        trades=tuple(body["trades"]),
        merchants=tuple(body["merchants"]),
        xy_mm=cells(body["xy_mm"], 2),
        links=cells(body["links"], 3),
        looks=cells(body["looks"], 3),
        issues=cells(body["issues"], 3),
    )


def cells(rows: Sequence[Sequence[int]] | IntArray, columns: int) -> IntArray:
    """Return rows of whole numbers as an array, also where there are none."""
    return np.array(rows, dtype=np.int64).reshape(-1, columns)


def link_cells(ends: IntArray, walk_m: FloatArray) -> IntArray:
    """Return ways as rows (lower stall, higher stall, millimetres), in order."""
    rows = np.column_stack([np.sort(ends, axis=1), np.rint(walk_m * _MILLI).astype(np.int64)])
    return rows[np.lexsort(rows.T[::-1])]


def canonical(value: Json) -> str:
    """Write a value so that equal values give equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def packed(text: str) -> bytes:
    """Compress a text."""
    return zlib.compress(text.encode(), 6)


def unpacked(data: bytes) -> str:
    """Return the text that `packed` compressed."""
    return zlib.decompress(data).decode()
