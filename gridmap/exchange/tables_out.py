"""Ledgers as tables for people: an xlsx workbook, or CSV files in a ZIP. Headings are Chinese, geometry is WKT.

No cell can become a formula: see `formulas`. In the workbook texts are typed as texts besides.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import shapely
import xlsxwriter

from gridmap.errors import InvalidParameterError
from gridmap.exchange.formulas import neutral
from gridmap.exchange.ledgers import TITLES, Cell, Column, Ledger

CELL_CHARACTERS = 32_000
"""A spreadsheet takes 32,767 characters a cell: longer outlines run on in the next column."""
WKT_COLUMNS = 9
_WKT = "图形WKT"
_EPOCH = date(1900, 3, 1)
"""Days before this one mean different things to different spreadsheets: they are written as text."""
_WIDTHS = {"name": 28, "market_name": 28, "trade": 24, "uscc": 22, "stall_id": 12, "office_contact": 18}
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The date of files in a ZIP: the same register gives the same bytes."""


def write_xlsx(ledgers: Sequence[Ledger], path: Path) -> None:
    """
    Write a workbook with a sheet for each ledger.

    Raises
    ------
    InvalidParameterError
        If an outline is too long for a sheet.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False}) as book:
        heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F6"})
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        for ledger in ledgers:
            sheet = book.add_worksheet(TITLES[ledger.name])
            sheet.freeze_panes(1, 0)
            columns, rows = _headed(ledger, cut=CELL_CHARACTERS)
            for i, column in enumerate(columns):
                sheet.set_column(i, i, _WIDTHS.get(column.word, 12))
            for i, column in enumerate(columns):
                sheet.write_string(0, i, column.heading, heading)
            for r, row in enumerate(rows, start=1):
                for i, value in enumerate(row):
                    if isinstance(value, date) and value >= _EPOCH:
                        sheet.write_datetime(r, i, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                    elif isinstance(value, bool):
                        sheet.write_string(r, i, "是" if value else "否", text)
                    elif isinstance(value, int | float):
                        sheet.write_number(r, i, value)
                    elif value not in (None, ""):
                        sheet.write_string(r, i, neutral(str(value)), text)


def write_csv(ledgers: Sequence[Ledger], path: Path) -> None:
    """Write a ZIP of CSV files, UTF-8 with a mark so that spreadsheets know it, named like the ledgers."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for ledger in ledgers:
            archive.writestr(zipfile.ZipInfo(f"{ledger.name}.csv", _MOMENT), _csv(ledger), zipfile.ZIP_DEFLATED)


def _csv(ledger: Ledger) -> bytes:
    columns, rows = _headed(ledger)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.heading for column in columns])
    writer.writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(value: Cell) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return neutral(value)
    return "" if value is None else str(value)


def _in_words(columns: Sequence[Column], row: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(column.words.get(str(value), value) for column, value in zip(columns, row, strict=True))


def _headed(ledger: Ledger, *, cut: int | None = None) -> tuple[list[Column], list[tuple[Cell, ...]]]:
    """Return columns and rows with the geometry as WKT, in as many columns as the longest outline needs."""
    columns, rows = list(ledger.columns), [_in_words(ledger.columns, row) for row in ledger.rows]
    if ledger.places is None:
        return columns, rows
    texts: list[str] = [str(shapely.to_wkt(place, rounding_precision=-1)) for place in ledger.places]
    each = cut or max(map(len, texts), default=1)
    parts = max((-(-len(text) // each) for text in texts), default=1)
    if parts > WKT_COLUMNS:
        raise InvalidParameterError(
            "format", "xlsx",
            "有的轮廓太长,表格放不下;请用 gpkg 或 geojson。",
            "An outline is too long for a spreadsheet: use gpkg or geojson.",
        )  # fmt: skip
    columns += [Column("wkt", _WKT if i == 0 else f"{_WKT}{i + 1}") for i in range(parts)]
    cells = [tuple(text[i * each : (i + 1) * each] for i in range(parts)) for text in texts]
    return columns, [(*row, *wkt) for row, wkt in zip(rows, cells, strict=True)]
