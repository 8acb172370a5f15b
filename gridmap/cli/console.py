"""What commands that work with the database share: opening it, who asks and when, and words on the terminal."""

import getpass
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime

from rich.progress import Progress
from rich.table import Table

from gridmap.cli.ending import at_end
from gridmap.cli.terminal import JsonOption, err, out, print_json
from gridmap.config import settings
from gridmap.exchange.calendars import read_calendar
from gridmap.model.rights import AccountRole, Action, Caller, Grant
from gridmap.model.workdays import WEEKENDS, Calendar
from gridmap.services.installation import database_versions
from gridmap.services.plans import Author
from gridmap.store.session import Database, open_database

__all__ = [
    "JsonOption",
    "author",
    "calendar",
    "database",
    "err",
    "now",
    "out",
    "print_json",
    "print_table",
    "raw_database",
    "steps",
]


def database() -> Database:
    """Open the configured database as whoever runs the command; NotReadyError unless its migrations are complete."""
    opened = raw_database()
    database_versions(opened)
    return opened.acting(Caller(_user(), (Grant(AccountRole.ADMIN),)), Action.MANAGE)


def raw_database() -> Database:
    """Open the configured database, whatever state it is in; it is closed when the command ends."""
    opened = open_database(settings().database_url)
    at_end.callback(opened.close)
    return opened


def now() -> datetime:
    """Return the moment in the configured time zone."""
    return datetime.now(settings().zone)


def calendar() -> Calendar:
    """Return the configured calendar of holidays, without one weekends."""
    path = settings().calendar
    return WEEKENDS if path is None else read_calendar(path)


def author() -> Author:
    """Return who runs the command, for the record."""
    return Author(_user(), now())


def _user() -> str:
    return f"cli:{getpass.getuser()}"


@contextmanager
def steps(words: Mapping[str, str], label: str = "") -> Generator[Callable[[str, int, int], None]]:
    """Give a function `(what, done, of)` that moves a bar for each step on a terminal; elsewhere a line ends a step."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bars:
        tasks = {what: bars.add_task(f"{label} {word}".strip(), total=None) for what, word in words.items()}

        def report(what: str, done: int, of: int) -> None:
            bars.update(tasks[what], completed=done, total=of)
            if not err.is_terminal and done == of:
                err.print(f"{label} {words[what]} {done}/{of}".strip())

        yield report


def print_table(headings: list[str], rows: list[list[object]]) -> None:
    """Print rows under headings; on a narrow terminal the first column, a code, stays whole and the others fold."""
    table = Table(box=None, pad_edge=False)
    for i, heading in enumerate(headings):
        table.add_column(heading, no_wrap=i == 0, overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row))
    out.print(table)
