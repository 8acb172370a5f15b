"""Two server processes over one database: both write, nothing is lost, nobody hears 'locked'."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest

from gridmap.services import markets
from gridmap.services.accounts import FREE_FAILURES_OF_ADDRESS
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of

CLIENTS, WRITES = 8, 6
KEY: dict[str, str] = {}
"""The header of the token that the fixture made."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def servers(database: Database, database_url: str, tmp_path: Path) -> Iterator[list[str]]:
    """Start two independent servers; give their addresses."""
    markets.add_market(database, worlds.two_floors_one_stair(), staff=worlds.members_at("1F-001"))
    command = str(Path(sys.executable).parent / "gridmap")
    environment = {**os.environ, "GRIDMAP_DATABASE_URL": database_url}
    KEY["Authorization"] = f"Bearer {token_of(database, 'admin')}"
    running: list[subprocess.Popen[bytes]] = []
    addresses: list[str] = []
    with (tmp_path / "server.log").open("wb") as log:
        for _ in range(2):
            port = free_port()
            arguments = [command, "serve", "--port", str(port)]
            running.append(subprocess.Popen(arguments, env=environment, stdout=log, stderr=log, cwd=tmp_path))
            addresses.append(f"http://127.0.0.1:{port}")
        try:
            for address in addresses:
                wait_for(address)
            yield addresses
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(timeout=20)


def wait_for(address: str, client: httpx.Client | None = None) -> None:
    for _ in range(900):
        try:
            if (client or httpx).get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(address)


def test_two_processes_writing_at_once_lose_nothing(servers: list[str]) -> None:
    def write(client: int) -> list[tuple[int, str]]:
        url = f"{servers[client % 2]}/api/v1/markets/two-floors/plans"
        with httpx.Client(timeout=120, headers=KEY) as session:
            answers = [session.post(url, json={"seed": client * WRITES + i}) for i in range(WRITES)]
        return [(answer.status_code, answer.json().get("code", answer.text)) for answer in answers]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [answer for client in pool.map(write, range(CLIENTS)) for answer in client]
    assert {status for status, _ in answers} == {201}, answers
    written = {code for _, code in answers}
    assert written == {f"two-floors-p{n}" for n in range(1, CLIENTS * WRITES + 1)}
    for address in servers:
        listed = httpx.get(f"{address}/api/v1/markets/two-floors/plans", headers=KEY).json()["items"]
        assert {plan["code"] for plan in listed} == written


def test_a_write_in_one_process_is_seen_in_the_other_at_once(servers: list[str]) -> None:
    one, other = servers
    ask = {"market": "two-floors", "stall": "1F-001"}
    nearest = "/api/v1/responsible-members/nearest"
    assert httpx.get(other + nearest, params=ask, headers=KEY).json()["zone"] is None
    made = httpx.post(f"{one}/api/v1/markets/two-floors/plans", json={}, headers=KEY, timeout=60)
    publish = f"{one}/api/v1/plans/{made.json()['code']}/publish"
    assert httpx.post(publish, json={}, headers={**KEY, "If-Match": made.headers["etag"]}).status_code == 200
    assert httpx.get(other + nearest, params=ask, headers=KEY).json()["zone"] is not None


def test_address_of_a_caller_is_not_what_he_says_it_is(servers: list[str]) -> None:
    """Otherwise he could try any number of names, each from an address of its own."""
    wrong = {"password": "wrong-password"}
    with httpx.Client(base_url=servers[0], timeout=60) as client:
        answers = [
            client.post("/api/v1/session", json={"name": f"n{i}", **wrong}, headers={"X-Forwarded-For": f"10.0.0.{i}"})
            for i in range(FREE_FAILURES_OF_ADDRESS + 1)
        ]
    assert [answer.status_code for answer in answers] == [401] * FREE_FAILURES_OF_ADDRESS + [429]
