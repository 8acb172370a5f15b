import json
import re

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from gridmap.render.features import feature, json_block, rounded


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=1, max_size=8))
@settings(deadline=None, max_examples=50)
def test_coordinates_are_short_and_stay_where_they_were(lonlat):
    short = rounded([Point(at) for at in lonlat])
    for before, place in zip(lonlat, short, strict=True):
        assert np.abs(np.subtract(before, place["coordinates"])).max() <= 0.5000001e-7
        for number in place["coordinates"]:
            assert round(number, 7) == number


def test_holes_and_parts_are_kept_and_heights_dropped():
    hall = MultiPolygon([box(0, 0, 4, 4).difference(box(1, 1, 2, 2)), box(6, 0, 7, 1)])
    (place,) = rounded([shapely.force_3d(hall, 9.0)])
    assert shapely.geometry.shape(place).equals(hall)
    assert not shapely.geometry.shape(place).has_z


def test_nothing_gives_nothing():
    assert rounded([]) == []


def test_empty_properties_are_left_out_but_nought_is_kept():
    place = rounded([Polygon([(0, 0), (1, 0), (1, 1)])])[0]
    assert feature(place, {"a": None, "b": "", "c": [], "d": 0, "e": False, "f": "x"})["properties"] == {
        "d": 0,
        "e": False,
        "f": "x",
    }


@given(
    st.dictionaries(
        st.text(max_size=6), st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False), max_size=4
    )
)
@settings(deadline=None, max_examples=80)
def test_no_text_can_end_a_data_block_and_all_of_it_comes_back(value):
    block = json_block("data-x", value)
    inside = block.removeprefix('<script type="application/json" id="data-x">').removesuffix("</script>\n")
    assert not re.search("[<>&\u2028\u2029]", inside)
    assert json.loads(inside) == value


def test_a_closing_tag_in_the_data_closes_nothing():
    block = json_block("data-x", {"name": "</script><!--<script>"})
    assert block.count("</script>") == 1
    assert json.loads(block[block.index(">") + 1 : block.rindex("</script>")]) == {"name": "</script><!--<script>"}
