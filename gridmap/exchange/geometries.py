"""Geometries of files: GeoJSON objects parsed strictly, and every geometry doubted before it goes further."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import FaultyRowError, Findings, faulty

SAFE_CHANGE = 1e-3
"""A mended polygon may differ by this share of its area from the figure its own rings add up to."""
MAX_VERTICES = 3_000_000
"""A market of 100,000 stalls has under a million; a vertex takes some 150 bytes while it is read."""
SNAP_DEGREES = 1e-7
"""A ring whose ends are this close (about 1 cm) is closed; a wider gap is a fault."""
_MULTI = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}
_REDRAW = ("请在绘图软件中重画此图形", "Redraw it in the drawing program")


_BY_ROW = frozenset({"mended", "closed", "nearly"})
_HABITS = {
    "link": ("个图形带有旧式 crs 网址:已忽略,未访问", "geometries carry an old-style crs link: ignored, not followed"),
    "z": ("个图形带有第三维坐标:已舍去", "geometries have a third coordinate: dropped"),
    "doubled": ("个图形有重复顶点:已去除", "geometries have doubled vertices: removed"),
    "order": (
        "个多边形的环方向与 RFC 7946 不同:按原意读取",
        "polygons have rings in another order than RFC 7946: read as meant",
    ),
    "wrapped": ("个图形包在只有一个成员的集合中:已取出", "geometries were alone in a collection: taken out"),
    "bbox": ("个 bbox 有误:已忽略", "faulty bbox members: ignored"),
    "projected": (
        "个图形由所注明的坐标系换算为经纬度",
        "geometries were carried over from the stated coordinate system",
    ),
    "mended": ("多边形有轻微自接触,面积不变地修复", "the polygon touches itself: mended without changing its area"),
    "nearly": (
        "轮廓首尾几乎相接:已闭合",
        "the ends of the outline nearly meet: closed",
    ),
    "closed": ("环的首尾相差不到 1 厘米:已闭合", "the ends of a ring are within 1 cm: closed"),
}


@dataclass(slots=True)
class Habits:
    """Harmless habits of a file's geometries, with the rows in which they were seen; `row` is the one being read."""

    row: int = 0
    seen: dict[str, list[int]] = field(default_factory=dict)

    def saw(self, habit: str) -> None:
        """Remember the row that is being read (each row once)."""
        rows = self.seen.setdefault(habit, [])
        if not rows or rows[-1] != self.row:
            rows.append(self.row)

    def tell(self, file: str, findings: Findings) -> None:
        """Put the habits into the report: repairs of shape by row, the rest as one line with a count."""
        for habit, rows in self.seen.items():
            zh, en = _HABITS[habit]
            if habit in _BY_ROW:
                for row in rows:
                    findings.mend(file, row, "geometry", zh, en)
            else:
                field_name = habit if habit == "bbox" else "geometry.crs" if habit == "link" else "geometry"
                findings.mend(file, None, field_name, f"{len(rows):,} {zh}", f"{len(rows):,} {en}")


def parse_geometry(value: object, habits: Habits) -> BaseGeometry:
    """
    Turn a GeoJSON geometry object into a shapely geometry, doubting every part of it.

    Links and other foreign members are not looked at. A third and further coordinate is dropped and counted.

    Raises
    ------
    FaultyRowError
        If anything in it is not as RFC 7946 has it, naming what.
    """
    if not isinstance(value, dict):
        raise _bad(value, "图形不是 JSON 对象", "the geometry is not a JSON object")
    geometry = cast("Mapping[str, object]", value)
    kind = geometry.get("type")
    if "bbox" in geometry and not is_bbox(geometry["bbox"]):
        habits.saw("bbox")
    if kind == "GeometryCollection":
        return _collection(geometry, habits)
    if not isinstance(kind, str) or kind not in {*_MULTI, *_MULTI.values()}:
        raise _bad(kind, "不是 GeoJSON 图形类型", "is not a type of GeoJSON geometry")
    if "coordinates" not in geometry:
        raise _bad(kind, "图形缺少 coordinates", "the geometry has no coordinates")
    coordinates = geometry["coordinates"]
    if kind in _MULTI:
        parts = [_single(_MULTI[kind], part, habits) for part in _list(coordinates)]
        if not parts:
            raise _bad(kind, "图形为空", "the geometry is empty")
        return parts[0] if len(parts) == 1 else _joined(kind, parts)
    return _single(kind, coordinates, habits)


def is_bbox(value: object) -> bool:
    """Tell whether a `bbox` member is one: four or six finite numbers."""
    if not isinstance(value, list):
        return False
    items = cast("list[object]", value)
    return len(items) in (4, 6) and all(
        isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in items
    )


def check_json_size(file: str, data: bytes) -> None:
    """
    Count what will be lists and objects before any is made: they take ten times the room of their text.

    Raises
    ------
    InputRefusedError
        If there are more than `MAX_VERTICES`.
    """
    things = data.count(b"[") + data.count(b"{")
    if things > MAX_VERTICES:
        raise too_many_vertices(file, things)


def check_packed_size(file: str, packed: Sequence[bytes | None]) -> None:
    """
    Count vertices by the bytes of packed geometries (WKB takes sixteen for each).

    Raises
    ------
    InputRefusedError
        If there are more than `MAX_VERTICES`.
    """
    vertices = sum(len(one or b"") for one in packed) // 16
    if vertices > MAX_VERTICES:
        raise too_many_vertices(file, vertices)


def too_many_vertices(file: str, count: int) -> InputRefusedError:
    """Make the error for a file with more vertices than are read."""
    return InputRefusedError(
        file,
        f"约有 {count:,} 个顶点,超过 {MAX_VERTICES:,}",
        f"it has about {count:,} vertices, more than {MAX_VERTICES:,}",
        "请简化图形,或按市场拆分后分别导入。",
        "Simplify the outlines, or split the file by market.",
    )


def doubt(place: BaseGeometry, habits: Habits, *, local: bool = False) -> BaseGeometry:
    """
    Return a sound polygon, line or point; mend what can be mended without changing what was meant.

    Safe: a ring that touches itself, doubled vertices, a tiny crossing. A bow tie, a hole that leaves its polygon and
    the like are not: two people would mend them differently. `local`: the coordinates are those of a drawing.

    Raises
    ------
    FaultyRowError
        If the geometry is empty, flat or crosses itself, with the place of the crossing.
    """
    if shapely.has_z(place) or getattr(place, "has_m", False):
        habits.saw("z")
        place = shapely.force_2d(place)
    if place.is_empty:
        raise _bad(place.geom_type, "图形为空", "the geometry is empty")
    if place.geom_type == "LineString" and place.length == 0:
        raise _bad(place.geom_type, "线的长度为零", "the line has no length")
    if place.geom_type not in ("Polygon", "MultiPolygon"):
        return place
    west, _, east, _ = place.bounds
    if not local and east - west > 180:
        raise _bad(place.wkt, "图形横跨半个地球(越过 180 度经线?)", "it spans half the globe (the antimeridian?)")
    if place.is_valid:
        if place.area == 0:
            raise _bad(place.geom_type, "多边形没有面积", "the polygon has no area")
        return place
    reason = shapely.is_valid_reason(place)
    meant = _ring_area(place)
    try:
        mended = shapely.make_valid(place, method="structure")
    except GEOSException:
        mended = shapely.Polygon()
    polygons = sorted((p for p in shapely.get_parts(mended) if p.geom_type == "Polygon"), key=lambda p: -p.area)
    for kept in (polygons, polygons[:1]):
        if meant > 0 and kept and abs(sum(p.area for p in kept) - meant) <= SAFE_CHANGE * meant:
            habits.saw("mended")
            return kept[0] if len(kept) == 1 else shapely.multipolygons(kept)
    zh = {
        "Self-intersection": "自相交",
        "Ring Self-intersection": "环自相交",
        "Hole lies outside shell": "洞在外环之外",
    }
    name = reason.split("[")[0]
    where = reason[len(name) :]
    raise _bad(where or reason, f"多边形无效:{zh.get(name, name)} {where}", f"the polygon is invalid: {name} {where}")


def _collection(geometry: Mapping[str, object], habits: Habits) -> BaseGeometry:
    members = geometry.get("geometries")
    if not isinstance(members, list):
        raise _bad("GeometryCollection", "图形集合缺少 geometries", "the collection has no list of geometries")
    parts = [parse_geometry(part, habits) for part in cast("list[object]", members)]
    if len(parts) == 1:
        habits.saw("wrapped")
        return parts[0]
    if not parts:
        raise _bad("GeometryCollection", "图形集合为空", "the collection is empty")
    return shapely.geometrycollections(parts)


def _single(kind: str, coordinates: object, habits: Habits) -> BaseGeometry:
    if kind == "Point":
        return Point(_positions([coordinates], habits)[0])
    if kind == "LineString":
        line = _positions(_list(coordinates), habits)
        if len(line) < 2:
            raise _bad(coordinates, "线少于两个点", "the line has fewer than two positions")
        return LineString(line)
    rings = [_ring(ring, habits) for ring in _list(coordinates)]
    if not rings:
        raise _bad(kind, "图形为空", "the geometry is empty")
    if _signed(rings[0]) < 0 or any(_signed(r) > 0 for r in rings[1:]):
        habits.saw("order")
    return Polygon(rings[0], rings[1:])


def _joined(kind: str, parts: list[BaseGeometry]) -> BaseGeometry:
    if kind == "MultiPoint":
        return MultiPoint([part for part in parts if isinstance(part, Point)])
    if kind == "MultiLineString":
        return MultiLineString([part for part in parts if isinstance(part, LineString)])
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)])


def _ring(value: object, habits: Habits) -> NDArray[np.float64]:
    ring = _positions(_list(value), habits)
    if len(ring) and ring[0].tolist() != ring[-1].tolist():
        gap = float(np.max(np.abs(ring[0] - ring[-1])))
        if gap > SNAP_DEGREES:
            raise _bad(
                ring[-1].tolist(),
                "环未闭合:首尾两点不同",
                "the ring is not closed: its first and last positions differ",
            )
        habits.saw("closed")
        ring[-1] = ring[0]
    if len(ring) < 4 or len(set(zip(*ring.T.tolist(), strict=True))) < 3:
        raise _bad(
            f"{len(ring)} positions", "环的不同顶点少于三个", "the ring has fewer than three different positions"
        )
    same = np.all(ring[1:] == ring[:-1], axis=1)
    if same.any():
        habits.saw("doubled")
        ring = ring[np.concatenate([[True], ~same])]
    return ring


def _positions(value: list[object], habits: Habits) -> NDArray[np.float64]:
    found = np.empty((len(value), 2), dtype=np.float64)
    deep = False
    for i, position in enumerate(value):
        if not isinstance(position, list) or len(cast("list[object]", position)) < 2:
            raise _bad(position, "坐标不是 [经度, 纬度]", "a position is not [longitude, latitude]")
        numbers = cast("list[object]", position)
        deep = deep or len(numbers) > 2
        for j, part in enumerate(numbers[:2]):
            if isinstance(part, bool) or not isinstance(part, int | float):
                raise _bad(position, "坐标不是数字", "a coordinate is not a number")
            try:
                sound = math.isfinite(part)
                found[i, j] = part
            except OverflowError:
                sound = False
            if not sound:
                raise _bad(
                    position, "坐标不是有限数值", "a coordinate is not a finite number", "请改正坐标", "Correct it"
                )
    if deep:
        habits.saw("z")
    return found


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _bad(value, "coordinates 的层次不对", "the coordinates are nested wrongly")
    return cast("list[object]", value)


def _signed(ring: NDArray[np.float64]) -> float:
    x, y = (ring - ring[0]).T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def _ring_area(place: BaseGeometry) -> float:
    total = 0.0
    for polygon in shapely.get_parts(place):
        shell = abs(_signed(shapely.get_coordinates(polygon.exterior)))
        total += (shell - sum(abs(_signed(shapely.get_coordinates(hole))) for hole in polygon.interiors)) / 2
    return total


def _bad(value: object, zh: str, en: str, remedy_zh: str = _REDRAW[0], remedy_en: str = _REDRAW[1]) -> FaultyRowError:
    return faulty("geometry", value, zh, en, remedy_zh, remedy_en)
