"""Which counts must stay untold so that no small one can be found by subtracting those that are told.

A plan's merchants stand in a table: a row for each zone, a column for each level, each with its total. Every count is
an edge: a zone's part of a level joins the zone and the level, a zone's total joins the zone and all zones, a level's
total joins the level and all levels. What enters a node leaves it. An untold count then follows from the told ones
exactly if its edge is a bridge among the untold edges (D. Gusfield, A graph theoretic approach to statistical data
security, SIAM Journal on Computing 17, 1988); so each small one is put on a cycle of untold edges.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TypeVar

from gridmap.model.duty import Zone
from gridmap.model.ids import ZoneCode
from gridmap.model.places import LevelKey

SMALLEST_COUNT = 5
"""Counts of merchants below this, save none at all, are not shown to whoever does not see the register."""
_ALL_ZONES, _ALL_LEVELS = "all zones", "all levels"
_Edge = tuple[Hashable, Hashable]
Part = TypeVar("Part", bound=Hashable)


def is_small(merchants: int) -> bool:
    """Whether a count is small enough to point at a person."""
    return 0 < merchants < SMALLEST_COUNT


def untold_parts(merchants: Mapping[Part, int]) -> frozenset[Part]:
    """Return which parts stay untold: the small ones and, as their sum is told, the smallest of the others."""
    small = {part for part, n in merchants.items() if is_small(n)}
    others = [part for part, n in merchants.items() if n >= SMALLEST_COUNT]
    smallest = min(others, key=lambda part: (merchants[part], str(part))) if small and others else None
    return frozenset(small if smallest is None else small | {smallest})


@dataclass(frozen=True)
class ZoneCounts:
    """What may be told of a plan's zones: their merchants in all, and on each level."""

    untold: frozenset[tuple[Hashable, Hashable]] = frozenset()

    def total(self, zone: Zone) -> int | None:
        """Return a zone's merchants, None where they stay untold."""
        return None if (zone.code, _ALL_ZONES) in self.untold else zone.merchants

    def on(self, zone: ZoneCode, level: LevelKey, merchants: int) -> int | None:
        """Return a zone's merchants on a level, None where they stay untold."""
        return None if (zone, level) in self.untold else merchants


def zone_counts(zones: Iterable[Zone]) -> ZoneCounts:
    """Return what may be told of a plan's zones to somebody who is told its levels by `untold_parts`, and their sum."""
    counts: dict[_Edge, int] = {}
    levels: dict[LevelKey, int] = {}
    for zone in zones:
        counts[zone.code, _ALL_ZONES] = zone.merchants
        for shape in zone.shapes:
            counts[zone.code, shape.level] = shape.merchants
            levels[shape.level] = levels.get(shape.level, 0) + shape.merchants
    small = [edge for edge, n in counts.items() if is_small(n)]
    small += [(level, _ALL_LEVELS) for level, n in levels.items() if is_small(n)]
    untold: set[_Edge] = {*small, *((level, _ALL_LEVELS) for level in untold_parts(levels))}
    if not is_small(sum(levels.values())):
        for edge in small:
            untold |= _way_round(counts, untold, edge)
    return ZoneCounts(frozenset(untold))


def _way_round(counts: Mapping[_Edge, int], untold: set[_Edge], edge: _Edge) -> set[_Edge]:
    """Return edges that close a cycle with one, telling as few merchants less as can be; empty if there is none."""
    ends: dict[Hashable, list[tuple[Hashable, _Edge]]] = {}
    for other in {*counts, *untold} - {edge}:
        if other in untold or counts[other]:
            ends.setdefault(other[0], []).append((other[1], other))
            ends.setdefault(other[1], []).append((other[0], other))
    queue: list[tuple[int, str, Hashable]] = [(0, "", edge[0])]
    least: dict[Hashable, int] = {edge[0]: 0}
    came: dict[Hashable, tuple[Hashable, _Edge]] = {}
    while queue:
        cost, _, here = heappop(queue)
        if here == edge[1]:
            break
        for there, other in ends.get(here, ()):
            dearer = cost + (0 if other in untold else counts[other])
            if dearer < least.get(there, dearer + 1):
                least[there], came[there] = dearer, (here, other)
                heappush(queue, (dearer, repr(there), there))
    found: set[_Edge] = set()
    at = edge[1]
    while at in came and at != edge[0]:
        at, other = came[at]
        found.add(other)
    return found
