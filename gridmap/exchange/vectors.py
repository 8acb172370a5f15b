"""GeoPackage, shapefile and GeoParquet in. GeoJSON is never read here: see `geojson.py` for the reason."""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError
from gridmap.exchange.columns import check_required, check_told, match_columns
from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.geojson import known_crs, to_wgs84
from gridmap.exchange.geometries import Habits, check_packed_size, doubt
from gridmap.exchange.layers import LONLAT, read_layer, unreadable
from gridmap.exchange.rows import Row, Table
from gridmap.model.intake import AS_IT_SAYS, InputRole, Reading
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, IntArray, Places

_PLAIN_TYPES = (0, 3)
"""Points and polygons, by shapely's numbers."""
LOCAL = np.inf
"""A drawing may lie anywhere."""
LONLAT_REACH = np.array([180.0, 90.0])
_BLOCK = 1000
"""So many are carried over together; where one of them cannot be, each is tried alone."""
_DEGREES = 1000.0
"""Beyond this nobody has mistyped degrees: they are metres."""


def read_vectors(path: Path, role: InputRole, findings: Findings, reading: Reading = AS_IT_SAYS) -> Table:
    """
    Read features of a GeoPackage, shapefile or GeoParquet file, by its content and not by its name alone.

    A GeoPackage with several layers is read at the layer named like the role (`stalls` ...).

    Raises
    ------
    InputRefusedError
        If it cannot be opened, has no geometry, no feature, too many, or lacks a required column.
    """
    layer = read_layer(path, role, findings, placed=reading.crs is not None or reading.control is not None)
    if not len(layer.geometries):
        raise unreadable(path, "文件中没有要素", "it has no feature")
    check_packed_size(path.name, layer.geometries)
    check_told(path.name, tuple(layer.columns), role, reading.columns)
    match = match_columns(layer.columns, role, reading.columns)
    check_required(path.name, match, role, given=reading.given)
    local = reading.control is not None
    source = None if local else _source(path, layer.crs) or known_crs(path.name, reading.crs)
    words = tuple(match.columns)
    records = zip(*(layer.columns[match.columns[word]] for word in words), strict=True)
    cells = [MappingProxyType(dict(zip(words, record, strict=True))) for record in records]
    habits = Habits()
    rows: list[Row] = []
    for i, place in enumerate(_plain_places(layer.geometries, source, LOCAL if local else LONLAT_REACH)):
        habits.row = i + 1
        try:
            sound = place if place is not None else _place(layer.geometries[i], source, habits, local=local)
            rows.append(Row(i + 1, cells[i], place=sound))
        except FaultyRowError as error:
            rows.append(Row(i + 1, cells[i], fault=error.fault))
    habits.tell(path.name, findings)
    return Table(path.name, layer.encoding, MappingProxyType(match.columns), tuple(rows), match.unused)


def _plain_places(packed: Sequence[bytes | None], source: str | None, reach: FloatArray | float) -> Places:
    """Decode all geometries at once, None where there is anything to doubt, mend or remark: `_place` looks at those."""
    places: Places = shapely.from_wkb(np.array(packed, dtype=np.object_), on_invalid="ignore")
    plain = np.isin(shapely.get_type_id(places), _PLAIN_TYPES) & ~shapely.is_empty(places)
    places[~plain | shapely.has_z(places) | shapely.has_m(places)] = None
    places[_beyond(places, np.inf)] = None
    for start in range(0, len(places) if source is not None else 0, _BLOCK):
        block = slice(start, start + _BLOCK)
        try:
            places[block] = crs.reproject(places[block], str(source), crs.WGS84)
        except GeometryError:
            places[block] = None
    places[_beyond(places, reach)] = None
    sound = shapely.is_valid(places) & ((shapely.get_type_id(places) == 0) | (shapely.area(places) > 0))
    places[~sound] = None
    return places


def _beyond(places: Places, reach: FloatArray | float) -> IntArray:
    """Find the places with a coordinate that is not finite or, in absolute value, beyond the reach."""
    xy, owner = shapely.get_coordinates(places, return_index=True)
    return owner[~(np.isfinite(xy) & (np.abs(xy) <= reach)).all(axis=1)]


def _source(path: Path, stated: str | None) -> str | None:
    if stated in (None, crs.WGS84, LONLAT):
        return None
    try:
        crs.reproject(shapely.Point(0.0, 0.0), stated, crs.WGS84)
    except GeometryError as error:
        if "unknown" in error.what:
            raise unreadable(path, "坐标系无法识别", "its coordinate system is not known") from error
    except RuntimeError as error:
        raise unreadable(path, "坐标系无法使用", "its coordinate system cannot be used") from error
    return stated


def _place(packed: bytes | None, source: str | None, habits: Habits, *, local: bool) -> BaseGeometry:
    if packed is None:
        raise _faulty(None, "没有图形", "there is no geometry")
    try:
        place: BaseGeometry = shapely.from_wkb(packed)
    except GEOSException as error:
        raise _faulty(str(error), "图形无法解读", "the geometry cannot be decoded") from error
    if place.is_empty:
        raise _faulty(place.geom_type, "图形为空", "the geometry is empty")
    xy: NDArray[np.float64] = shapely.get_coordinates(place)
    if not np.isfinite(xy).all():
        raise _faulty("NaN", "坐标不是有限数值", "a coordinate is not a finite number")
    if source is not None:
        place = to_wgs84(shapely.force_2d(place), source)
    fault = None if local else crs.place_fault(place)
    if fault is not None and source is None and np.abs(xy).max() > _DEGREES:
        raise faulty(
            "geometry", place.wkt, "坐标是平面坐标(米),文件未注明坐标系",
            "its coordinates are planar and the file names no system",
            "用 --crs 指明其坐标系(如 CGCS2000 三度带的 EPSG 编号),或用 --control 按控制点放置",
            "Name its coordinate system with --crs, or place it by control points with --control",
        )  # fmt: skip
    if fault is not None:
        raise _faulty(place.wkt, "坐标超出经纬度范围", fault)
    if place.geom_type.startswith("Multi") and len(shapely.get_parts(place)) == 1:
        place = shapely.get_parts(place)[0]
    return doubt(place, habits, local=local)


def _faulty(value: object, zh: str, en: str) -> FaultyRowError:
    return faulty("geometry", value, zh, en, "请在绘图软件中改正", "Correct it in the drawing program")
