"""The calendar of holidays: whole or not at all."""

from datetime import date
from pathlib import Path

import pytest

from gridmap.errors import InputRefusedError
from gridmap.exchange.calendars import read_calendar


def test_holidays_and_moved_days_are_read(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text("date,kind,name\n2026-10-01,holiday,国庆\n2026-10-10,上班,调休\n", encoding="utf-8-sig")
    found = read_calendar(file)
    assert (found.holidays, found.moved) == ({date(2026, 10, 1)}, {date(2026, 10, 10)})
    assert not found.is_working(date(2026, 10, 1))
    assert found.is_working(date(2026, 10, 10))


@pytest.mark.parametrize(
    "text",
    ["day,kind\n2026-10-01,holiday\n", "date,kind\n1 Oct,holiday\n", "date,kind\n2026-10-01,party\n",
     "date,kind\n2026-10-01,holiday\n2026-10-01,workday\n"],
)  # fmt: skip
def test_calendar_with_a_fault_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "days.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefusedError):
        read_calendar(file)
