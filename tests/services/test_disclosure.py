"""No small count of merchants can be found by subtracting the counts that are told."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridmap.model.duty import Zone, ZoneShape
from gridmap.model.ids import BuildingCode, ZoneCode
from gridmap.model.places import LevelKey
from gridmap.services.disclosure import is_small, untold_parts, zone_counts

AREA = shapely.box(0, 0, 1, 1)


def level(ordinal: int) -> LevelKey:
    return LevelKey(BuildingCode("main"), ordinal)


def plan_of(table: list[list[int]]) -> list[Zone]:
    """Build zones (rows) with a part of each level (columns) where they have merchants."""
    return [
        Zone(
            ZoneCode(f"Z{z}"),
            "",
            0,
            shapes=tuple(ZoneShape(level(o), AREA, n, n) for o, n in enumerate(row) if n),
        )
        for z, row in enumerate(table)
    ]


def sums(values: Any) -> list[tuple[Any, int]]:
    """Every count that there is, as the cells that it sums (a flat mask) and its value: cells, zones, levels, all."""
    z, o = np.indices(values.shape)
    masks = [(z == i) & (o == j) for i, j in np.ndindex(values.shape)]
    masks += [z == i for i in range(values.shape[0])] + [o == j for j in range(values.shape[1])] + [z >= 0]
    return [(mask.ravel().astype(float), int(values[mask].sum())) for mask in masks]


def told(table: list[list[int]]) -> list[int | None]:
    """What somebody is told of each of these counts, in the same order."""
    values, zones = np.array(table), plan_of(table)
    counts = zone_counts(zones)
    levels = {level(o): int(n) for o, n in enumerate(values.sum(axis=0))}
    parts = [
        counts.on(ZoneCode(f"Z{z}"), level(o), int(values[z, o])) if values[z, o] else 0
        for z, o in np.ndindex(values.shape)
    ]
    hidden, whole = untold_parts(levels), int(values.sum())
    columns = [None if each in hidden else n for each, n in levels.items()]
    return [*parts, *map(counts.total, zones), *columns, None if is_small(whole) else whole]


def found_out(table: list[list[int]]) -> list[int]:
    """The small counts that follow from what is told, by linear algebra that knows nothing of the method."""
    every, shown = sums(np.array(table)), told(table)
    rows = np.array([mask for (mask, _), n in zip(every, shown, strict=True) if n is not None]).reshape(
        -1, every[0][0].size
    )
    rank = np.linalg.matrix_rank(rows) if len(rows) else 0
    return [n for mask, n in every if is_small(n) and np.linalg.matrix_rank(np.vstack([rows, mask])) == rank]


TABLES = st.integers(1, 3).flatmap(
    lambda levels: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 12, 47, 50]), min_size=levels, max_size=levels),
        min_size=1,
        max_size=6,
    )
)


@settings(max_examples=200, deadline=None)
@given(table=TABLES)
@example(table=[[1, 0, 0], [1, 0, 5]])
def test_no_small_count_follows_from_what_is_told(table: list[list[int]]) -> None:
    assert found_out(table) == []


@pytest.mark.parametrize(
    ("table", "untold"),
    [
        ([[50, 0], [48, 0], [0, 49], [0, 51]], 0),
        ([[47, 3], [50, 0], [48, 0], [0, 49], [0, 51]], 4),  # that part, its zone, and a neighbour's part and total
        ([[3], [48], [50]], 4),
    ],
)
def test_little_stays_untold(table: list[list[int]], untold: int) -> None:
    assert told(table).count(None) == untold


def test_level_is_not_found_from_the_markets_total() -> None:
    assert untold_parts({level(0): 3, level(1): 60, level(2): 40}) == {level(0), level(2)}
    assert untold_parts({level(0): 0, level(1): 60, level(2): 40}) == frozenset()
