"""Changes of a register written into the tables, forwards or, turned round, backwards."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import RegisterConflictError
from gridmap.model.ids import StallCode
from gridmap.model.places import LevelKey, Stall
from gridmap.model.register_changes import Change, Subject
from gridmap.model.timelines import Dated
from gridmap.store import tables as t
from gridmap.store.geometry import from_wkb, to_wkb
from gridmap.store.history import occupancy_rows
from gridmap.store.level_changes import write_connectors, write_levels
from gridmap.store.markets import level_keys
from gridmap.store.member_changes import write_members
from gridmap.store.organisation_ledger import remove_organisations, write_organisations
from gridmap.store.references import check_unreferenced
from gridmap.store.stalls import stall_keys

_PARTS = {"stall": ("stall_place", "stall_past"), "merchant": ("merchant_past",)}
"""Tables whose rows are parts of a thing: they go with it."""
Row = dict[str, Any]
Progress = Callable[[int, int], None]


def write_changes(
    connection: Connection, market_key: int, changes: Iterable[Change], progress: Progress = lambda _done, _of: None
) -> None:
    """
    Make the changes; nobody else writes to the market meanwhile (`markets.lock_market`).

    The caller has made sure that everything is as the changes found it.

    Raises
    ------
    RegisterConflictError
        If something else refers to what is to go, such as a plan to a stall.
    """
    by_subject: dict[Subject, list[Change]] = defaultdict(list)
    for change in changes:
        by_subject[change.subject].append(change)
    levels = by_subject[Subject.LEVEL]
    added, gone = [c for c in levels if c.after], [c for c in levels if not c.after]
    steps: tuple[Callable[[], None], ...] = (
        lambda: write_levels(connection, market_key, added),
        lambda: _write_stalls(connection, market_key, [c for c in by_subject[Subject.STALL] if c.after]),
        lambda: _write_codes(connection, market_key, by_subject[Subject.STALL_CODE]),
        lambda: _write_merchants(connection, market_key, [c for c in by_subject[Subject.MERCHANT] if c.after]),
        lambda: _write_occupancies(connection, market_key, by_subject[Subject.OCCUPANCY]),
        lambda: write_connectors(connection, market_key, by_subject[Subject.CONNECTOR]),
        lambda: write_organisations(connection, market_key, by_subject[Subject.ORGANISATION]),
        lambda: write_members(connection, market_key, by_subject[Subject.MEMBER]),
        lambda: remove_organisations(connection, by_subject[Subject.ORGANISATION]),
        lambda: _remove(connection, t.merchant, market_key, by_subject[Subject.MERCHANT]),
        lambda: _remove(connection, t.stall, market_key, by_subject[Subject.STALL]),
        lambda: write_levels(connection, market_key, gone),
    )
    for done, step in enumerate(steps, start=1):
        step()
        progress(done, len(steps))


def _remove(connection: Connection, table: sa.Table, market_key: int, changes: Sequence[Change]) -> None:
    codes = [change.key[0] for change in changes if not change.after]
    if codes:
        check_unreferenced(connection, table, market_key, codes, own=_PARTS[table.name])
        gone = (table.c.market_id == market_key) & (table.c.code == sa.bindparam("gone"))
        connection.execute(sa.delete(table).where(gone), [{"gone": code} for code in codes])


# --- Stalls -----------------------------------------------------------------------------------------------------------


def _write_stalls(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    if not changes:
        return
    levels = level_keys(connection, market_key)
    known = stall_keys(connection, market_key)
    new = [c for c in changes if StallCode(c.key[0]) not in known]
    kept = [c for c in changes if StallCode(c.key[0]) in known]
    if new:
        connection.execute(
            sa.insert(t.stall),
            [
                {"uuid": str(uuid4()), "market_id": market_key, "code": c.key[0], **_stall_row(c.after[-1], levels)}
                for c in new
            ],
        )
        known = stall_keys(connection, market_key)
        connection.execute(
            sa.insert(t.stall_place).values(stall_id=sa.bindparam("key"), place=from_wkb("place_wkb")),
            _placed("key", [(known[StallCode(c.key[0])], c.after[-1].value) for c in new]),
        )
    if kept:
        _update(connection, t.stall, [(known[StallCode(c.key[0])], _stall_row(c.after[-1], levels)) for c in kept])
        moved = [c for c in kept if c.before[-1].value.place_lonlat != c.after[-1].value.place_lonlat]
        if moved:
            connection.execute(
                sa.update(t.stall_place).where(t.stall_place.c.stall_id == sa.bindparam("key"))
                .values(place=from_wkb("place_wkb")),
                _placed("key", [(known[StallCode(c.key[0])], c.after[-1].value) for c in moved]),
            )  # fmt: skip
    _write_past_stalls(connection, [(known[StallCode(c.key[0])], c) for c in changes], levels)


def _write_codes(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    """Renumber stalls, all at once: two may change places, so that all give up their numbers first."""
    if not changes:
        return
    known = stall_keys(connection, market_key)
    codes = {known[change.before[0].value]: change.after[0].value for change in changes}
    taken = (known.keys() - {change.before[0].value for change in changes}) & set(codes.values())
    if taken:
        raise RegisterConflictError(f"stall {min(taken)}", t.stall.name)
    _update(connection, t.stall, [(key, {"code": f"-{uuid4()}"}) for key in codes])
    _update(connection, t.stall, [(key, {"code": code}) for key, code in codes.items()])


def _write_past_stalls(
    connection: Connection, changes: Sequence[tuple[int, Change]], levels: dict[LevelKey, int]
) -> None:
    _clear(connection, t.stall_past.c.stall_id, [key for key, change in changes if len(change.before) > 1])
    for key, change in changes:
        for dated in change.after[:-1]:
            row = {"stall_id": key, **_stall_row(dated, levels)}
            (past,) = connection.execute(sa.insert(t.stall_past).values(**row)).inserted_primary_key or (None,)
            connection.execute(
                sa.insert(t.stall_past_place).values(stall_past_id=past, place=from_wkb("place_wkb")),
                {"place_wkb": to_wkb([dated.value.place_lonlat])[0]},
            )


def _stall_row(dated: Dated[Stall], levels: dict[LevelKey, int]) -> Row:
    stall = dated.value
    return {"level_id": levels[stall.level], "kind": stall.kind, "name": stall.name, "valid_from": dated.valid_from,
            "valid_to": dated.valid_to}  # fmt: skip


def _placed(name: str, stalls: Sequence[tuple[int, Stall]]) -> list[Row]:
    places = to_wkb([stall.place_lonlat for _, stall in stalls])
    return [{name: key, "place_wkb": place} for (key, _), place in zip(stalls, places, strict=True)]


# --- Merchants and occupancies ----------------------------------------------------------------------------------------


def _write_merchants(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    if not changes:
        return
    known = _merchant_keys(connection, market_key)
    new, kept = [c for c in changes if c.key[0] not in known], [c for c in changes if c.key[0] in known]
    if new:
        connection.execute(sa.insert(t.merchant), [
            {"uuid": str(uuid4()), "market_id": market_key, "code": c.key[0], **_merchant_row(c.after[-1])}
            for c in new
        ])  # fmt: skip
        known = _merchant_keys(connection, market_key)
    _update(connection, t.merchant, [(known[c.key[0]], _merchant_row(c.after[-1])) for c in kept])
    _clear(connection, t.merchant_past.c.merchant_id, [known[c.key[0]] for c in kept if len(c.before) > 1])
    past = [
        {"merchant_id": known[c.key[0]], **_merchant_row(dated), "valid_to": dated.valid_to}
        for c in changes
        for dated in c.after[:-1]
    ]
    if past:
        connection.execute(sa.insert(t.merchant_past), past)


def _merchant_keys(connection: Connection, market_key: int) -> dict[str, int]:
    rows = connection.execute(sa.select(t.merchant.c.code, t.merchant.c.id).where(t.merchant.c.market_id == market_key))
    return {row.code: row.id for row in rows}


def _merchant_row(dated: Dated[Any]) -> Row:
    merchant = dated.value
    return {"name": merchant.name, "trade": merchant.trade, "uscc": merchant.uscc, "source": merchant.source,
            "verification": merchant.verification, "valid_from": dated.valid_from}  # fmt: skip


def _write_occupancies(connection: Connection, market_key: int, changes: Sequence[Change]) -> None:
    """Keep the rows of a pair that can be kept, so that what refers to one still finds it."""
    if not changes:
        return
    merchants, stalls = _merchant_keys(connection, market_key), stall_keys(connection, market_key)
    rows: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in occupancy_rows(connection, market_key):
        rows[row.merchant, row.stall].append(row)
    added: list[Row] = []
    moved: list[tuple[int, Row]] = []
    gone: list[int] = []
    for change in changes:
        merchant, stall = change.key
        here = rows[merchant, stall]
        for i, dated in enumerate(change.after):
            days = {"valid_from": dated.valid_from, "valid_to": dated.valid_to}
            if i >= len(here):
                added.append({"merchant_id": merchants[merchant], "stall_id": stalls[StallCode(stall)], **days})
            elif (here[i].valid_from, here[i].valid_to) != (dated.valid_from, dated.valid_to):
                moved.append((here[i].id, days))
        gone += [row.id for row in here[len(change.after) :]]
    _clear(connection, t.occupancy.c.id, gone)
    _update(connection, t.occupancy, moved)
    if added:
        connection.execute(sa.insert(t.occupancy), added)


def _update(connection: Connection, table: sa.Table, rows: Sequence[tuple[int, Row]]) -> None:
    if rows:
        names = {name: sa.bindparam(f"new_{name}") for name in rows[0][1]}
        statement = sa.update(table).where(table.c.id == sa.bindparam("key")).values(names)
        connection.execute(
            statement, [{"key": key, **{f"new_{name}": value for name, value in row.items()}} for key, row in rows]
        )


def _clear(connection: Connection, column: sa.Column[Any], keys: Sequence[int]) -> None:
    if keys:
        connection.execute(
            sa.delete(column.table).where(column == sa.bindparam("gone")), [{"gone": key} for key in keys]
        )
