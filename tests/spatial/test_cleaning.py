import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from gridmap.spatial.arrays import places_of
from gridmap.spatial.cells import level_cells
from gridmap.spatial.cleaning import DRAWN_WITHIN_M, Where, clean_level

HALL = box(0, 0, 100, 50)


def clean(*places, floor=HALL, rank=None):
    return clean_level(floor, places_of(list(places)), rank=None if rank is None else np.array(rank))


@pytest.mark.parametrize(
    ("out_m", "depth_m", "kept"),
    [
        (0.3, 5, True),  # 6 % of the area, 0.3 m: by the distance
        (0.5, 5, True),  # exactly the tolerance
        (0.5005, 5, True),  # what rounding of coordinates makes of it
        (0.51, 5, False),  # 10.2 % and over 0.5 m
        (1.0, 20, True),  # exactly 5 %, though 1 m
        (1.02, 20, False),  # 5.1 %
    ],
)
def test_a_stall_off_its_floor_is_clipped_within_half_a_metre_or_five_percent(out_m, depth_m, kept):
    found = clean(box(-out_m, 10, depth_m - out_m, 14))
    if kept:
        assert [m.where for m in found.mended] == [Where.FLOOR]
        assert found.mended[0].share == pytest.approx(out_m / depth_m)
        assert found.mended[0].reach_m == pytest.approx(out_m)
        assert found.places_m[0].area == pytest.approx((depth_m - out_m) * 4, abs=0.01)
        assert not found.rejected
    else:
        assert found.places_m[0] is None
        assert [m.stall for m in found.rejected] == [0]
        assert not found.mended


@pytest.mark.parametrize(
    ("deep_m", "width_m", "kept"), [(0.5, 5, True), (0.51, 5, False), (1.0, 20, True), (1.02, 20, False)]
)
def test_an_overlap_up_to_the_same_goes_to_the_earlier_stall(deep_m, width_m, kept):
    first = box(10, 10, 30, 14)
    found = clean(first, box(30 - deep_m, 10, 30 - deep_m + width_m, 14))
    assert found.places_m[0] is first
    if kept:
        assert [(m.stall, m.other, m.where) for m in found.mended] == [(1, 0, Where.OVERLAP)]
        assert found.places_m[1].area == pytest.approx((width_m - deep_m) * 4, abs=0.01)
    else:
        assert found.places_m[1] is None
        assert [(m.stall, m.other) for m in found.rejected] == [(1, 0)]


def test_rank_goes_before_the_order_of_the_file():
    store_room, shop = box(0, 0, 10, 10), box(9.7, 0, 20, 10)
    found = clean(store_room, shop, rank=[2, 0])
    assert found.places_m[1] is shop
    assert [(m.stall, m.other) for m in found.mended] == [(0, 1)]


def test_a_rejected_stall_takes_no_floor_from_the_next():
    far_out, good = box(-30, 0, 5, 10), box(4, 0, 14, 10)
    found = clean(far_out, good)
    assert found.places_m[0] is None
    assert found.places_m[1] is good


def test_a_stall_wholly_inside_an_earlier_one_is_set_aside_however_small():
    found = clean(box(0, 0, 10, 10), box(0, 4, 0.3, 6))
    assert found.places_m[1] is None  # only 0.3 m deep, but nothing of it would be left
    assert found.rejected[0].share == pytest.approx(1)


def test_rounding_is_left_alone():
    stalls = box(0, 0, 10, 10), box(9.996, 0, 20, 10), box(-0.004, 20, 5, 25)
    found = clean(*stalls)
    assert all(kept is given_ for kept, given_ in zip(found.places_m, stalls, strict=True))
    assert not found.mended
    assert not found.rejected


def test_points_are_moved_by_up_to_half_a_metre():
    shop = box(0, 0, 10, 10)
    found = clean(shop, Point(-0.4, 20), Point(-0.6, 20), Point(9.7, 5), Point(5, 5), Point(50, 25), Point(50, 25))
    assert found.places_m[1].equals(Point(0, 20))
    assert found.places_m[2] is None
    assert found.places_m[3].distance(Point(10.1, 5)) < 1e-9  # out of the shop, with a little floor around it
    assert found.places_m[4] is None
    assert found.places_m[5] is not None  # two points on one spot are two stalls
    assert found.places_m[6] is not None
    assert [(m.stall, m.where) for m in found.mended] == [(1, Where.FLOOR), (3, Where.OVERLAP)]
    assert [(m.stall, m.where) for m in found.rejected] == [(2, Where.FLOOR), (4, Where.OVERLAP)]


def test_a_stall_cut_in_two_keeps_both_pieces_and_no_crumbs():
    aisle = box(10, 0, 10.5, 20)
    found = clean(aisle, box(5, 5, 25, 10), box(9.9, 30, 20, 40), floor=HALL)
    assert isinstance(found.places_m[1], MultiPolygon)
    assert len(found.places_m[1].geoms) == 2


def test_no_stall_is_nothing_to_do():
    found = clean_level(HALL, places_of([]))
    assert len(found.places_m) == 0


def metres(low, high):
    return st.floats(low, high).map(lambda v: round(v, 4))


boxes = st.builds(
    lambda x, y, w, h, turn: shapely.affinity.rotate(box(x, y, x + w, y + h), turn),
    metres(-2, 20),
    metres(-2, 12),
    metres(0.2, 6),
    metres(0.2, 6),
    st.sampled_from([0, 0, 0, 17, 45]),
)
# Half metres, each once: of several points on one spot in a nook of some centimetres, cells cannot give each a share.
points = st.builds(lambda x, y: Point(x / 2, y / 2), st.integers(0, 41), st.integers(0, 25))
L_HALL = Polygon([(0, 0), (20, 0), (20, 12), (12, 12), (12, 6), (0, 6)])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(boxes, boxes, points), max_size=14, unique_by=lambda place: place.wkt), st.integers(0, 2))
def test_what_is_kept_fits_and_nothing_is_lost(places, ranks):
    found = clean_level(L_HALL, places_of(places), rank=np.arange(len(places)) % (ranks + 1))
    kept = [i for i, place in enumerate(found.places_m) if place is not None]
    rejected = [m.stall for m in found.rejected]
    assert sorted(kept + rejected) == list(range(len(places)))
    grown = L_HALL.buffer(DRAWN_WITHIN_M * 1.01, join_style="mitre")
    for n, i in enumerate(kept):
        place = found.places_m[i]
        assert grown.covers(place)
        assert place.is_valid
        for j in kept[:n]:
            common = place.intersection(found.places_m[j])
            assert common.buffer(-DRAWN_WITHIN_M).is_empty
    if kept:
        cells = level_cells(L_HALL, found.places_m[kept])
        assert set(cells.owner.tolist()) == set(range(len(kept)))
