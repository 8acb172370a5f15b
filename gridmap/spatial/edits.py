"""Editing zones: an edit is a pure function from zones to zones that also returns what takes it back.

The idea that an edit carries its reverse is common in map editors (iD's actions, placemark's moments); here the reverse
is a list of edits of the same kinds, so that undo and redo need nothing of their own.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from gridmap.errors import AlreadyExistsError, InvalidParameterError, NotFoundError, ZoneLockedError
from gridmap.model.edits import Assign, Lock, Merge, Recolour, Rename, Split, Staff, ZoneEdit, ZoneState
from gridmap.model.ids import StallCode, ZoneCode

Zones: TypeAlias = Mapping[ZoneCode, ZoneState]
"""The zones of a plan by code; no stall is in two."""


@dataclass(frozen=True)
class Edited:
    """Zones after an edit, and the edits that give the zones before it, to be applied in this order."""

    zones: Zones
    reverse: tuple[ZoneEdit, ...]


def apply_edit(zones: Zones, stalls: Collection[StallCode], edit: ZoneEdit) -> Edited:
    """
    Apply one edit.

    Parameters
    ----------
    zones
        The zones as they are; not changed.
    stalls
        All stalls of the market: those in no zone can be assigned, too. Asked by `in`, so a set or a mapping.

    Returns
    -------
    edited
        Applying `edited.reverse` to `edited.zones` gives `zones` again, whatever the edit.

    Raises
    ------
    NotFoundError
        If a zone or stall that it names is not there.
    ZoneLockedError
        If stalls of a locked zone would change.
    AlreadyExistsError
        If the code of a new zone is taken.
    InvalidParameterError
        If zones to merge are not two different ones, or a stall to split off is not in the zone.
    """
    match edit:
        case Assign():
            return _assign(zones, stalls, edit)
        case Split():
            return _split(zones, edit)
        case Merge():
            return _merge(zones, edit)
        case Lock() | Rename() | Recolour() | Staff():
            return _set(zones, _zone(zones, edit.zone), edit)


def apply_all(zones: Zones, stalls: Collection[StallCode], edits: Iterable[ZoneEdit]) -> Edited:
    """Apply edits one after the other; the reverse takes all of them back, the last one first."""
    reverse: tuple[ZoneEdit, ...] = ()
    for edit in edits:
        edited = apply_edit(zones, stalls, edit)
        zones, reverse = edited.zones, (*edited.reverse, *reverse)
    return Edited(zones, reverse)


def zone_of_stalls(zones: Zones) -> dict[StallCode, ZoneCode]:
    """Say in which zone each stall is; stalls in none are left out."""
    return {stall: zone.code for zone in zones.values() for stall in zone.stalls}


def next_code(zone: ZoneCode, taken: Collection[str]) -> ZoneCode:
    """
    Return the code of a zone that is split off: the number at the end of the zone's code, counted up until free.

    `102` comes after `101`, `A-B110` after `A-B109`; a code without a number at its end gets 2, 3, ...
    """
    match = re.fullmatch(r"(.*?)(\d+)", zone, flags=re.DOTALL | re.ASCII)
    stem, digits = (match[1], match[2]) if match else (zone, "")
    number = int(digits) + 1 if digits else 2
    while f"{stem}{number:0{max(len(digits), 1)}d}" in taken:
        number += 1
    return ZoneCode(f"{stem}{number:0{max(len(digits), 1)}d}")


def _assign(zones: Zones, stalls: Collection[StallCode], edit: Assign) -> Edited:
    for unknown in (stall for stall in edit.stalls if stall not in stalls):
        raise NotFoundError("stall", unknown)
    target = None if edit.zone is None else _zone(zones, edit.zone)
    leaving = frozenset(edit.stalls) - (target.stalls if target else frozenset())
    changed: dict[ZoneCode, ZoneState] = {}
    reverse: list[ZoneEdit] = []
    homeless = leaving
    for zone in zones.values():
        if moved := zone.stalls & leaving:
            _check_unlocked(zone)
            changed[zone.code] = replace(zone, stalls=zone.stalls - moved)
            reverse.append(Assign(_in_order(moved), zone.code))
            homeless -= moved
    if target is not None and leaving:
        _check_unlocked(target)
        changed[target.code] = replace(target, stalls=target.stalls | leaving)
        if homeless:
            reverse.append(Assign(_in_order(homeless), None))
    return Edited({**zones, **changed}, tuple(reverse))


def _split(zones: Zones, edit: Split) -> Edited:
    zone = _zone(zones, edit.zone)
    _check_unlocked(zone)
    if edit.into in zones:
        raise AlreadyExistsError("zone", edit.into)
    leaving = frozenset(edit.stalls)
    for strange in sorted(leaving - zone.stalls):
        raise InvalidParameterError(
            "stalls", strange, f"该铺位不在责任区 {zone.code} 内。", f"This stall is not in zone {zone.code}."
        )
    new = ZoneState(edit.into, edit.name, edit.colour, stalls=leaving, members=edit.members)
    left = replace(zone, stalls=zone.stalls - leaving)
    return Edited({**zones, zone.code: left, new.code: new}, (Merge((zone.code, new.code)),))


def _merge(zones: Zones, edit: Merge) -> Edited:
    if len(set(edit.zones)) < max(2, len(edit.zones)):
        raise InvalidParameterError(
            "zones", ", ".join(edit.zones), "请给出至少两个不同的责任区。", "Give at least two different zones."
        )
    first, *others = (_zone(zones, code) for code in edit.zones)
    for zone in (first, *others):
        _check_unlocked(zone)
    reverse = [Split(first.code, _in_order(z.stalls), z.code, z.name, z.colour, z.members) for z in others]
    gone = {zone.code for zone in others}
    left = {code: zone for code, zone in zones.items() if code not in gone}
    left[first.code] = replace(first, stalls=first.stalls.union(*(zone.stalls for zone in others)))
    return Edited(left, tuple(reverse))


def _set(zones: Zones, zone: ZoneState, edit: Lock | Rename | Recolour | Staff) -> Edited:
    reverse: ZoneEdit
    match edit:
        case Lock():
            after, reverse = replace(zone, locked=edit.locked), Lock(zone.code, zone.locked)
        case Rename():
            after, reverse = replace(zone, name=edit.name), Rename(zone.code, zone.name)
        case Recolour():
            after, reverse = replace(zone, colour=edit.colour), Recolour(zone.code, zone.colour)
        case Staff():
            after, reverse = replace(zone, members=edit.members), Staff(zone.code, zone.members)
    return Edited({**zones, zone.code: after}, (reverse,))


def _zone(zones: Zones, code: ZoneCode) -> ZoneState:
    if code not in zones:
        raise NotFoundError("zone", code)
    return zones[code]


def _check_unlocked(zone: ZoneState) -> None:
    if zone.locked:
        raise ZoneLockedError(zone.code)


def _in_order(stalls: Iterable[StallCode]) -> tuple[StallCode, ...]:
    return tuple(sorted(stalls))
