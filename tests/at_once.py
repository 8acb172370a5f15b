"""Sixteen clients edit, publish, withdraw, roll back and ask at once, over two servers; afterwards nothing is lost."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2 as httpx

from gridmap.config import settings
from gridmap.model.edits import ZoneState
from gridmap.services import audit, changes, installation, markets, plan_edits, plans
from gridmap.spatial.edits import Zones, apply_all
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of
from tests.serving import Server

EDITORS, PUBLISHERS, ASKERS = 8, 3, 5
MARKET = "two-floors"
EXPECTED = {200, 201, 409, 412, 422}
"""Also refusals: two drafts for one day, an edit of what has just been published, a lock."""


@dataclass
class Scene:
    """Two servers, the drafts on the desk and as they began, and what clients were promised."""

    servers: list[str]
    key: dict[str, str]
    end: float
    drafts: list[str]
    start: dict[str, Zones]
    promised: list[tuple[str, int, str]] = field(default_factory=list[tuple[str, int, str]])  # plan, revision, name
    followed: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    answers: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])


def act_over_two_servers(database: Database, database_url: str, folder: Path, *, seconds: float) -> Counter[str]:
    """Start two servers over a market, let clients act for some seconds, and check; return how often what was said."""
    servers: list[Server] = []
    try:
        markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=40))
        servers += [Server(database_url, folder) for _ in range(2)]
        for server in servers:
            server.wait()
        key = {"Authorization": f"Bearer {token_of(database, 'planner')}"}
        addresses = [server.address for server in servers]
        return act_at_once(addresses, database, key, seconds=seconds, today=datetime.now(settings().zone).date())
    finally:
        for server in servers:
            server.kill()


def act_at_once(
    servers: list[str], database: Database, key: dict[str, str], *, seconds: float, today: date
) -> Counter[str]:
    """Let them act, and check."""
    with httpx.Client(headers=key, timeout=120) as client:
        url = f"{servers[0]}/api/v1/markets/{MARKET}/plans"
        made = [client.post(url, json={"target": 10, "seed": seed}) for seed in range(3)]
    drafts = [answer.json()["code"] for answer in made]
    scene = Scene(servers, key, time.monotonic() + seconds, drafts, {plan: zones_of(database, plan) for plan in drafts})
    roles = [edit] * EDITORS + [publish] * PUBLISHERS + [ask] * ASKERS
    with ThreadPoolExecutor(len(roles)) as pool:
        list(pool.map(lambda i: client_of(scene, roles[i], i, today), range(len(roles))))
    assert scene.wrong == [], "\n".join(scene.wrong[:9])
    check_edits(scene, database)
    check_plans(database, today)
    check_feed(scene, database)
    assert installation.integrity_faults(database) == []
    assert audit.verify(database).faults == ()
    return scene.answers


def client_of(scene: Scene, role: Callable[..., None], number: int, today: date) -> None:
    rng = random.Random(number)
    # A server closes a connection that was idle for some seconds: one for each request, or a slow client falls over it.
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(headers=scene.key, timeout=120, limits=limits) as client:
        while time.monotonic() < scene.end:
            base = f"{rng.choice(scene.servers)}/api/v1"
            try:
                role(scene, client, base, rng, number, today)
            except Exception as error:  # a client that dies must not die in silence
                scene.wrong.append(f"{role.__name__}: {error!r}")
                return


def told(scene: Scene, what: str, answer: Any) -> Any:
    scene.answers[f"{what} {answer.status_code}"] += 1
    if answer.status_code not in EXPECTED:
        scene.wrong.append(f"{what}: {answer.status_code} {answer.text[:300]}")
    return answer


def edit(scene: Scene, client: Any, base: str, rng: random.Random, number: int, today: date) -> None:
    plan = rng.choice(scene.drafts)
    read = told(scene, "read", client.get(f"{base}/plans/{plan}"))
    zones = [zone["zone"] for zone in read.json()["zones"]]
    name = f"{number}-{rng.getrandbits(60):x}"
    stalls = [f"{rng.choice((1, 2))}F-{rng.randint(1, 40):03d}" for _ in range(3)]
    change = rng.choice([
        {"op": "assign", "stalls": stalls, "zone": rng.choice(zones)},
        {"op": "lock", "zone": rng.choice(zones), "locked": rng.random() < 0.2},
        {"op": "split", "zone": rng.choice(zones), "stalls": []},
        {"op": "merge", "zones": rng.sample(zones, min(2, len(zones)))},
    ])  # fmt: skip
    edits = [{"op": "name", "zone": rng.choice(zones), "name": name}, change]
    answer = client.post(f"{base}/plans/{plan}/edits", json=edits, headers={"If-Match": read.headers["etag"]})
    if told(scene, "edit", answer).status_code == 200:
        scene.promised.append((plan, answer.json()["revision"], name))
        if answer.json()["revision"] != read.json()["revision"] + 1:
            scene.wrong.append(f"{plan}: an edit of {read.json()['revision']} went onto another revision")


def publish(scene: Scene, client: Any, base: str, rng: random.Random, number: int, today: date) -> None:
    listed = told(scene, "list", client.get(f"{base}/markets/{MARKET}/plans")).json()["items"]
    check_one_in_force(scene, listed)
    day = (today + timedelta(days=rng.randint(1, 20))).isoformat()
    published = [plan["code"] for plan in listed if plan["state"] != "draft"]
    coming = [p["code"] for p in listed if p["state"] == "published" and p["valid_from"] > today.isoformat()]
    what = rng.random()
    if what < 0.5 or not published:
        made = told(scene, "copy", client.post(f"{base}/markets/{MARKET}/plans", json={"copy_of": scene.drafts[0]}))
        plan, verb, body = made.json()["code"], "publish", {"from": day}
    elif what < 0.75 and coming:
        plan, verb, body = rng.choice(coming), "withdraw", {}
    else:
        plan, verb, body = rng.choice(published), "roll-back", {"from": day}
    tag = told(scene, "read", client.get(f"{base}/plans/{plan}")).headers["etag"]
    told(scene, verb, client.post(f"{base}/plans/{plan}/{verb}", json=body, headers={"If-Match": tag}))


def ask(scene: Scene, client: Any, base: str, rng: random.Random, number: int, today: date) -> None:
    where = {"market": MARKET, "stall": f"1F-{rng.randint(1, 40):03d}"}
    told(scene, "nearest", client.get(f"{base}/responsible-members/nearest", params=where))
    seen = scene.followed.setdefault(number, [])
    page = told(scene, "follow", client.get(f"{base}/changes", params={"since": seen[-1] if seen else 0, "limit": 7}))
    seen.extend(change["seq"] for change in page.json()["items"])
    told(scene, "diff", client.get(f"{base}/plans/{scene.drafts[0]}/diff/{rng.choice(scene.drafts[1:])}"))


def check_one_in_force(scene: Scene, listed: list[dict[str, Any]]) -> None:
    days = sorted((p["valid_from"], p["valid_to"] or "9999") for p in listed if p["valid_from"])
    days = [(first, end) for first, end in days if first < end]
    overlaps = [(one, other) for one, other in pairwise(days) if one[1] > other[0]]
    scene.wrong.extend(f"two plans in force: {pair}" for pair in overlaps)


def check_edits(scene: Scene, database: Database) -> None:
    """Every promised edit is kept once, and all kept ones, replayed from the start, give the plan as it is."""
    kept = {plan: plan_edits.list_edits(database, plan) for plan in scene.drafts}
    names = Counter((plan, e.revision, e.edit.name) for plan in kept for e in kept[plan] if hasattr(e.edit, "name"))
    assert {promise: names[promise] for promise in scene.promised if names[promise] != 1} == {}
    assert len({(plan, revision) for plan, revision, _ in scene.promised}) == len(scene.promised)
    for plan, edits in kept.items():
        assert [edit.number for edit in edits] == list(range(1, len(edits) + 1))
        start = scene.start[plan]
        stalls = {stall for zone in start.values() for stall in zone.stalls}
        assert apply_all(start, stalls, [edit.edit for edit in edits]).zones == zones_of(database, plan)


def zones_of(database: Database, plan: str) -> dict[Any, ZoneState]:
    return {
        zone.code: ZoneState(zone.code, zone.name, zone.colour, zone.locked, frozenset(zone.stalls))
        for zone in plans.show_plan(database, plan).zones
    }


def check_plans(database: Database, today: date) -> None:
    all_plans = plans.list_plans(database, MARKET)
    for days in range(40):
        day = today + timedelta(days=days)
        in_force = [plan for plan in all_plans if plan.is_in_force(day)]
        assert len(in_force) <= 1, f"{day}: {[plan.code for plan in in_force]}"


def check_feed(scene: Scene, database: Database) -> None:
    """Who followed from the beginning, page by page, heard of everything once and in order."""
    whole = [change.seq for change in changes.changes_since(database, 0, limit=1_000_000).changes]
    assert whole == sorted(set(whole))
    for seen in scene.followed.values():
        assert seen == whole[: len(seen)]
