"""GeoPackage, shapefile and GeoParquet in. GeoJSON is never read here: see `geojson.py` for the reason."""

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyarrow import ArrowException
from pyarrow import parquet as pq
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError, InputRefusedError
from gridmap.exchange.columns import check_required, match_columns
from gridmap.exchange.files import MAX_BYTES, check_file
from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.geojson import to_wgs84
from gridmap.exchange.geometries import Habits, doubt
from gridmap.exchange.rows import Row, Table
from gridmap.model.intake import InputRole
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, IntArray, Places

_MAGIC = {".gpkg": b"SQLite format 3\x00", ".shp": b"\x00\x00\x27\x0a", ".parquet": b"PAR1", ".geoparquet": b"PAR1"}
_PLAIN_TYPES = (0, 3)
"""Points and polygons, by shapely's numbers."""
_LONLAT_REACH = np.array([180.0, 90.0])
_BLOCK = 1000
"""So many are carried over together; where one of them cannot be, each is tried alone."""
_MAX_ROWS = 1_000_000
_MAX_UNPACKED_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Frame:
    """Columns and geometries (WKB or None) as a driver gives them."""

    encoding: str
    crs: str | None
    columns: Mapping[str, Sequence[object]]
    geometries: Sequence[bytes | None]


def read_vectors(path: Path, role: InputRole, findings: Findings) -> Table:
    """
    Read features of a GeoPackage, shapefile or GeoParquet file, by its content and not by its name alone.

    A GeoPackage with several layers is read at the layer named like the role (`stalls` ...).

    Raises
    ------
    InputRefusedError
        If it cannot be opened, has no geometry, no feature, too many, or lacks a required column.
    """
    suffix = path.suffix.lower()
    check_file(path)
    with path.open("rb") as stream:
        if not stream.read(16).startswith(_MAGIC[suffix]):
            raise _refused(path, f"内容不是 {suffix[1:]} 格式", f"its content is not in {suffix[1:]} format")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            frame = _parquet(path) if _MAGIC[suffix] == b"PAR1" else _ogr(path, role)
    except (DataSourceError, DataLayerError, ArrowException, RuntimeError, ValueError, OSError, KeyError) as error:
        raise _refused(path, f"无法读取({error})", f"it cannot be read ({error})") from error
    for warning in caught:
        findings.note(f"{path.name}:读取时的警告:{warning.message}", f"{path.name}: {warning.message}")
    if not len(frame.geometries):
        raise _refused(path, "文件中没有要素", "it has no feature")
    match = match_columns(frame.columns, role)
    check_required(path.name, match, role)
    source = _source(path, frame.crs, findings)
    words = tuple(match.columns)
    records = zip(*(frame.columns[match.columns[word]] for word in words), strict=True)
    cells = [MappingProxyType(dict(zip(words, record, strict=True))) for record in records]
    habits = Habits()
    rows: list[Row] = []
    for i, place in enumerate(_plain_places(frame.geometries, source)):
        habits.row = i + 1
        try:
            sound = place if place is not None else _place(frame.geometries[i], source, habits)
            rows.append(Row(i + 1, cells[i], place=sound))
        except FaultyRowError as error:
            rows.append(Row(i + 1, cells[i], fault=error.fault))
    habits.tell(path.name, findings)
    return Table(path.name, frame.encoding, MappingProxyType(match.columns), tuple(rows), match.unused)


def _plain_places(packed: Sequence[bytes | None], source: str | None) -> Places:
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
    places[_beyond(places, _LONLAT_REACH)] = None
    sound = shapely.is_valid(places) & ((shapely.get_type_id(places) == 0) | (shapely.area(places) > 0))
    places[~sound] = None
    return places


def _beyond(places: Places, reach: FloatArray | float) -> IntArray:
    """Find the places with a coordinate that is not finite or, in absolute value, beyond the reach."""
    xy, owner = shapely.get_coordinates(places, return_index=True)
    return owner[~(np.isfinite(xy) & (np.abs(xy) <= reach)).all(axis=1)]


def _ogr(path: Path, role: InputRole) -> _Frame:
    layer = _layer(path, role)
    encoding = _dbf_encoding(path) if path.suffix.lower() == ".shp" else None
    info = pyogrio.read_info(path, layer=layer, encoding=encoding)
    if int(info["features"]) > _MAX_ROWS:
        raise ValueError(f"{info['features']} features are more than {_MAX_ROWS:,}")
    meta, _, geometries, columns = pyogrio.raw.read(path, layer=layer, encoding=encoding, datetime_as_string=True)
    if geometries is None:
        raise ValueError("no geometry")
    names: list[str] = [str(name) for name in meta["fields"]]
    stated = meta["crs"]
    return _Frame(
        str(encoding or meta["encoding"] or "utf-8").lower(),
        None if stated is None else str(stated),
        {name: column.tolist() for name, column in zip(names, columns, strict=True)},
        geometries,
    )


def _layer(path: Path, role: InputRole) -> str:
    layers: list[str] = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if role in layers:
        return role
    if len(layers) != 1:
        raise ValueError(f"layers: {', '.join(layers) or 'none with a geometry'}; name one of them {role}")
    return layers[0]


def _dbf_encoding(path: Path) -> str | None:
    """Find out how a shapefile's table is written, None where a .cpg file says so."""
    if any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")):
        return None
    table = next((t for s in (".dbf", ".DBF") if (t := path.with_suffix(s)).exists()), None)
    if table is None or table.stat().st_size > MAX_BYTES:
        return None
    data = table.read_bytes()
    body = data[int.from_bytes(data[8:10], "little") :] if len(data) > 10 else b""
    for encoding in ("utf-8", "gb18030"):
        try:
            body.rstrip(b"\x1a").decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding.upper()
    return None


def _parquet(path: Path) -> _Frame:
    with pq.ParquetFile(path) as file:
        meta = file.metadata
        unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_rows > _MAX_ROWS or unpacked > _MAX_UNPACKED_BYTES:
            raise ValueError(f"{meta.num_rows} rows, {unpacked} bytes unpacked: too large")
        geo = json.loads((meta.metadata or {})[b"geo"])
        primary = str(geo["primary_column"])
        column = geo["columns"][primary]
        if str(column["encoding"]).upper() != "WKB":
            raise ValueError(f"geometry encoding {column['encoding']} is not WKB")
        table = file.read()
    stated = column.get("crs")
    columns = {name: table.column(name).to_pylist() for name in table.column_names if name != primary}
    crs_text = None if stated is None else json.dumps(stated) if isinstance(stated, dict) else str(stated)
    return _Frame("utf-8", crs_text, columns, table.column(primary).to_pylist())


def _source(path: Path, stated: str | None, findings: Findings) -> str | None:
    if stated is None:
        findings.note(
            f"{path.name}:未注明坐标系,按 WGS84 经纬度读取",
            f"{path.name}: names no coordinate system: taken as WGS84 longitude and latitude",
        )
        return None
    if stated == crs.WGS84:
        return None
    try:
        crs.reproject(shapely.Point(0.0, 0.0), stated, crs.WGS84)
    except GeometryError as error:
        if "unknown" in error.what:
            raise _refused(path, "坐标系无法识别", "its coordinate system is not known") from error
    except RuntimeError as error:
        raise _refused(path, "坐标系无法使用", "its coordinate system cannot be used") from error
    return stated


def _place(packed: bytes | None, source: str | None, habits: Habits) -> BaseGeometry:
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
    fault = crs.place_fault(place)
    if fault is not None:
        raise _faulty(place.wkt, "坐标超出经纬度范围", fault)
    if place.geom_type.startswith("Multi") and len(shapely.get_parts(place)) == 1:
        place = shapely.get_parts(place)[0]
    return doubt(place, habits)


def _faulty(value: object, zh: str, en: str) -> FaultyRowError:
    return faulty("geometry", value, zh, en, "请在绘图软件中改正", "Correct it in the drawing program")


def _refused(path: Path, zh: str, en: str) -> InputRefusedError:
    return InputRefusedError(
        path.name,
        zh,
        en,
        "请重新导出,或另存为 GeoJSON。",
        "Export it again, or save it as GeoJSON.",
    )
