"""Map tiles: written by us, read back by GDAL."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyogrio import raw

from gridmap.model.map_tiles import BUFFER, EXTENT, Tile
from gridmap.spatial import map_tiles

DONUT = shapely.Polygon([(0, 0), (40, 0), (40, 40), (0, 40)], [[(10, 10), (10, 20), (20, 20), (20, 10)]])


def read_back(written: bytes, layer: str, folder: Path) -> list[tuple[Any, dict[str, Any]]]:
    """Read a tile with GDAL: shapes in tile units with y to the south, and properties without missing ones."""
    path = folder / "0.mvt"
    path.write_bytes(written)
    meta, _, wkb, columns = raw.read(path, layer=layer, CLIP="NO")
    shapes = shapely.transform(shapely.from_wkb(wkb), lambda xy: np.column_stack([xy[:, 0], EXTENT - xy[:, 1]]))
    rows = zip(*columns, strict=True) if len(columns) else [()] * len(shapes)
    return [
        (shape, {k: v for k, v in zip(meta["fields"], row, strict=True) if not _is_missing(v) and k != "mvt_id"})
        for shape, row in zip(shapes, rows, strict=True)
    ]


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def test_shapes_and_properties_come_back(tmp_path: Path) -> None:
    two = shapely.MultiPolygon([shapely.box(100, 100, 120, 130), shapely.box(-64, 4000, 10, 4160)])
    features = [
        (DONUT, {"code": "甲-001", "n": 300, "none": None}),
        (two, {"code": "b", "n": -5, "none": None}),
        (shapely.Polygon(), {"code": "gone"}),
    ]
    found = read_back(map_tiles.encode("zones", features), "zones", tmp_path)
    assert [values for _, values in found] == [{"code": "甲-001", "n": 300}, {"code": "b", "n": -5}]
    assert found[0][0].equals(DONUT)
    assert found[1][0].equals(two)


def test_points_come_back(tmp_path: Path) -> None:
    features = [(shapely.Point(x, 4095 - x), {"n": x}) for x in (0, 5, 4095)]
    found = read_back(map_tiles.encode("markets", features), "markets", tmp_path)
    assert [(p.x, p.y, v["n"]) for p, v in found] == [(0, 4095, 0), (5, 4090, 5), (4095, 0, 4095)]


def test_lines_come_back_beside_points_and_polygons(tmp_path: Path) -> None:
    ring = shapely.LineString([(0, 0), (10, 0), (10, 10), (0, 0)])  # a roundabout is a line, not a surface
    two = shapely.MultiLineString([[(-64, 5), (4160, 5)], [(7, 7), (7, 8), (9, 8)]])
    features = [(ring, {"n": 1}), (shapely.Point(3, 4), {"n": 2}), (two, {"n": 3}), (DONUT, {"n": 4}), (ring, {"n": 5})]
    found = read_back(map_tiles.encode("roads", features), "roads", tmp_path)
    assert [values["n"] for _, values in found] == [1, 2, 3, 4, 5]
    for (shape, _), (wanted, _) in zip(found, features, strict=True):
        assert shape.geom_type == wanted.geom_type
        assert shape.equals(wanted)


def test_a_line_is_cut_to_lines_and_what_only_touches_the_tile_is_gone() -> None:
    tile = Tile(16, 54885, 26791)
    west, south, east, north = map_tiles.lonlat_box(tile)  # with its buffer
    high, wide = (north - south) / 4, (east - west) / 4
    through = shapely.LineString([(west - wide, south + high), (east + wide, south + high)])
    weaving = shapely.LineString(
        [(west - wide, south + high), (west + wide, south + high), (west - wide, south + 2 * high), (west, north)]
    )
    touching = shapely.LineString([(west - wide, north - high), (west, north), (west - wide, north + high)])
    beside = shapely.box(east, south, east + wide, north)  # shares an edge: a line, if one looks closely
    placed = map_tiles.on_tile([through, weaving, touching, beside], tile)
    assert [shape.geom_type for shape in placed[:2]] == ["LineString", "LineString"]
    assert placed[0].length == EXTENT + 2 * BUFFER
    assert [shape.is_empty for shape in placed] == [False, False, True, True]


def test_nothing_is_an_empty_tile() -> None:
    assert map_tiles.encode("zones", []) == b""


coordinates = st.integers(-BUFFER, EXTENT + BUFFER)


@given(st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates), min_size=1, max_size=20))
def test_any_boxes_come_back(
    tmp_path_factory: pytest.TempPathFactory, corners: list[tuple[int, int, int, int]]
) -> None:
    boxes = [shapely.box(*c) for c in corners if c[0] != c[2] and c[1] != c[3]]
    written = map_tiles.encode("stalls", [(b, {"i": i}) for i, b in enumerate(boxes)])
    found = read_back(written, "stalls", tmp_path_factory.mktemp("tile")) if boxes else []
    assert [values["i"] for _, values in found] == list(range(len(boxes)))
    assert all(shape.equals(b) for (shape, _), b in zip(found, boxes, strict=True))


@given(st.floats(-179.9, 179.9), st.floats(-84, 84), st.integers(0, 20))
def test_a_place_lies_on_the_tile_that_its_box_names(lon: float, lat: float, z: int) -> None:
    x, y = map_tiles.to_tile(np.array([[lon, lat]]), Tile(z, 0, 0))[0] / EXTENT
    tile = Tile(z, int(x), int(y))
    assert tile.exists
    west, south, east, north = map_tiles.lonlat_box(tile, buffer=0)
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


def test_a_shape_is_cut_at_the_buffer_and_stays_valid() -> None:
    tile = Tile(16, 54885, 26791)
    west, south, east, north = map_tiles.lonlat_box(tile, buffer=0)
    span = east - west
    star = shapely.Polygon([(west - span, south), (east, north + span), (east + span, south), (west, north)])
    (placed,) = map_tiles.on_tile([star], tile)
    assert placed.is_valid
    assert not placed.is_empty
    assert np.array_equal(shapely.get_coordinates(placed), np.rint(shapely.get_coordinates(placed)))
    assert min(placed.bounds[:2]) >= -BUFFER
    assert max(placed.bounds[2:]) <= EXTENT + BUFFER


@given(st.lists(st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5)), max_size=200))
def test_cells_count_every_place_of_the_tile_once(places: list[tuple[float, float]]) -> None:
    tile = Tile(10, 857, 418)
    west, south, east, north = map_tiles.lonlat_box(tile, buffer=0)
    lonlat = np.array([(west + u * (east - west), south + v * (north - south)) for u, v in places]).reshape(-1, 2)
    at = map_tiles.to_tile(lonlat, tile)
    inside = int(((at >= 0) & (at < EXTENT)).all(axis=1).sum())
    found = map_tiles.cells(lonlat, tile)
    assert sum(number for _, number in found) == inside
    assert len({shapely.to_wkt(p) for p, _ in found}) == len(found)


@given(st.integers(3, 40), st.floats(3, 30), st.floats(0.02, 60), st.integers(11, 19))
def test_only_corners_that_nobody_could_see_are_left_out(teeth: int, wide: float, deep: float, z: int) -> None:
    tile = Tile(z, int(0.8373 * 2**z), int(0.4087 * 2**z))
    x = 1000 + wide * np.repeat(np.arange(teeth + 1), 2)[1:-1]
    y = 2000 + deep * (np.arange(2 * teeth) // 2 % 2)
    units = np.column_stack([np.r_[x, x[-1], x[0]], np.r_[y, [2000 + 2 * deep + 5] * 2]])
    west, south, east, north = map_tiles.lonlat_box(tile, buffer=0)
    lonlat = np.column_stack(
        [west + units[:, 0] / EXTENT * (east - west), north - units[:, 1] / EXTENT * (north - south)]
    )
    comb = shapely.Polygon(lonlat)
    (placed,) = map_tiles.on_tile([comb], tile)
    exact = shapely.transform(comb, lambda xy: map_tiles.to_tile(xy, tile))
    assert not placed.is_empty
    assert placed.is_valid
    assert shapely.hausdorff_distance(placed, exact) <= map_tiles.FINEST + 1.5
    if deep < map_tiles.FINEST / 2:
        assert shapely.get_num_coordinates(placed) <= 8
