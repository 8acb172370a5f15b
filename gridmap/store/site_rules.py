"""Rules of a site: what a market says, else its divisions from below, else everything, else the built-in ones."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.field_records import RecordKind
from gridmap.model.rights import Scope
from gridmap.model.site import SiteChange, SiteRules
from gridmap.store import changes
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.scopes import keys_of, row_of, rows_for

_FIELDS = ("cycle_days", "first_visit_days", "resetting", "cap", "large_market")


def rules_of(connection: Connection, market: str) -> SiteRules:
    """Return the rules in force for a market, by code or UUID."""
    said: dict[str, Any] = {}
    for condition in rows_for(connection, t.site_rule, market_id(connection, market)):
        for row in connection.execute(sa.select(t.site_rule).where(condition)).mappings():
            said = {**{name: row[name] for name in _FIELDS if row[name] is not None}, **said}
    if "resetting" in said:
        said["resetting"] = _kinds(said["resetting"])
    return SiteRules(**said)


def change_of(connection: Connection, scope: Scope) -> SiteChange:
    """Return what one scope itself says."""
    row = connection.execute(sa.select(t.site_rule).where(row_of(t.site_rule, keys_of(connection, scope)))).first()
    if row is None:
        return SiteChange()
    kinds = None if row.resetting is None else _kinds(row.resetting)
    return SiteChange(row.cycle_days, row.first_visit_days, kinds, row.cap, row.large_market)


def set_rules(connection: Connection, scope: Scope, change: SiteChange) -> None:
    """Write what one scope says, all of it; ForbiddenError unless the caller may do that in the whole scope."""
    keys = keys_of(connection, scope)
    if scope.market is not None:
        changes.in_market(connection, market_id(connection, scope.market))
    connection.execute(sa.delete(t.site_rule).where(row_of(t.site_rule, keys)))
    kinds = None if change.resetting is None else ",".join(sorted(change.resetting))
    connection.execute(
        sa.insert(t.site_rule).values(
            **keys,
            cycle_days=change.cycle_days,
            first_visit_days=change.first_visit_days,
            resetting=kinds,
            cap=change.cap,
            large_market=change.large_market,
        )
    )


def _kinds(written: str) -> frozenset[RecordKind]:
    return frozenset(RecordKind(kind) for kind in written.split(",") if kind)
