"""Faulty rows as they are kept, and what they are about: what a list says nothing sure of stays as it is."""

from collections.abc import Iterable, Mapping
from datetime import date

import shapely

from gridmap.exchange.bundles import OURS
from gridmap.exchange.findings import FaultyRowError, shown
from gridmap.exchange.rows import Row, Table, text
from gridmap.exchange.stall_codes import possible_codes
from gridmap.model.imports import QuarantinedRow
from gridmap.model.intake import InputRole, Quarantined
from gridmap.model.register_changes import Doubt, Held
from gridmap.services.register_matching import plain_name

GEOMETRY = "geometry"
"""The cell of a row's place, as WKT in the datum of its file."""


def kept_rows(tables: Mapping[InputRole, Table], faulty: Iterable[Quarantined]) -> list[QuarantinedRow]:
    """Join faulty rows with their cells, so that they can be mended later; a plan in force is not mended by rows."""
    by_place: dict[tuple[str, int], tuple[InputRole, Row]] = {
        (table.file, row.number): (role, row)
        for role, table in tables.items()
        if role not in OURS
        for row in table.rows
    }
    return [_kept(tables, *by_place[at], fault) for fault in faulty if (at := (fault.file, fault.row)) in by_place]


def doubtful_rows(tables: Mapping[InputRole, Table], doubts: Iterable[Doubt]) -> list[Quarantined]:
    """Turn doubts about merchants into rows that stay out, each with the row of the list that it came from."""
    table = tables.get("merchants")
    listed = list(doubts)
    if table is None or not listed:
        return []
    at = {
        (code, _cell(row, "name")): row.number
        for row in reversed(table.rows)
        for code in possible_codes(_cell(row, "stall_id"))
    }
    return [
        Quarantined(
            table.file, at.get((doubt.stall, doubt.name), 0), doubt.field, shown(doubt.name),
            f"{doubt.reason_zh} / {doubt.reason_en}", f"{doubt.remedy_zh} / {doubt.remedy_en}",
        )
        for doubt in listed
    ]  # fmt: skip


def held_by(rows: Iterable[QuarantinedRow]) -> Held:
    """Return what faulty rows of merchants and stalls are about, as far as they can be read."""
    mine = [row for row in rows if row.field != "market"]
    merchants = [row for row in mine if row.role == "merchants"]
    return Held(
        stalls=frozenset(
            code
            for written in _values([row for row in mine if row.role in ("merchants", "stalls")], "stall_id")
            for code in possible_codes(written)
        ),
        merchants=_values(merchants, "merchant_id"),
        usccs=_values(merchants, "uscc"),
        names=frozenset(plain_name(name) for name in _values(merchants, "name")) - {""},
    )


def _values(rows: Iterable[QuarantinedRow], name: str) -> frozenset[str]:
    return frozenset(row.cells.get(name, "") for row in rows) - {""}


def _kept(tables: Mapping[InputRole, Table], role: InputRole, row: Row, fault: Quarantined) -> QuarantinedRow:
    cells = {name: written for name in row.cells if (written := _cell(row, name))}
    if row.place is not None:
        cells[GEOMETRY] = shapely.to_wkt(row.place, rounding_precision=-1)
    return QuarantinedRow(
        code="", market="", record="", role=role, file=fault.file[:255], row=fault.row, field=fault.field[:64],
        value=fault.value, reason=fault.reason, remedy=fault.remedy, cells=cells,
        datum=tables[role].datum.value,
    )  # fmt: skip


def _cell(row: Row, name: str) -> str:
    """Return a cell as it can be stored, unreadable ones as they can be shown."""
    value = row.cells.get(name)
    if isinstance(value, date):
        return date(value.year, value.month, value.day).isoformat()
    try:
        return text(row, name, limit=10_000)
    except FaultyRowError:
        return shown(value)
