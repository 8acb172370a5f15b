"""Markets with what is counted in them, in a few queries however many they are."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import PlanCode
from gridmap.model.kinds import PlanState, UnitKind
from gridmap.model.overview import MarketSummary
from gridmap.store import dialect, rights
from gridmap.store import tables as t
from gridmap.store.markets import market_id, market_of, select_markets
from gridmap.store.validity import held_on, valid_on


def summaries(
    connection: Connection, day: date, *, only: str | None = None, after: str = "", limit: int = 1000
) -> list[MarketSummary]:
    """Return markets by code with their counts on a day; `only` picks one by code or UUID, `after` pages."""
    query = select_markets().where(t.market.c.code > after, rights.allowed(connection))
    query = query.order_by(t.market.c.code).limit(limit)
    if only is not None:
        query = select_markets().where(t.market.c.id == market_id(connection, only))
    rows = connection.execute(query).all()
    keys = [row.id for row in rows]
    floors, stalls = floors_of(connection, keys), stalls_of(connection, keys, day)
    merchants, members = merchants_of(connection, keys, day), _members(connection, keys, day)
    in_force, drafts = plans_in_force(connection, keys, day), _drafts(connection, keys)
    found = []
    for row in rows:
        levels, *box = floors.get(row.id, (0,))
        plan, zones = in_force.get(row.id, (None, 0))
        found.append(
            MarketSummary(
                market=market_of(row),
                day=day,
                levels=levels,
                stalls=stalls.get(row.id, 0),
                merchants=merchants.get(row.id, 0),
                members=members.get(row.id, 0),
                zones=zones,
                plan=None if plan is None else PlanCode(plan),
                drafts=drafts.get(row.id, 0),
                box_lonlat=(box[0], box[1], box[2], box[3]) if box else None,
            )
        )
    return found


def floors_of(connection: Connection, keys: Sequence[int]) -> dict[int, Any]:
    """Return by market the number of its levels, and west, south, east, north of all of them."""
    west, east, south, north = dialect.sides_of(connection, t.level_outline.c.outline)
    query = (
        sa.select(t.building.c.market_id, sa.func.count(), sa.func.min(west), sa.func.min(south), sa.func.max(east),
                  sa.func.max(north))
        .join_from(t.level_outline, t.level).join(t.building)
        .where(t.building.c.market_id.in_(keys)).group_by(t.building.c.market_id)
    )  # fmt: skip
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


def stalls_of(connection: Connection, keys: Sequence[int], day: date) -> dict[int, int]:
    """Count stalls by market as they are on the day, those of which a former state held then among them."""
    shop = [UnitKind.STALL, UnitKind.VACANT]
    now = sa.select(t.stall.c.market_id).where(held_on(t.stall, day), t.stall.c.kind.in_(shop))
    then = (
        sa.select(t.stall.c.market_id).join_from(t.stall_past, t.stall, t.stall_past.c.stall_id == t.stall.c.id)
        .where(held_on(t.stall_past, day), t.stall_past.c.kind.in_(shop))
    )  # fmt: skip
    each = sa.union_all(*(part.where(t.stall.c.market_id.in_(keys)) for part in (now, then))).subquery()
    return _numbers(connection, sa.select(each.c.market_id, sa.func.count()).group_by(each.c.market_id))


def merchants_of(connection: Connection, keys: Sequence[int], day: date) -> dict[int, int]:
    """Count by market the merchants who trade on the day; one with several stalls is one."""
    each = sa.func.count(sa.distinct(t.occupancy.c.merchant_id))
    query = sa.select(t.stall.c.market_id, each).join_from(t.occupancy, t.stall)
    query = query.where(t.stall.c.market_id.in_(keys), valid_on(t.occupancy, day))
    return _numbers(connection, query.group_by(t.stall.c.market_id))


def _members(connection: Connection, keys: Sequence[int], day: date) -> dict[int, int]:
    query = sa.select(t.member.c.market_id, sa.func.count()).where(
        t.member.c.market_id.in_(keys), held_on(t.member, day)
    )
    return _numbers(connection, query.group_by(t.member.c.market_id))


def plans_in_force(connection: Connection, keys: Sequence[int], day: date) -> dict[int, tuple[str, int]]:
    """Return by market the code of the plan in force, and how many zones it has."""
    zones = sa.select(sa.func.count()).where(t.zone.c.plan_id == t.plan.c.id).scalar_subquery()
    query = sa.select(t.plan.c.market_id, t.plan.c.code, zones).where(
        t.plan.c.market_id.in_(keys),
        t.plan.c.state.in_([PlanState.PUBLISHED, PlanState.ENDED]),
        valid_on(t.plan, day),
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def _drafts(connection: Connection, keys: Sequence[int]) -> dict[int, int]:
    query = sa.select(t.plan.c.market_id, sa.func.count()).join_from(t.plan, t.market).where(
        t.plan.c.market_id.in_(keys), t.plan.c.state == PlanState.DRAFT, rights.plan_reachable(connection)
    )  # fmt: skip
    return _numbers(connection, query.group_by(t.plan.c.market_id))


def _numbers(connection: Connection, query: Any) -> dict[int, int]:
    rows: Any = connection.execute(query)
    return {row[0]: row[1] for row in rows}
