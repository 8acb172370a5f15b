"""Organisations as the ledger of one market has them, read and, as changes of the register, written."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.organisations import (
    LedgerOrganisation,
    Organisation,
    Parent,
    Tie,
)
from gridmap.model.register_changes import Change
from gridmap.store import rights
from gridmap.store import tables as t
from gridmap.store.organisation_rows import organisation_of, parents_where
from gridmap.store.references import check_rows_unreferenced

_OWN = ("organisation_market", "organisation_area")
"""Tables whose rows are parts of an organisation and go with it; that another is its parent is taken out first."""


def ledger(connection: Connection, market_key: int) -> dict[str, LedgerOrganisation]:
    """Return all organisations that the caller may see, by code, each with its tie to a market, if it has one."""
    parents = _parents(connection)
    codes = _seen(connection, parents)
    query = (
        sa.select(t.organisation, t.organisation_market.c.tie)
        .select_from(
            t.organisation.outerjoin(
                t.organisation_market,
                (t.organisation_market.c.organisation_id == t.organisation.c.id)
                & (t.organisation_market.c.market_id == market_key),
            )
        )
        .order_by(t.organisation.c.code)
    )
    return {
        row.code: LedgerOrganisation(organisation_of(row), Tie(row.tie) if row.tie else None, tuple(parents[row.code]))
        for row in connection.execute(query)
        if codes is None or row.code in codes
    }


def serving(organisations: Mapping[str, LedgerOrganisation]) -> list[LedgerOrganisation]:
    """Return those that serve the market, and all above them, by code."""
    found = {code for code, entry in organisations.items() if entry.tie is not None}
    above = _above(found, {code: entry.parents for code, entry in organisations.items()})
    return [organisations[code] for code in sorted(above) if code in organisations]


def taken_codes(connection: Connection, codes: Collection[str]) -> list[str]:
    """Return those of the codes that an organisation of the database has, whoever may see it."""
    query = sa.select(t.organisation.c.code).where(t.organisation.c.code.in_(codes)).order_by(t.organisation.c.code)
    return list(connection.scalars(query))


def post_counts(connection: Connection) -> dict[str, int]:
    """Return how many people hold a post in each organisation."""
    query = (
        sa.select(t.organisation.c.code, sa.func.count().label("people"))
        .join_from(t.post, t.organisation, t.post.c.organisation_id == t.organisation.c.id)
        .group_by(t.organisation.c.code)
    )
    return {row.code: row.people for row in connection.execute(query)}


def write_organisations(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    """
    Add organisations, or change them and how they serve a market.

    Raises
    ------
    ForbiddenError
        If one is changed that also serves markets in which the caller may not do this.
    """
    if not changes:
        return
    keys = _keys(connection)
    for change in changes:
        if change.after and not change.before:
            keys[change.key[0]] = _insert(connection, market_key, change.after[0].value.organisation)
    for change in changes:
        if change.after:
            before = change.before[0].value if change.before else None
            _write(connection, market_key, keys, before, change.after[0].value)


def remove_organisations(connection: Connection, changes: Sequence[Change]) -> None:
    """Take organisations out that an import brought; RegisterConflictError if something else speaks of one."""
    codes = [change.key[0] for change in changes if not change.after]
    if codes:
        keys = sa.select(t.organisation.c.id).where(t.organisation.c.code.in_(codes))
        connection.execute(sa.delete(t.organisation_parent).where(t.organisation_parent.c.organisation_id.in_(keys)))
        check_rows_unreferenced(connection, t.organisation, keys, codes[0], own=_OWN)
        connection.execute(sa.delete(t.organisation).where(t.organisation.c.code.in_(codes)))


def _insert(connection: Connection, market_key: int, o: Organisation) -> int:
    place = sa.select(t.place_market.c.place_id).where(t.place_market.c.market_id == market_key).scalar_subquery()
    inserted = connection.execute(
        sa.insert(t.organisation).values(uuid=str(uuid4()), code=o.code, place_id=place, **_row(o))
    ).inserted_primary_key
    assert inserted is not None
    return inserted[0]


def _write(
    connection: Connection,
    market_key: int,
    keys: Mapping[str, int],
    before: LedgerOrganisation | None,
    after: LedgerOrganisation,
) -> None:
    key = keys[after.code]
    if before is not None and (before.organisation, before.parents) != (after.organisation, after.parents):
        _check_shared(connection, after.code)
        values = _row(after.organisation)
        connection.execute(sa.update(t.organisation).where(t.organisation.c.id == key).values(**values))
    if (before.parents if before is not None else ()) != after.parents:
        connection.execute(sa.delete(t.organisation_parent).where(t.organisation_parent.c.organisation_id == key))
        if after.parents:
            connection.execute(sa.insert(t.organisation_parent), [
                {"organisation_id": key, "parent_id": keys[p.parent], "side": p.side, "relation": p.relation,
                 "is_primary": p.primary}
                for p in after.parents
            ])  # fmt: skip
    if (before.tie if before is not None else None) is not after.tie:
        tie = t.organisation_market
        connection.execute(sa.delete(tie).where(tie.c.organisation_id == key, tie.c.market_id == market_key))
        if after.tie is not None:
            connection.execute(sa.insert(tie).values(organisation_id=key, market_id=market_key, tie=after.tie))


def _check_shared(connection: Connection, code: str) -> None:
    """Refuse a change of one that serves, itself or by those below it, a market where the caller may not do this."""
    children: dict[str, list[Parent]] = defaultdict(list)
    for parent in (p for found in _parents(connection).values() for p in found):
        children[parent.parent].append(Parent(parent.parent, parent.organisation))
    below = _above({code}, children)
    tied = sa.select(t.organisation_market.c.market_id).distinct().join(t.organisation)
    for market_key in connection.scalars(tied.where(t.organisation.c.code.in_(below))).all():
        rights.check_action(connection, market_key)


def _row(o: Organisation) -> dict[str, Any]:
    return {"name": o.name, "tier": o.tier, "formed": o.formed, "valid_from": o.valid_from, "valid_to": o.valid_to,
            "source": o.source, "verification": o.verification}  # fmt: skip


def _keys(connection: Connection) -> dict[str, int]:
    return {row.code: row.id for row in connection.execute(sa.select(t.organisation.c.code, t.organisation.c.id))}


def _parents(connection: Connection) -> dict[str, list[Parent]]:
    """Return the parents of every organisation, the primary one first."""
    found: dict[str, list[Parent]] = defaultdict(list)
    for parent in sorted(parents_where(connection), key=lambda parent: not parent.primary):
        found[parent.organisation].append(parent)
    return found


def _seen(connection: Connection, parents: Mapping[str, Iterable[Parent]]) -> set[str] | None:
    """Return the codes of those that serve a market that the caller sees, and of all above them; None: all."""
    if rights.sees_everything(connection):
        return None
    ties = t.organisation_market
    joined = ties.join(t.organisation, ties.c.organisation_id == t.organisation.c.id)
    joined = joined.join(t.market, ties.c.market_id == t.market.c.id)
    tied = sa.select(t.organisation.c.code).distinct().select_from(joined).where(rights.reachable(connection))
    return _above(set(connection.scalars(tied)), parents)


def _above(codes: set[str], parents: Mapping[str, Iterable[Parent]]) -> set[str]:
    found, last = set(codes), set(codes)
    while last:
        last = {parent.parent for code in last for parent in parents.get(code, ())} - found
        found |= last
    return found
