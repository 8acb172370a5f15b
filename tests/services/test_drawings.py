"""Markets, levels and stalls drawn by hand: one change of the register, told, kept, taken back to the day."""

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon

from gridmap.errors import (
    AlreadyExistsError,
    ImportStateError,
    InvalidParameterError,
    NotFoundError,
    RegisterConflictError,
    StaleVersionError,
)
from gridmap.model.drawings import (
    AddStall,
    ChangeStall,
    DrawingFaultsError,
    DrawingOrder,
    DrawingStep,
    DrawLevel,
    EndStall,
    FaultKind,
    RemoveLevel,
    RenumberStall,
)
from gridmap.model.ids import MarketCode, StallCode
from gridmap.model.imports import ImportState
from gridmap.model.kinds import UnitKind
from gridmap.model.places import LevelKey
from gridmap.model.register_changes import EventKind
from gridmap.services import drafts, drawings, markets
from gridmap.services.drawing_changes import sketch
from gridmap.services.drawings import Drawn, NewMarket
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params
from gridmap.store import audit, history
from gridmap.store import markets as market_store
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author
from tests.worlds import MAIN, OPENED

MARKET = "two-floors"
DAY = date(2026, 6, 1)
DRAFT = worlds.two_floors_one_stair(stalls_a_floor=8)
PROJECTION = DRAFT.market.projection
A1, A2 = StallCode("1F-001"), StallCode("1F-002")


def at(x: float, y: float, *, width_m: float = 1.5) -> Polygon:
    return worlds.rectangle(PROJECTION, x, y, x + width_m, y + 1.5)


def add(code: str, x: float, y: float) -> AddStall:
    return AddStall(StallCode(code), 0, at(x, y))


def draw(database: Database, *steps: DrawingStep, day: date = DAY) -> Drawn:
    version, _ = drawings.list_drawings(database, MARKET)
    return drawings.draw(database, MARKET, DrawingOrder(steps, day), author=author(), version=version)


@pytest.fixture
def world(database: Database) -> Database:
    markets.add_market(database, DRAFT)
    return database


def stalls(database: Database, day: date = DAY) -> dict[StallCode, Any]:
    return {t.stall.code: t.stall.place_lonlat for t in markets.market_stalls(database, MARKET, day)}


def test_a_stall_is_put_down_from_its_day_and_taken_back(world: Database) -> None:
    before = stalls(world)
    drawn = draw(world, add("N1", 0.2, 0.2))
    assert drawn.record is not None
    assert drawn.faults == drawn.mends == ()
    assert [(event.kind, event.stalls) for event in drawn.events] == [(EventKind.STALL_ADD, ("N1",))]
    assert stalls(world).keys() - before.keys() == {"N1"}
    assert "N1" not in stalls(world, DAY - timedelta(1))
    done = drawings.undo_drawing(world, MARKET, drawn.record.code, author=author(), version=drawn.record.version)
    assert done.state is ImportState.UNDONE
    assert stalls(world) == before
    again = drawings.redo_drawing(world, MARKET, done.code, author=author(), version=done.version)
    assert (again.state, stalls(world).keys() - before.keys()) == (ImportState.APPLIED, {"N1"})
    with pytest.raises(ImportStateError):
        drawings.redo_drawing(world, MARKET, done.code, author=author(), version=again.version)
    with world.reading() as connection:
        assert {line.action for line in audit.lines(connection)} >= {"register.drawn", "register.undone"}


def test_an_ended_stall_is_closed_not_erased(world: Database) -> None:
    drawn = draw(world, EndStall(A1))
    assert {event.kind for event in drawn.events} == {EventKind.STALL_END, EventKind.CLOSE}
    assert A1 not in stalls(world)
    assert A1 in stalls(world, DAY - timedelta(1))
    assert not [o for o in _occupied(world, DAY) if o == A1]
    assert [o for o in _occupied(world, DAY - timedelta(1)) if o == A1]
    draw(world, add("1F-001", 2, 2), day=DAY + timedelta(7))  # the number is free again
    assert A1 in stalls(world, DAY + timedelta(7))
    assert A1 not in stalls(world)


def _occupied(database: Database, day: date) -> list[str]:
    return [t.stall.code for t in markets.market_stalls(database, MARKET, day) if t.merchants]


def test_numbers_change_places_and_nothing_else_does(world: Database) -> None:
    plan = drafts.draft_plan(world, MARKET, Params(target=8), author=author(), day=OPENED)
    before = stalls(world)
    drawn = draw(world, RenumberStall(A1, A2), RenumberStall(A2, A1))
    now = stalls(world)
    assert (now[A1], now[A2]) == (before[A2], before[A1])
    assert [event.kind for event in drawn.events] == [EventKind.STALL_CODE] * 2
    assert _occupied(world, DAY) == sorted(now)
    third = draw(world, RenumberStall(A1, StallCode("甲-1"))).record
    assert drawn.record is not None
    assert third is not None
    with pytest.raises(RegisterConflictError):
        drawings.undo_drawing(world, MARKET, drawn.record.code, author=author(), version=drawn.record.version)
    for record in (third, drawn.record):
        drawings.undo_drawing(world, MARKET, record.code, author=author(), version=record.version)
    assert stalls(world) == before
    assert plan.code == "two-floors-p1"


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (add("1F-002", 0.2, 0.2), FaultKind.TAKEN),
        (add("N1", -3, 0), FaultKind.OUTSIDE),
        (add("N1", 2.7, 2.7), FaultKind.OVERLAP),
        (EndStall(StallCode("none")), FaultKind.UNKNOWN),
        (ChangeStall(StallCode("none")), FaultKind.UNKNOWN),
        (ChangeStall(A1, at(5, 2)), FaultKind.OVERLAP),
        (RenumberStall(A1, A2), FaultKind.TAKEN),
        (RenumberStall(StallCode("none"), A2), FaultKind.UNKNOWN),
        (AddStall(StallCode("N1"), 7, at(0, 0)), FaultKind.NO_LEVEL),
        (RemoveLevel(LevelKey(MAIN, 0)), FaultKind.IN_USE),
        (RemoveLevel(LevelKey(MAIN, 5)), FaultKind.NO_LEVEL),
        (DrawLevel(LevelKey(MAIN, 0), "1F", at(0, 0)), FaultKind.OUTSIDE),
        (DrawLevel(LevelKey(MAIN, 2), "3F", Polygon([(121, 31), (121.001, 31.001), (121.001, 31), (121, 31.001)])),
         FaultKind.SHAPE),
        (DrawLevel(LevelKey(MAIN, 2), "3F", Point(worlds.LON, worlds.LAT).buffer(1e-4, quad_segs=6000)),
         FaultKind.SHAPE),
        (DrawLevel(LevelKey(MAIN, 2), "3F", Point(-70, 10).buffer(1e-4)), FaultKind.SHAPE),
        (DrawLevel(LevelKey(MAIN, 2), "3F", Point(worlds.LON, worlds.LAT)), FaultKind.SHAPE),
    ],
)  # fmt: skip
def test_faults_are_told_and_nothing_is_written(world: Database, step: DrawingStep, kind: FaultKind) -> None:
    before = stalls(world)
    looked = drawings.check_drawing(world, MARKET, DrawingOrder((step,), DAY))
    assert {fault.kind for fault in looked.faults} == {kind}
    assert looked.events == ()
    with pytest.raises(DrawingFaultsError) as raised:
        draw(world, step)
    assert raised.value.faults == looked.faults
    assert looked.faults[0].text() in str(raised.value)
    assert stalls(world) == before
    assert drawings.list_drawings(world, MARKET)[1] == []


def test_small_misfits_are_fitted_and_told(world: Database) -> None:
    drawn = draw(world, add("N1", -0.2, 0.3), add("N2", 2, 4.9))
    fitted = {mend.stall: mend for mend in drawn.mends}
    assert (fitted.keys(), fitted[StallCode("N2")].other) == ({"N1", "N2"}, "1F-001")
    now = crs.to_metres(stalls(world)[StallCode("N1")], PROJECTION)
    assert now.area == pytest.approx(1.3 * 1.5, rel=1e-3)


def test_a_redrawn_level_takes_its_stalls_along_or_refuses(world: Database) -> None:
    level = DrawLevel(LevelKey(MAIN, 0), "一层", worlds.rectangle(PROJECTION, 2.3, 0, 14, 24))
    drawn = draw(world, level)
    assert {mend.stall for mend in drawn.mends} == {f"1F-{n:03d}" for n in (1, 3, 5, 7)}
    with world.reading() as connection:
        assert history.register(connection, MARKET).levels[LevelKey(MAIN, 0)].label == "一层"
    assert drawn.record is not None
    drawings.undo_drawing(world, MARKET, drawn.record.code, author=author(), version=drawn.record.version)
    assert drawings.check_drawing(world, MARKET, DrawingOrder((add("N1", 0.2, 0.2),), DAY)).faults == ()


def test_a_market_is_drawn_filled_and_taken_back(database: Database) -> None:
    floor = worlds.rectangle(PROJECTION, 0, 0, 30, 20)
    new = NewMarket(MarketCode("hall"), "新馆", tuple(DrawLevel(LevelKey(MAIN, o), f"{o + 1}F", floor) for o in (0, 1)))
    record = drawings.create_market(database, new, author=author())
    with pytest.raises(AlreadyExistsError):
        drawings.create_market(database, new, author=author())
    version, listed = drawings.list_drawings(database, "hall")
    assert [one.code for one in listed] == [record.code]
    order = DrawingOrder((AddStall(StallCode("A1"), 0, at(1, 1), kind=UnitKind.VACANT),), DAY)
    drawn = drawings.draw(database, "hall", order, author=author(), version=version)
    with pytest.raises(StaleVersionError):
        drawings.draw(database, "hall", order, author=author(), version=version)
    with pytest.raises(RegisterConflictError):
        drawings.undo_drawing(database, "hall", record.code, author=author(), version=record.version)
    assert drawn.record is not None
    drawings.undo_drawing(database, "hall", drawn.record.code, author=author(), version=drawn.record.version)
    drawings.undo_drawing(database, "hall", record.code, author=author(), version=record.version)
    with pytest.raises(NotFoundError):
        drawings.list_drawings(database, "hall")
    twice = NewMarket(MarketCode("hall"), "新馆", (new.levels[0], new.levels[0]))
    with pytest.raises(DrawingFaultsError):
        drawings.create_market(database, twice, author=author())


def test_what_came_by_a_file_is_no_drawing(world: Database) -> None:
    with pytest.raises(NotFoundError):
        drawings.undo_drawing(world, MARKET, "two-floors-i1", author=author(), version="x")
    with pytest.raises(InvalidParameterError):
        drawings.check_drawing(world, MARKET, DrawingOrder((EndStall(A1), RenumberStall(A2, A1)), DAY))


CODES = st.sampled_from([StallCode(c) for c in (*(f"1F-{n:03d}" for n in range(1, 9)), "N1", "N2", "N3")])
PLACES = st.builds(at, st.floats(-1, 10), st.floats(-1, 24))
STEPS: st.SearchStrategy[DrawingStep] = st.one_of(
    st.builds(AddStall, CODES, st.just(0), PLACES), st.builds(ChangeStall, CODES, PLACES), st.builds(EndStall, CODES)
)
NUMBERS: st.SearchStrategy[DrawingStep] = st.builds(RenumberStall, CODES, CODES)
ROUNDS = st.lists(
    st.one_of(st.lists(STEPS, min_size=1, max_size=4), st.lists(NUMBERS, min_size=1, max_size=3)), max_size=5
)


@given(rounds=ROUNDS, days=st.lists(st.integers(0, 3), min_size=5, max_size=5))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_drawings_undone_give_the_start(
    rounds: list[list[DrawingStep]], days: list[int], database: Database
) -> None:
    with database.writing() as connection:
        if market_store.exists(connection, MARKET):
            market_store.delete_market(connection, MARKET)
    markets.add_market(database, DRAFT)
    with database.reading() as connection:
        start = history.register(connection, MARKET)
    records = []
    for steps, later in zip(rounds, days, strict=False):
        order = DrawingOrder(tuple(steps), DAY + timedelta(later))
        if drawings.check_drawing(database, MARKET, order).faults:
            continue
        records.append(draw(database, *steps, day=order.day).record)
        _stands(database, order.day)
    for record in filter(None, reversed(records)):
        drawings.undo_drawing(database, MARKET, record.code, author=author(), version=record.version)
    with database.reading() as connection:
        end = history.register(connection, MARKET)
    assert (end.stalls, end.levels, end.occupancies) == (start.stalls, start.levels, start.occupancies)


def _stands(database: Database, day: date) -> None:
    """Every stall of the day lies on its floor and beside the others."""
    with database.reading() as connection:
        register = history.register(connection, MARKET)
    floor = crs.to_metres(register.levels[LevelKey(MAIN, 0)].outline_lonlat, PROJECTION)
    here = [
        crs.to_metres(t.stall.place_lonlat, PROJECTION)
        for t in markets.market_stalls(database, MARKET, day)
        if t.stall.level.ordinal == 0
    ]
    assert all(floor.buffer(0.01).covers(place) for place in here)
    common = sum(a.intersection(b).area for i, a in enumerate(here) for b in here[:i])
    assert common < 0.01 * max(len(here), 1)
    same = DrawLevel(LevelKey(MAIN, 0), "1F", register.levels[LevelKey(MAIN, 0)].outline_lonlat)
    assert sketch(register, DrawingOrder((same,), day)).faults == []
    assert shapely.is_valid(here).all()
