"""The process in which a workbook is opened: `python -m gridmap.exchange.workbook_process FILE`.

A crafted workbook can make any reader ask for more memory than there is, and that ends a process. Here it ends this
one, which has little memory and time and does nothing else. It prints one JSON object: the visible sheets with their
cells (days as text) and merged ranges, the names of hidden ones, or `{"error": ...}`.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

MOST_CELLS = 3_000_000
MOST_SHEETS = 100
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 60


def read_sheets(path: str) -> dict[str, Any]:
    """Read all visible sheets; `error` is one of `password`, `sheets`, `cells` or what the reader says."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with Path(path).open("rb") as stream, CalamineWorkbook.from_filelike(stream) as book:
            wanted = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
            if len(wanted) > MOST_SHEETS:
                return {"error": "sheets", "count": len(wanted)}
            sheets: list[dict[str, Any]] = []
            cells = 0
            for name in (sheet.name for sheet in wanted if sheet.visible is SheetVisibleEnum.Visible):
                sheet = book.get_sheet_by_name(name)
                cells += sheet.total_height * sheet.total_width
                if cells > MOST_CELLS:
                    return {"error": "cells", "count": cells}
                merged = sheet.merged_cell_ranges or []
                sheets.append({"name": name, "rows": sheet.to_python(skip_empty_area=False), "merged": merged})
            hidden = [sheet.name for sheet in wanted if sheet.visible is not SheetVisibleEnum.Visible]
    except PasswordError:
        return {"error": "password"}
    except (CalamineError, ValueError, OSError) as error:
        return {"error": str(error)[:300]}
    return {"sheets": sheets, "hidden": hidden}


def main() -> None:
    """Bound this process, then read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    json.dump(read_sheets(sys.argv[1]), sys.stdout, ensure_ascii=True, default=str)


if __name__ == "__main__":
    main()
