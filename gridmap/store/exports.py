"""A whole market in one go, for files that leave the database."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.exports import OrganisationLine
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.register import Merchant, Occupancy
from gridmap.store import tables as t
from gridmap.store.markets import market_id
from gridmap.store.validity import valid_on


def occupancies(connection: Connection, market: str, day: date | None = None) -> list[Occupancy]:
    """Return who trades where by merchant, stall and first day: on a day, or all that is known."""
    query = (
        sa.select(
            t.merchant.c.code.label("merchant"),
            t.stall.c.code.label("stall"),
            t.occupancy.c.valid_from,
            t.occupancy.c.valid_to,
        )
        .select_from(t.occupancy.join(t.merchant).join(t.stall))
        .where(t.merchant.c.market_id == market_id(connection, market))
        .order_by(t.merchant.c.code, t.stall.c.code, t.occupancy.c.valid_from)
    )
    if day is not None:
        query = query.where(valid_on(t.occupancy, day))
    return [
        Occupancy(MerchantCode(row.merchant), StallCode(row.stall), row.valid_from, row.valid_to)
        for row in connection.execute(query)
    ]


def merchants(connection: Connection, market: str) -> list[Merchant]:
    """Return a market's merchants by code."""
    rows = connection.execute(
        sa.select(t.merchant).where(t.merchant.c.market_id == market_id(connection, market)).order_by(t.merchant.c.code)
    )
    return [Merchant(MerchantCode(row.code), row.name, row.trade, row.uscc) for row in rows]


def organisations(connection: Connection, market: str) -> list[OrganisationLine]:
    """Return the organisations that serve a market by code, with their primary parent and number of posts."""
    parent = t.organisation.alias("parent")
    posts = (
        sa.select(t.post.c.organisation_id, sa.func.count().label("posts"))
        .group_by(t.post.c.organisation_id)
        .subquery()
    )
    tie, up = t.organisation_market, t.organisation_parent
    rows = connection.execute(
        sa.select(t.organisation, tie.c.tie, parent.c.name.label("parent"), posts.c.posts)
        .select_from(
            tie.join(t.organisation, tie.c.organisation_id == t.organisation.c.id)
            .outerjoin(up, (up.c.organisation_id == t.organisation.c.id) & up.c.is_primary)
            .outerjoin(parent, parent.c.id == up.c.parent_id)
            .outerjoin(posts, posts.c.organisation_id == t.organisation.c.id)
        )
        .where(tie.c.market_id == market_id(connection, market))
        .order_by(t.organisation.c.code, tie.c.tie)
    )
    return [
        OrganisationLine(row.code, row.name, row.tier, row.formed or "", row.tie, row.parent or "", row.posts or 0)
        for row in rows
    ]
