"""What routes are given: the database of the caller, the moment, the author."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated

from fastapi import Depends, Query, Request

from gridmap.api.access import CallerDep
from gridmap.config import Settings
from gridmap.model.workdays import Calendar
from gridmap.services.plans import Author


def _settings(request: Request) -> Settings:
    return request.app.state.settings


def _now(settings: Annotated[Settings, Depends(_settings)]) -> datetime:
    return datetime.now(settings.zone)


def _author(now: Annotated[datetime, Depends(_now)], caller: CallerDep) -> Author:
    return Author(name=caller.name, now=now)


def next_url(request: Request, after: str, **also: str) -> str:
    """Return the address of the next page: this one with every filter, and some more, after a code."""
    return str(request.url.include_query_params(after=after, **also).replace(scheme="", netloc=""))


def start_of(day: date | None, zone: tzinfo | None, *, days: int = 0) -> datetime | None:
    """Return the first moment of a day, or of one some days later; None past the last day there is."""
    if day is None or day > date.max - timedelta(days=2):
        return None
    return datetime.combine(max(day, date.min + timedelta(days=2)) + timedelta(days=days), time(), zone).astimezone(UTC)


def _calendar(request: Request) -> Calendar:
    return request.app.state.calendar


CalendarDep = Annotated[Calendar, Depends(_calendar)]
SettingsDep = Annotated[Settings, Depends(_settings)]
NowDep = Annotated[datetime, Depends(_now)]
AuthorDep = Annotated[Author, Depends(_author)]
AfterParam = Annotated[str, Query(max_length=200, description="从此编号之后取起 / start after this code")]
