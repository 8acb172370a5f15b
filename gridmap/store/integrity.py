"""What must hold in the data whatever the database enforces."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.kinds import PlanState
from gridmap.store import dialect
from gridmap.store import tables as t


def faults(connection: Connection) -> list[str]:
    """Return broken rules in words, each with the codes concerned; empty if the data is sound."""
    return [*_file_faults(connection), *_overlapping_plans(connection), *_strange_stalls(connection)]


def _file_faults(connection: Connection) -> list[str]:
    if dialect.kind_of(connection) == "postgresql":
        return []
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    strange = connection.exec_driver_sql("PRAGMA foreign_key_check")
    keys = [f"{row[0]}: 外键 / foreign key to {row[2]}" for row in strange]
    return [line for line in found if line != "ok"] + keys


def _overlapping_plans(connection: Connection) -> list[str]:
    """At most one plan is in force per market and day."""
    one, other = t.plan.alias("one"), t.plan.alias("other")
    in_force = (PlanState.PUBLISHED, PlanState.ENDED)
    rows = connection.execute(
        sa.select(one.c.code, other.c.code.label("other"))
        .join_from(one, other, (one.c.market_id == other.c.market_id) & (one.c.id < other.c.id))
        .where(one.c.state.in_(in_force), other.c.state.in_(in_force))
        .where(one.c.valid_to.is_(None) | (one.c.valid_to > other.c.valid_from))
        .where(other.c.valid_to.is_(None) | (other.c.valid_to > one.c.valid_from))
        .where(one.c.valid_to.is_(None) | (one.c.valid_to > one.c.valid_from))
        .where(other.c.valid_to.is_(None) | (other.c.valid_to > other.c.valid_from))
    )
    return [f"方案 {row.code} 与 {row.other} 同时生效 / both in force" for row in rows]


def _strange_stalls(connection: Connection) -> list[str]:
    """A zone's stalls are stalls of the plan's market."""
    rows = connection.execute(
        sa.select(t.plan.c.code, t.stall.c.code.label("stall"))
        .select_from(t.zone_stall.join(t.plan, t.zone_stall.c.plan_id == t.plan.c.id).join(t.stall))
        .where(t.stall.c.market_id != t.plan.c.market_id)
    )
    return [f"方案 {row.code}:铺位 {row.stall} 属于别的市场 / stall of another market" for row in rows]
