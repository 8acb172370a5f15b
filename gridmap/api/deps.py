"""What routes are given: the database, the moment, the caller."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from gridmap.config import Settings
from gridmap.services.plans import Author
from gridmap.store.session import Database


def _settings(request: Request) -> Settings:
    return request.app.state.settings


def _database(request: Request) -> Database:
    return request.app.state.database


def _now(settings: Annotated[Settings, Depends(_settings)]) -> datetime:
    return datetime.now(settings.zone)


def _author(now: Annotated[datetime, Depends(_now)]) -> Author:
    return Author(name="api:local", now=now)


def next_url(request: Request, after: str) -> str:
    """Return the address of the next page: this one with every filter, after a code."""
    return str(request.url.include_query_params(after=after).replace(scheme="", netloc=""))


SettingsDep = Annotated[Settings, Depends(_settings)]
DatabaseDep = Annotated[Database, Depends(_database)]
NowDep = Annotated[datetime, Depends(_now)]
AuthorDep = Annotated[Author, Depends(_author)]
AfterParam = Annotated[str, Query(max_length=200, description="从此编号之后取起 / start after this code")]
