"""The process in which a workbook is opened: `python -m gridmap.exchange.workbook_process FILE`.

A crafted workbook can make any reader ask for more memory than there is, and that ends a process. Here it ends this
one, which has little memory and time and does nothing else. It prints one JSON object: the visible sheets with their
cells (days as text) and merged ranges, the names of hidden ones, or `{"error": ...}`.
"""

import json
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

MOST_CELLS = 3_000_000
MOST_SHEETS = 100
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 60
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
Range = tuple[tuple[int, int], tuple[int, int]]


def read_sheets(path: str) -> dict[str, Any]:
    """Read all visible sheets; `error` is one of `password`, `sheets`, `cells` or what the reader says."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with Path(path).open("rb") as stream, CalamineWorkbook.from_filelike(stream) as book:
            wanted = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
            if len(wanted) > MOST_SHEETS:
                return {"error": "sheets", "count": len(wanted)}
            spans = _spans_of_ods(path)
            sheets: list[dict[str, Any]] = []
            cells = 0
            for name in (sheet.name for sheet in wanted if sheet.visible is SheetVisibleEnum.Visible):
                sheet = book.get_sheet_by_name(name)
                cells += sheet.total_height * sheet.total_width
                if cells > MOST_CELLS:
                    return {"error": "cells", "count": cells}
                merged = sheet.merged_cell_ranges or spans.get(name, [])
                sheets.append({"name": name, "rows": sheet.to_python(skip_empty_area=False), "merged": merged})
            hidden = [sheet.name for sheet in wanted if sheet.visible is not SheetVisibleEnum.Visible]
    except PasswordError:
        return {"error": "password"}
    except (CalamineError, ET.ParseError, ValueError, OSError) as error:
        return {"error": str(error)[:300]}
    return {"sheets": sheets, "hidden": hidden}


def _spans_of_ods(path: str) -> dict[str, list[Range]]:
    """Return the cells of an OpenDocument file that span rows, by sheet: the reader does not tell them."""
    found: dict[str, list[Range]] = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        if "content.xml" not in archive.namelist():
            return found
        sheet, row, column = "", 0, 0
        with archive.open("content.xml") as stream:
            for event, element in ET.iterparse(stream, events=("start", "end")):
                kind = element.tag.removeprefix(_TABLE)
                if event == "start" and kind == "table":
                    sheet, row = element.get(f"{_TABLE}name", ""), 0
                elif event == "start" and kind == "table-row":
                    column = 0
                elif event == "start" and kind in ("table-cell", "covered-table-cell"):
                    rows = int(element.get(f"{_TABLE}number-rows-spanned", "1"))
                    if rows > 1:
                        found.setdefault(sheet, []).append(((row, column), (row + rows - 1, column)))
                    column += int(element.get(f"{_TABLE}number-columns-repeated", "1"))
                elif event == "end" and kind == "table-row":
                    row += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                    element.clear()
    return found


def main() -> None:
    """Bound this process, then read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    json.dump(read_sheets(sys.argv[1]), sys.stdout, ensure_ascii=True, default=str)


if __name__ == "__main__":
    main()
