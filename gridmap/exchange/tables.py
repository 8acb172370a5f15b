"""Tables in: from the cells of any file to rows under our own words.

Which sheet, which row is the heading, which column means what: all of it is found out, and said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from gridmap.errors import InputRefusedError
from gridmap.exchange.asides import Aside, Kind, aside_of
from gridmap.exchange.cell_places import place_of
from gridmap.exchange.claims import Records, doubt_shares, doubt_totals
from gridmap.exchange.columns import Match, check_required, check_told, match_columns, worth_of
from gridmap.exchange.dbf import read_dbf
from gridmap.exchange.delimited import FIRST_LINES, read_delimited
from gridmap.exchange.files import check_file
from gridmap.exchange.findings import FaultyRowError, Findings, faulty, shown
from gridmap.exchange.geometries import Habits
from gridmap.exchange.headings import REQUIRED
from gridmap.exchange.rows import Row, Table, plain_cell
from gridmap.exchange.sheets import Book, CellValue, Sheet, cell_text
from gridmap.exchange.workbooks import is_workbook, read_workbook
from gridmap.model.intake import InputRole, Reading

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
_TOLD_NAMES = 8


@dataclass(frozen=True, slots=True)
class _Heading:
    """A sheet whose heading was found: where it stands among the rows, and what it means."""

    sheet: Sheet
    at: int
    texts: tuple[str, ...]
    match: Match

    @property
    def worth(self) -> tuple[int, int]:
        """How much it means, and how many rows stand below it."""
        return worth_of(self.match), len(self.sheet.rows) - self.at - 1


def read_grid(path: Path, role: InputRole, findings: Findings, reading: Reading) -> Table:
    """
    Read a workbook, a delimited text file or a dBase table; a WKT column or `lon` and `lat` become the row's place.

    Row numbers are those of a spreadsheet. Above the heading titles may stand; headings said again, totals, remarks and
    blank rows are no records.

    Parameters
    ----------
    reading
        Which heading means what and which sheet is read, where somebody says it.

    Raises
    ------
    InputRefusedError
        If it is no table, has no row below its heading, or lacks a required column.
    """
    book = _book(path, role, findings, reading)
    heading = _heading(book, role, findings, reading)
    check_told(book.file, heading.texts, role, reading.columns)
    check_required(book.file, heading.match, role, given=reading.given)
    local = reading.control is not None
    _check_placed(book.file, heading.match, role, local=local)
    positions = {word: heading.texts.index(name) for word, name in heading.match.columns.items()}
    records, asides = _sorted_out(heading, positions[REQUIRED[role][0]])
    habits = Habits()
    look = _Look(len(heading.texts), local)
    rows = tuple(_row(row_number, cells, positions, habits, look) for row_number, cells in records)
    if not rows:
        raise InputRefusedError(
            book.file,
            "标题行下没有数据",
            "there is no row below the heading",
            "请检查导出是否完成。",
            "Check the export.",
        )
    habits.tell(book.file, findings)
    _tell(book.file, heading, asides, findings)
    doubt_totals(book.file, asides, Records(heading.texts, [cells for _, cells in records]), findings)
    for row_number, words in _words_beside(heading, asides):
        doubt_shares(book.file, row_number, words, findings)
    return Table(book.file, book.encoding, MappingProxyType(heading.match.columns), rows, heading.match.unused)


# --- Which cells, which sheet, which heading --------------------------------------------------------------------------


def _book(path: Path, role: InputRole, findings: Findings, reading: Reading) -> Book:
    suffix = path.suffix.lower()
    check_file(path)
    if suffix in WORKBOOK_SUFFIXES and is_workbook(path):
        return read_workbook(path, findings)
    if suffix == ".dbf":
        return read_dbf(path, findings)
    book = read_delimited(path, partial(_judge, role=role, reading=reading), findings)
    if suffix in WORKBOOK_SUFFIXES:
        if any("<html" in cell_text(cell).lower() for _, row in book.sheets[0].rows[:3] for cell in row):
            raise InputRefusedError(
                path.name,
                "内容是网页(HTML),不是工作簿",
                "its content is a web page (HTML), not a workbook",
                "请在表格软件中打开,另存为 xlsx。",
                "Open it in the spreadsheet program and save it as xlsx.",
            )
        findings.note(
            f"{path.name}:内容是文本表格,不是工作簿,已按文本读取",
            f"{path.name}: its content is delimited text, not a workbook; it was read as text",
        )
    return book


def _judge(cells: Sequence[str], *, role: InputRole, reading: Reading) -> int:
    return worth_of(match_columns(cells, role, reading.columns))


def _heading(book: Book, role: InputRole, findings: Findings, reading: Reading) -> _Heading:
    sheets = [sheet for sheet in book.sheets if reading.sheet in (None, sheet.name) or not sheet.name]
    if not sheets:
        has = "、".join(sheet.name for sheet in book.sheets)
        raise InputRefusedError(
            book.file,
            f"没有工作表“{reading.sheet}”;现有:{has}",
            f"there is no sheet '{reading.sheet}'; there are: {has.replace('、', ', ')}",
            "请改正 --sheet。",
            "Correct --sheet.",
        )
    found = [_heading_of(sheet, role, reading) for sheet in sheets if sheet.rows]
    if not found:
        raise InputRefusedError(
            book.file,
            "文件是空的",
            "the file is empty",
            "请检查导出是否完成。",
            "Check that it was exported completely.",
        )
    best = max(found, key=lambda heading: heading.worth)
    if len(book.sheets) > 1:
        _tell_sheets(book.file, best, found, findings, role)
    return best


def _heading_of(sheet: Sheet, role: InputRole, reading: Reading) -> _Heading:
    """Take the row of which we understand most, of equal ones the first; without any the first row that there is."""
    first = [tuple(map(cell_text, cells)) for _, cells in sheet.rows[:FIRST_LINES]]
    matches = [match_columns(texts, role, reading.columns) for texts in first]
    at = max(range(len(first)), key=lambda i: (worth_of(matches[i]), -i))
    return _Heading(sheet, at, first[at], matches[at])


def _check_placed(file: str, match: Match, role: InputRole, *, local: bool) -> None:
    columns = match.columns.keys()
    pair_of_columns = ("x", "y") if local else ("lon", "lat")
    if role == "levels" and "wkt" not in columns:
        raise InputRefusedError(
            file,
            "表格没有楼层轮廓(wkt 列)",
            "the table has no outlines of the levels (column wkt)",
            "请用 .geojson 等图形文件提供楼层轮廓,或加 wkt 列。",
            "Give the levels as a drawing such as .geojson, or add the column wkt.",
        )
    if role == "stalls" and "wkt" not in columns and not set(pair_of_columns) <= columns:
        raise InputRefusedError(
            file,
            "表格缺少 x、y(图上坐标)两列" if local else "表格缺少 lon、lat(经度、纬度)两列",
            f"the table lacks the columns {' and '.join(pair_of_columns)}",
            "请补上两列,或用 GeoJSON 提供铺位图形。",
            "Add them, or give the stalls as GeoJSON.",
        )


# --- Records and what is none -----------------------------------------------------------------------------------------


def _sorted_out(heading: _Heading, key: int) -> tuple[list[tuple[int, Sequence[CellValue]]], list[Aside]]:
    records: list[tuple[int, Sequence[CellValue]]] = []
    asides: list[Aside] = []
    for row_number, cells in heading.sheet.rows[heading.at + 1 :]:
        aside = aside_of(row_number, cells, headings=heading.texts, key=key, records=len(records))
        if aside is None:
            records.append((row_number, cells))
        else:
            asides.append(aside)
    return records, asides


@dataclass(frozen=True, slots=True)
class _Look:
    """How wide the table is, and whether its coordinates are those of a drawing."""

    width: int
    local: bool


def _row(row_number: int, cells: Sequence[CellValue], positions: Mapping[str, int], habits: Habits, look: _Look) -> Row:
    habits.row = row_number
    values: Mapping[str, object] = MappingProxyType(
        {word: plain_cell(cells[i]) if i < len(cells) else "" for word, i in positions.items()}
    )
    row = Row(row_number, values)
    try:
        beyond = [cell_text(cell) for cell in cells[look.width :]]
        if any(beyond):
            raise faulty(
                "row",
                "|".join(beyond),
                "单元格多于标题列",
                "the row has more cells than the heading",
                "内容含分隔符时请加引号",
                "Put quotation marks around a cell that holds the delimiter",
            )
        return Row(row_number, values, place=place_of(row, habits, local=look.local))
    except FaultyRowError as error:
        return Row(row_number, values, fault=error.fault)


def _words_beside(heading: _Heading, asides: Sequence[Aside]) -> Iterator[tuple[int, str]]:
    """Yield the titles, totals and remarks in words."""
    for row_number, cells in heading.sheet.rows[: heading.at]:
        yield row_number, " ".join(map(cell_text, cells))
    yield from ((aside.row, aside.text) for aside in asides)


# --- What is said about it --------------------------------------------------------------------------------------------


def _tell(file: str, heading: _Heading, asides: Sequence[Aside], findings: Findings) -> None:
    if heading.at:
        titles = "|".join(
            " ".join(filter(None, map(cell_text, cells))) for _, cells in heading.sheet.rows[: heading.at]
        )
        row = heading.sheet.rows[heading.at][0]
        findings.note(
            f"{file}:第 {row} 行是标题行,其上为“{shown(titles)}”",
            f"{file}: the heading is row {row}; above it stands '{shown(titles)}'",
        )
    for name in heading.match.repeated:
        findings.note(
            f"{file}:列名“{shown(name)}”重复,用第一个",
            f"{file}: the heading '{shown(name)}' stands there twice, the first is used",
        )
    words = {
        Kind.HEADING: ("重复的标题行", "headings said again"),
        Kind.TOTAL: ("合计行", "totals"),
        Kind.SUBTOTAL: ("小计行", "subtotals"),
        Kind.REMARK: ("备注行", "remarks"),
    }
    for kind, (zh, en) in words.items():
        mine = [aside for aside in asides if aside.kind is kind]
        if mine:
            rows = "、".join(str(aside.row) for aside in mine[:_TOLD_NAMES]) + ("…" if len(mine) > _TOLD_NAMES else "")
            findings.note(
                f"{file}:{zh} {len(mine)} 行未作为数据(第 {rows} 行)",
                f"{file}: {len(mine)} rows are no records but {en} (rows {rows.replace('、', ', ')})",
            )


def _tell_sheets(file: str, taken: _Heading, found: Sequence[_Heading], findings: Findings, role: InputRole) -> None:
    findings.note(f"{file}:读取工作表“{taken.sheet.name}”", f"{file}: the sheet '{taken.sheet.name}' was read")
    needed = set(REQUIRED[role])
    alike = [other for other in found if other is not taken and needed <= other.match.columns.keys()]
    if alike:
        names = "、".join(f"{other.sheet.name}({other.worth[1]})" for other in alike[:_TOLD_NAMES])
        findings.note(
            f"{file}:另有工作表也像这种名单,未读:{names}(括号内为行数);可用 --sheet 逐个导入",
            f"{file}: other sheets look like such a list, too, and were not read: {names.replace('、', ', ')} (rows in "
            "brackets); import them one by one with --sheet",
        )
