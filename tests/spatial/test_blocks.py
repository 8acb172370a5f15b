"""A block of floor becomes stalls: disjoint, inside, of the size and number that was asked, with codes of their own."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import Polygon, box
from shapely.affinity import rotate

from gridmap.errors import DoesNotFitError, GeometryError, InvalidParameterError
from gridmap.spatial.blocks import BlockRule, fill_block
from gridmap.spatial.numbering import CodeRule, Order, block_codes

MM = 0.002

rules = st.builds(
    BlockRule,
    width_m=st.floats(1, 6),
    depth_m=st.floats(1, 6),
    aisle_m=st.floats(0, 4),
    angle_degrees=st.floats(-180, 180),
    double=st.booleans(),
    single_first=st.booleans(),
    run=st.none() | st.integers(1, 6),
    cross_aisle_m=st.floats(0, 4),
)
rooms = st.builds(
    lambda length, width, pillars: shapely.difference(
        box(0, 0, length, width),
        shapely.union_all([box(x * length, y * width, x * length + 1.5, y * width + 1.5) for x, y in pillars]),
    ),
    st.floats(15, 60),
    st.floats(15, 40),
    st.lists(st.tuples(st.floats(0, 0.9), st.floats(0, 0.9)), max_size=4),
)
wedge = Polygon([(0, 0), (40, 6), (36, 25), (12, 30), (14, 12)])
needle = Polygon([(0, 15), (15, 15), (15, 0), (0, 0), (0, 7e-17), (1.5, 7e-17), (1.5, 1.5), (0, 1.5)])


@given(rooms | st.just(wedge), rules)
@example(needle, BlockRule(width_m=5, depth_m=6, aisle_m=0, angle_degrees=129.5))
def test_stalls_are_disjoint_inside_and_of_the_asked_size(room: Polygon, rule: BlockRule) -> None:
    laid = fill_block(room, rule)
    assert len(laid.stalls_m) == len(laid.rows) > 0
    assert shapely.covers(shapely.buffer(room, MM), laid.stalls_m).all()
    whole = shapely.union_all(laid.stalls_m)
    assert whole.area == pytest.approx(len(laid.rows) * rule.width_m * rule.depth_m, rel=1e-6)
    for stall in laid.stalls_m:
        corners = shapely.get_coordinates(stall)
        sides = np.hypot(*np.diff(corners, axis=0).T)
        assert sorted(sides) == pytest.approx(sorted([rule.width_m, rule.depth_m] * 2))


@given(rooms, rules)
def test_rows_stand_back_to_back_or_across_an_aisle(room: Polygon, rule: BlockRule) -> None:
    laid = fill_block(room, rule)
    level = [rotate(s, -rule.angle_degrees, origin=(0, 0)).bounds[3] for s in laid.stalls_m]
    tops = dict(zip(laid.rows, level, strict=True))
    for row in range(1, len(laid.aisles)):
        apart_m = tops[row - 1] - tops[row] - rule.depth_m
        if not rule.double or laid.aisles[row] == laid.aisles[row - 1]:
            assert apart_m >= rule.aisle_m - 1e-6
        assert apart_m >= -1e-6


@given(st.integers(1, 6), st.integers(1, 12), rules)
def test_exactly_what_was_asked_for_where_it_fits(rows: int, per_row: int, rule: BlockRule) -> None:
    asked = BlockRule(
        rule.width_m, rule.depth_m, rule.aisle_m, rows, per_row, 0.0, rule.double, rule.single_first, rule.run, 2.0
    )
    length = per_row * rule.width_m + ((per_row - 1) // rule.run if rule.run else 0) * 2.0
    width = rows * rule.depth_m + sum(asked.gap_after(i) for i in range(rows - 1))
    laid = fill_block(box(0, 0, length, width), asked)
    assert [laid.rows.count(row) for row in range(rows)] == [per_row] * rows
    with pytest.raises(DoesNotFitError) as short:
        fill_block(box(0, 0, length, width - 0.1), asked)
    assert (short.value.asked, short.value.fit) == (rows * per_row, (rows - 1) * per_row)
    with pytest.raises(DoesNotFitError) as narrow:
        fill_block(box(0, 0, length - 0.1, width), asked)
    assert narrow.value.fit == rows * (per_row - 1)


def test_a_pillar_parts_a_row_and_moves_no_other() -> None:
    free = fill_block(box(0, 0, 30, 3), BlockRule(per_row=None))
    with_pillar = fill_block(box(0, 0, 30, 3).difference(box(10, 1, 10.5, 1.5)), BlockRule())
    assert len(free.rows) == 10
    assert [s.bounds[0] for s in with_pillar.stalls_m] == pytest.approx([0, 3, 6, 10.5, 13.5, 16.5, 19.5, 22.5, 25.5])


@pytest.mark.parametrize(
    ("order", "codes"),
    [
        (Order.ROWS, "A101 A102 A103 B101 B102 B103 C101 C102 C103"),
        (Order.SERIAL, "A101 A102 A103 A104 A105 A106 A107 A108 A109"),
        (Order.SNAKE, "A101 A102 A103 A106 A105 A104 A107 A108 A109"),
        (Order.ODD_EVEN, "A101 A103 A105 B101 B103 B105 B102 B104 B106"),
    ],
)
def test_numbers_run_as_people_count(order: Order, codes: str) -> None:
    rows = (0, 0, 0, 1, 1, 1, 2, 2, 2)
    assert " ".join(block_codes(CodeRule("A101", order), rows, aisles=(0, 1, 1))) == codes


@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=60),
    st.sampled_from(Order),
    st.integers(1, 20),
    st.sampled_from(["A101", "1F-Z09", "铺A1", "AZ999"]),
    st.booleans(),
)
def test_codes_are_all_different(sizes: list[int], order: Order, step: int, first: str, paired: bool) -> None:
    rows = [row for row, size in enumerate(sizes) for _ in range(size)]
    aisles = [(row + 1) // 2 if paired else row for row in range(len(sizes))]
    codes = block_codes(CodeRule(first, order, step), rows, aisles=aisles)
    assert len({*codes}) == len(rows)


def test_rows_get_names_where_letters_are_wanted() -> None:
    assert block_codes(CodeRule("1", names=("甲", "乙")), (0, 0, 1), aisles=(0, 1)) == ("甲1", "甲2", "乙1")
    for rule in (CodeRule("101"), CodeRule("1", names=("甲",)), CodeRule("1", names=("甲", "甲"))):
        with pytest.raises(InvalidParameterError):
            block_codes(rule, (0, 1), aisles=(0, 1))
    with pytest.raises(InvalidParameterError):
        block_codes(CodeRule("A1", names=("甲\n", "乙")), (0, 1), aisles=(0, 1))


@pytest.mark.parametrize("changed", [{"width_m": 0.001}, {"depth_m": float("nan")}, {"rows": 0}, {"aisle_m": -1}])
def test_sizes_that_make_no_sense_are_refused(changed: dict[str, float]) -> None:
    with pytest.raises(InvalidParameterError):
        BlockRule(**changed)


def test_what_is_no_block_is_refused() -> None:
    for room in (Polygon(), Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])):
        with pytest.raises(GeometryError):
            fill_block(room, BlockRule())
    with pytest.raises(InvalidParameterError):
        fill_block(box(0, 0, 5000, 5000), BlockRule(width_m=1, depth_m=1))
    with pytest.raises(InvalidParameterError):
        CodeRule("A")
