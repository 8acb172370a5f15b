import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.spatial import crs
from gridmap.spatial.georeferencing import degenerate_points, fit_placement, place, worst_point

CENTRE = (121.49, 31.22)
PROJECTION = crs.local_projection(*CENTRE)
CORNERS = np.array([[0.0, 0.0], [80.0, 0.0], [80.0, 40.0], [0.0, 40.0], [33.0, 21.0]])


def ground(xy, *, scale=1.0, turn=0.0, shift=(0.0, 0.0), skew=0.0, mirror=False):
    """Carry drawing coordinates to longitude and latitude by a known map."""
    flip = np.array([1.0, -1.0 if mirror else 1.0])
    cos, sin = np.cos(turn), np.sin(turn)
    x, y = ((xy * flip * scale) @ np.array([[cos, -sin], [sin + skew, cos]]).T + np.array(shift)).T
    return np.column_stack(crs.lonlat_of(x, y, PROJECTION))


def metres(lonlat):
    return np.column_stack(crs.metres_of(lonlat[:, 0], lonlat[:, 1], PROJECTION))


@settings(max_examples=60)
@given(
    st.sampled_from([0.001, 0.01, 0.3048, 1.0]),
    st.floats(-np.pi, np.pi),
    st.floats(-500, 500),
    st.floats(-500, 500),
    st.floats(-1e7, 1e7),
    st.integers(2, 5),
    st.sampled_from(["similarity", "affine"]),
)
def test_a_similarity_is_found_again_whatever_the_units_and_the_origin(unit, turn, dx, dy, origin, n, method):
    if method == "affine" and n < 3:
        n = 3
    drawn = CORNERS / unit + origin
    lonlat = ground(CORNERS, turn=turn, shift=(dx, dy))
    placement = fit_placement(drawn[:n], lonlat[:n], method)
    back = shapely.get_coordinates(place(shapely.points(drawn), placement))
    assert np.abs(metres(back) - metres(lonlat)).max() < 1e-3
    assert placement.metres_per_unit == pytest.approx(unit, rel=1e-4)
    assert not placement.mirrored


def test_an_affine_map_takes_what_a_similarity_cannot():
    lonlat = ground(CORNERS, skew=0.2)
    assert fit_placement(CORNERS, lonlat, "affine").residuals_m.max() < 1e-4
    assert fit_placement(CORNERS, lonlat, "similarity").residuals_m.max() > 1.0


def test_a_similarity_is_the_best_of_its_kind():
    rng = np.random.default_rng(1)
    target = CORNERS + rng.normal(0, 0.5, CORNERS.shape)
    placement = fit_placement(CORNERS, ground(target), "similarity")
    own = np.sum(placement.residuals_m**2)
    there = metres(ground(target))
    a, b, c, d = *placement.matrix[:, 0], *placement.matrix[:, 2]
    local = np.column_stack(crs.metres_of(*ground(target).T, placement.projection))
    assert len(there) == len(local)
    for step in (1e-4, -1e-4, 1e-2, -1e-2):
        for i in range(4):
            p = np.array([a, b, c, d])
            p[i] += step
            moved = np.column_stack(
                [p[0] * CORNERS[:, 0] - p[1] * CORNERS[:, 1] + p[2], p[1] * CORNERS[:, 0] + p[0] * CORNERS[:, 1] + p[3]]
            )
            assert np.sum((moved - local) ** 2) >= own - 1e-9


@pytest.mark.parametrize("method", ["similarity", "affine"])
def test_a_mirrored_drawing_is_noticed(method):
    assert fit_placement(CORNERS, ground(CORNERS, mirror=True, turn=0.3), method).mirrored


def test_the_point_that_does_not_fit_is_found():
    lonlat = ground(CORNERS)
    lonlat[3] += [0.0005, 0.0]
    worst, left_m = worst_point(CORNERS, lonlat, "similarity")
    assert worst == 3
    assert left_m < 1e-3


def test_points_on_one_spot_or_line_are_degenerate():
    assert degenerate_points(np.array([[1.0, 1.0], [1.0, 1.0]])) == "same"
    assert degenerate_points(np.array([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]])) == "line"
    assert degenerate_points(CORNERS) is None
    assert degenerate_points(CORNERS * 1e-3, least=1.0) == "same"
