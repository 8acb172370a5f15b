"""GeoJSON in: our own reader on `json`, because a library that follows a link in a file lets the file make calls.

Nothing that a file names is ever opened: an old-style `crs` link is ignored and counted.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import cast

from shapely import Point
from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError, InputRefusedError
from gridmap.exchange.columns import check_required, check_told, match_columns
from gridmap.exchange.files import refuse_binary
from gridmap.exchange.findings import Fault, FaultyRowError, Findings, shown
from gridmap.exchange.geometries import Habits, check_json_size, doubt, is_bbox, parse_geometry
from gridmap.exchange.rows import Row, Table
from gridmap.model.intake import AS_IT_SAYS, InputRole, Reading
from gridmap.spatial import crs

_EPSG_NAME = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?EPSG:(?:[0-9.]*:)?(\d{4,6})", re.IGNORECASE)
_CRS84_NAME = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:[0-9.]*:)?CRS84h?|WGS ?84", re.IGNORECASE)
_GEOMETRY_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
_ORIGIN = Point(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Record:
    """A feature: its number from 1, its id ('' if it has none), properties, place, and what makes it unreadable."""

    number: int
    id: str
    properties: Mapping[str, object]
    place: BaseGeometry | None = None
    fault: Fault | None = None


def read_records(
    file: str,
    data: bytes,
    findings: Findings,
    *,
    placed: bool = True,
    local: bool = False,
    source: str | None = None,
) -> list[Record]:
    """
    Read the features of a GeoJSON document: a FeatureCollection, one Feature, or a bare geometry.

    A feature that cannot be read becomes a record with a fault. Coordinates come back as longitude and latitude,
    two-dimensional, from whatever coordinate system the file names by an EPSG code.

    Parameters
    ----------
    placed
        False: the features have no geometry (occupants and the like), and none is looked at.
    local
        The coordinates are those of a drawing: any finite numbers, in no coordinate system.
    source
        Coordinate system of a document that names none, None for longitude and latitude.

    Raises
    ------
    InputRefusedError
        If the document as a whole is no GeoJSON: not UTF-8, not JSON, nested too deeply, too many vertices, no
        features, or an unknown coordinate system.
    """
    document = _document(file, data)
    features = _features(file, document)
    habits = Habits()
    if "bbox" in document and not is_bbox(document["bbox"]):
        habits.saw("bbox")
    stated = None if local else _stated_crs(file, document.get("crs"), habits) or known_crs(file, source)
    look = _Look(stated, placed, local, habits)
    records: list[Record] = []
    for habits.row, feature in enumerate(features, start=1):
        records.append(_record(feature, look))
    habits.tell(file, findings)
    return records


def table_of_records(file: str, records: Sequence[Record], role: InputRole, reading: Reading = AS_IT_SAYS) -> Table:
    """
    Match the properties of features with our words.

    Raises
    ------
    InputRefusedError
        If no feature has a property that is required.
    """
    names = tuple(dict.fromkeys(name for record in records for name in record.properties))
    check_told(file, names, role, reading.columns)
    match = match_columns(names, role, reading.columns)
    if any(record.fault is None for record in records):
        check_required(file, match, role, given=reading.given)
    rows = tuple(
        Row(
            record.number,
            MappingProxyType({w: record.properties.get(h) for w, h in match.columns.items()}),
            record.place,
            record.fault,
        )
        for record in records
    )
    return Table(file, "utf-8", MappingProxyType(match.columns), rows, match.unused)


def outline_of(file: str, data: bytes) -> BaseGeometry:
    """
    Read the geometry of the first feature of a GeoJSON document, WGS84.

    Raises
    ------
    InputRefusedError
        If it is no GeoJSON, or that geometry cannot be read.
    """
    first = read_records(file, data, Findings())[0]
    if first.place is None or first.fault is not None:
        fault = first.fault
        zh, en = (fault.reason_zh, fault.reason_en) if fault is not None else ("没有图形", "there is no geometry")
        raise _refused(file, zh, en)
    return first.place


@dataclass(frozen=True, slots=True)
class _Look:
    """How the features of one document are looked at."""

    stated: str | None
    placed: bool
    local: bool
    habits: Habits


def _document(file: str, data: bytes) -> Mapping[str, object]:
    refuse_binary(Path(file), data)
    check_json_size(file, data)
    try:
        document: object = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refused(
            file, "不是 UTF-8 编码", "it is not UTF-8 text", "请另存为 UTF-8。", "Save it as UTF-8."
        ) from error
    except json.JSONDecodeError as error:
        where = f"{error.lineno}:{error.colno}"
        raise _refused(
            file,
            f"不是 JSON(第 {error.lineno} 行第 {error.colno} 列:{error.msg})",
            f"it is not JSON ({error.msg} at {where})",
        ) from error
    except RecursionError as error:
        raise _refused(file, "JSON 嵌套过深", "its JSON is nested too deeply") from error
    except ValueError as error:
        raise _refused(file, f"JSON 中的数值无法读取({error})", f"a number in it cannot be read ({error})") from error
    if not isinstance(document, dict):
        raise _refused(file, "不是 GeoJSON:最外层不是对象", "it is not GeoJSON: its outermost value is not an object")
    return cast("Mapping[str, object]", document)


def _features(file: str, document: Mapping[str, object]) -> list[object]:
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise _refused(
                file, "FeatureCollection 缺少 features 列表", "the FeatureCollection has no list of features"
            )
        if not features:
            raise _refused(file, "FeatureCollection 中没有要素", "the FeatureCollection is empty: it has no feature")
        return cast("list[object]", features)
    if kind == "Feature":
        return [document]
    if isinstance(kind, str) and kind in _GEOMETRY_TYPES:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    what = shown(kind) or "null"
    raise _refused(
        file,
        f"不是 GeoJSON:type 为“{what}”",
        f"it is not GeoJSON: its type is '{what}'",
        "最外层应为 FeatureCollection(区分大小写)。",
        "The outermost type is FeatureCollection (case matters).",
    )


def _record(feature: object, look: _Look) -> Record:
    properties: Mapping[str, object] = {}
    habits, identity = look.habits, ""
    try:
        if not isinstance(feature, dict):
            raise FaultyRowError(_fault("feature", feature, "要素不是 JSON 对象", "the feature is not a JSON object"))
        members = cast("Mapping[str, object]", feature)
        if members.get("type") != "Feature":
            raise FaultyRowError(
                _fault("type", members.get("type"), "要素的 type 不是 Feature", "its type is not Feature")
            )
        properties = _properties(members)
        identity = shown(members["id"]) if isinstance(members.get("id"), str | int) else ""
        if "bbox" in members and not is_bbox(members["bbox"]):
            habits.saw("bbox")
        geometry = members.get("geometry")
        if not look.placed:
            return Record(habits.row, identity, properties)
        if geometry is None:
            raise FaultyRowError(_fault("geometry", None, "没有图形", "there is no geometry", "请画出图形", "Draw it"))
        return Record(habits.row, identity, properties, _place(geometry, look))
    except FaultyRowError as error:
        return Record(habits.row, identity, properties, fault=error.fault)
    except RecursionError:
        fault = _fault("geometry", "", "图形嵌套过深", "the geometry is nested too deeply")
        return Record(habits.row, identity, properties, fault=fault)


def _properties(members: Mapping[str, object]) -> Mapping[str, object]:
    properties = members.get("properties")
    if properties is None:
        return {}
    if not isinstance(properties, dict):
        raise FaultyRowError(_fault("properties", properties, "properties 不是对象", "properties is not an object"))
    return cast("Mapping[str, object]", properties)


def _place(geometry: object, look: _Look) -> BaseGeometry:
    habits = look.habits
    place = parse_geometry(geometry, habits)
    if look.local:
        return doubt(place, habits, local=True)
    own = cast("Mapping[str, object]", geometry).get("crs")
    try:
        source = _stated_crs("", own, habits) or look.stated
    except InputRefusedError as error:
        raise FaultyRowError(
            _fault("crs", own, error.reason_zh, error.reason_en, error.remedy_zh, error.remedy_en)
        ) from error
    if source is not None:
        habits.saw("projected")
        place = to_wgs84(place, source)
    return doubt(on_the_globe(place), habits)


def to_wgs84(place: BaseGeometry, source: str) -> BaseGeometry:
    """
    Carry one geometry over to longitude and latitude.

    Raises
    ------
    FaultyRowError
        If a coordinate lies outside the coordinate system's area.
    """
    try:
        return crs.reproject(place, source, crs.WGS84)
    except GeometryError as error:
        raise FaultyRowError(
            _fault(
                "geometry", place.wkt, f"坐标无法由 {source[:40]} 换算", f"cannot be carried over from {source[:40]}"
            )
        ) from error


def carried_over(table: Table, source: str | None) -> Table:
    """
    Carry the rows of a drawing over from a coordinate system that somebody named.

    Raises
    ------
    InputRefusedError
        If PROJ does not know it.
    """
    known = known_crs(table.file, source)
    return replace(table, rows=tuple(_carried_row(row, known) for row in table.rows))


def _carried_row(row: Row, source: str | None) -> Row:
    if row.place is None or row.fault is not None:
        return row
    try:
        return replace(row, place=on_the_globe(row.place if source is None else to_wgs84(row.place, source)))
    except FaultyRowError as error:
        return replace(row, place=None, fault=error.fault)


def on_the_globe(place: BaseGeometry) -> BaseGeometry:
    """
    Return a place that is one in longitude and latitude.

    Raises
    ------
    FaultyRowError
        If a coordinate is out of range.
    """
    fault = crs.place_fault(place)
    if fault is None:
        return place
    raise FaultyRowError(
        _fault(
            "geometry",
            place.wkt,
            "坐标超出经纬度范围",
            fault,
            "请核对经度在前、纬度在后,并注明坐标系",
            "Check that longitude comes first, and name the coordinate system",
        )
    )


def _stated_crs(file: str, member: object, habits: Habits) -> str | None:
    """Return the named coordinate system, None for WGS84 and for links, which are counted and never followed."""
    if not isinstance(member, dict):
        return None
    stated = cast("Mapping[str, object]", member)
    if stated.get("type") != "name":
        habits.saw("link")
        return None
    inner = stated.get("properties")
    name = cast("Mapping[str, object]", inner).get("name") if isinstance(inner, dict) else None
    if isinstance(name, str):
        if _CRS84_NAME.fullmatch(name.strip()):
            return None
        found = _EPSG_NAME.fullmatch(name.strip())
        if found is not None:
            return known_crs(file, f"EPSG:{found[1]}")
    raise _unknown_crs(file, shown(name))


def known_crs(file: str, name: str | None) -> str | None:
    """
    Return a coordinate system by which geometries can be carried over, None for longitude and latitude.

    Raises
    ------
    InputRefusedError
        If PROJ does not know it.
    """
    if name in (None, crs.WGS84):
        return None
    try:
        crs.reproject(_ORIGIN, name, crs.WGS84)
    except GeometryError as error:
        if "unknown" in error.what:
            raise _unknown_crs(file, name) from error
    except RuntimeError as error:  # a height system and the like
        raise _unknown_crs(file, name) from error
    return name


def _unknown_crs(file: str, name: str) -> InputRefusedError:
    return _refused(
        file,
        f"坐标系“{name}”无法识别",
        f"the coordinate system '{name}' is not known",
        "请用 WGS84 经纬度另存,或注明 EPSG 编号。",
        "Save it in WGS84 longitude and latitude, or name an EPSG code.",
    )


def _fault(
    field: str,
    value: object,
    zh: str,
    en: str,
    remedy_zh: str = "请在绘图软件中改正后重新导出",
    remedy_en: str = "Correct it in the drawing program and export again",
) -> Fault:
    return Fault(field, value, zh, en, remedy_zh, remedy_en)


def _refused(
    file: str,
    zh: str,
    en: str,
    remedy_zh: str = "请重新导出为 GeoJSON(RFC 7946)。",
    remedy_en: str = "Export it again as GeoJSON (RFC 7946).",
) -> InputRefusedError:
    return InputRefusedError(file, zh, en, remedy_zh, remedy_en)
