"""Many clients draft at once on several servers, one of which is killed again and again: nothing lost, nothing half."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest

from gridmap.services import audit, installation, markets, plans
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of
from tests.soak.budget import share_of
from tests.soak.serving import Server

SERVERS, CLIENTS, SECONDS = 3, 8, 300
HALLS = ("hall-a", "hall-b")


@pytest.fixture
def servers(database: Database, database_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    for hall in HALLS:
        markets.add_market(database, worlds.two_floors_one_stair(hall, stalls_a_floor=80))
    running: list[Server] = []
    try:
        running.extend(Server(database_url, tmp_path) for _ in range(SERVERS))
        for server in running:
            server.wait()
        yield running
    finally:
        for server in running:
            server.kill()


@pytest.mark.soak
def test_nothing_is_lost_or_half_written_when_servers_are_killed(servers: list[Server], database: Database) -> None:
    headers = {"Authorization": f"Bearer {token_of(database, 'planner')}"}
    end = time.monotonic() + share_of(SECONDS, least=15)

    def draft(client: int) -> tuple[list[str], int]:
        """Draft at servers in turn; return the plans that were promised, and how many requests were cut off."""
        rng, promised, cut = random.Random(client), list[str](), 0
        with httpx.Client(timeout=60, headers=headers) as session:
            while time.monotonic() < end:
                url = f"{rng.choice(servers).address}/api/v1/markets/{rng.choice(HALLS)}/plans"
                try:
                    answer = session.post(url, json={"seed": rng.randrange(2**31)})
                except httpx.TransportError:
                    cut += 1
                    time.sleep(0.05)
                    continue
                assert answer.status_code == 201, answer.text
                promised.append(answer.json()["code"])
        return promised, cut

    def kill() -> int:
        rng, killed = random.Random(0), 0
        while time.monotonic() < end - 3:
            time.sleep(rng.uniform(0.2, 2))
            server = rng.choice(servers)
            server.kill()
            killed += 1
            server.restart()
        return killed

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        killer = pool.submit(kill)
        done = list(pool.map(draft, range(CLIENTS)))
        killed = killer.result()
    promised = [code for codes, _ in done for code in codes]
    print(f"{len(promised)} promised, {sum(cut for _, cut in done)} cut off, {killed} kills")
    assert killed
    assert len(promised) == len(set(promised)), "two plans under one code"
    assert set(promised) <= check_whole(database), "a plan that was promised is gone"


def check_whole(database: Database) -> set[str]:
    """Check that every plan is whole and the log tells of each; return their codes."""
    kept = {plan.code for hall in HALLS for plan in plans.list_plans(database, hall)}
    for hall in HALLS:
        numbers = sorted(int(code.rpartition("-p")[2]) for code in kept if code.startswith(hall))
        assert numbers == list(range(1, len(numbers) + 1))
    for code in kept:
        detail = plans.show_plan(database, code)
        assert sum(len(zone.stalls) for zone in detail.zones) == 160, f"{code} is half written"
        assert sum(zone.merchants for zone in detail.zones) == 160
    assert installation.integrity_faults(database) == []
    verdict = audit.verify(database)
    assert verdict.faults == ()
    drafted = [line.subject for line in audit.read_log(database, limit=1_000_000) if line.action == "plan.draft"]
    assert sorted(drafted) == sorted(kept), "the log and the plans tell different things"
    return kept
