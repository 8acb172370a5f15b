"""Drafting while servers, or bare processes, are killed again and again: nothing is lost, nothing half written."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest

from gridmap.services import audit, drafts, installation, markets, plans
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database, open_database
from tests import worlds
from tests.callers import author, token_of
from tests.serving import Server
from tests.soak.budget import share_of

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
    end = time.monotonic() + share_of(SECONDS, least=25)

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


def draft_for_ever(database_url: str, seed: int, promised: Path) -> None:
    """Draft without an end, and note each plan as soon as it is there."""
    database = open_database(database_url)
    with promised.open("a", encoding="utf-8", buffering=1) as note:
        while True:
            params = Params(target=8, seed=seed)
            note.write(
                drafts.draft_plan(database, HALLS[0], params, author=author(), day=author().now.date()).code + "\n"
            )


@pytest.mark.soak
def test_nothing_is_lost_or_half_written_when_processes_are_killed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Forked processes start in no time: hundreds of kills where servers allow a few, so also between two writes."""
    for hall in HALLS:
        markets.add_market(database, worlds.two_floors_one_stair(hall, stalls_a_floor=80))
    drafts.draft_plan(
        database, HALLS[0], Params(target=8), author=author(), day=author().now.date()
    )  # loads the kernels
    database.close()
    fork, rng, promised = multiprocessing.get_context("fork"), random.Random(0), tmp_path / "promised"
    for killed in range(share_of(600, least=60)):
        running = [fork.Process(target=draft_for_ever, args=(database_url, killed, promised)) for _ in range(2)]
        for process in running:
            process.start()
        time.sleep(rng.uniform(0.1, 0.6))
        for process in running:
            process.kill()
            process.join()
    codes = promised.read_text(encoding="utf-8").split()
    print(f"{len(codes)} promised")
    assert len(codes) == len(set(codes)), "two plans under one code"
    assert set(codes) <= check_whole(database), "a plan that was promised is gone"
