"""Posts: who holds a role for a market as a whole."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import LeaderTakenError
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.kinds import Role
from gridmap.model.organisations import Post
from gridmap.store import tables as t
from gridmap.store.validity import held_on


def insert_post(
    connection: Connection,
    market_key: int,
    member_key: int,
    role: Role,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> None:
    """
    Give a member a role for a market; the caller holds the market's lock.

    Raises
    ------
    LeaderTakenError
        If the market has another leader on one of the days: at most one at any date.
    """
    if role is Role.LEADER:
        later = t.post.c.valid_to.is_(None) | (t.post.c.valid_to > (valid_from or date.min))
        earlier = t.post.c.valid_from.is_(None) | (t.post.c.valid_from < (valid_to or date.max))
        some = t.post.c.valid_to.is_(None) | t.post.c.valid_from.is_(None) | (t.post.c.valid_to > t.post.c.valid_from)
        other = connection.execute(
            sa.select(t.member.c.code, t.market.c.code.label("market"))
            .select_from(_joined())
            .where(t.post.c.market_id == market_key, t.post.c.role == Role.LEADER, later, earlier, some)
        ).first()
        if other is not None:
            raise LeaderTakenError(other.market, other.code)
    connection.execute(
        sa.insert(t.post).values(
            member_id=member_key, role=role, market_id=market_key, valid_from=valid_from, valid_to=valid_to
        )
    )


def posts_on(connection: Connection, market_key: int, day: date) -> list[Post]:
    """Return who holds which role for a market on a day."""
    return _posts(connection, (t.post.c.market_id == market_key) & held_on(t.post, day))


def posts_of_market(connection: Connection, market_key: int) -> list[Post]:
    """Return all posts of a market, over too."""
    return _posts(connection, t.post.c.market_id == market_key)


def posts_of_member(connection: Connection, member_key: int) -> list[Post]:
    """Return all posts that a member holds or held, in markets and organisations."""
    return _posts(connection, t.post.c.member_id == member_key)


def posts_of_place(connection: Connection, place: int) -> list[Post]:
    """Return the posts of a place's organisations and markets."""
    mine = sa.select(t.place_market.c.market_id).where(t.place_market.c.place_id == place)
    return _posts(connection, t.post.c.market_id.in_(mine) | (t.organisation.c.place_id == place))


def end_posts(
    connection: Connection, member_key: int, day: date, *, role: Role | None = None, market_key: int | None = None
) -> int:
    """End a member's posts on a day (its first day without him): all, or those of a role or market; return how many."""
    which = [t.post.c.member_id == member_key, t.post.c.valid_to.is_(None) | (t.post.c.valid_to > day)]
    which += [t.post.c.role == role] if role is not None else []
    which += [t.post.c.market_id == market_key] if market_key is not None else []
    never_held = connection.execute(sa.delete(t.post).where(*which, t.post.c.valid_from >= day)).rowcount
    return never_held + connection.execute(sa.update(t.post).where(*which).values(valid_to=day)).rowcount


def _posts(connection: Connection, condition: sa.ColumnElement[bool]) -> list[Post]:
    rows = connection.execute(
        sa.select(t.post, t.member.c.code.label("member"), t.market.c.code.label("market"),
                  t.organisation.c.code.label("organisation"))
        .select_from(_joined())
        .where(condition)
        .order_by(t.post.c.role, t.post.c.valid_from, t.member.c.code)
    )  # fmt: skip
    return [_post(row) for row in rows]


def _joined() -> sa.FromClause:
    return (
        t.post.join(t.member, t.post.c.member_id == t.member.c.id)
        .outerjoin(t.market, t.post.c.market_id == t.market.c.id)
        .outerjoin(t.organisation, t.post.c.organisation_id == t.organisation.c.id)
    )


def _post(row: Any) -> Post:
    return Post(
        member=MemberCode(row.member),
        role=Role(row.role),
        market=MarketCode(row.market) if row.market else None,
        organisation=row.organisation,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
