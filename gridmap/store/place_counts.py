"""What is counted in a place, a few grouped queries whatever its size."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.ids import MarketCode
from gridmap.model.kinds import MarketKind, Role
from gridmap.store import rights
from gridmap.store import tables as t
from gridmap.store.validity import valid_on

_MEMBERS = (Role.MEMBER, Role.LEADER, Role.DEPUTY)


@dataclass(frozen=True, slots=True)
class MarketCount:
    """One market in numbers; `members` are those who may hold a zone, leaders among them; `place` is the key."""

    market: MarketCode
    name: str
    place: int | None
    kind: MarketKind
    site: str
    parent: MarketCode | None
    area_m2: float
    merchants: int
    let_stalls: int
    members: int
    leaders: int
    operators: int


@dataclass(frozen=True, slots=True)
class PlanCount:
    """A plan of a place in numbers; `homes` are assignments whose member has his own stall in the zone."""

    market: MarketCode
    name: str | None
    state: str
    zones: int
    members: int
    homes: int


def market_counts(connection: Connection, place: int | None, day: date) -> list[MarketCount]:
    """Return a place's markets by code with their counts on a day; without a place all that the caller may reach."""
    wanted = rights.reachable(connection)
    if place is not None:
        wanted = t.market.c.id.in_(sa.select(t.place_market.c.market_id).where(t.place_market.c.place_id == place))
    in_market = t.stall.join(t.market, t.stall.c.market_id == t.market.c.id)
    trading = connection.execute(
        sa.select(t.stall.c.market_id, sa.func.count(sa.distinct(t.occupancy.c.merchant_id)).label("merchants"),
                  sa.func.count(sa.distinct(t.occupancy.c.stall_id)).label("stalls"))
        .select_from(t.occupancy.join(in_market, t.occupancy.c.stall_id == t.stall.c.id))
        .where(wanted, valid_on(t.occupancy, day))
        .group_by(t.stall.c.market_id)
    )  # fmt: skip
    traders = {row.market_id: row for row in trading}
    staff = connection.execute(
        sa.select(t.member.c.market_id, t.member.c.role, sa.func.count().label("people"))
        .select_from(t.member.join(t.market, t.member.c.market_id == t.market.c.id))
        .where(wanted)
        .group_by(t.member.c.market_id, t.member.c.role)
    )
    roles: dict[int, dict[str, int]] = {}
    for row in staff:
        roles.setdefault(row.market_id, {})[row.role] = row.people
    other = t.market.alias("parent")
    rows = connection.execute(
        sa.select(t.market.c.id, t.market.c.code, t.market.c.name, t.market.c.kind, t.place_market.c.place_id,
                  t.place_market.c.site, t.place_market.c.area_m2, other.c.code.label("parent"))
        .select_from(t.market.outerjoin(t.place_market, t.place_market.c.market_id == t.market.c.id)
                     .outerjoin(other, t.place_market.c.parent_id == other.c.id))
        .where(wanted)
        .order_by(t.market.c.code)
    )  # fmt: skip
    return [_market_count(row, traders.get(row.id), roles.get(row.id, {})) for row in rows]


def _market_count(row: Any, trading: Any, roles: dict[str, int]) -> MarketCount:
    return MarketCount(
        market=MarketCode(row.code),
        name=row.name,
        place=row.place_id,
        kind=MarketKind(row.kind),
        site=row.site or "",
        parent=MarketCode(row.parent) if row.parent else None,
        area_m2=row.area_m2 or 0.0,
        merchants=trading.merchants if trading else 0,
        let_stalls=trading.stalls if trading else 0,
        members=sum(roles.get(role, 0) for role in _MEMBERS),
        leaders=roles.get(Role.LEADER, 0),
        operators=roles.get(Role.OPERATOR, 0),
    )


def merchants_by(connection: Connection, place: int, day: date) -> dict[str, dict[str, int]]:
    """Return merchants grouped by building, by trade and by the organisation that serves their market."""
    building = t.market.c.code + "/" + t.building.c.code
    groups: dict[str, tuple[sa.ColumnElement[Any], Any]] = {
        "building": (building, None),
        "trade": (t.merchant.c.trade, None),
        "organisation": (t.organisation.c.code, t.organisation),
    }
    found: dict[str, dict[str, int]] = {}
    for name, (key, extra) in groups.items():
        # A merchant with stalls in two buildings would count in each; the generated places have none.
        source: Any = (
            t.occupancy.join(t.stall, t.occupancy.c.stall_id == t.stall.c.id)
            .join(t.level, t.stall.c.level_id == t.level.c.id)
            .join(t.building, t.level.c.building_id == t.building.c.id)
            .join(t.merchant, t.occupancy.c.merchant_id == t.merchant.c.id)
            .join(t.market, t.stall.c.market_id == t.market.c.id)
            .join(t.place_market, t.market.c.id == t.place_market.c.market_id)
        )
        if extra is not None:
            ties = t.organisation_market
            source = source.join(ties, ties.c.market_id == t.market.c.id).join(
                extra, ties.c.organisation_id == extra.c.id
            )
        rows = connection.execute(
            sa.select(key.label("key"), sa.func.count(sa.distinct(t.occupancy.c.merchant_id)).label("merchants"))
            .select_from(source)
            .where(t.place_market.c.place_id == place, valid_on(t.occupancy, day))
            .group_by(key)
        )
        found[name] = {row.key: row.merchants for row in rows}
    return found


def plan_counts(connection: Connection, place: int) -> list[PlanCount]:
    """Return the plans of a place's markets, each with its zones, members, and members at home in their zone."""
    rows = connection.execute(
        sa.select(
            t.plan.c.id, t.plan.c.name, t.plan.c.state, t.market.c.code,
            sa.func.count(sa.distinct(t.zone.c.id)).label("zones"),
            sa.func.count(sa.distinct(t.assignment.c.member_id)).label("members"),
            sa.func.count(sa.distinct(t.zone_stall.c.stall_id)).label("homes"),
        )
        .select_from(
            t.plan.join(t.market, t.plan.c.market_id == t.market.c.id)
            .join(t.place_market, t.market.c.id == t.place_market.c.market_id)
            .outerjoin(t.zone, t.zone.c.plan_id == t.plan.c.id)
            .outerjoin(t.assignment, (t.assignment.c.zone_id == t.zone.c.id) & (t.assignment.c.role == Role.MEMBER))
            .outerjoin(t.member, t.assignment.c.member_id == t.member.c.id)
            .outerjoin(t.zone_stall, (t.zone_stall.c.zone_id == t.zone.c.id)
                       & (t.zone_stall.c.stall_id == t.member.c.home_stall_id))
        )
        .where(t.place_market.c.place_id == place)
        .group_by(t.plan.c.id, t.plan.c.name, t.plan.c.state, t.market.c.code)
        .order_by(t.market.c.code, t.plan.c.id)
    )  # fmt: skip
    return [PlanCount(MarketCode(r.code), r.name, r.state, r.zones, r.members, r.homes) for r in rows]
