"""The five places: exact totals, the same each time, sound drawings, plans; all five on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gridmap.exchange.place_files import PLACES, PLACES_DIR, read_place
from gridmap.model.ids import MarketCode
from gridmap.model.kinds import Role, UnitKind
from gridmap.services import drafts, floors, markets, place_checks, places, plans, staffing
from gridmap.services.place_checks import RowState
from gridmap.services.place_markets import MarketWorld, place_markets
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Result
from gridmap.spatial.partition.solve import solve
from gridmap.store.migrations.run import upgrade
from gridmap.store.session import Database, open_database
from tests.conftest import BACKENDS

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
AUTHOR = Author("test", NOW)
TOTALS = {  # markets, merchants, members
    "yuyuan": (18, 5800, 81),
    "beizhen": (11, 13500, 91),
    "liwan": (120, 9600, 58),
    "jiashan": (2, 210, 10),
    "dongguan": (258, 36000, 325),
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[MarketWorld]]:
    return {name: place_markets(read_place(name)) for name in PLACES}


@pytest.fixture(scope="module")
def solve_once() -> Callable[..., Result]:
    """Give the solver, remembering what it solved: it knows no database, so solving once for both is enough."""
    solved: dict[bytes, Result] = {}

    def remembered(problem: Problem, params: Params, *rest: Any) -> Result:
        arrays = (getattr(problem, field.name) for field in fields(problem))
        key = b"".join(array.tobytes() for array in arrays) + repr(params).encode()
        if key not in solved:
            solved[key] = solve(problem, params, *rest)
        return solved[key]

    return remembered


@pytest.fixture(scope="module")
def kept_floors() -> Any:
    """Give a memory for drawings in metres that holds all markets with a plan; the usual one holds sixteen."""
    return type(floors._kept)(size=64)


@pytest.fixture(scope="module", params=BACKENDS)
def five(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    drawn: dict[str, list[MarketWorld]],
    solve_once: Callable[..., Result],
    kept_floors: Any,
) -> Iterator[Database]:
    """Give a database with all five places, loaded once; drawing them once for both databases is enough."""
    if request.param == "spatialite":
        url = f"sqlite:///{tmp_path_factory.mktemp('places') / 'five.db'}"
    else:
        url = request.getfixturevalue("cluster").create("five_places")
    database = open_database(url)
    upgrade(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "place_markets", lambda programme: drawn[programme.code])
        patch.setattr(drafts, "solve", solve_once)
        patch.setattr(floors, "_kept", kept_floors)
        for name in PLACES:
            wanted = places.Drafts.FEW if name == "jiashan" else places.Drafts.NONE
            places.load_place(database, name, author=AUTHOR, drafts=wanted)
    yield database
    database.close()


@pytest.mark.parametrize("name", PLACES)
def test_totals_are_exactly_the_accounts(drawn: dict[str, list[MarketWorld]], name: str) -> None:
    worlds = drawn[name]
    members = [m for world in worlds for m in world.staff if m.role in (Role.MEMBER, Role.LEADER)]
    assert (len(worlds), sum(len(w.draft.merchants) for w in worlds), len(members)) == TOTALS[name]
    assert len({m.code for m in members}) == len({m.name for m in members}) == len(members)
    assert len({w.draft.market.name for w in worlds}) == len(worlds)


@pytest.mark.parametrize("name", ["yuyuan", "jiashan"])
def test_same_programme_gives_the_same_markets(drawn: dict[str, list[MarketWorld]], name: str) -> None:
    assert place_markets(read_place(name)) == drawn[name]


@pytest.mark.parametrize("name", PLACES)
def test_drawings_are_sound(drawn: dict[str, list[MarketWorld]], name: str) -> None:
    """Stalls lie inside their floor and overlap nowhere; codes are unique; every merchant has a stall that is let."""
    for world in drawn[name]:
        draft = world.draft
        projection = draft.market.projection
        assert len({s.code for s in draft.stalls}) == len(draft.stalls)
        kinds = {s.code: s.kind for s in draft.stalls}
        assert {o.merchant for o in draft.occupancies} == {m.code for m in draft.merchants}
        assert {kinds[o.stall] for o in draft.occupancies} == {UnitKind.STALL}
        assert {s.code for s in draft.stalls if s.kind is UnitKind.STALL} == {o.stall for o in draft.occupancies}
        for level in draft.levels:
            floor = crs.to_metres(level.outline_lonlat, projection)
            stalls = [s.place_lonlat for s in draft.stalls if s.level == level.key]
            places_m = crs.to_metres(np.array(stalls, dtype=object), projection)
            assert floor.is_valid
            assert shapely.covers(floor.buffer(0.01), places_m).all()
            one, other = shapely.STRtree(places_m).query(places_m, "intersects")
            later = one < other
            shared = shapely.area(shapely.intersection(places_m[one[later]], places_m[other[later]]))
            assert shared.max(initial=0.0) < 0.01


def test_markets_of_a_quarter_do_not_stand_on_each_other(drawn: dict[str, list[MarketWorld]]) -> None:
    for name in ("yuyuan", "beizhen", "liwan", "dongguan"):
        grounds = [shapely.union_all([lv.outline_lonlat for lv in w.draft.levels]) for w in drawn[name]]
        one, other = shapely.STRtree(grounds).query(grounds, "intersects")
        assert (one == other).all(), name


def test_every_level_is_joined_to_the_next(drawn: dict[str, list[MarketWorld]]) -> None:
    for world in (w for worlds in drawn.values() for w in worlds):
        levels = sorted(level.key for level in world.draft.levels)
        joined = {frozenset((c.from_level, c.to_level)) for c in world.draft.connectors}
        for lower, upper in pairwise(levels):
            if lower.building == upper.building:
                assert frozenset((lower, upper)) in joined
        houses = {level.building for level in levels}
        across = {frozenset((c.from_level.building, c.to_level.building)) for c in world.draft.connectors}
        assert len(houses) == 1 or frozenset(houses) in across


@pytest.mark.parametrize("name", PLACES)
def test_check_passes_and_lists_open_rows(five: Database, name: str) -> None:
    found = place_checks.check_place(five, name, NOW.date())
    failed = [(r.row, f) for r in found.rows for f in r.findings if not f.ok]
    assert failed == []
    assert found.ok
    assert found.count(RowState.OK) >= 5
    assert [r.row for r in found.rows] == list(read_place(name).rows)
    assert all(r.findings for r in found.rows if r.state is RowState.OK)
    assert not any(r.findings for r in found.rows if r.state is RowState.OPEN)


@pytest.mark.parametrize(("market", "zones"), [("yuyuan-03", 3), ("beizhen-11", 7), ("jiashan-01", 8)])
def test_account_plan_is_in_force_with_everybody_at_home(five: Database, market: str, zones: int) -> None:
    detail = plans.show_plan(five, plans.plan_in_force(five, market, NOW.date()) or "")
    stalls = {z.code: set(z.stalls) for z in detail.zones}
    assert (detail.plan.name, len(stalls)) == (places.ACCOUNT, zones)
    assert sorted(a.zone for a in detail.assignments) == sorted(stalls)
    assert len({a.member for a in detail.assignments}) == len(stalls)
    assert all(detail.members[a.member].home_stall in stalls[a.zone] for a in detail.assignments)


def test_draft_at_the_standard_stands_beside_it(five: Database) -> None:
    found = [(p.name, p.state) for p in plans.list_plans(five, "jiashan-01")]
    assert found == [(places.STANDARD, "draft"), (places.ACCOUNT, "published")]


def test_loading_again_changes_nothing(five: Database) -> None:
    before = markets.market_summary(five, "yuyuan-01", NOW.date())
    again = places.load_place(five, "yuyuan", author=AUTHOR, drafts=places.Drafts.NONE)
    assert (again.written, again.plans) == (False, 0)
    assert markets.market_summary(five, "yuyuan-01", NOW.date()) == before


def test_interrupted_loading_is_completed(five: Database) -> None:
    with five.writing() as connection:
        from gridmap.store import tables as t

        connection.execute(t.plan.delete().where(t.plan.c.code == "jiashan-02-p2"))
    assert places.load_place(five, "jiashan", author=AUTHOR).plans == 1


def test_street_counts_its_food_market_once(five: Database) -> None:
    street, hall = (markets.market_summary(five, MarketCode(f"jiashan-0{i}"), NOW.date()) for i in (1, 2))
    assert (street.merchants, hall.merchants) == (168, 42)
    assert street.market.division == hall.market.division == "330421"


def test_place_staffing_uses_its_own_markets(five: Database) -> None:
    report = staffing.place_staffing(five, "yuyuan", NOW.date())
    assert (report.pooled.need, report.pooled.gap, report.kind) == (116, 35, "本系统推算")
    assert report.equal_markets is not None
    assert report.equal_markets.least_cap == 81
    assert report.bounds == (116, 133)
    assert len(report.one_more) == 18
    assert "缺 53" in report.notes[0].zh
    assert staffing.place_staffing(five, "yuyuan", NOW.date(), helpers=35).pooled.gap == 0
    assert staffing.place_staffing(five, "dongguan", NOW.date()).kind == "按豫园标准测算"
    whole = staffing.place_staffing(five, staffing.ALL_MARKETS, NOW.date())
    assert whole.pooled.merchants == sum(merchants for _, merchants, _ in TOTALS.values())
    assert whole.pooled.members == sum(members for _, _, members in TOTALS.values())
    assert "5 处" in whole.notes[0].zh
    assert staffing.place_staffing(five, "beizhen", NOW.date(), limit_a_day=8).duty.cycle_working_days == 19
    liwan = staffing.place_staffing(five, "liwan", NOW.date()).no_crossing
    assert liwan is not None
    assert liwan.least_cap is None


def test_places_are_listed(five: Database, tmp_path: Path) -> None:
    listed = places.list_places(five)
    assert [(p.code, p.loaded) for p in listed] == [(name, True) for name in PLACES]
    assert PLACES_DIR.is_dir()
