"""Hours in words: `mon-fri 08:00-18:00; sat,sun 09:00-12:00`, days also as in OpenStreetMap or Chinese, and back."""

import re
from collections.abc import Iterable

from gridmap.model.shifts import DAY_MIN, Shift, ShiftDay

_WEEK = [ShiftDay(day) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
_NAMES = {
    **{day.value: day for day in ShiftDay},
    **{day.value[:2]: day for day in _WEEK},
    **{f"{week}{nth}": day for week in ("周", "星期") for nth, day in zip("一二三四五六日", _WEEK, strict=True)},
    "周天": ShiftDay.SUN,
    "工作日": ShiftDay.WORKING,
    "休息日": ShiftDay.FREE,
}
_ALL_DAYS = ("daily", "每天", "每日")
_SPAN = re.compile(r"(\d{1,2})[::](\d{2})\s*[-–—~至到]\s*(\d{1,2})[::](\d{2})")


def hours_from_text(text: str) -> tuple[Shift, ...]:
    """
    Read hours.

    Parameters
    ----------
    text
        Parts with `;` between them: days, then spans of time with commas between them. Days are `mon` ... `sun` (or
        `Mo`, 周一), ranges and lists of them, `working`, `free` or `daily`; without days: daily. Past midnight is
        `22:00-02:00`. `24/7` and empty text are no hours: always.

    Raises
    ------
    ValueError
        If a part cannot be read; the text names it.
    """
    cleaned = text.strip().replace(";", ";").replace(",", ",").replace("、", ",")
    if cleaned in ("", "24/7"):
        return ()
    return tuple(shift for part in cleaned.split(";") if part.strip() for shift in _part(part.strip()))


def hours_text(hours: Iterable[Shift]) -> str:
    """Write hours as `hours_from_text` reads them."""
    spans: dict[str, list[str]] = {}
    for shift in hours:
        spans.setdefault(_clock(shift.starts_min) + "-" + _clock(shift.ends_min % DAY_MIN), []).append(shift.day)
    return "; ".join(f"{','.join(days)} {span}" for span, days in spans.items())


def _part(part: str) -> list[Shift]:
    first = _SPAN.search(part)
    if first is None:
        raise ValueError(part)
    days, spans = re.sub(r"[::\s]+$", "", part[: first.start()]), part[first.start() :]
    if _SPAN.sub("", spans).strip(" ,"):
        raise ValueError(part)
    return [_shift(day, *map(int, span.groups())) for day in _days(days) for span in _SPAN.finditer(spans)]


def _days(words: str) -> list[ShiftDay]:
    if not words or words.lower() in _ALL_DAYS:
        return _WEEK
    found: list[ShiftDay] = []
    for word in words.split(","):
        ends = [_day(name) for name in re.split(r"[-–—~至到]", word)]
        if len(ends) == 1:
            found += ends
        elif len(ends) == 2 and set(ends) <= set(_WEEK):
            start, stop = (_WEEK.index(day) for day in ends)
            found += [_WEEK[(start + n) % 7] for n in range((stop - start) % 7 + 1)]
        else:
            raise ValueError(word)
    return found


def _day(name: str) -> ShiftDay:
    day = _NAMES.get(name.strip().lower())
    if day is None:
        raise ValueError(name)
    return day


def _shift(day: ShiftDay, from_hour: int, from_minute: int, to_hour: int, to_minute: int) -> Shift:
    starts, ends = 60 * from_hour + from_minute, 60 * to_hour + to_minute
    if max(from_minute, to_minute) > 59 or ends > DAY_MIN:
        raise ValueError(f"{from_hour}:{from_minute:02d}-{to_hour}:{to_minute:02d}")
    return Shift(day, starts, ends if ends > starts else ends + DAY_MIN)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
