"""The change feed, on both databases: nothing missed, nothing repeated, nobody told what he may not see."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from gridmap.errors import InvalidParameterError, NotFoundError
from gridmap.model.changes import Change
from gridmap.model.edits import Rename
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.services import changes, drafts, markets, plan_edits, plans, publications
from gridmap.services.plans import Author
from gridmap.spatial.partition.params import Params
from gridmap.store import changes as store
from gridmap.store import markets as market_store
from gridmap.store.session import Database, open_database
from tests import worlds

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AUTHOR = Author("test", NOW)


def followed(database: Database, since: int = 0, limit: int = 3) -> tuple[list[Change], int]:
    """Follow page by page until there is nothing more; return what was told and the last cursor."""
    seen: list[Change] = []
    more = True
    while more:
        page = changes.changes_since(database, since, limit=limit)
        assert len(page.changes) <= limit
        seen, since, more = [*seen, *page.changes], page.cursor, page.more
    return seen, since


def told(found: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.subject, change.what) for change in found]


def test_what_happens_to_a_plan_is_told_in_order(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("a"), staff=worlds.members_at("1F-001"))
    seen, cursor = followed(database)
    assert ("market", "a", "added") in told(seen)
    assert {"stall", "level", "connector", "merchant", "occupancy", "member"} <= {change.kind for change in seen}
    plan = drafts.draft_plan(database, "a", Params(target=20), author=AUTHOR, day=NOW.date()).code
    zone = plans.show_plan(database, plan).zones[0].code
    plan_edits.edit_plan(database, plan, [Rename(zone, "甲")], author=AUTHOR, expected_version=None)
    plans.publish_plan(database, plan, NOW.date(), today=NOW.date())
    again = publications.roll_back(database, plan, NOW.date() + timedelta(days=9), author=AUTHOR).code
    publications.withdraw_plan(database, again, today=NOW.date())
    seen, _ = followed(database, cursor)
    assert [line for line in told(seen) if line[0] == "plan"] == [
        ("plan", plan, "drafted"),
        ("plan", plan, "edited"),
        ("plan", plan, "published"),
        ("plan", again, "drafted"),
        ("plan", plan, "ended"),
        ("plan", again, "published"),
        ("plan", plan, "changed"),
        ("plan", again, "withdrawn"),
    ]
    assert {change.market for change in seen} == {"a"}
    assert [change.seq for change in seen] == sorted({change.seq for change in seen})


def test_reading_and_failing_are_not_told(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("a"))
    _, cursor = followed(database)
    plans.list_plans(database, "a")
    with pytest.raises(NotFoundError):
        plans.publish_plan(database, "nowhere", NOW.date(), today=NOW.date())
    with pytest.raises(ZeroDivisionError):
        _written_and_failed(database)
    assert followed(database, cursor) == ([], cursor)


def _written_and_failed(database: Database) -> None:
    with database.writing() as connection:
        market_store.touch_market(connection, market_store.lock_market(connection, "a"))
        store.note(connection, "market", "a", "changed", market_key=None)
        raise ZeroDivisionError


def test_without_a_cursor_one_is_told_where_to_begin(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair("a"))
    page = changes.changes_since(database, None, limit=10)
    assert page.changes == []
    assert page.cursor == followed(database)[1]
    with pytest.raises(InvalidParameterError, match="since"):
        changes.changes_since(database, page.cursor + 1, limit=10)


def test_everybody_is_told_what_he_may_see(database: Database) -> None:
    for code in ("a", "b"):
        markets.add_market(database, worlds.two_floors_one_stair(code))
        plan = drafts.draft_plan(database, code, Params(target=20), author=AUTHOR, day=NOW.date()).code
        plans.publish_plan(database, plan, NOW.date(), today=NOW.date())
        drafts.draft_plan(database, code, Params(target=30), author=AUTHOR, day=NOW.date())
    with database.writing() as connection:
        store.note(connection, "place", "all", "changed", market_key=None)
    seen = {
        (role, scope.market): followed(database.acting(Caller("x", (Grant(AccountRole(role), scope),))))[0]
        for role in ("viewer", "planner")
        for scope in (Scope(), Scope(market="a"))
    }
    whole = followed(database)[0]
    assert told(seen["planner", None]) == told(whole)
    assert told(seen["planner", "a"]) == told([change for change in whole if change.market == "a"])
    for scope in (None, "a"):
        viewed = seen["viewer", scope]
        assert not {"merchant", "occupancy"} & {change.kind for change in viewed}
        assert ("plan", "a-p1", "published") in told(viewed)
        assert not any("drafted" in change.what or change.subject == "a-p2" for change in viewed)
    assert ("place", "all", "changed") in told(seen["viewer", None])
    nobody = database.acting(Caller("x"), Action.VIEW)
    assert changes.changes_since(nobody, 0, limit=10).changes == []


def test_filters_pick_and_the_cursor_goes_on(database: Database) -> None:
    for code in ("a", "b"):
        markets.add_market(database, worlds.two_floors_one_stair(code))
    found = changes.changes_since(database, 0, limit=100, market="b", kinds=["stall", "level"])
    assert [(change.market, change.kind) for change in found.changes] == [("b", "level"), ("b", "stall")]
    assert found.cursor == changes.newest_change(database)
    with pytest.raises(NotFoundError):
        changes.changes_since(database, 0, limit=1, market="nowhere")


WRITERS, WRITES = 6, 40


def test_who_follows_while_others_write_misses_and_repeats_nothing(database: Database, database_url: str) -> None:
    """Transactions take their time in any order between their first write and their commit."""
    names = [f"m{i}" for i in range(WRITERS)]
    for name in names:
        markets.add_market(database, worlds.few_merchants(name, 8))
    _, cursor = followed(database)
    done = threading.Event()

    def write(writer: int) -> None:
        own, rng = open_database(database_url), random.Random(writer)
        for i in range(WRITES):
            with own.writing() as connection:
                key = market_store.lock_market(connection, names[writer])
                market_store.touch_market(connection, key)
                for part in range(rng.randint(1, 3)):
                    store.note(connection, "test", f"{writer}-{i}-{part}", "changed", market_key=key)
                time.sleep(rng.choice((0, 0, 0.002)))
            time.sleep(0.001)
        own.close()

    def follow(limit: int) -> list[Change]:
        own, seen, since = open_database(database_url), list[Change](), cursor
        last = False
        while True:
            found, since = followed(own, since, limit)
            seen += found
            if last:
                own.close()
                return seen
            last = done.is_set()  # once more, for what came since

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        followers = [pool.submit(follow, limit) for limit in (1, 50)]
        list(pool.map(write, range(WRITERS)))
        done.set()
        seen = [follower.result() for follower in followers]
    written = followed(database, cursor, 10_000)[0]
    assert {change.subject.rpartition("-")[0] for change in written} == {
        f"{writer}-{i}" for writer in range(WRITERS) for i in range(WRITES)
    }
    assert seen[0] == seen[1] == written
    assert [change.seq for change in written] == list(range(cursor + 1, cursor + 1 + len(written)))
