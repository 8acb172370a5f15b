"""Finding the way: markets, members, stalls, and merchants for those who may read their names."""

from collections.abc import Sequence
from datetime import date

from gridmap.model.rights import Action
from gridmap.model.search import Hit
from gridmap.services.rights import note_register_read
from gridmap.store import rights, rosters
from gridmap.store import search as store
from gridmap.store.session import Connection, Database

_LOOKED_THROUGH = 20
"""So many times the merchants asked for are looked at to find a member's own ones."""


def search(database: Database, words: str, day: date, *, limit: int = 8) -> list[Hit]:
    """
    Return what holds some words in its code or name: at most `limit` of each kind, the best first.

    Merchants are found where the caller sees the register, by a member in the zones that he answers for; reading their
    names is noted in the audit log.
    """
    with database.reading() as connection:
        merchants = _seen(connection, store.merchants(connection, words, day, limit * _LOOKED_THROUGH), day)[:limit]
        found = [
            *store.markets(connection, words, limit),
            *store.members(connection, words, day, limit),
            *store.stalls(connection, words, day, limit),
            *merchants,
        ]
    for market in sorted({hit.market for hit in merchants if hit.market is not None}):
        note_register_read(database, market, (hit.code for hit in merchants if hit.market == market), day)
    return found


def _seen(connection: Connection, hits: Sequence[Hit], day: date) -> list[Hit]:
    """Return the merchants whose names the caller may read."""
    member = rights.caller_of(connection).member
    everywhere = rights.reachable_markets(connection, Action.VIEW_REGISTER)
    own: dict[str, frozenset[str]] = {}
    seen: list[Hit] = []
    for hit in hits:
        assert hit.market is not None
        if everywhere is not None and hit.market not in everywhere:
            if member is None:
                continue
            if hit.market not in own:
                own[hit.market] = rosters.own_stalls(connection, member, hit.market, day)
            if hit.code not in own[hit.market]:
                continue
        seen.append(hit)
    return seen
