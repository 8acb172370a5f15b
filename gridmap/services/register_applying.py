"""Changes put into force, as one piece, on a register that is still as they found it."""

from collections.abc import Callable, Sequence
from typing import Any

from gridmap.errors import RegisterConflictError
from gridmap.model.ids import BuildingCode, MemberCode, MerchantCode, StallCode
from gridmap.model.places import LevelKey
from gridmap.model.register_changes import Change, FloorLevel, Register, Subject
from gridmap.model.timelines import Dated, Timeline
from gridmap.store import history, imports, markets, register_changes
from gridmap.store.session import Connection

Progress = Callable[[int, int], None]


def apply_changes(
    connection: Connection, market: str, wanted: Sequence[Change], progress: Progress = lambda _done, _of: None
) -> None:
    """
    Make changes in a market as part of a larger transaction.

    Raises
    ------
    RegisterConflictError
        If a thing is no longer as its change found it; the import that changed it since is named.
    """
    if not wanted:
        return
    markets.lock_market(connection, market)
    register = history.register(connection, market)
    for change in wanted:
        if _now(register, change) != change.before:
            later = imports.latest_of(connection, register.market.code, change)
            raise RegisterConflictError(f"{change.subject} {' '.join(change.key)}", later or "-")
    make_changes(connection, market, wanted, progress)


def make_changes(
    connection: Connection, market: str, found: Sequence[Change], progress: Progress = lambda _done, _of: None
) -> None:
    """Make changes that were found in this very transaction, under the market's lock: nothing can be otherwise."""
    if not found:
        return
    key = markets.market_id(connection, market)
    register_changes.write_changes(connection, key, found, progress)
    markets.touch_market(connection, key)


def _now(register: Register, change: Change) -> Timeline[Any]:
    first = change.key[0]
    match change.subject:
        case Subject.STALL:
            return register.stalls.get(StallCode(first), ())
        case Subject.MERCHANT:
            return register.merchants.get(MerchantCode(first), ())
        case Subject.OCCUPANCY:
            return register.occupancies.get((MerchantCode(first), StallCode(change.key[1])), ())
        case _:
            value = _undated(register, change)
            return () if value is None else (Dated(value),)


def _undated(register: Register, change: Change) -> Any:
    """Return what has no days as it is now, None if it is not there."""
    first = change.key[0]
    match change.subject:
        case Subject.LEVEL:
            level = register.levels.get(LevelKey(BuildingCode(first), int(change.key[1])))
            return level and FloorLevel(level, register.buildings[level.key.building])
        case Subject.STALL_CODE:
            code = change.before[0].value
            return code if code in register.stalls else None
        case Subject.CONNECTOR:
            return register.connectors.get(first)
        case Subject.ORGANISATION:
            return register.organisations.get(first)
        case _:
            return register.members.get(MemberCode(first))
