"""Rows of organisations and of what stands above them, as values."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.organisations import Formed, Organisation, Parent, Relation, Side, Tier
from gridmap.model.provenance import Verification
from gridmap.store import tables as t


def organisation_of(row: Any) -> Organisation:
    """Return the organisation of a row of its table, without its area."""
    return Organisation(
        code=row.code, name=row.name, tier=Tier(row.tier), formed=Formed(row.formed) if row.formed else None,
        valid_from=row.valid_from, valid_to=row.valid_to, source=row.source,
        verification=Verification(row.verification) if row.verification else None,
    )  # fmt: skip


def parents_where(connection: Connection, *conditions: sa.ColumnElement[bool]) -> list[Parent]:
    """Return the parents of the organisations for which the conditions hold, by their codes."""
    upper = t.organisation.alias("upper")
    rows = connection.execute(
        sa.select(t.organisation.c.code, upper.c.code.label("parent"), t.organisation_parent)
        .select_from(
            t.organisation_parent.join(
                t.organisation, t.organisation_parent.c.organisation_id == t.organisation.c.id
            ).join(upper, t.organisation_parent.c.parent_id == upper.c.id)
        )
        .where(*conditions)
        .order_by(t.organisation.c.code, upper.c.code)
    )
    return [Parent(r.code, r.parent, Side(r.side), Relation(r.relation), r.is_primary) for r in rows]
