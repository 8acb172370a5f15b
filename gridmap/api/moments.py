"""The moment that a question is about, and how new its answer has to be."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Header

from gridmap.errors import InvalidParameterError

AtLeastHeader = Annotated[
    int,
    Header(alias="X-Gridmap-At-Least", ge=0, le=2**53, description="不早于此版本 / from this version or newer"),
]


def moment_of(at: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment in the time zone of the shifts, which it is in where it names none; InvalidParameterError."""
    try:
        return at.replace(tzinfo=at.tzinfo or zone).astimezone(zone)
    except OverflowError as error:
        raise InvalidParameterError(
            "at", at.isoformat(), "该时刻超出日历范围。", "The calendar does not reach so far."
        ) from error
