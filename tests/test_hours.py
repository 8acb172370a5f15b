"""Hours in words, and back."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.model.hours import hours_from_text, hours_text
from gridmap.model.shifts import Shift, ShiftDay, on_shift
from gridmap.model.workdays import WEEKENDS

SHIFTS = st.builds(
    lambda day, starts, lasts: Shift(day, starts, starts + lasts),
    st.sampled_from(list(ShiftDay)),
    st.integers(0, 1439),
    st.integers(1, 1440),
)


def open_at(text: str, moment: str) -> bool:
    return on_shift(hours_from_text(text), datetime.fromisoformat(moment), WEEKENDS)


@given(hours=st.lists(SHIFTS, max_size=6))
def test_written_hours_read_the_same(hours: list[Shift]) -> None:
    assert sorted(hours_from_text(hours_text(hours)), key=repr) == sorted(hours, key=repr)


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("mon-fri 08:00-18:00; sat,sun 09:00-12:00", "2026-11-25T08:00", True),  # a Wednesday
        ("mon-fri 08:00-18:00; sat,sun 09:00-12:00", "2026-11-25T18:00", False),
        ("mon-fri 08:00-18:00; sat,sun 09:00-12:00", "2026-11-28T11:59", True),
        ("Mo-Fr 08:00-12:00,14:00-18:00", "2026-11-25T13:00", False),
        ("Mo-Fr 08:00-12:00,14:00-18:00", "2026-11-25T14:00", True),
        ("周一至周五 8:00-18:00", "2026-11-25T17:59", True),
        ("工作日 08:00-18:00;休息日 10:00-16:00", "2026-11-28T09:00", False),
        ("每天 22:00-02:00", "2026-11-25T01:30", True),
        ("fri-mon 08:00-09:00", "2026-11-29T08:30", True),
        ("08:00-24:00", "2026-11-25T23:59", True),
        ("24/7", "2026-11-25T03:00", True),
        ("", "2026-11-25T03:00", True),
    ],
)
def test_hours_are_understood(text: str, moment: str, expected: bool) -> None:
    assert open_at(text, moment) is expected


@pytest.mark.parametrize(
    "text", ["morning", "mon 8-18", "funday 08:00-18:00", "mon 08:61-18:00", "08:00-25:00", "mon-working 08:00-09:00",
             "mon 08:00-18:00 or so"],
)  # fmt: skip
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the part that was not understood
        hours_from_text(text)
