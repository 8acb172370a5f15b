"""Tables in: CSV and its relatives, with encoding, delimiter and headings found out.

Later kinds (xlsx, xls, ods) give the same `Table`: only `_records` differs.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InputRefusedError
from gridmap.exchange.columns import Match, check_required, match_columns
from gridmap.exchange.files import read_bytes, text_of
from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.rows import Row, Table, number
from gridmap.model.intake import AS_IT_SAYS, InputRole, Reading
from gridmap.spatial import crs

DELIMITERS = (",", "\t", ";", "|", "\uff0c")
_CELL_CHARACTERS = 100_000


def read_csv(path: Path, role: InputRole, findings: Findings, reading: Reading = AS_IT_SAYS) -> Table:
    """
    Read a delimited text table; `lon` and `lat`, where present, become a point.

    Row numbers are those of a spreadsheet: the heading is row 1, blank rows count but are not read.

    Raises
    ------
    InputRefusedError
        If it is no text table, has no row below its heading, or lacks a required column.
    """
    text, encoding = text_of(path, read_bytes(path))
    delimiter, match, records = _split(path.name, text, role)
    check_required(path.name, match, role, given=reading.given)
    if role == "stalls" and not {"lon", "lat"} <= match.columns.keys():
        raise InputRefusedError(
            path.name,
            "表格缺少 lon、lat(经度、纬度)两列",
            "the table lacks the columns lon and lat",
            "请补上两列,或用 GeoJSON 提供铺位图形。",
            "Add them, or give the stalls as GeoJSON.",
        )
    heading = {name: i for i, name in reversed(list(enumerate(records[0][1])))}
    positions = {word: heading[name] for word, name in match.columns.items()}
    rows = tuple(_row(number_, cells, positions, len(records[0][1])) for number_, cells in records[1:])
    if not rows:
        raise InputRefusedError(
            path.name,
            "标题行下没有数据",
            "there is no row below the heading",
            "请检查导出是否完成。",
            "Check the export.",
        )
    if encoding == "gb18030" and any("\ue000" <= c <= "\uf8ff" for c in text):
        findings.note(
            f"{path.name}:含有私用区字符,可能不是 GB 18030 编码,请核对文字",
            f"{path.name}: holds private-use characters, perhaps it is not GB 18030: check the words",
        )
    if delimiter != ",":
        name = {"\t": "tab"}.get(delimiter, delimiter)
        findings.note(f"{path.name}:分隔符为 {name}", f"{path.name}: the delimiter is {name}")
    return Table(path.name, encoding, MappingProxyType(match.columns), rows, match.unused)


def _split(file: str, text: str, role: InputRole) -> tuple[str, Match, list[tuple[int, list[str]]]]:
    """Choose the delimiter whose heading says most to us, and split the rows by it."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    best: tuple[tuple[int, int], str, Match] | None = None
    for delimiter in DELIMITERS:
        headings = next(_read(io.StringIO(first), delimiter, file), (1, [""]))[1]
        match = match_columns(headings, role)
        score = (len(match.columns), len(headings))
        if best is None or score > best[0]:
            best = (score, delimiter, match)
    assert best is not None  # DELIMITERS is not empty
    _, delimiter, _ = best
    records = [
        (i, cells) for i, cells in _read(io.StringIO(text, newline=""), delimiter, file) if any(map(str.strip, cells))
    ]
    return delimiter, match_columns(records[0][1] if records else [], role), records


def _read(stream: io.StringIO, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield spreadsheet row numbers and cells."""
    reader = csv.reader(stream, delimiter=delimiter)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if any(len(c) > _CELL_CHARACTERS for c in cells):
                raise csv.Error("a cell is far too long")
            yield row, cells
    except csv.Error as error:
        raise InputRefusedError(
            file,
            f"第 {row + 1} 行之后无法按表格读取({error})",
            f"it cannot be read as a table after row {row} ({error})",
            "请检查引号是否成对,再另存为 CSV UTF-8。",
            "Check that quotation marks come in pairs and save it as CSV UTF-8.",
        ) from error


def _row(row_number: int, cells: list[str], positions: Mapping[str, int], width: int) -> Row:
    values: Mapping[str, object] = MappingProxyType(
        {word: cells[i] if i < len(cells) else "" for word, i in positions.items()}
    )
    row = Row(row_number, values)
    try:
        if any(c.strip() for c in cells[width:]):
            raise faulty(
                "row",
                "|".join(cells[width:]),
                "单元格多于标题列",
                "the row has more cells than the heading",
                "内容含分隔符时请加引号",
                "Put quotation marks around a cell that holds the delimiter",
            )
        return Row(row_number, values, place=point_of(row, "lon", "lat"))
    except FaultyRowError as error:
        return Row(row_number, values, fault=error.fault)


def point_of(row: Row, lon_name: str, lat_name: str) -> BaseGeometry | None:
    """
    Return the point of two cells, None if both are absent.

    Raises
    ------
    FaultyRowError
        If one of them is missing, not a finite number, or out of range.
    """
    lon, lat = number(row, lon_name), number(row, lat_name)
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise faulty(
            lon_name if lon is None else lat_name, "", "缺少一个坐标", "one coordinate is missing", "请补上", "Add it"
        )
    fault = crs.lonlat_fault(lon, lat)
    if fault is not None:
        raise faulty(
            f"{lon_name},{lat_name}",
            f"{lon}, {lat}",
            "坐标超出经纬度范围",
            fault,
            "请核对经度、纬度两列是否颠倒",
            "Check whether longitude and latitude are swapped",
        )
    return shapely.Point(lon, lat)
