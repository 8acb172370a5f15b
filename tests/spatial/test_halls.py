"""Invented halls and streets: exactly the stalls that were ordered, inside the floor, none on another."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridmap.errors import GeometryError
from gridmap.spatial.halls import Drawing, HallOrder, draw_hall
from gridmap.spatial.numbering import Numbering, stall_codes
from gridmap.spatial.staffing import members_by_market, no_crossing, shared_out
from gridmap.spatial.streets import StreetOrder, draw_street

few = settings(max_examples=25, deadline=None)


def assert_sound(drawing: Drawing) -> None:
    codes = [code for level in drawing.levels for code in level.codes]
    assert len(set(codes)) == len(codes)
    for level in drawing.levels:
        assert level.outline_m.is_valid
        assert len(level.codes) == len(level.stalls_m)
        assert shapely.covers(shapely.buffer(level.outline_m, 1e-6), level.stalls_m).all()
        one, other = shapely.STRtree(level.stalls_m).query(level.stalls_m, "intersects")
        later = one < other
        shared = shapely.area(shapely.intersection(level.stalls_m[one[later]], level.stalls_m[other[later]]))
        assert shared.max(initial=0.0) < 1e-6


@few
@given(
    st.integers(30, 500), st.floats(18, 26), st.integers(1, 3), st.integers(1, 2), st.sampled_from(Numbering),
    st.integers(0, 10**6),
)  # fmt: skip
@example(30, 18.0, 1, 2, Numbering.ROW, 68)  # slanted walls that two rows of deep stalls do not fit between
def test_hall_has_exactly_what_was_ordered(
    stalls: int, each_m2: float, levels: int, houses: int, numbering: Numbering, seed: int
) -> None:
    floor_m2 = max(stalls * each_m2, 1100 * levels * houses)
    order = HallOrder(stalls, floor_m2, tuple(range(levels)), houses, numbering)
    drawing = draw_hall(order, np.random.default_rng(seed))
    assert sum(len(level.stalls_m) for level in drawing.levels) == stalls
    assert drawing.floor_m2 == pytest.approx(floor_m2, rel=1e-6)
    assert_sound(drawing)
    again = draw_hall(order, np.random.default_rng(seed))
    assert [x.codes for x in again.levels] == [x.codes for x in drawing.levels]
    assert all(
        shapely.equals_exact(a.outline_m, b.outline_m) for a, b in zip(again.levels, drawing.levels, strict=True)
    )


def test_connectors_start_and_end_on_their_floors() -> None:
    drawing = draw_hall(HallOrder(300, 6600, (-1, 0, 1, 2), 2), np.random.default_rng(3))
    floor_of = {(level.house, level.ordinal): level.outline_m for level in drawing.levels}
    assert {c.kind.value for c in drawing.connectors} >= {"stairs", "door", "bridge"}
    for c in drawing.connectors:
        assert floor_of[c.start].covers(c.start_m)
        assert floor_of[c.end].covers(c.end_m)
        assert c.walk_m > 0
    for lower, upper in pairwise((-1, 0, 1, 2)):
        assert {"a", "b"} <= {c.start[0] for c in drawing.connectors if (c.start[1], c.end[1]) == (lower, upper)}


def test_too_many_stalls_for_the_floor_are_refused() -> None:
    with pytest.raises(GeometryError, match="do not fit"):
        draw_hall(HallOrder(5000, 900, (0,)), np.random.default_rng(1))


@few
@given(st.integers(20, 260), st.integers(6, 80), st.integers(0, 4), st.integers(0, 3), st.integers(0, 10**6))
def test_street_has_exactly_what_was_ordered(shops: int, food: int, homes: int, offices: int, seed: int) -> None:
    drawn = draw_street(StreetOrder(shops, food, homes, offices), np.random.default_rng(seed))
    street, hall = drawn.street.levels[0], drawn.food_hall.levels[0]
    assert (len(street.stalls_m), len(hall.stalls_m)) == (shops, food)
    assert_sound(drawn.street)
    assert_sound(drawn.food_hall)
    for place in (hall.outline_m, *(x.place_m for x in drawn.left_out)):
        assert place.intersection(street.outline_m).area < 1e-6


def test_numbers_as_people_paint_them() -> None:
    assert stall_codes(Numbering.ROW, "main", 1, [0, 0, 2]) == ("2A01", "2A02", "2B01")
    assert stall_codes(Numbering.ROW, "b", -1, [0]) == ("B-B1A01",)
    assert stall_codes(Numbering.SERIAL, "main", 0, [0, 3]) == ("1001", "1002")
    assert stall_codes(Numbering.ROW, "main", 0, list(range(28)))[-2:] == ("1AA01", "1AB01")


@few
@given(st.lists(st.integers(0, 200), min_size=1, max_size=8), st.integers(0, 30))
def test_members_are_placed_so_that_the_greatest_load_is_least(sizes: list[int], members: int) -> None:
    counts = members_by_market(sizes, members)
    least = no_crossing(sizes, members).least_cap
    assert sum(counts) == (members if least is not None else min(members, len(sizes)))
    if least is not None:
        assert max((-(-n // c) if c else n for n, c in zip(sizes, counts, strict=True)), default=0) <= least


@few
@given(st.integers(0, 1000), st.lists(st.floats(0.01, 10), min_size=1, max_size=9))
def test_shares_keep_the_total_and_follow_the_weights(total: int, weights: list[float]) -> None:
    shares = shared_out(total, weights)
    assert sum(shares) == total
    assert all(abs(s - total * w / sum(weights)) < 1 for s, w in zip(shares, weights, strict=True))
