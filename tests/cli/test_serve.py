"""Two server processes over one database: both write, nothing is lost, each soon tells what the other wrote."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2 as httpx
import pytest

from gridmap.services import drafts, markets, plans
from gridmap.services.accounts import FREE_FAILURES_OF_ADDRESS
from gridmap.services.states import LOOK_EVERY_S
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database, open_database
from tests import at_once, worlds
from tests.callers import author, token_of
from tests.conftest import BACKENDS, fresh_database
from tests.serving import Server

CLIENTS, WRITES, ROUNDS = 8, 6, 6
CROWD_S = 5
NEAREST = "/api/v1/responsible-members/nearest"


@dataclass(frozen=True)
class Pair:
    """Two servers, their database, and headers with a token that may do all."""

    one: str
    other: str
    database: Database
    key: dict[str, str]


@pytest.fixture(scope="module", params=BACKENDS)
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Start two independent servers, for all tests: each has a market of its own, without a plan if it is `new`."""
    folder = tmp_path_factory.mktemp("servers")
    started: list[Server] = []
    with fresh_database(request, request.param, folder) as url:
        database = open_database(url)
        try:
            staff = worlds.members_at("1F-010", "2F-090")
            markets.add_market(database, worlds.two_floors_one_stair("staffed", stalls_a_floor=100), staff=staff)
            publish(database, today_here() - timedelta(days=9))
            for code in ("new", "written", at_once.MARKET):
                markets.add_market(database, worlds.two_floors_one_stair(code))
            started += [Server(url, folder) for _ in range(2)]
            for server in started:
                server.wait()
            one, other = (server.address for server in started)
            yield Pair(one, other, database, {"Authorization": f"Bearer {token_of(database, 'admin')}"})
        finally:
            for server in started:
                server.kill()
            database.close()


def today_here() -> date:
    """The day on which servers answer: that of their time zone, not of this machine."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def publish(database: Database, first_day: date, zones: int | None = None) -> None:
    """Put a plan in force from a day on, until today or the next one."""
    wanted = Params() if zones is None else Params(zones=zones)
    plan = drafts.draft_plan(database, "staffed", wanted, author=author(), day=first_day)
    plans.publish_plan(database, plan.code, first_day, today=first_day)


def test_two_processes_writing_at_once_lose_nothing(servers: Pair) -> None:
    url = "/api/v1/markets/written/plans"

    def write(client: int) -> list[tuple[int, str]]:
        base = servers.other if client % 2 else servers.one
        with httpx.Client(base_url=base, timeout=120, headers=servers.key) as session:
            answers = [session.post(url, json={"seed": client * WRITES + i}) for i in range(WRITES)]
        return [(answer.status_code, answer.json().get("code", answer.text)) for answer in answers]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [answer for client in pool.map(write, range(CLIENTS)) for answer in client]
    assert {status for status, _ in answers} == {201}, answers
    written = {code for _, code in answers}
    assert written == {f"written-p{n}" for n in range(1, CLIENTS * WRITES + 1)}
    for address in (servers.one, servers.other):
        listed = httpx.get(address + url, headers=servers.key).json()["items"]
        assert {plan["code"] for plan in listed} == written


def test_a_write_in_one_process_is_seen_in_the_other_at_once(servers: Pair) -> None:
    ask = {"market": "new", "stall": "1F-001"}
    assert httpx.get(servers.other + NEAREST, params=ask, headers=servers.key).json()["zone"] is None
    made = httpx.post(f"{servers.one}/api/v1/markets/new/plans", json={}, headers=servers.key, timeout=60)
    publishing = f"{servers.one}/api/v1/plans/{made.json()['code']}/publish"
    published = httpx.post(publishing, json={}, headers={**servers.key, "If-Match": made.headers["etag"]})
    assert published.status_code == 200
    heard = {"X-Gridmap-At-Least": published.headers["X-Gridmap-Version"]}  # who has not heard may wait a second
    assert httpx.get(servers.other + NEAREST, params=ask, headers={**servers.key, **heard}).json()["zone"] is not None


def test_the_other_server_answers_what_was_written(servers: Pair) -> None:
    today = today_here().isoformat()
    writer, reader = (
        httpx.Client(base_url=base, headers=servers.key, timeout=60) for base in (servers.one, servers.other)
    )

    def member(**headers: str) -> str:
        told = reader.get(NEAREST, params={"market": "staffed", "stall": "1F-010"}, headers=headers)
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


def test_an_ended_plan_answers_no_later_than_a_second(servers: Pair) -> None:
    today = today_here()
    with httpx.Client(base_url=servers.other, headers=servers.key, timeout=60) as reader:
        for nth in range(1, 4):
            publish(servers.database, today - timedelta(days=9 - nth), zones=4 + nth)  # this process is a third one
            time.sleep(2 * LOOK_EVERY_S)
            for stall in ("1F-001", "1F-050", "2F-001", "2F-100"):
                told = reader.get(NEAREST, params={"market": "staffed", "stall": stall})
                in_force = plans.plan_in_force(servers.database, "staffed", today)
                assert in_force is not None
                zone = next(z for z in plans.show_plan(servers.database, in_force).zones if stall in z.stalls)
                assert told.json()["zone"] == zone.code


def test_sixteen_clients_lose_no_edit_and_put_one_plan_in_force(servers: Pair) -> None:
    """For some seconds; `make soak` does the same for ten minutes."""
    answers = at_once.act_at_once(
        [servers.one, servers.other], servers.database, servers.key, seconds=CROWD_S, today=today_here()
    )
    assert answers["edit 200"] > 0
    assert answers["follow 200"] > 0


def test_address_of_a_caller_is_not_what_he_says_it_is(servers: Pair) -> None:
    """Otherwise he could try any number of names, each from an address of its own."""
    wrong = {"password": "wrong-password"}
    with httpx.Client(base_url=servers.one, timeout=60) as client:
        answers = [
            client.post("/api/v1/session", json={"name": f"n{i}", **wrong}, headers={"X-Forwarded-For": f"10.0.0.{i}"})
            for i in range(FREE_FAILURES_OF_ADDRESS + 1)
        ]
    assert [answer.status_code for answer in answers] == [401] * FREE_FAILURES_OF_ADDRESS + [429]
