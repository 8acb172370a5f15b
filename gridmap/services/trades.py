"""What a person does with lists of trades: keep one for a market, a division or everything; look which one holds."""

from gridmap.errors import InvalidParameterError
from gridmap.model.rights import Scope
from gridmap.model.trades import TradeList
from gridmap.store import audit, markets, trades
from gridmap.store.session import Database


def list_for(database: Database, market: str) -> TradeList | None:
    """Return the list that merchants of a market are held against: its own, its divisions', everything's, or none."""
    with database.reading() as connection:
        return trades.list_for(connection, markets.market_id(connection, market))


def list_for_import(database: Database, market: str) -> TradeList | None:
    """Return the same for a market that need not be there yet."""
    with database.reading() as connection:
        there = markets.exists(connection, market)
        return trades.list_for(connection, markets.market_id(connection, market) if there else None)


def said_of(database: Database, scope: Scope) -> TradeList | None:
    """Return the list that one scope itself has."""
    with database.reading() as connection:
        return trades.said_of(connection, scope)


def set_list(database: Database, scope: Scope, found: TradeList | None) -> None:
    """
    Keep a list for a market, a division or everything, in the place of an earlier one; None: drop it.

    Merchants that are in stay as they are: the list is for what comes in from now on.

    Raises
    ------
    InvalidParameterError
        If it is empty, or one code or name means two trades.
    NotFoundError
        If there is no such market or division.
    ForbiddenError
        If the caller may not do this in the whole scope.
    """
    if found is not None:
        _check(found)
    with database.writing() as connection:
        trades.set_list(connection, scope, found)
        audit.describe(connection, "trades.set", str(scope), entries=len(found.entries) if found is not None else None)


def _check(found: TradeList) -> None:
    if not found.entries:
        raise InvalidParameterError("entries", "-", "清单是空的。", "The list is empty.")
    taken: set[str] = set()
    for word in (word for entry in found.entries for word in {entry.name, entry.code} - {""}):
        if word in taken:
            raise InvalidParameterError("entries", word, "重复的名称或代码。", "A name or code stands there twice.")
        taken.add(word)
