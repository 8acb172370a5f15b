"""Columns and geometries of any vector file or table, as whole arrays: for files of a hundred thousand rows.

Read by content, never by following anything that a file names: GeoJSON is taken apart here by `json`, for the usual
library opens the web address of an old-style `crs` link.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import shapely

from gridmap.errors import InputRefusedError
from gridmap.exchange.columns import match_columns, worth_of
from gridmap.exchange.delimited import delimited_records
from gridmap.exchange.files import check_file, read_bytes, refuse_binary
from gridmap.exchange.findings import Findings
from gridmap.exchange.geometries import check_json_size
from gridmap.exchange.layers import read_layer
from gridmap.model.intake import InputRole
from gridmap.spatial.arrays import IntArray, Places, places_of

MOST_BYTES = 1_000_000_000
_NAMED_CRS = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?(EPSG|OGC):(?:[0-9.]*:)?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Frame:
    """
    A file's records as columns.

    `numbers` is how people number the records: rows of a spreadsheet (the heading is 1), or features from 1.
    `places` is None for a table; `crs` None means longitude and latitude.
    """

    file: str
    columns: Mapping[str, Sequence[object]]
    numbers: IntArray
    places: Places | None = None
    crs: str | None = None

    @property
    def rows(self) -> int:
        """Number of records."""
        return len(self.numbers)


def read_frame(path: Path, findings: Findings, role: InputRole = "stalls") -> Frame:
    """
    Read a GeoParquet, GeoPackage, GeoJSON or delimited text file; of several layers the one named like the role.

    Raises
    ------
    InputRefusedError
        If the file is missing, of another kind, or cannot be read.
    """
    readers: dict[str, Callable[[Path, Findings], Frame]] = {
        **dict.fromkeys((".parquet", ".geoparquet", ".gpkg"), partial(_layer, role=role)),
        **dict.fromkeys((".geojson", ".json"), _geojson),
        **dict.fromkeys((".csv", ".tsv", ".txt"), partial(_text, role=role)),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise refused(path, f"不支持的文件类型“{path.suffix}”", f"files of the kind '{path.suffix}' are not read here")
    check_file(path, limit=MOST_BYTES)
    try:
        return reader(path, findings)
    except InputRefusedError:
        raise
    except (ValueError, KeyError, TypeError, OSError, RuntimeError, RecursionError) as error:
        raise refused(path, f"无法读取({error})", f"it cannot be read ({error})") from error


def refused(path: Path, zh: str, en: str) -> InputRefusedError:
    """Make the error for a file that cannot be used."""
    return InputRefusedError(
        path.name,
        zh,
        en,
        "请提供 GeoParquet、GeoPackage、GeoJSON,或含 lon、lat 列的 CSV。",
        "Give GeoParquet, GeoPackage, GeoJSON, or CSV with the columns lon and lat.",
    )


def _text(path: Path, findings: Findings, role: InputRole) -> Frame:
    judge = partial(_judge, role=role)
    records = delimited_records(path, judge, findings, most_bytes=MOST_BYTES)
    names = [name.strip().strip("\ufeff") for name in next(records, (1, []))[1]]
    if not names:
        raise refused(path, "文件是空的", "the file is empty")
    numbers: list[int] = []
    columns: list[list[str]] = [[] for _ in names]
    known: dict[str, str] = {}  # a cell that stands in many rows is kept once
    for number, row in records:
        if any(map(str.strip, row)):
            numbers.append(number)
            for i, column in enumerate(columns):
                cell = row[i] if i < len(row) else ""
                column.append(known.setdefault(cell, cell))
    return Frame(path.name, dict(zip(names, columns, strict=True)), np.array(numbers, dtype=np.int64))


def _judge(cells: Sequence[str], *, role: InputRole) -> int:
    return worth_of(match_columns(cells, role))


def _layer(path: Path, findings: Findings, role: InputRole) -> Frame:
    layer = read_layer(path, role, findings, max_bytes=MOST_BYTES)
    places = shapely.from_wkb(np.array(layer.geometries, dtype=np.object_), on_invalid="ignore")
    return Frame(path.name, layer.columns, _from_one(len(places)), places, layer.crs)


def _geojson(path: Path, findings: Findings) -> Frame:
    data = read_bytes(path, limit=MOST_BYTES)
    refuse_binary(path, data)
    check_json_size(path.name, data)
    document: Any = json.loads(data.decode("utf-8-sig"))
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise refused(path, "不是 GeoJSON 的 FeatureCollection", "it is not a GeoJSON FeatureCollection")
    features: Any = document.get("features")
    if not isinstance(features, list):
        raise refused(path, "FeatureCollection 缺少 features 列表", "the FeatureCollection has no list of features")
    properties = [_properties(feature) for feature in cast("list[object]", features)]
    names = dict.fromkeys(name for one in properties for name in one)
    columns = {name: [one.get(name) for one in properties] for name in names}
    places = places_of([_geometry(feature) for feature in cast("list[object]", features)])
    stated = _stated_crs(path, document.get("crs"), findings)
    return Frame(path.name, columns, _from_one(len(properties)), places, stated)


def _from_one(count: int) -> IntArray:
    return np.arange(1, count + 1, dtype=np.int64)


def _properties(feature: object) -> Mapping[str, object]:
    found = cast("dict[str, object]", feature).get("properties") if isinstance(feature, dict) else None
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _geometry(feature: object) -> shapely.Geometry | None:
    """Return a feature's geometry, None if there is none or it cannot be read: the row is then rejected as such."""
    geometry = cast("dict[str, object]", feature).get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return None
    try:
        text = json.dumps(geometry)
        return shapely.force_2d(shapely.from_geojson(text, on_invalid="raise"))
    except (ValueError, TypeError, shapely.errors.GEOSException):
        return None


def _stated_crs(path: Path, member: object, findings: Findings) -> str | None:
    """Return the coordinate system that a file names; one given by a link is never fetched."""
    if not isinstance(member, dict):
        return None
    stated = cast("Mapping[str, Any]", member)
    inner: Any = stated.get("properties")
    name = str(inner.get("name", "")).strip() if isinstance(inner, dict) else ""
    match = _NAMED_CRS.fullmatch(name)
    if stated.get("type") == "link":
        findings.note(
            f"{path.name}:带有旧式 crs 网址,未访问,按 WGS84 经纬度读取",
            f"{path.name}: has an old-style crs link; it was not followed, and the file is taken as WGS84",
        )
        return None
    if match is None:
        raise refused(path, f"坐标系“{name[:60]}”无法识别", f"the coordinate system '{name[:60]}' is not known")
    authority, code = match[1].upper(), match[2]
    return None if authority == "OGC" and code.upper().startswith("CRS84") else f"{authority}:{code}"
