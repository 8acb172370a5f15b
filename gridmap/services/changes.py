"""Following what changes: from where a caller left off, without missing or repeating anything."""

from collections.abc import Collection
from dataclasses import dataclass

from gridmap.errors import InvalidParameterError
from gridmap.model.changes import Change
from gridmap.store import changes, markets
from gridmap.store.session import Database


@dataclass(frozen=True)
class ChangePage:
    """Changes in the order of their commits; `cursor` is where to go on, `more` whether there are more already."""

    changes: list[Change]
    cursor: int
    more: bool


def changes_since(
    database: Database, since: int | None, *, limit: int, market: str | None = None, kinds: Collection[str] = ()
) -> ChangePage:
    """
    Return what changed past a cursor, as far as the caller may be told.

    Parameters
    ----------
    since
        The cursor of the page before; 0 for everything from the beginning; None for nothing but the place from which
        to follow.

    Raises
    ------
    InvalidParameterError
        If the cursor lies ahead of everything: it is of another database, or of this one before it was restored.
    """
    with database.reading() as connection:
        key = markets.market_id(connection, market) if market is not None else None
        head = changes.head(connection)
        if since is None:
            return ChangePage([], head, more=False)
        if since > head:
            raise InvalidParameterError(
                "since",
                str(since),
                "该游标不属于本数据库(可能已恢复备份)。请重新读取全部数据后,不带 since 取得新的游标。",
                "It is not a cursor of this database (a backup may have been restored). Read everything anew, and ask "
                "without since for a new one.",
            )
        found = changes.changes(connection, since=since, limit=limit + 1, market_key=key, kinds=kinds)
    if len(found) > limit:
        return ChangePage(found[:limit], found[limit - 1].seq, more=True)
    # What was committed up to `head` was seen by the query after it: what is not in the page is not for this caller.
    return ChangePage(found, max([head, *(change.seq for change in found)]), more=False)


def newest_change(database: Database) -> int:
    """Return the number of the newest change of all; it grows with every write that somebody could be told of."""
    with database.reading() as connection:
        return changes.head(connection)
