"""The change feed: what was written, numbered in the order in which it was committed.

Numbers are handed out last, just before the commit, under a lock that is let go with the commit. Whoever sees a number
therefore sees all smaller ones, and a caller who remembers the last one he saw misses nothing and hears nothing twice.
A sequence could not do that: its numbers become visible in the order of commits, not in their own.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.changes import Change
from gridmap.model.ids import MarketCode
from gridmap.model.rights import Action
from gridmap.store import audit, rights
from gridmap.store import tables as t

KINDS: dict[str, tuple[str, Action]] = {
    "building": ("level", Action.VIEW),
    "level": ("level", Action.VIEW),
    "level_outline": ("level", Action.VIEW),
    "connector": ("connector", Action.VIEW),
    "stall": ("stall", Action.VIEW),
    "stall_place": ("stall", Action.VIEW),
    "merchant": ("merchant", Action.VIEW_REGISTER),
    "occupancy": ("occupancy", Action.VIEW_REGISTER),
    "member": ("member", Action.VIEW),
    "plan": ("plan", Action.VIEW_DRAFTS),
    "plan_edit": ("plan", Action.VIEW_DRAFTS),
    "zone": ("zone", Action.VIEW_DRAFTS),
    "zone_stall": ("zone", Action.VIEW_DRAFTS),
    "zone_share": ("zone", Action.VIEW_DRAFTS),
    "zone_share_outline": ("zone", Action.VIEW_DRAFTS),
    "assignment": ("assignment", Action.VIEW),
    "post": ("post", Action.VIEW),
    "absence": ("absence", Action.VIEW_REGISTER),
    "shift": ("shift", Action.VIEW_REGISTER),
    "field_record": ("field_record", Action.VIEW_REGISTER),
    "site_rule": ("site_rule", Action.VIEW_REGISTER),
    "road": ("road", Action.VIEW),
    "road_line": ("road", Action.VIEW),
    "road_source": ("road", Action.VIEW),
}
"""What a change of a table is called, and who is told of it; another table goes by its own name, to the register's."""
NOT_TOLD = frozenset({
    "account", "account_grant", "account_session", "api_token", "audit", "audit_head", "change", "change_head",
    "market", "merchant_past", "one_time_link", "quarantine", "register_change", "register_import",
    "register_import_file", "sign_in_attempt", "stall_past", "stall_past_place",
})  # fmt: skip
"""Tables that are nobody's business; records of imports, whose effect is told; and the market: its revision counts
writes, what matters of it is noted."""
_VERBS = {"insert": "added", "update": "changed", "delete": "removed"}
_ACTIONS = (Action.VIEW, Action.VIEW_DRAFTS, Action.VIEW_REGISTER)


def note(
    connection: Connection,
    kind: str,
    subject: str,
    what: str,
    *,
    market_key: int | None,
    needs: Action = Action.VIEW,
    covers: Iterable[str] = (),
) -> None:
    """
    Say what a transaction changes; becomes a line of the feed when it commits.

    Parameters
    ----------
    kind, subject, what
        `plan`, its code, `published`: the words of docs/changes.md.
    market_key
        The market whose viewers are told; None: only those who see everything.
    needs
        What one must be allowed to do there to be told.
    covers
        Kinds beside `kind` whose rows this says all about, so that no line is made of the tables alone.
    """
    journal = audit.journal_of(connection)
    journal.told.append((kind, subject, what, market_key, needs))
    journal.covered.update((kind, *covers))


def in_market(connection: Connection, market_key: int) -> None:
    """Say that the transaction works in a market: changes of tables that nobody noted are told there."""
    audit.journal_of(connection).markets.add(market_key)


def market_gone(connection: Connection, market_key: int) -> None:
    """Say that a market is removed: what the transaction did in it is told to those only who see everything."""
    journal = audit.journal_of(connection)
    journal.markets.discard(market_key)
    journal.told[:] = [(*told[:3], None if told[3] == market_key else told[3], told[4]) for told in journal.told]


def close(connection: Connection) -> None:
    """Append what the transaction changed to the feed; nothing if it changed nothing. The last step before a commit."""
    journal = audit.journal_of(connection)
    lines = [*journal.told, *_of_tables(journal)]
    if not lines:
        return
    seq: int = connection.execute(sa.select(t.change_head.c.seq).with_for_update()).scalar_one()
    at = datetime.now(UTC)
    connection.execute(sa.insert(t.change), [
        {"seq": number, "at": at, "market_id": market, "kind": kind, "subject": subject[:200], "what": what,
         "needs": needs}
        for number, (kind, subject, what, market, needs) in enumerate(lines, start=seq + 1)
    ])  # fmt: skip
    connection.execute(sa.update(t.change_head).values(seq=seq + len(lines)))


def _of_tables(journal: audit.Journal) -> list[audit.Told]:
    """One line for each kind of which nobody noted more, in each market where the transaction works."""
    verbs: dict[tuple[str, Action], set[str]] = {}
    for row in journal.rows:
        verb, _, table = row.partition(" ")
        kind, needs = KINDS.get(table, (table, Action.VIEW_REGISTER))
        if table not in NOT_TOLD and kind not in journal.covered:
            verbs.setdefault((kind, needs), set()).add(_VERBS[verb])
    markets: list[int | None] = [*sorted(journal.markets)] or [None]
    return [
        (kind, "", next(iter(done)) if len(done) == 1 else "changed", market, needs)
        for (kind, needs), done in sorted(verbs.items())
        for market in markets
    ]


def head(connection: Connection) -> int:
    """Return the number of the newest change, whoever may see it."""
    return connection.scalar(sa.select(t.change_head.c.seq)) or 0


def changes(
    connection: Connection,
    *,
    since: int,
    limit: int,
    market_key: int | None = None,
    kinds: Collection[str] = (),
) -> list[Change]:
    """Return changes that the caller may be told of, in order, those past a number."""
    query = (
        sa.select(t.change, t.market.c.code.label("market"))
        .select_from(t.change.outerjoin(t.market))
        .where(t.change.c.seq > since, _told_to(connection))
        .order_by(t.change.c.seq)
        .limit(limit)
    )
    if market_key is not None:
        query = query.where(t.change.c.market_id == market_key)
    if kinds:
        query = query.where(t.change.c.kind.in_(kinds))
    return [_change(row) for row in connection.execute(query)]


def _told_to(connection: Connection) -> sa.ColumnElement[bool]:
    found: list[sa.ColumnElement[bool]] = []
    for action in _ACTIONS:
        everywhere = rights.reachable_markets(connection, action) is None
        where = sa.true() if everywhere else t.change.c.market_id.is_not(None) & rights.reachable(connection, action)
        found.append((t.change.c.needs == action) & where)
    return sa.or_(*found)


def _change(row: Any) -> Change:
    return Change(
        seq=row.seq,
        at=row.at,
        market=MarketCode(row.market) if row.market else None,
        kind=row.kind,
        subject=row.subject,
        what=row.what,
    )
