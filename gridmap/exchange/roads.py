"""Roads in: lines of streets from GeoJSON, shapefile, GeoPackage, GeoParquet or OpenStreetMap."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely import LineString, MultiLineString

from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.names import sound_text
from gridmap.exchange.rows import CODE_CHARACTERS, Row, Table, cell, text
from gridmap.exchange.sources import read_table
from gridmap.model.intake import Reading
from gridmap.model.roads import Road, RoadKind
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.crs import Datum


def _words(kind: RoadKind, text: str) -> dict[str, RoadKind]:
    return dict.fromkeys(text.split(), kind)


KIND_WORDS: Mapping[str, RoadKind] = {
    **_words(
        RoadKind.MAIN,
        "main motorway trunk primary secondary motorway_link trunk_link primary_link secondary_link 高速公路 高速 "
        "高速路 快速路 国道 省道 县道 主干路 主干道 城市主干路 次干路 次干道 城市次干路 干道 大道",
    ),
    **_words(
        RoadKind.STREET,
        "street tertiary tertiary_link unclassified residential road living_street busway 支路 城市支路 街道 街 路 "
        "道路 乡道 镇道",
    ),
    **_words(
        RoadKind.LANE, "lane alley service track 巷 巷道 街巷 里弄 弄 弄堂 胡同 背街小巷 小区道路 内部道路 村道 通道"
    ),
    **_words(
        RoadKind.FOOTWAY,
        "footway pedestrian path steps cycleway bridleway 步行街 步行道 人行道 步道 小路 小径 台阶 自行车道 绿道",
    ),
}
"""What files call the four kinds, OpenStreetMap's `highway` among them."""
_OSM_HEADINGS = frozenset({"highway", "fclass"})
"""Where one of these says what a road is, much else beside roads is in the file."""
_LINES = ("LineString", "MultiLineString")
_WIDTH = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|米)?", re.IGNORECASE)
_WIDEST_M = 200.0


@dataclass(frozen=True, slots=True)
class RoadsRead:
    """The roads of a file, WGS84, and how many of its rows are no roads."""

    table: Table
    roads: tuple[Road, ...]
    set_aside: int


def read_roads(path: Path, findings: Findings, reading: Reading, datum: Datum) -> RoadsRead:
    """
    Read the roads of a file; rows that cannot be used go to the findings.

    A road without a code of its own gets one from its line, pieces that share a code are numbered (`S20#2`).

    Raises
    ------
    InputRefusedError
        If the file is unusable as a whole.
    """
    table = read_table(path, "roads", findings, reading)
    osm = table.columns.get("kind") in _OSM_HEADINGS
    aside: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    seen: set[tuple[str, bytes]] = set()
    roads: list[Road] = []
    for row in table.rows:
        try:
            if osm and (what := _no_road(row)):
                aside[what] += 1
                continue
            road = _road(row, table, datum, findings)
            same = (road.code, shapely.to_wkb(road.line_lonlat))
            if same in seen:
                raise faulty("road_id", road.code, "重复", "stands there twice", "请删去一条", "Delete one of the two")
        except FaultyRowError as error:
            findings.reject(table.file, row.number, error.fault)
            continue
        seen.add(same)
        codes[road.code] += 1
        roads.append(_numbered(road, codes[road.code]))
    _tell(table, findings, aside, codes)
    return RoadsRead(table, tuple(roads), aside.total())


def _no_road(row: Row) -> str:
    """Say what a row of OpenStreetMap is that is no road, '' if it is one."""
    kind = str(cell(row, "kind") or "").strip().casefold()
    if not kind:
        return "no highway"
    shape = row.place.geom_type if row.place is not None else ""
    return kind if kind not in KIND_WORDS or (shape and shape not in _LINES) else ""


def _road(row: Row, table: Table, datum: Datum, findings: Findings) -> Road:
    if row.fault is not None:
        raise FaultyRowError(row.fault)
    line = row.place
    if not isinstance(line, LineString | MultiLineString):
        shape = line.geom_type if line is not None else ""
        raise faulty("geometry", shape, "不是线", "is not a line", "道路请画成中心线", "Draw a road as its middle line")
    (moved,) = crs.shift_places(places_of([line]), datum, Datum.WGS84)
    name = sound_text(row, "name", limit=200)
    given = text(row, "road_id", limit=CODE_CHARACTERS)
    code = given or f"L{hashlib.sha256(shapely.to_wkb(line)).hexdigest()[:16]}"
    return Road(code, name, _kind(row), moved, _width_m(row, table.file, findings))


def _kind(row: Row) -> RoadKind:
    written = text(row, "kind", limit=60)
    if not written:
        return RoadKind.STREET
    found = KIND_WORDS.get(written.casefold())
    if found is None:
        known = "主干道、街道、里弄、步行道"
        raise faulty(
            "kind", written, "不是已知的道路等级", "is no known class of roads",
            f"可用:{known},或 OpenStreetMap 的 highway 值", "Use main, street, lane or footway, or a value of highway",
        )  # fmt: skip
    return found


def _width_m(row: Row, file: str, findings: Findings) -> float | None:
    """Return how wide a road is, None where nobody says so, or says it so that it cannot be meant."""
    written = str(cell(row, "width_m") or "").strip()
    match = _WIDTH.fullmatch(written)
    width = float(match[1]) if match is not None else None
    if width is not None and width <= _WIDEST_M:
        return width or None
    if written:
        findings.mend(
            file, row.number, "width_m", f"宽度“{written[:40]}”不能用:已略去",
            f"the width '{written[:40]}' cannot be used: left out",
        )  # fmt: skip
    return None


def _numbered(road: Road, nth: int) -> Road:
    if nth == 1:
        return road
    return Road(f"{road.code}#{nth}", road.name, road.kind, road.line_lonlat, road.width_m)


def _tell(table: Table, findings: Findings, aside: Counter[str], codes: Counter[str]) -> None:
    if aside:
        words = ", ".join(f"{what[:40]} {n:,}" for what, n in aside.most_common(8))
        findings.note(
            f"{table.file}:{aside.total():,} 个要素不是道路,未读入({words})",
            f"{table.file}: {aside.total():,} features are no roads and were left aside ({words})",
        )
    shared = sum(n > 1 for n in codes.values())
    if shared:
        findings.note(
            f"{table.file}:{{n}} 个编号由几段道路共用,按先后加 #2、#3",
            f"{table.file}: {{n}} codes are shared by several pieces, numbered #2, #3 in their order",
            shared,
        )
    if "kind" not in table.columns:
        findings.note(
            f"{table.file}:没有道路等级一列,全部按街道",
            f"{table.file}: has no class of roads: all are taken as streets",
        )
