"""Conditions on days: what is valid on a date. First day included, last day (`valid_to`) excluded."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.kinds import PlanState
from gridmap.store import tables as t
from gridmap.store.geometry import wkb_of


def valid_on(table: sa.Table, day: date) -> sa.ColumnElement[bool]:
    """Condition: the row is valid on this day."""
    return (table.c.valid_from <= day) & (table.c.valid_to.is_(None) | (table.c.valid_to > day))


def held_on(table: sa.Table, day: date) -> sa.ColumnElement[bool]:
    """Condition: the row holds on this day, where a row without a first day has always held."""
    return (table.c.valid_from.is_(None) | (table.c.valid_from <= day)) & (
        table.c.valid_to.is_(None) | (table.c.valid_to > day)
    )


def stalls_on(
    day: date, market_key: int, *, present: sa.ColumnElement[bool] | None = None, past: Any = None
) -> sa.Subquery:
    """
    Subquery (id, code, level_id, kind, name, wkb): a market's stalls as they are on a day.

    Parameters
    ----------
    present, past
        More conditions, on `stall` with `stall_place` and on `stall_past` with `stall_past_place`.
    """
    stall, before = t.stall, t.stall_past
    here = sa.select(
        stall.c.id, stall.c.code, stall.c.level_id, stall.c.kind, stall.c.name, wkb_of(t.stall_place.c.place)
    ).join_from(stall, t.stall_place)
    there = (
        sa.select(stall.c.id, stall.c.code, before.c.level_id, before.c.kind, before.c.name,
                  wkb_of(t.stall_past_place.c.place))
        .join_from(before, stall, before.c.stall_id == stall.c.id)
        .join(t.stall_past_place, t.stall_past_place.c.stall_past_id == before.c.id)
    )  # fmt: skip
    here = here.where(stall.c.market_id == market_key, held_on(stall, day))
    there = there.where(stall.c.market_id == market_key, held_on(before, day))
    if present is not None:
        here, there = here.where(present), there.where(past)
    return sa.union_all(here, there).subquery("stalls_on")


def merchants_on(day: date, market_key: int | None = None) -> sa.Subquery:
    """Subquery (id, code, name, trade, uscc): merchants, of one market if it is given, as they were called on a day."""
    past = t.merchant_past
    then = (past.c.merchant_id == t.merchant.c.id) & held_on(past, day)
    named = sa.case((past.c.id.is_not(None), past.c.name), else_=t.merchant.c.name).label("name")
    traded = sa.case((past.c.id.is_not(None), past.c.trade), else_=t.merchant.c.trade).label("trade")
    known = sa.case((past.c.id.is_not(None), past.c.uscc), else_=t.merchant.c.uscc).label("uscc")
    found = sa.select(t.merchant.c.id, t.merchant.c.code, named, traded, known).select_from(
        t.merchant.outerjoin(past, then)
    )
    if market_key is not None:
        found = found.where(t.merchant.c.market_id == market_key)
    return found.subquery("merchants_on")


def merchants_by_stall(day: date, market_key: int) -> sa.Subquery:
    """Subquery (stall_id, merchants): merchants of each stall on a day, each at the first of his stalls by code."""
    stalls_of_merchant = occupancies_on(day, market_key)
    return (
        sa.select(stalls_of_merchant.c.stall_id, sa.func.count().label("merchants"))
        .where(stalls_of_merchant.c.nth == 1)
        .group_by(stalls_of_merchant.c.stall_id)
        .subquery()
    )


def occupancies_on(day: date, market_key: int) -> sa.Subquery:
    """Subquery (stall_id, code, valid_from, nth): occupancies on a day; nth 1 is a merchant's first stall by code."""
    return (
        sa.select(
            t.occupancy.c.stall_id,
            t.stall.c.code,
            t.occupancy.c.valid_from,
            sa.func.row_number().over(partition_by=t.occupancy.c.merchant_id, order_by=t.stall.c.code).label("nth"),
        )
        .join_from(t.occupancy, t.stall)
        .where(t.stall.c.market_id == market_key, valid_on(t.occupancy, day))
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
