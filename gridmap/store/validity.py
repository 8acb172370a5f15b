"""Conditions on days: what is valid on a date. First day included, last day (`valid_to`) excluded."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.kinds import PlanState
from gridmap.store import tables as t


def valid_on(table: sa.Table, day: date) -> sa.ColumnElement[bool]:
    """Condition: the row is valid on this day."""
    return (table.c.valid_from <= day) & (table.c.valid_to.is_(None) | (table.c.valid_to > day))


def held_on(table: sa.Table, day: date) -> sa.ColumnElement[bool]:
    """Condition: the row holds on this day, where a row without a first day has always held."""
    return (table.c.valid_from.is_(None) | (table.c.valid_from <= day)) & (
        table.c.valid_to.is_(None) | (table.c.valid_to > day)
    )


def merchants_by_stall(day: date, market_key: int) -> sa.Subquery:
    """Subquery (stall_id, merchants): merchants of each stall on a day, each at the first of his stalls by code."""
    stalls_of_merchant = (
        sa.select(
            t.occupancy.c.stall_id,
            sa.func.row_number().over(partition_by=t.occupancy.c.merchant_id, order_by=t.stall.c.code).label("nth"),
        )
        .join_from(t.occupancy, t.stall)
        .where(t.stall.c.market_id == market_key, valid_on(t.occupancy, day))
        .subquery()
    )
    return (
        sa.select(stalls_of_merchant.c.stall_id, sa.func.count().label("merchants"))
        .where(stalls_of_merchant.c.nth == 1)
        .group_by(stalls_of_merchant.c.stall_id)
        .subquery()
    )


def plan_on(connection: Connection, market_key: int, day: date) -> Any | None:
    """Return the row (id, code) of the plan in force for a market on a day, if any."""
    return connection.execute(
        sa.select(t.plan.c.id, t.plan.c.code).where(
            t.plan.c.market_id == market_key,
            t.plan.c.state.in_([PlanState.PUBLISHED, PlanState.ENDED]),
            valid_on(t.plan, day),
        )
    ).one_or_none()
