"""Rules of a site: what a market says, else its divisions from below, else everything, else the built-in ones."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import NotFoundError
from gridmap.model.field_records import RecordKind
from gridmap.model.rights import Scope
from gridmap.model.site import SiteChange, SiteRules
from gridmap.store import changes, rights
from gridmap.store import tables as t
from gridmap.store.markets import market_id

_FIELDS = ("cycle_days", "first_visit_days", "resetting", "cap", "large_market")


def rules_of(connection: Connection, market: str) -> SiteRules:
    """Return the rules in force for a market, by code or UUID."""
    key = market_id(connection, market)
    conditions = [t.site_rule.c.market_id == key]
    division = connection.scalar(sa.select(t.market.c.division_id).where(t.market.c.id == key))
    while division is not None:
        conditions.append(t.site_rule.c.division_id == division)
        division = connection.scalar(sa.select(t.division.c.parent_id).where(t.division.c.id == division))
    said: dict[str, Any] = {}
    for condition in [*conditions, _for_all()]:
        for row in connection.execute(sa.select(t.site_rule).where(condition)).mappings():
            said = {**{name: row[name] for name in _FIELDS if row[name] is not None}, **said}
    if "resetting" in said:
        said["resetting"] = _kinds(said["resetting"])
    return SiteRules(**said)


def change_of(connection: Connection, scope: Scope) -> SiteChange:
    """Return what one scope itself says."""
    row = connection.execute(sa.select(t.site_rule).where(_of(connection, scope))).first()
    if row is None:
        return SiteChange()
    kinds = None if row.resetting is None else _kinds(row.resetting)
    return SiteChange(row.cycle_days, row.first_visit_days, kinds, row.cap, row.large_market)


def set_rules(connection: Connection, scope: Scope, change: SiteChange) -> None:
    """Write what one scope says, all of it; ForbiddenError unless the caller may do that in the whole scope."""
    where = _of(connection, scope)
    if scope.market is not None:
        changes.in_market(connection, market_id(connection, scope.market))
    connection.execute(sa.delete(t.site_rule).where(where))
    kinds = None if change.resetting is None else ",".join(sorted(change.resetting))
    connection.execute(
        sa.insert(t.site_rule).values(
            **_keys(connection, scope),
            cycle_days=change.cycle_days,
            first_visit_days=change.first_visit_days,
            resetting=kinds,
            cap=change.cap,
            large_market=change.large_market,
        )
    )


def _for_all() -> sa.ColumnElement[bool]:
    return t.site_rule.c.market_id.is_(None) & t.site_rule.c.division_id.is_(None)


def _of(connection: Connection, scope: Scope) -> sa.ColumnElement[bool]:
    keys = _keys(connection, scope)
    if not keys:
        return _for_all()
    ((name, key),) = keys.items()
    return t.site_rule.c[name] == key


def _keys(connection: Connection, scope: Scope) -> dict[str, int]:
    """Return the key of a scope; a division or everything is for callers without a limit."""
    if scope.market is not None:
        return {"market_id": market_id(connection, scope.market)}
    rights.check_everywhere(connection)
    if scope.division is None:
        return {}
    key = connection.scalar(sa.select(t.division.c.id).where(t.division.c.code == scope.division))
    if key is None:
        raise NotFoundError("division", scope.division)
    return {"division_id": key}


def _kinds(written: str) -> frozenset[RecordKind]:
    return frozenset(RecordKind(kind) for kind in written.split(",") if kind)
