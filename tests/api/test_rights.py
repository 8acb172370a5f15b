"""Role x route x scope, cell by cell, on both databases: nobody gets what he should not, by any route or guessed id."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gridmap.api import access
from gridmap.api.access import May, Open, RouteDecision, SignedIn
from gridmap.api.app import create_app
from gridmap.config import Settings
from gridmap.errors import ForbiddenError, NotFoundError
from gridmap.exchange.place_files import PLACES
from gridmap.model.rights import POLICY, WHOLE_INSTALLATION, AccountRole, Action, Caller, Grant, Scope
from gridmap.services import accounts, drafts, maps, markets, rights
from gridmap.spatial.partition.params import Params
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author, token_of
from tests.conftest import ROOT
from tests.two_halls import OTHER, OWN, SECRET, World, two_halls

SCOPES = ["all", f"market:{OWN}", f"market:{OTHER}", "division:3101"]
_OVER = {"day": "2026-12-01", "reason": "调离"}
BODIES: dict[str, Any] = {
    "/api/v1/markets/{market}/members": {"member_id": "W001", "name": "占用"},  # taken
    "/api/v1/markets/{market}/posts": {"member_id": "W001", "role": "member"},  # no role for a market
    "/api/v1/markets/{market}/posts/end": {"member_id": "W001", "role": "deputy"},  # nor is this
    "/api/v1/plans/{plan}/assignments": {"zone": "101", "member_id": "W001", "role": "leader"},  # no role for a zone
    "/api/v1/markets/{market}/assignments": {"pairs": []},
    "/api/v1/markets/{market}/shifts/{role}": {"shifts": []},
    "/api/v1/markets/{market}/rules": {},
    "/api/v1/divisions/{division}/rules": {},
    "/api/v1/rules": {},
    "/api/v1/markets/{market}/trades": {},
    "/api/v1/divisions/{division}/trades": {},
    "/api/v1/trades": {},
    "/api/v1/members/{member}": {"name": "某某"},
    "/api/v1/members/{member}/end": _OVER,
    "/api/v1/members/{member}/shifts": {"shifts": []},
    "/api/v1/members/{member}/absences": {"from": "2026-12-01", "to": "2026-12-02"},
    "/api/v1/absences/{absence}/cover": {"cover": None},
    "/api/v1/assignments/{assignment}/end": _OVER,
    "/api/v1/assignments/{assignment}/replace": {**_OVER, "member_id": "W001"},
    "/api/v1/sync": {"device": "t", "sent_at": "2026-12-01T00:00:00Z", "records": []},
    "/api/v1/quarantine/{row}/mend": {"values": {}},
    "/api/v1/markets/{market}/hotspot-runs": {},
    "/api/v1/registry-events": {"events": []},
    "/api/v1/plans/{plan}/edits": [{"op": "lock", "zone": "101", "locked": True}],
    "/api/v1/markets": {"code": "no-outline", "name": "无", "levels": []},
    "/api/v1/markets/{market}/drawings": {"steps": [{"op": "end", "stall": "no-such-stall"}], "store": True},
    "/api/v1/markets/{market}/lay-outs": {  # far off the floor
        "level": 0,
        "rectangle": {"lon": 121.4, "lat": 31, "length_m": 9, "width_m": 9},
    },
}
"""What a route is sent that takes no empty object."""
_OF_A_MARKET = "{market}|{plan}|nearest|coverage|hotspots|desk"
QUERIES: dict[str, dict[str, Any]] = {
    "tiers": {"tier": "a:50"},
    "search": {"q": OTHER[:5]},
    "staffing": {"merchants": 5800, "members": 81},
    "roads": {"bbox": "121,31,122,32"},
}
"""What is asked along with a route whose path ends so."""
EMPTY_HANDED = {("POST", f"/api/v1/{path}") for path in ("imports", "imports/preview", "markets", "roads/imports")}
"""Routes that are sent no file, and no level: there is nothing to be done."""
NO_SUCH = {
    **{
        kind: f"no-such-{kind}"
        for kind in (
            "account",
            "token",
            "place",
            "member",
            "absence",
            "assignment",
            "merchant",
            "stall",
            "record",
            "row",
            "run",
            "division",
            "source",
        )
    },
    "role": "member",
    "building": "-",
    "level": 0,
    "layer": "stalls",
    "z": 17,
    "x": 109769,
    "y": 53558,
}
"""What is put into a path beside market and plan; every role exists, and so does the tile."""


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[World]:
    with two_halls(database, database_url, tmp_path) as opened:
        markets.add_members(database, OWN, worlds.members_at("1F-001"))
        yield opened


def sees(scope: str, market: str) -> bool:
    return scope == "all" or market in {f"market:{OWN}": OWN, "division:3101": OWN}.get(scope, OTHER)


def may(role: str, scope: str, action: Action) -> bool:
    wide = scope == "all" or (action is Action.MAKE_MARKET and scope.startswith("division:"))
    return action in POLICY[AccountRole(role)] and (wide or action not in WHOLE_INSTALLATION | {Action.MAKE_MARKET})


def ask(world: World, row: RouteDecision, market: str, plan: str, token: str | None) -> Any:
    """Ask a route about a market or one of its plans; what writes is asked so that it changes nothing."""
    path = row.path.format(market=market, plan=plan, other=plan, **NO_SUCH)
    extra: dict[str, Any] = {"headers": {"Authorization": f"Bearer {token}"} if token else {}}
    if row.path.endswith("/nearest"):
        extra["params"] = {"market": market, "stall": "1F-001"}
    if (asked := QUERIES.get(row.path.rsplit("/", 1)[-1])) is not None:
        extra["params"] = asked
    if "/coverage" in row.path or "/hotspots" in row.path or row.path.endswith("/desk"):
        extra["params"] = {"market": market}
    if row.path.endswith("/routes"):
        extra["params"] = {"market": market, "member": "W001"}
    if row.path.endswith("/nearest/batch"):
        extra["json"] = {"market": market, "queries": [{"stall": "1F-001"}]}
    if row.method == "POST" and row.path.endswith("/plans"):
        extra["json"] = {"cap": 1, "zones": 1}
    if row.method == "PUT" or row.path.endswith("/drawings"):
        extra["headers"]["If-Match"] = '"x.0"'
    if row.path in BODIES and row.method != "GET":
        extra["json"] = BODIES[row.path]
    if row.method in ("POST", "DELETE") and re.search("{plan}|{record}|{row}", row.path):
        extra["headers"]["If-Match"] = '"x.0"'
    if row.path in ("/api/v1/accounts", "/api/v1/tokens") and row.method == "POST":
        extra["json"] = {"name": "taken", "role": "viewer"}
    return world.client.request(row.method, path, **extra)


def expected(row: RouteDecision, role: str, scope: str, market: str, is_draft: bool) -> set[int]:
    """What the policy says a cell must answer."""
    if not isinstance(row.decision, May):
        return {200, 204, 304, 400, 422, 503, 404} if isinstance(row.decision, Open) else {200, 204}
    rounds = row.path == "/api/v1/routes"  # of a member of the own market; the token is nobody's, so no member's own
    others = rounds and role == "member" and sees(scope, OWN) and sees(scope, market)
    if not may(role, scope, row.decision.action) or others:
        return {403}
    if row.decision.action in WHOLE_INSTALLATION or (row.method, row.path) in EMPTY_HANDED:
        return {404} if "{" in row.path else {200, 409, 422}
    whole = (
        "changes",
        "markets",
        "staffing",
        "staffing/tiers",
        "places",
        "sync",
        "search",
        "own-zones",
        "registry-events",
        "roads",
        "roads/sources",
    )
    if row.path.removeprefix("/api/v1/") in whole or row.path.endswith("/batch"):
        return {200}  # what is hidden is left out, or not found as the answer to one question
    single = {"{member}", "{absence}", "{assignment}", "{record}", "{row}", "{stall}", "{merchant}", "{place}", "{run}"}
    if single & set(row.path.split("/")):
        return {404}
    hidden = (
        not sees(scope, market)
        or (rounds and not sees(scope, OWN))
        or ("{plan}" in row.path and is_draft and not may(role, scope, Action.VIEW_DRAFTS))
    )
    kept = {200, 201} if row.path.endswith("/hotspot-runs") else set[int]()  # the same run, kept once
    return {404} if hidden else {200} if row.method in ("GET", "PUT") else kept or {409, 412, 422}


def test_every_cell_of_the_table(world: World) -> None:
    accounts.create_account(world.database, "taken", [], author=author())
    token_of(world.database, "viewer", name="taken")
    rows = [row for row in access.decisions(world.app) if row.path.startswith(("/api/", "/tiles/"))]
    rows = [row for row in rows if not isinstance(row.decision, Open)]
    callers: list[tuple[str, str, str | None]] = [
        (role, scope, token_of(world.database, role, scope)) for role in AccountRole for scope in SCOPES
    ]
    wrong: list[str] = []
    cells = 0
    for row in rows:
        if (
            isinstance(row.decision, May | SignedIn)
            and ask(world, row, OWN, world.plans[OWN][0], None).status_code != 401
        ):
            wrong.append(f"{row.method} {row.path}: open to strangers")
        for role, scope, token in callers:
            for market in (OWN, OTHER) if re.search(_OF_A_MARKET, row.path) else (OWN,):
                for is_draft in (False, True) if "{plan}" in row.path else (False,):
                    cells += 1
                    answer = ask(world, row, market, world.plans[market][is_draft], token)
                    wrong += _judge(row, role, scope, market, is_draft, answer)
    assert wrong == []
    assert cells > 700


def _judge(row: RouteDecision, role: str, scope: str, market: str, is_draft: bool, answer: Any) -> list[str]:
    cell = f"{role} {scope}: {row.method} {row.path} ({market}{', draft' if is_draft else ''})"
    found: list[str] = []
    if answer.status_code not in expected(row, role, scope, market, is_draft):
        found.append(f"{cell}: {answer.status_code}, not {expected(row, role, scope, market, is_draft)}")
    if not may(role, scope, Action.VIEW_REGISTER) and SECRET in answer.text:
        found.append(f"{cell}: names merchants")
    told = answer.text
    if row.path.endswith("/batch") and answer.status_code == 200 and answer.json()["answers"][0].get("code"):
        told = told.replace(f"“{market}”", "")  # what was asked is repeated to say that it is not found
    if not sees(scope, OTHER) and answer.status_code < 400 and OTHER in told:
        found.append(f"{cell}: speaks of another market")
    return found


def test_hidden_things_answer_like_things_that_do_not_exist(world: World) -> None:
    """The whole answer, text and headers, is the same, by code and by UUID."""
    key = {"Authorization": f"Bearer {token_of(world.database, 'planner', f'market:{OWN}')}"}
    hidden = {OTHER: "no-such-hall", world.plans[OTHER][0]: "no-such-plan"}
    with world.database.reading() as connection:
        hidden[connection.scalar(sa.select(t.market.c.uuid).where(t.market.c.code == OTHER))] = "0" * 36
        hidden[connection.scalar(sa.select(t.plan.c.uuid).where(t.plan.c.code == world.plans[OTHER][0]))] = "0" * 36
    compared = 0
    for row in access.decisions(world.app):
        for name, nothing in hidden.items():
            if not isinstance(row.decision, May) or not {"{market}", "{plan}"} & set(row.path.split("/")):
                continue
            answers = [
                world.client.request(
                    row.method,
                    row.path.format(market=each, plan=each, other=each, **NO_SUCH),
                    headers={**key, "If-Match": '"x.0"'},
                    **({"json": BODIES.get(row.path, {})} if row.method in ("POST", "PUT") else {}),
                )
                for each in (name, nothing)
            ]
            one, other = (
                (a.status_code, a.text.replace(n, "?")) for a, n in zip(answers, (name, nothing), strict=True)
            )
            assert one == other, row
            assert one[0] == 404
            compared += 1
    assert compared >= 40


def test_lists_hold_only_what_the_caller_sees(world: World) -> None:
    for scope in SCOPES:
        key = {"Authorization": f"Bearer {token_of(world.database, 'viewer', scope, name=scope.replace(':', ' '))}"}
        codes = [m["code"] for m in world.client.get("/api/v1/markets?limit=1", headers=key).json()["items"]]
        more = world.client.get("/api/v1/markets?limit=1", headers=key).json()["next"]
        if more:
            codes += [m["code"] for m in world.client.get(more, headers=key).json()["items"]]
        assert codes == sorted(code for code in (OWN, OTHER) if sees(scope, code))


def test_who_plans_in_one_market_and_views_another_is_refused_there(world: World) -> None:
    grants = [
        Grant(AccountRole.PLANNER, Scope(market=OWN)),
        Grant(AccountRole.VIEWER, Scope(market=OTHER)),
    ]
    link = accounts.create_account(world.database, "both", grants, author=author())
    signed = accounts.use_link(world.database, link, "not-a-secret-7Q", now=author().now)
    acting = rights.acting(world.database, signed.caller, Action.DRAFT_PLAN)
    ask: Callable[[str], Any] = lambda market: drafts.draft_plan(  # noqa: E731
        acting, market, Params(target=8), author=author(), day=author().now.date()
    )
    assert ask(OWN).market == OWN
    with pytest.raises(ForbiddenError):
        ask(OTHER)
    assert rights.allow(world.database, signed.caller, Action.DRAFT_PLAN, OWN)
    assert not rights.allow(world.database, signed.caller, Action.DRAFT_PLAN, OTHER)


def test_exported_page_is_guarded_below_the_doors(world: World, tmp_path: Path) -> None:
    day = author().now.date()
    for role, scope, wanted in (("planner", OTHER, NotFoundError), ("viewer", OWN, ForbiddenError)):
        caller = Caller("user:x", (Grant(AccountRole(role), Scope(market=scope)),))
        with pytest.raises(wanted):
            maps.zones_map(world.database.acting(caller), OWN, day=day, vendor=tmp_path)


def test_viewer_is_shown_no_names_and_no_small_counts(world: World) -> None:
    seen: dict[str, list[Any]] = {}
    for role in ("viewer", "planner"):
        key = {"Authorization": f"Bearer {token_of(world.database, role)}"}
        stalls = world.client.get(f"/api/v1/markets/{OWN}/stalls", headers=key).json()["features"]
        plan = world.client.get(f"/api/v1/plans/{world.plans[OWN][0]}", headers=key).json()
        seen[role] = [
            {(s["properties"]["merchants"], len(s["properties"]["merchant_names"])) for s in stalls},
            world.client.get(f"/api/v1/markets/{OWN}", headers=key).json()["merchants"],
            {level["merchants"] for zone in plan["zones"] for level in zone["levels"]} & {1, 2, 3, 4},
            plan["created_by"],
        ]
    assert seen["planner"][0] == {(1, 1)}
    assert seen["viewer"] == [{(None, 0)}, 16, set(), None]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (700, 700)])
def test_counts_under_five_are_masked(count: int, shown: int | None) -> None:
    assert rights.Mask(register=False).count(count) == shown
    assert rights.Mask(register=True).count(count) == count


def test_route_without_a_decision_is_not_built(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", web_dir=tmp_path))
    app.get("/api/v1/forgotten")(lambda: "everything")
    with pytest.raises(LookupError, match="forgotten"):
        access.decisions(app)


def test_totals_of_a_place_are_for_whoever_sees_all_its_markets(world: World) -> None:
    """A place of the list that lies in both markets: who sees one of them is not told that it is there."""
    with world.database.writing() as connection:
        connection.execute(
            sa.insert(t.place).values(
                id=1, uuid="p", code="yuyuan", name="此地", city="市", own_standard=False, merchant_word="商户"
            )
        )
        for market in (OWN, OTHER):
            key = sa.select(t.market.c.id).where(t.market.c.code == market).scalar_subquery()
            connection.execute(sa.insert(t.place_market).values(place_id=1, market_id=key, area_m2=100.0))
    answers = {}
    for role, scope in (("viewer", "all"), ("viewer", f"market:{OWN}"), ("admin", f"market:{OWN}"), ("admin", "all")):
        key = {"Authorization": f"Bearer {token_of(world.database, role, scope)}"}
        listed = [place["code"] for place in world.client.get("/api/v1/places", headers=key).json()["items"]]
        asked = world.client.get("/api/v1/staffing?place=yuyuan", headers=key).status_code
        whole = world.client.get("/api/v1/staffing?place=all", headers=key).json()
        answers[f"{role} {scope}"] = (asked, listed, sorted(one["market"] for one in whole["one_more"]))
        assert whole["notes"] == []
    both = sorted([OWN, OTHER])
    assert answers == {
        "viewer all": (200, ["yuyuan"], both),
        f"viewer market:{OWN}": (404, [], [OWN]),
        f"admin market:{OWN}": (404, [], [OWN]),
        "admin all": (200, list(PLACES), both),
    }


def test_staffing_shows_viewers_no_small_counts(world: World) -> None:
    """A market of two merchants: the viewer of it alone gets no figure from which the two could be read."""
    hall = worlds.two_floors_one_stair("tiny", stalls_a_floor=4)
    hall = replace(hall, merchants=hall.merchants[:2], occupancies=hall.occupancies[:2])
    markets.add_market(world.database, hall)
    for role, wanted in (("viewer", None), ("planner", 2)):
        key = {"Authorization": f"Bearer {token_of(world.database, role, 'market:tiny')}"}
        found = world.client.get("/api/v1/staffing?place=all", headers=key).json()
        (one,) = found["one_more"]
        assert (one["merchants"], one["load_then"], one["covered_more"]) == (wanted, wanted, wanted)
        assert (found["merchants"], found["uncovered"]) == (wanted, wanted)
        assert found["duty"]["visits_a_year"] == (wanted and 52)
        assert (found["need"], found["gap"], found["least_cap"]) == (wanted and 1, wanted and 1, None)


def test_table_in_the_documents_is_the_one_in_the_code(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", web_dir=tmp_path))
    assert access.table(app) in (ROOT / "docs" / "rights.md").read_text(encoding="utf-8")
