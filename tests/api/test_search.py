"""Finding markets, members, stalls and merchants: each caller what he may see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gridmap.services import accounts, markets
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.callers import account_of, author, token_of
from tests.two_halls import OTHER, OWN, SECRET, World, two_halls


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[World]:
    with two_halls(database, database_url, tmp_path) as opened:
        markets.add_members(database, OWN, worlds.members_at("1F-001"))
        yield opened


def found(world: World, words: str, role: str, scope: str = "all") -> list[tuple[str, str, str]]:
    key = {"Authorization": f"Bearer {token_of(world.database, role, scope, name=f'{role}{words[:4]}{scope[-4:]}')}"}
    answer = world.client.get("/api/v1/search", params={"q": words}, headers=key)
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], hit["market"], hit["code"]) for hit in answer.json()["items"]]


def test_everything_is_found_by_a_part_of_it_and_the_very_thing_first(world: World) -> None:
    assert found(world, "1f-00", "planner")[:2] == [("stall", OTHER, "1F-001"), ("stall", OWN, "1F-001")]
    assert found(world, "hall", "planner") == [("market", OWN, OWN), ("market", OTHER, OTHER)]
    assert found(world, OWN, "planner")[0] == ("market", OWN, OWN)
    assert found(world, "网格员1", "viewer") == [("member", OWN, "W001")]
    assert found(world, "%", "planner") == []
    assert found(world, "_", "planner") == []


def test_merchants_are_for_those_who_may_read_names_and_it_is_noted(world: World) -> None:
    assert {hit[:2] for hit in found(world, SECRET, "planner", f"market:{OWN}")} == {("merchant", OWN)}
    with world.database.reading() as connection:
        rows = connection.scalars(sa.select(t.audit.c.subject).where(t.audit.c.action == "register.read")).all()
    assert [row.split()[0] for row in rows] == [OWN]
    for role in ("viewer", "api"):
        assert found(world, SECRET, role) == []


def test_a_member_finds_the_merchants_of_his_own_zones(world: World) -> None:
    plan = world.plans[OWN][0]
    with world.database.writing() as connection:
        zone = connection.scalar(
            sa.select(t.zone.c.id).join_from(t.zone, t.plan).where(t.plan.c.code == plan).order_by(t.zone.c.code)
        )
        member = connection.scalar(sa.select(t.member.c.id).where(t.member.c.code == "W001"))
        connection.execute(
            sa.insert(t.assignment).values(
                uuid="a", zone_id=zone, member_id=member, role="member", valid_from=worlds.OPENED
            )
        )
        own = set(
            connection.scalars(
                sa.select(t.stall.c.code).join_from(t.stall, t.zone_stall).where(t.zone_stall.c.zone_id == zone)
            )
        )
    signed = account_of(world.database, "w", "member", member="W001")
    assert accounts.caller_of_session(world.database, signed.secret, now=author().now).member == "W001"
    world.client.cookies.set("gridmap_session", signed.secret)
    hits = world.client.get("/api/v1/search", params={"q": SECRET, "limit": 50}).json()["items"]
    assert {(hit["market"], hit["code"]) for hit in hits} == {(OWN, code) for code in own}
    zones = world.client.get("/api/v1/own-zones").json()
    assert zones["member"] == "W001"
    (mine,) = zones["items"]
    assert (mine["market"], mine["plan"], mine["covers"]) == (OWN, plan, False)
    due = world.client.get(f"/api/v1/markets/{OWN}/due").json()["items"]
    assert {row["stall"] for row in due} == own
    assert {row["zone"] for row in due} == {mine["zone"]}


def test_nothing_is_no_question(world: World) -> None:
    key = {"Authorization": f"Bearer {token_of(world.database, 'viewer')}"}
    for words in ("", "   ", "x" * 101):
        assert world.client.get("/api/v1/search", params={"q": words}, headers=key).status_code == 422
