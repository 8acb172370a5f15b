"""Organisations with their parents and markets, and the posts that people hold."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.model.duty import Member
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.organisations import MarketTie, Organisation, Parent, Post
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, to_wkb


def insert_organisations(connection: Connection, place: int, organisations: Sequence[Organisation]) -> dict[str, int]:
    """Add a place's organisations with their areas; return their keys by code."""
    if not organisations:
        return {}
    connection.execute(sa.insert(t.organisation), [
        {"uuid": str(uuid4()), "code": o.code, "place_id": place, "name": o.name, "tier": o.tier, "formed": o.formed,
         "valid_from": o.valid_from, "valid_to": o.valid_to}
        for o in organisations
    ])  # fmt: skip
    of_place = t.organisation.c.place_id == place
    rows = connection.execute(sa.select(t.organisation.c.code, t.organisation.c.id).where(of_place))
    keys: dict[str, int] = {row.code: row.id for row in rows}
    with_area = [(keys[o.code], o.area_lonlat) for o in organisations if o.area_lonlat is not None]
    if with_area:
        outlines = to_wkb([area for _, area in with_area])
        connection.execute(
            sa.insert(t.organisation_area).values(organisation_id=sa.bindparam("key"), outline=from_wkb("outline_wkb")),
            [{"key": key, "outline_wkb": wkb} for (key, _), wkb in zip(with_area, outlines, strict=True)],
        )
    return keys


def insert_parents(connection: Connection, keys: Mapping[str, int], parents: Sequence[Parent]) -> None:
    """Add the parents of organisations."""
    if parents:
        connection.execute(sa.insert(t.organisation_parent), [
            {"organisation_id": keys[p.organisation], "parent_id": keys[p.parent], "side": p.side,
             "relation": p.relation, "is_primary": p.primary}
            for p in parents
        ])  # fmt: skip


def insert_ties(
    connection: Connection,
    keys: Mapping[str, int],
    market_keys: Mapping[MarketCode, int],
    ties: Sequence[MarketTie],
) -> None:
    """Say which organisation serves which market."""
    if ties:
        connection.execute(sa.insert(t.organisation_market), [
            {"organisation_id": keys[x.organisation], "market_id": market_keys[x.market], "tie": x.tie} for x in ties
        ])  # fmt: skip


def insert_office_members(connection: Connection, members: Sequence[Member]) -> None:
    """Add people who belong to no single market, such as guides; their codes are new."""
    if members:
        connection.execute(sa.insert(t.member), [
            {"uuid": str(uuid4()), "code": m.code, "name": m.name, "role": m.role,
             "office_contact": m.office_contact, "capacity": m.capacity}
            for m in members
        ])  # fmt: skip


def insert_posts(
    connection: Connection, keys: Mapping[str, int], market_keys: Mapping[MarketCode, int], posts: Sequence[Post]
) -> None:
    """Add who holds which post; members, organisations and markets exist."""
    if not posts:
        return
    codes = [p.member for p in posts]
    rows = connection.execute(sa.select(t.member.c.code, t.member.c.id).where(t.member.c.code.in_(codes)))
    members = {MemberCode(row.code): row.id for row in rows}
    connection.execute(sa.insert(t.post), [
        {"member_id": members[p.member], "role": p.role, "valid_from": p.valid_from, "valid_to": p.valid_to,
         "market_id": market_keys[p.market] if p.market else None,
         "organisation_id": keys[p.organisation] if p.organisation else None}
        for p in posts
    ])  # fmt: skip
