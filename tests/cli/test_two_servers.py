"""Two servers: what one writes is in the answers of the other, at once for who has heard of it, soon for all."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2 as httpx
import pytest

from gridmap.services import drafts, markets, plans
from gridmap.services.states import LOOK_EVERY_S
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author, token_of
from tests.soak.serving import Server

ROUNDS = 6


@pytest.fixture
def servers(database: Database, database_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    staff = worlds.members_at("1F-010", "2F-090")
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=100), staff=staff)
    publish(database, today_here() - timedelta(days=9))
    started = [Server(database_url, tmp_path) for _ in range(2)]
    try:
        for server in started:
            server.wait()
        yield started
    finally:
        for server in started:
            server.kill()


def today_here() -> date:
    """The day on which servers answer: that of their time zone, not of this machine."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def publish(database: Database, first_day: date, zones: int | None = None) -> None:
    """Put a plan in force from a day on, until today or the next one."""
    wanted = Params() if zones is None else Params(zones=zones)
    plan = drafts.draft_plan(database, "two-floors", wanted, author=author(), day=first_day)
    plans.publish_plan(database, plan.code, first_day, today=first_day)


def test_the_other_server_answers_what_was_written(servers: list[Server], database: Database) -> None:
    key = {"Authorization": f"Bearer {token_of(database, 'planner')}"}
    today = today_here().isoformat()
    writer, reader = (httpx.Client(base_url=server.address, headers=key, timeout=60) for server in servers)

    def member(**headers: str) -> str:
        ask = {"market": "two-floors", "stall": "1F-010"}
        told = reader.get("/api/v1/responsible-members/nearest", params=ask, headers=headers)
        assert told.status_code == 200, told.text
        return str(told.json()["answer"]["member_id"])

    with writer, reader:
        own = member()
        for nth in range(ROUNDS):
            away = writer.post(
                f"/api/v1/members/{own}/absences",
                json={"uuid": str(uuid4()), "from": today, "to": today, "cover": "W002" if own == "W001" else "W001"},
            )
            assert away.status_code == 201, away.text
            if nth % 2:
                time.sleep(2 * LOOK_EVERY_S)  # nobody told the reader: after a second it knows all the same
                assert member() != own
            else:
                assert member(**{"X-Gridmap-At-Least": away.headers["X-Gridmap-Version"]}) != own
            back = writer.post(f"/api/v1/absences/{away.json()['uuid']}/end", json={"day": today})
            assert back.status_code == 200, back.text
            assert member(**{"X-Gridmap-At-Least": back.headers["X-Gridmap-Version"]}) == own


def test_an_ended_plan_answers_no_later_than_a_second(servers: list[Server], database: Database) -> None:
    key = {"Authorization": f"Bearer {token_of(database, 'planner')}"}
    today = today_here()
    with httpx.Client(base_url=servers[1].address, headers=key, timeout=60) as reader:
        for nth in range(1, 4):
            publish(database, today - timedelta(days=9 - nth), zones=4 + nth)  # this process is a third one
            time.sleep(2 * LOOK_EVERY_S)
            for stall in ("1F-001", "1F-050", "2F-001", "2F-100"):
                told = reader.get(
                    "/api/v1/responsible-members/nearest", params={"market": "two-floors", "stall": stall}
                )
                in_force = plans.plan_in_force(database, "two-floors", today)
                assert in_force is not None
                zone = next(z for z in plans.show_plan(database, in_force).zones if stall in z.stalls)
                assert told.json()["zone"] == zone.code
