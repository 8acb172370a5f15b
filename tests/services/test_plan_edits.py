"""Editing drafts, on both databases: undone is as before, stale is refused with what others did, shapes follow."""

from dataclasses import replace
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridmap.errors import (
    GridmapError,
    InvalidParameterError,
    NotFoundError,
    PlanStateError,
    StaleVersionError,
    ZoneCrossesMarketError,
    ZoneLockedError,
)
from gridmap.model.duty import Zone
from gridmap.model.edits import Aim, Ask, Assign, Edit, Lock, Merge, Proposed, Recolour, Rename, Split, SplitAsk, Staff
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.services import audit, drafts, markets, plan_edits, plans
from gridmap.services.plan_edits import EditedPlan
from gridmap.services.plan_faults import Fault
from gridmap.services.plans import Author
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
LIN, CHEN = Author("user:lin", NOW), Author("user:chen", NOW)
MARKET = "two-floors"


@pytest.fixture
def market(database: Database) -> Database:
    draft = worlds.with_other_units(worlds.two_floors_one_stair(stalls_a_floor=40))
    markets.add_market(database, draft, staff=worlds.members_at("1F-010", "2F-030"))
    return database


def drafted(database: Database, target: float = 20) -> str:
    return drafts.draft_plan(database, MARKET, Params(target=target), author=LIN, day=TODAY).code


def edited(database: Database, plan: str, *asks: Ask, by: Author = LIN) -> EditedPlan:
    version = plans.get_plan(database, plan).version
    return plan_edits.edit_plan(database, plan, asks, author=by, expected_version=version)


def zones_of(database: Database, plan: str) -> dict[ZoneCode, Zone]:
    return {zone.code: zone for zone in plans.show_plan(database, plan).zones}


def state_of(database: Database, plan: str) -> object:
    """Everything of a plan that edits may change, with the shapes to a millimetre."""
    detail = plans.show_plan(database, plan)
    shape = lambda s: (s.level, s.stalls, s.merchants, shapely.normalize(shapely.set_precision(s.outline_lonlat, 1e-8)))  # noqa: E731
    return (
        [(z.code, z.name, z.colour, z.locked, z.stalls, [shape(s) for s in z.shapes]) for z in detail.zones],
        [(a.zone, a.member, a.role, a.valid_from, a.valid_to) for a in detail.assignments],
    )


def check_shapes(database: Database, plan: str) -> None:
    """Shapes cover each level once, and each stall is counted in its own zone's."""
    zones = zones_of(database, plan).values()
    stalls = {s.stall.code: s for s in markets.market_stalls(database, MARKET, TODAY)}
    for summary in markets.market_levels(database, MARKET, TODAY):
        mine = [(z, s) for z in zones for s in z.shapes if s.level == summary.level.key]
        outlines = np.array([s.outline_lonlat for _, s in mine])
        level = summary.level.outline_lonlat
        assert shapely.union_all(outlines).symmetric_difference(level).area < 1e-6 * level.area
        assert shapely.area(outlines).sum() == pytest.approx(level.area, rel=1e-6)
        for zone, shape in mine:
            here = [stalls[c] for c in zone.stalls if stalls[c].stall.level == summary.level.key]
            assert (shape.stalls, shape.merchants) == (len(here), sum(s.merchants for s in here))


def test_stalls_move_and_shapes_follow(market: Database) -> None:
    plan = drafted(market)
    one, other, *_ = zones_of(market, plan).values()
    moved = one.stalls[:3]
    done = edited(market, plan, Assign(moved, other.code))
    now = zones_of(market, plan)
    assert set(now[other.code].stalls) == {*other.stalls, *moved}
    assert set(now[one.code].stalls) == set(one.stalls) - set(moved)
    assert {zone.code for zone in done.zones} == {one.code, other.code}
    assert all(zone == now[zone.code] for zone in done.zones)
    assert done.reverse == (Assign(tuple(sorted(moved)), one.code),)
    check_shapes(market, plan)


def test_metrics_are_those_of_the_plan_as_it_is_now(market: Database) -> None:
    plan = drafted(market)
    one, other, *_ = zones_of(market, plan).values()
    done = edited(market, plan, Assign(one.stalls[:5], other.code))
    loads = [zone.merchants for zone in zones_of(market, plan).values()]
    metrics = {m.key: m.value for m in done.plan.metrics}
    assert (metrics["load_min"], metrics["load_max"]) == (min(loads), max(loads))
    assert metrics == {m.key: m.value for m in plans.get_plan(market, plan).metrics}


def test_split_merge_lock_name_and_recolour(market: Database) -> None:
    plan = drafted(market)
    zone = next(iter(zones_of(market, plan).values()))
    done = edited(
        market, plan, SplitAsk(zone.code), Lock(zone.code, True), Rename(zone.code, "一楼西"), Recolour(zone.code, 4)
    )
    (new,) = done.added
    now = zones_of(market, plan)
    assert {*now[zone.code].stalls, *now[new].stalls} == set(zone.stalls)
    assert abs(now[zone.code].merchants - now[new].merchants) <= 2
    assert (now[zone.code].locked, now[zone.code].name, now[zone.code].colour) == (True, "一楼西", 4)
    assert now[new].name == f"责任区 {new}"
    assert now[new].colour != zone.colour
    check_shapes(market, plan)
    with pytest.raises(ZoneLockedError):
        edited(market, plan, Merge((new, zone.code)))
    merged = edited(market, plan, Lock(zone.code, False), Merge((zone.code, new)))
    assert merged.removed == [new]
    assert set(zones_of(market, plan)[zone.code].stalls) == set(zone.stalls)
    check_shapes(market, plan)


def test_members_are_proposed_and_that_is_undone(market: Database) -> None:
    plan = drafted(market)
    before = state_of(market, plan)
    zone, other = next(
        (a.zone, b) for a in plans.show_plan(market, plan).assignments for b in zones_of(market, plan) if b != a.zone
    )
    (had,) = [a for a in plans.show_plan(market, plan).assignments if a.zone == zone]
    done = edited(market, plan, Staff(zone, ()), Staff(other, (Proposed(had.member, Role.MEMBER),)))
    assert {(a.zone, a.member) for a in plans.show_plan(market, plan).assignments} >= {(other, had.member)}
    assert not any(a.zone == zone for a in plans.show_plan(market, plan).assignments)
    assert (Fault.NO_MEMBER, zone) in {(fault.fault, fault.zone) for fault in done.faults}
    edited(market, plan, *cast("tuple[Ask, ...]", done.reverse))
    assert state_of(market, plan) == before
    with pytest.raises(NotFoundError, match="nobody"):
        edited(market, plan, Staff(zone, (Proposed(MemberCode("nobody"), Role.MEMBER),)))


def test_another_band_judges_the_same_zones(market: Database) -> None:
    plan = drafted(market)
    loads = sorted(zone.merchants for zone in zones_of(market, plan).values())
    done = edited(market, plan, Aim(target=5, low=4, high=loads[0] - 1))
    assert sum(fault.fault is Fault.OVER for fault in done.faults) == len(loads)
    assert {m.key: m.value for m in done.plan.metrics}["in_band_pct"] == 0
    edited(market, plan, *cast("tuple[Ask, ...]", done.reverse))
    _, faults = plan_edits.list_faults(market, plan, TODAY)
    assert Fault.OVER not in {fault.fault for fault in faults}
    with pytest.raises(InvalidParameterError, match="low"):
        edited(market, plan, Aim(5, 6, 4))


def test_a_line_splits_a_zone_on_all_its_levels(market: Database) -> None:
    plan = drafted(market)
    first, *others = zones_of(market, plan)
    edited(market, plan, Merge((first, *others)))
    lon = {t.stall.code: t.stall.place_lonlat.centroid.x for t in markets.market_stalls(market, MARKET, TODAY)}
    cut = (min(lon.values()) + max(lon.values())) / 2 + 1e-5
    done = edited(market, plan, SplitAsk(first, ((cut, 31.0), (cut, 31.1)), into=ZoneCode("东")))
    assert done.added == ["东"]
    assert {code for code, x in lon.items() if x > cut} == set(zones_of(market, plan)["东"].stalls)
    with pytest.raises(InvalidParameterError, match="line"):
        edited(market, plan, SplitAsk(first, ((0.0, 0.0), (1.0, 0.0))))


def test_faults_are_told_and_not_forbidden(market: Database) -> None:
    plan = drafted(market)
    zones = zones_of(market, plan)
    ground = [z for z in zones.values() if z.shapes[0].level.ordinal == 0]
    upper = next(z for z in zones.values() if z.shapes[0].level.ordinal == 1)
    far = ground[0].stalls[-1]
    done = edited(market, plan, Assign((far,), upper.code), Assign((ground[1].stalls[0],), None))
    found = {(fault.fault, fault.zone): fault for fault in done.faults}
    assert found[Fault.IN_PIECES, upper.code].count == 2
    assert found[Fault.NO_ZONE, None].stalls == (ground[1].stalls[0],)
    members = {a.zone for a in plans.show_plan(market, plan).assignments}
    assert {zone for fault, zone in found if fault is Fault.NO_MEMBER} == set(zones) - members
    over = edited(market, plan, Assign(ground[0].stalls[:-1], ground[1].code))
    kinds = {(fault.fault, fault.zone) for fault in over.faults}
    assert {(Fault.EMPTY, ground[0].code), (Fault.OVER, ground[1].code)} <= kinds
    assert plan_edits.list_faults(market, plan, TODAY)[1] == over.faults


def test_all_edits_of_a_list_are_made_or_none(market: Database) -> None:
    plan = drafted(market)
    before, version = state_of(market, plan), plans.get_plan(market, plan).version
    one, other, *_ = zones_of(market, plan)
    with pytest.raises(NotFoundError, match="999"):
        edited(market, plan, Merge((one, other)), Lock(ZoneCode("999"), True))
    assert state_of(market, plan) == before
    assert plans.get_plan(market, plan).version == version
    assert plan_edits.list_edits(market, plan) == []


def test_somebody_who_comes_too_late_is_told_what_others_did(market: Database) -> None:
    plan = drafted(market)
    zone, other, *_ = zones_of(market, plan)
    read = plans.get_plan(market, plan).version
    edited(market, plan, Rename(zone, "甲"))
    edited(market, plan, Rename(zone, "乙"), Lock(other, True), by=CHEN)
    before = state_of(market, plan)
    with pytest.raises(StaleVersionError) as caught:
        plan_edits.edit_plan(market, plan, [Rename(zone, "丙")], author=LIN, expected_version=read)
    told = [(change.by, change.edit["op"], change.revision) for change in caught.value.changes]
    assert told == [("user:lin", "name", 2), ("user:chen", "name", 3), ("user:chen", "lock", 3)]
    with pytest.raises(StaleVersionError) as caught:
        plans.publish_plan(market, plan, TODAY, today=TODAY, expected_version=read)
    assert len(caught.value.changes) == 3
    assert state_of(market, plan) == before
    for nonsense in ("x", f"{read}9999999999999", f"{read}٣", "other.1", ""):
        with pytest.raises(StaleVersionError) as caught:
            plan_edits.edit_plan(market, plan, [Rename(zone, "丙")], author=LIN, expected_version=nonsense)
        assert caught.value.changes == ()


def test_edits_are_kept_and_only_drafts_are_edited(market: Database) -> None:
    plan = drafted(market)
    zone = next(iter(zones_of(market, plan)))
    edited(market, plan, Rename(zone, "甲"), Lock(zone, True))
    plans.publish_plan(market, plan, TODAY, today=TODAY)
    with pytest.raises(PlanStateError):
        edited(market, plan, Rename(zone, "乙"))
    kept = plan_edits.list_edits(market, plan)
    assert [(e.number, e.revision, e.by, e.at, e.edit) for e in kept] == [
        (1, 2, "user:lin", NOW, Rename(zone, "甲")),
        (2, 2, "user:lin", NOW, Lock(zone, True)),
    ]
    assert kept[0].reverse == (Rename(zone, f"责任区 {zone}"),)
    assert [e.number for e in plan_edits.list_edits(market, plan, after=1)] == [2]
    lines = [line for line in audit.read_log(market) if line.action == "plan.edit"]
    assert [line.subject for line in lines] == [plan]
    assert '"edits":["name","lock"]' in lines[0].detail


def test_stalls_of_another_market_are_refused_by_name(market: Database) -> None:
    other = worlds.two_floors_one_stair("next-door", stalls_a_floor=8)
    strange = tuple(replace(s, code=StallCode(f"X{s.code}")) for s in other.stalls)
    markets.add_market(market, replace(other, stalls=strange, merchants=(), occupancies=()))
    plan = drafted(market)
    zone = next(iter(zones_of(market, plan)))
    with pytest.raises(ZoneCrossesMarketError, match="next-door"):
        edited(market, plan, Assign((StallCode("X1F-001"),), zone))
    with pytest.raises(NotFoundError, match="nowhere"):
        edited(market, plan, Assign((StallCode("nowhere"),), zone))


def test_merge_undone_brings_the_proposed_members_back(market: Database) -> None:
    plan = drafted(market)
    before = state_of(market, plan)
    staffed = [a.zone for a in plans.show_plan(market, plan).assignments]
    done = edited(market, plan, Merge((staffed[0], staffed[1])))
    assert len(plans.show_plan(market, plan).assignments) == 1
    undo(market, plan, done.reverse)
    assert state_of(market, plan) == before


def undo(database: Database, plan: str, reverse: tuple[Edit, ...]) -> EditedPlan:
    asks = [
        SplitAsk(e.zone, stalls=e.stalls, into=e.into, name=e.name, colour=e.colour, members=e.members)
        if isinstance(e, Split)
        else e
        for e in reverse
    ]
    return edited(database, plan, *asks)


CODES = [ZoneCode(code) for code in ("101", "102", "201", "202", "103")]
STALLS = [StallCode(f"{floor}F-{i:03d}") for floor in (1, 2) for i in range(1, 40, 4)]
asks = st.one_of(
    st.builds(Assign, st.lists(st.sampled_from(STALLS), unique=True, max_size=9).map(tuple), st.sampled_from(CODES)),
    st.builds(Assign, st.lists(st.sampled_from(STALLS), unique=True, max_size=3).map(tuple), st.none()),
    st.builds(SplitAsk, st.sampled_from(CODES)),
    st.builds(Merge, st.lists(st.sampled_from(CODES), unique=True, min_size=2, max_size=3).map(tuple)),
    st.builds(Lock, st.sampled_from(CODES), st.booleans()),
    st.builds(Rename, st.sampled_from(CODES), st.sampled_from(["东", "西"])),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(asks, min_size=1, max_size=6))
def test_any_sequence_undone_through_the_store_gives_the_start(market: Database, wanted: list[Ask]) -> None:
    plan = drafted(market)
    before = state_of(market, plan)
    reverse: tuple[Edit, ...] = ()
    for ask in wanted:
        try:
            reverse = (*edited(market, plan, ask).reverse, *reverse)
        except GridmapError:
            continue
    check_all = [code for zone in zones_of(market, plan).values() for code in zone.stalls]
    assert len(check_all) == len(set(check_all))
    if reverse:
        undo(market, plan, reverse)
    assert state_of(market, plan) == before
