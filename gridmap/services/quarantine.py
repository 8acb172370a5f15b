"""What a person does with rows that stayed out: look at them, mend and let them in, or drop them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import shapely

from gridmap.errors import ImportStateError, InvalidParameterError, StaleVersionError
from gridmap.exchange.columns import match_columns
from gridmap.exchange.findings import Findings
from gridmap.exchange.rows import Row, Table
from gridmap.exchange.scope import Scope
from gridmap.model.imports import ImportKind, ImportRecord, ImportState, QuarantinedRow, RowState
from gridmap.model.intake import InputRole
from gridmap.model.register_changes import RegisterEvent
from gridmap.services.intake import take_tables
from gridmap.services.intake_report import MarketIntake
from gridmap.services.plans import Author
from gridmap.services.quarantine_rows import GEOMETRY, doubtful_rows
from gridmap.services.register_applying import apply_changes
from gridmap.services.register_changes import ListTerms, compare
from gridmap.services.register_incoming import Incoming, draft_on, events_of, keep
from gridmap.spatial.crs import Datum
from gridmap.store import audit, history, imports, markets, quarantine, trades
from gridmap.store.session import Connection, Database


@dataclass(frozen=True)
class Mended:
    """A row after an attempt to mend it: let in by an import of its own, or still out with a new reason."""

    row: QuarantinedRow
    record: str = ""
    events: tuple[RegisterEvent, ...] = ()


def list_rows(
    database: Database,
    market: str,
    *,
    state: RowState | None = RowState.OPEN,
    after: str = "",
    limit: int | None = None,
) -> list[QuarantinedRow]:
    """Return rows that stayed out of a market's imports, the oldest first; those past one."""
    with database.reading() as connection:
        return quarantine.rows(connection, market, state=state, after=after, limit=limit)


def market_of_row(database: Database, code: str) -> str:
    """Return the code of the market that a row was meant for."""
    with database.reading() as connection:
        return quarantine.market_of(connection, code)


def show_row(database: Database, market: str, code: str) -> QuarantinedRow:
    """Return one row that stayed out of a market's imports."""
    with database.reading() as connection:
        return quarantine.row(connection, market, code)


def mend_row(
    database: Database,
    market: str,
    code: str,
    values: Mapping[str, str],
    *,
    author: Author,
    version: str | None = None,
) -> Mended:
    """
    Change values of a row and let it in, if it is sound now; it holds from the first day of its list.

    What no code or name joins to a merchant of the register is a new one: somebody has looked at the row.

    Parameters
    ----------
    values
        By our words or by headings as files have them; '' takes a value away.

    Returns
    -------
    mended
        Where the row is still faulty: with the new values and the new reason, in quarantine as before.
    """
    with database.writing() as connection:
        markets.lock_market(connection, market)
        row = _open_row(connection, market, code, version)
        cells = {name: value for name, value in {**row.cells, **_named(row, values)}.items() if value}
        record = imports.record(connection, market, row.record)
        attempt = _attempt(connection, replace(row, cells=cells), record, author)
        if isinstance(attempt, QuarantinedRow):
            quarantine.update_row(connection, attempt, by=author.name, at=author.now)
            audit.describe(connection, "quarantine.change", record.market, row=code)
            return Mended(quarantine.row(connection, market, code))
        kept = keep(connection, attempt, ImportState.APPLIED, by=author.name, now=author.now)
        apply_changes(connection, record.market, attempt.changes)
        done = replace(row, cells=cells, state=RowState.MENDED)
        quarantine.update_row(connection, done, by=author.name, at=author.now, mended_by=kept.record)
        return Mended(quarantine.row(connection, market, code), kept.record, attempt.events)


def drop_row(
    database: Database, market: str, code: str, *, author: Author, version: str | None = None
) -> QuarantinedRow:
    """Leave a row out for good; its values are kept with who decided it."""
    with database.writing() as connection:
        markets.lock_market(connection, market)
        row = replace(_open_row(connection, market, code, version), state=RowState.DROPPED)
        quarantine.update_row(connection, row, by=author.name, at=author.now)
        audit.describe(connection, "quarantine.drop", row.market, row=code)
        return quarantine.row(connection, market, code)


def _open_row(connection: Connection, market: str, code: str, version: str | None) -> QuarantinedRow:
    row = quarantine.row(connection, market, code)
    if version is not None and version != row.version:
        raise StaleVersionError("quarantine", code, row.version)
    if row.state is not RowState.OPEN:
        raise ImportStateError("quarantine", code, row.state, RowState.OPEN)
    return row


def _named(row: QuarantinedRow, values: Mapping[str, str]) -> dict[str, str]:
    """Turn headings into our words; InvalidParameterError for one that means nothing here."""
    headings = [name for name in values if name != GEOMETRY]
    match = match_columns(headings, row.role)
    if match.unused:
        name = match.unused[0]
        raise InvalidParameterError(name, values[name], "没有这一列。", "There is no such column.")
    named = {word: values[heading] for word, heading in match.columns.items()}
    return named | ({GEOMETRY: values[GEOMETRY]} if GEOMETRY in values else {})


def _attempt(
    connection: Connection, row: QuarantinedRow, record: ImportRecord, author: Author
) -> Incoming | QuarantinedRow:
    """Read a row anew as a list of one; return what it changes, or the row with what is wrong with it now."""
    known = history.register(connection, record.market)
    day = _first_day(connection, row, record, author.now.date())
    tables: dict[InputRole, Table] = {row.role: _table(row)}
    findings = Findings()
    key = markets.market_id(connection, record.market)
    kept = trades.list_for(connection, key) if row.role == "merchants" else None
    scope = Scope(known.market.code, findings, trades=kept)
    taken = take_tables(tables, scope, today=day, existing=draft_on(known, day), whole=False)
    faults = findings.quarantined
    if taken.draft is not None and not faults:
        comparison = compare(known, taken.draft, ListTerms(day, False, frozenset({row.role}), decided=True))
        faults = doubtful_rows(tables, comparison.doubts)
        if not faults:
            events = events_of(known, comparison)
            return Incoming(
                MarketIntake(known.market.code, taken.counts), ImportKind.MEND, taken.draft, day, False, (), (), {},
                comparison.changes, events,
            )  # fmt: skip
    if not faults:
        return row
    fault = faults[0]
    return replace(row, field=fault.field[:64], value=fault.value, reason=fault.reason, remedy=fault.remedy)


def _first_day(connection: Connection, row: QuarantinedRow, record: ImportRecord, today: date) -> date:
    """Return the day of the row's list, or today once a later list has spoken."""
    later = imports.latest_list(connection, record.market, [row.role], record.first_day)
    return record.first_day if later is None else max(today, later.first_day)


def _table(row: QuarantinedRow) -> Table:
    place = row.cells.get(GEOMETRY)
    try:
        geometry = shapely.from_wkt(place) if place else None
    except shapely.errors.ShapelyError as error:
        raise InvalidParameterError(GEOMETRY, place or "", "应为 WKT。", "It is written as WKT.") from error
    cells = {name: value for name, value in row.cells.items() if name != GEOMETRY}
    datum = Datum(row.datum)
    return Table(row.file, "", {name: name for name in cells}, (Row(row.row, cells, geometry),), datum=datum)
