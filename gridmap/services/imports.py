"""What a person does with imports: look at them, decide on a proposal, take one back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gridmap.errors import ImportStateError, RegisterConflictError, StaleVersionError
from gridmap.model.imports import ImportKind, ImportRecord, ImportState, QuarantinedRow
from gridmap.model.register_changes import RegisterEvent
from gridmap.services.intake import read_one
from gridmap.services.plans import Author
from gridmap.services.register import checked, existing_draft, surroundings
from gridmap.services.register_applying import apply_changes
from gridmap.services.register_events import told
from gridmap.services.register_incoming import Incoming, Intake, keep
from gridmap.store import audit, history, imports, markets, plans, quarantine
from gridmap.store.references import check_market_unreferenced
from gridmap.store.session import Connection, Database

_PARTS_OF_MARKET = ("building", "change", "connector", "stall", "merchant", "member", "post", "register_import")
"""What a new market's import writes goes with it; the feed and the records stay and no longer point to it."""


@dataclass(frozen=True)
class ImportDetail:
    """An import with what it changes and the rows that stayed out."""

    record: ImportRecord
    events: tuple[RegisterEvent, ...]
    rows: tuple[QuarantinedRow, ...]
    reading: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How its files were read: `exchange.reports.reading_json`."""


def list_imports(database: Database, market: str, *, after: str = "", limit: int | None = None) -> list[ImportRecord]:
    """Return a market's imports, newest first; those older than one."""
    with database.reading() as connection:
        return imports.records(connection, market, after=after, limit=limit)


def market_of_import(database: Database, code: str) -> str:
    """Return the code of the market that an import went into; NotFoundError if there is no such import or market."""
    with database.reading() as connection:
        return imports.market_of(connection, code)


def show_import(database: Database, market: str, code: str) -> ImportDetail:
    """Return one import with its changes in words."""
    with database.reading() as connection:
        record = imports.record(connection, market, code)
        names = {
            merchant: states[-1].value.name
            for merchant, states in history.merchant_timelines(
                connection, markets.market_id(connection, market)
            ).items()
        }
        events = told(imports.changes(connection, code), names)
        return ImportDetail(record, tuple(events), tuple(quarantine.rows_of(connection, market, code)),
                            imports.report_of(connection, code))  # fmt: skip


def propose(database: Database, intake: Intake, market: str, *, author: Author) -> ImportRecord:
    """
    Keep what a list would change in a market as a proposal; nothing changes until somebody applies it.

    Raises
    ------
    NotFoundError
        If there is no such market.
    InputRefusedError
        If the file cannot be used at all, or a later list is in force.
    """
    with database.reading() as connection:
        known = markets.market(connection, market)
    intake = replace(intake, first_day=intake.first_day or author.now.date(), whole=intake.whole is not False)
    read = read_one(
        intake.files, market=known.code, datum=intake.datum, today=intake.day, whole=intake.whole is not False,
        existing=existing_draft(database, known.code, intake.day), around=surroundings(database),
    )  # fmt: skip
    with database.writing() as connection:
        markets.lock_market(connection, known.code)
        incoming = checked(connection, intake, read, read.markets[0])
        if not isinstance(incoming, Incoming):
            raise replace(read, markets=(incoming,)).nothing_accepted()
        kept = keep(connection, incoming, ImportState.PROPOSED, by=author.name, now=author.now)
        return imports.record(connection, market, kept.record)


def apply_import(
    database: Database, market: str, code: str, *, author: Author, version: str | None = None
) -> ImportRecord:
    """
    Put a proposal into force as it was shown, all of it or nothing.

    Raises
    ------
    ImportStateError
        If it is no proposal any more.
    StaleVersionError
        If it changed since the caller read it.
    RegisterConflictError
        If the register has changed since in what the proposal is about.
    """
    with database.writing() as connection:
        record = locked_import(connection, market, code, ImportState.PROPOSED, version)
        apply_changes(connection, record.market, imports.changes(connection, code))
        return _step(connection, record, ImportState.APPLIED, author)


def drop_import(
    database: Database, market: str, code: str, *, author: Author, version: str | None = None
) -> ImportRecord:
    """Give a proposal up; it stays on record."""
    with database.writing() as connection:
        record = locked_import(connection, market, code, ImportState.PROPOSED, version)
        return _step(connection, record, ImportState.DROPPED, author)


def undo_import(
    database: Database, market: str, code: str, *, author: Author, version: str | None = None
) -> ImportRecord:
    """
    Take an import back: the register is as it was before it, to the day.

    A new market goes as a whole.

    Raises
    ------
    ImportStateError
        If it is not in force.
    RegisterConflictError
        If later changes build on it: a later import of the same things, a plan that speaks of a stall.
    """
    with database.writing() as connection:
        record = locked_import(connection, market, code, ImportState.APPLIED, version)
        if record.kind is ImportKind.NEW:
            return _undo_market(connection, record, author)
        apply_changes(connection, record.market, [change.reverse for change in imports.changes(connection, code)])
        quarantine.reopen(connection, code)
        return _step(connection, record, ImportState.UNDONE, author)


def _undo_market(connection: Connection, record: ImportRecord, author: Author) -> ImportRecord:
    key = markets.market_id(connection, record.market)
    later = imports.newest_in_force(connection, record.market)
    if later != record.code:
        raise RegisterConflictError(f"market {record.market}", later)
    apply_changes(connection, record.market, [change.reverse for change in imports.changes(connection, record.code)])
    brought = ("plan",) if [plan.code for plan in plans.plans(connection, record.market)] == _plan_of(record) else ()
    check_market_unreferenced(connection, key, record.market, own=(*_PARTS_OF_MARKET, *brought))
    done = _step(connection, record, ImportState.UNDONE, author)
    markets.delete_market(connection, record.market)
    return done


def _plan_of(record: ImportRecord) -> list[str]:
    """Return the code of the plan that a new market brought along, if it did."""
    return [f"{record.market}-p1" for file in record.files if file.role == "plans" and file.accepted]


def locked_import(
    connection: Connection, market: str, code: str, needed: ImportState, version: str | None
) -> ImportRecord:
    """
    Lock the market of an import and return the record, for a step that it takes only from one state.

    Raises
    ------
    StaleVersionError
        If it changed since the caller read it; `version` is None where that does not matter.
    ImportStateError
        If it is in another state.
    """
    markets.lock_market(connection, market)
    record = imports.record(connection, market, code)
    if version is not None and version != record.version:
        raise StaleVersionError("import", code, record.version)
    if record.state is not needed:
        raise ImportStateError("import", code, record.state, needed)
    return record


def _step(connection: Connection, record: ImportRecord, state: ImportState, author: Author) -> ImportRecord:
    imports.set_state(connection, record.code, state, by=author.name, at=author.now)
    audit.describe(connection, f"register.{state}", record.market, record=record.code)
    return imports.record(connection, record.market, record.code)
