"""What a person does with a drawing: looks whether it can stand, puts it into force, takes it back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from gridmap.errors import NotFoundError, StaleVersionError
from gridmap.model.drawings import DrawingFault, DrawingFaultsError, DrawingMend, DrawingOrder, DrawLevel, FaultKind
from gridmap.model.ids import MarketCode
from gridmap.model.imports import ImportKind, ImportRecord, ImportState
from gridmap.model.intake import MarketDraft
from gridmap.model.kinds import Layout, MarketKind
from gridmap.model.places import Building, Level, LevelKey, Market
from gridmap.model.register_changes import Change, Register, RegisterEvent
from gridmap.services.drawing_changes import Sketch, shape_fault, sketch
from gridmap.services.imports import locked_import, undo_import
from gridmap.services.markets import write_market
from gridmap.services.plans import Author
from gridmap.services.register_applying import apply_changes, make_changes
from gridmap.services.register_events import counted, told
from gridmap.spatial import crs
from gridmap.store import audit, history, imports, markets
from gridmap.store.session import Connection, Database


@dataclass(frozen=True)
class Drawn:
    """A drawing held against the register: what it changes, what was fitted, what is wrong; `record` once in force."""

    events: tuple[RegisterEvent, ...]
    mends: tuple[DrawingMend, ...]
    faults: tuple[DrawingFault, ...]
    version: str
    record: ImportRecord | None = None


@dataclass(frozen=True)
class NewMarket:
    """A market as it is first drawn: its levels, and no stall yet."""

    code: MarketCode
    name: str
    levels: tuple[DrawLevel, ...]
    kind: MarketKind = MarketKind.MARKET
    layout: Layout = Layout.BUILDING
    division: str | None = None


def check_drawing(database: Database, market: str, order: DrawingOrder) -> Drawn:
    """Say what a drawing would change and what is wrong with it; nothing is written."""
    with database.reading() as connection:
        register = history.register(connection, market)
        return _drawn(register, sketch(register, order), imports.version_of(connection, market))


def draw(database: Database, market: str, order: DrawingOrder, *, author: Author, version: str) -> Drawn:
    """
    Put a drawing into force as one change of the register, with a record that can be taken back.

    Raises
    ------
    DrawingFaultsError
        If anything is wrong with it; all of it is told, nothing is written.
    StaleVersionError
        If the register changed since the caller read it.
    """
    with database.writing() as connection:
        markets.lock_market(connection, market)
        register = history.register(connection, market)
        now = imports.version_of(connection, market)
        if version != now:
            raise StaleVersionError("market", market, now)
        found = sketch(register, order)
        if found.faults:
            raise DrawingFaultsError.of(found.faults)
        drawn = _drawn(register, found, now)
        if not found.changes:
            return drawn
        make_changes(connection, register.market.code, found.changes)
        counts = counted(drawn.events)
        code = register.market.code
        record = keep_drawing(connection, code, found.changes, counts=counts, first_day=order.day, author=author)
        audit.describe(connection, "register.drawn", record.market, record=record.code, changes=len(found.changes))
        return Drawn(drawn.events, drawn.mends, (), imports.version_of(connection, market), record)


def create_market(database: Database, new: NewMarket, *, author: Author) -> ImportRecord:
    """
    Write a market that is drawn, with its levels; stalls come later.

    Raises
    ------
    AlreadyExistsError
        If the code is taken.
    DrawingFaultsError
        If an outline cannot be used, or a level comes twice.
    """
    projection = _projection_of(new.levels)
    buildings = {level.key.building: level.building_name or level.key.building for level in new.levels}
    outlines: list[Any] = [level.outline_lonlat for level in new.levels]
    draft = MarketDraft(
        market=Market(new.code, new.name, new.kind, new.layout, projection, new.division),
        buildings=tuple(Building(code, name) for code, name in buildings.items()),
        levels=tuple(Level(n.key, n.label, outline) for n, outline in zip(new.levels, outlines, strict=True)),
    )
    with database.writing() as connection:
        write_market(connection, draft)
        counts = {"levels": len(draft.levels)}
        return keep_drawing(
            connection, new.code, (), counts=counts, first_day=author.now.date(), author=author, kind=ImportKind.NEW
        )


def list_drawings(database: Database, market: str) -> tuple[str, list[ImportRecord]]:
    """Return the version of a market's register, and what was drawn in it, newest first."""
    with database.reading() as connection:
        found = [record for record in imports.records(connection, market) if _is_drawn(record)]
        return imports.version_of(connection, market), found


def undo_drawing(database: Database, market: str, code: str, *, author: Author, version: str) -> ImportRecord:
    """
    Take a drawing back: the register is as it was before it, to the day; a market that was drawn goes as a whole.

    Raises
    ------
    ImportStateError
        If it is not in force.
    RegisterConflictError
        If later changes build on it.
    """
    with database.reading() as connection:
        _record(connection, market, code)
    return undo_import(database, market, code, author=author, version=version)


def redo_drawing(database: Database, market: str, code: str, *, author: Author, version: str) -> ImportRecord:
    """Put a drawing that was taken back into force again; RegisterConflictError if something came between."""
    with database.writing() as connection:
        _record(connection, market, code)
        record = locked_import(connection, market, code, ImportState.UNDONE, version)
        apply_changes(connection, record.market, imports.changes(connection, code))
        imports.set_state(connection, code, ImportState.APPLIED, by=author.name, at=author.now)
        audit.describe(connection, "register.drawn", record.market, record=code)
        return imports.record(connection, record.market, code)


def keep_drawing(
    connection: Connection,
    market: MarketCode,
    changes: Sequence[Change],
    *,
    counts: Mapping[str, int],
    first_day: date,
    author: Author,
    kind: ImportKind = ImportKind.DRAWING,
) -> ImportRecord:
    """Write the record of a drawing that is in force."""
    code = imports.next_code(connection, market)
    record = ImportRecord(
        code=code, market=market, kind=kind, state=ImportState.APPLIED, first_day=first_day, whole=False,
        created_at=author.now, created_by=author.name, decided_at=author.now, decided_by=author.name, counts=counts,
    )  # fmt: skip
    imports.insert_import(connection, record, changes, market_key=markets.market_id(connection, market), report={})
    return imports.record(connection, market, code)


def _drawn(register: Register, found: Sketch, version: str) -> Drawn:
    names = {code: states[-1].value.name for code, states in register.merchants.items()}
    events = () if found.faults else tuple(told(found.changes, names))
    return Drawn(events, tuple(found.mends), tuple(found.faults), version)


def _projection_of(levels: Sequence[DrawLevel]) -> str:
    """Return the projection of a market that is drawn; DrawingFaultsError if it cannot be drawn so."""
    faults = list(_faults_of(levels, None))
    if not faults:
        west, south, east, north = shapely.total_bounds([level.outline_lonlat for level in levels]).tolist()
        projection = crs.local_projection((west + east) / 2, (south + north) / 2)
        faults = list(_faults_of(levels, projection))
        if not faults:
            return projection
    raise DrawingFaultsError.of(faults)


def _faults_of(levels: Sequence[DrawLevel], projection: str | None) -> Iterator[DrawingFault]:
    seen: set[LevelKey] = set()
    for i, level in enumerate(levels):
        what = shape_fault(level.outline_lonlat, projection)
        if what:
            yield DrawingFault(FaultKind.SHAPE, level.label, i, what=what)
        if level.key in seen:
            yield DrawingFault(FaultKind.TAKEN, level.label, i)
        seen.add(level.key)


def _is_drawn(record: ImportRecord) -> bool:
    return record.kind is ImportKind.DRAWING or (record.kind is ImportKind.NEW and not record.files)


def _record(connection: Connection, market: str, code: str) -> ImportRecord:
    """Return what was drawn; what came in by a file is none of it."""
    record = imports.record(connection, market, code)
    if not _is_drawn(record):
        raise NotFoundError("import", code)
    return record
