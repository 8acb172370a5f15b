"""What a list changes in a register: pure comparison, nothing is read or written."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import shapely

from gridmap.model.duty import Member
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.intake import InputRole, MarketDraft
from gridmap.model.organisations import LedgerOrganisation
from gridmap.model.places import Building, Stall
from gridmap.model.register import Merchant
from gridmap.model.register_changes import Change, Doubt, FloorLevel, Held, Register, Subject
from gridmap.model.timelines import Dated, Timeline, from_day, value_on
from gridmap.services.register_matching import match_merchants, plain_name
from gridmap.spatial.arrays import places_of

SAME_PLACE_DEGREES = 1e-8
"""A millimetre: a drawing that is read again comes out no farther off, and no surveyor moves a stall by less."""


@dataclass(frozen=True)
class ListTerms:
    """
    How a list is to be understood.

    Parameters
    ----------
    day
        Its first day: what it says holds from then on; what held before is not touched.
    whole
        Whether who and what is not on it is gone; else it only adds and changes.
    roles
        What it is about; of all else nothing changes.
    held
        What its faulty rows are about.
    decided
        A person has looked at its rows: names that are near are not doubted.
    """

    day: date
    whole: bool
    roles: frozenset[InputRole]
    held: Held = field(default_factory=Held)
    decided: bool = False


@dataclass(frozen=True)
class Comparison:
    """What a list changes, and what it leaves in doubt."""

    changes: tuple[Change, ...]
    doubts: tuple[Doubt, ...] = ()


def compare(register: Register, draft: MarketDraft, terms: ListTerms) -> Comparison:
    """
    Compare a register with the market as a list has it.

    Parameters
    ----------
    register
        With its history.
    draft
        The market as read with the register as it is on the list's first day as `existing`: what no file brings is
        carried over in it.

    Returns
    -------
    comparison
        Changes in the order levels, stalls, merchants, occupancies, connectors, organisations, members. From the list's
        day on the register is what a whole list says, save what is in doubt or faulty; before that day nothing changes.
    """
    levels = list(_levels(register, draft)) if {"levels", "stalls"} & terms.roles else []
    stalls = list(_stalls(register, draft, terms)) if "stalls" in terms.roles else []
    trade: list[Change] = []
    doubts: tuple[Doubt, ...] = ()
    if "merchants" in terms.roles:
        trade, doubts = _trade(register, draft, terms)
    trade += closed_with_their_stalls(register, stalls, trade)
    ways = list(_connectors(register, draft)) if {"connectors", "links"} & terms.roles else []
    ledgers = list(ledger_changes(register, draft, terms.roles))
    return Comparison((*levels, *stalls, *trade, *ways, *ledgers), doubts)


def _since(value: Any, first: date | None, end: date | None = None) -> Timeline[Any]:
    return (Dated(value, first, end),)


# --- Floors -----------------------------------------------------------------------------------------------------------


def _levels(register: Register, draft: MarketDraft) -> Iterator[Change]:
    """Add and redraw levels. None is removed: stalls that have ended still lie on it."""
    names = {building.code: building for building in draft.buildings}
    for level in draft.levels:
        key = (level.key.building, str(level.key.ordinal))
        known = register.levels.get(level.key)
        building = register.buildings.get(level.key.building) or names.get(level.key.building)
        floor = FloorLevel(level, building or Building(level.key.building, level.key.building))
        if known is None:
            yield Change(Subject.LEVEL, key, (), _since(floor, None))
        elif known.label != level.label or not _same_place(known.outline_lonlat, level.outline_lonlat):
            yield Change(Subject.LEVEL, key, _since(replace(floor, level=known), None), _since(floor, None))


def _stalls(register: Register, draft: MarketDraft, terms: ListTerms) -> Iterator[Change]:
    listed = {stall.code: stall for stall in draft.stalls}
    same = _unmoved(register, listed, terms.day)
    for code, stall in listed.items():
        known = register.stalls.get(code, ())
        now = value_on(known, terms.day)
        if now is not None and code in same:
            stall = replace(stall, place_lonlat=now.place_lonlat)  # noqa: PLW2901 - the drawing of the register stays
        after = from_day(known, terms.day, _since(stall, None))
        if after != known:
            yield Change(Subject.STALL, (code,), known, after)
    if not terms.whole:
        return
    for code, known in register.stalls.items():
        if code not in listed and code not in terms.held.stalls:
            after = from_day(known, terms.day, ()) or never(known)
            if after != known:
                yield Change(Subject.STALL, (code,), known, after)


def never(known: Timeline[Stall]) -> Timeline[Stall]:
    """Keep a stall that was never there, of no day: plans may speak of it already."""
    first = known[0]
    return (replace(first, valid_to=first.valid_from),)


def _unmoved(register: Register, listed: Mapping[StallCode, Stall], day: date) -> frozenset[StallCode]:
    pairs = [
        (code, now.place_lonlat, stall.place_lonlat)
        for code, stall in listed.items()
        if (now := value_on(register.stalls.get(code, ()), day)) is not None
    ]
    same = _same_places([pair[1] for pair in pairs], [pair[2] for pair in pairs])
    return frozenset(code for (code, _, _), unmoved in zip(pairs, same, strict=True) if unmoved)


def _same_places(one: list[Any], other: list[Any]) -> list[bool]:
    if not one:
        return []
    apart = shapely.hausdorff_distance(places_of(one), places_of(other))
    return list(np.nan_to_num(apart, nan=np.inf) <= SAME_PLACE_DEGREES)


def _same_place(one: Any, other: Any) -> bool:
    return _same_places([one], [other])[0]


# --- Trade ------------------------------------------------------------------------------------------------------------


def _trade(register: Register, draft: MarketDraft, terms: ListTerms) -> tuple[list[Change], tuple[Doubt, ...]]:
    matching = match_merchants(register, draft.merchants, draft.occupancies, day=terms.day, decided=terms.decided)
    doubtful = matching.doubtful
    code_of = {m.code: matching.known.get(m.code, m.code) for m in draft.merchants if m.code not in doubtful}
    changes: list[Change] = []
    for merchant in draft.merchants:
        if merchant.code in code_of:
            changes += _merchant(register, replace(merchant, code=code_of[merchant.code]), terms.day)
    listed: dict[tuple[MerchantCode, StallCode], Timeline[None]] = {
        (code_of[o.merchant], o.stall): _since(None, o.valid_from, o.valid_to)
        for o in draft.occupancies
        if o.merchant in code_of
    }
    kept = _kept(register, terms, matching.held)
    for pair in dict.fromkeys([*listed, *register.occupancies]):
        known = register.occupancies.get(pair, ())
        if pair not in listed and (not terms.whole or pair in kept):
            continue
        after = from_day(known, terms.day, listed.get(pair, ()))
        if after != known:
            changes.append(Change(Subject.OCCUPANCY, pair, known, after))
    return changes, tuple(matching.doubts)


def _merchant(register: Register, listed: Merchant, day: date) -> Iterator[Change]:
    """Say what changes about a merchant; what the list leaves empty is not known to it, not gone."""
    known = register.merchants.get(listed.code, ())
    if not known:
        yield Change(Subject.MERCHANT, (listed.code,), (), _since(listed, None))
        return
    now = value_on(known, day) or known[-1].value
    merchant = replace(
        listed, trade=listed.trade or now.trade, uscc=listed.uscc or now.uscc, source=listed.source or now.source,
        verification=listed.verification or now.verification,
    )  # fmt: skip
    after = from_day(known, day, _since(merchant, None))
    if after != known:
        yield Change(Subject.MERCHANT, (listed.code,), known, after)


@dataclass(frozen=True)
class _Kept:
    stalls: frozenset[str]
    merchants: frozenset[MerchantCode]

    def __contains__(self, pair: tuple[MerchantCode, StallCode]) -> bool:
        return pair[1] in self.stalls or pair[0] in self.merchants


def _kept(register: Register, terms: ListTerms, doubted: set[MerchantCode]) -> "_Kept":
    """Return what stays although the list lacks it: a faulty or doubtful row is about it."""
    held = terms.held
    merchants = doubted | {
        code
        for code, timeline in register.merchants.items()
        if code in held.merchants
        or (timeline[-1].value.uscc or "") in held.usccs
        or (held.names and plain_name(timeline[-1].value.name) in held.names)
    }
    return _Kept(held.stalls, frozenset(merchants))


def closed_with_their_stalls(register: Register, stalls: Iterable[Change], trade: list[Change]) -> list[Change]:
    """Close what is still open in stalls that end; the changes that the list itself made stand in `trade`."""
    ended = {change.key[0]: change.after[-1].valid_to for change in stalls if change.after[-1].valid_to is not None}
    if not ended:
        return []
    changed = {change.key: i for i, change in enumerate(trade) if change.subject is Subject.OCCUPANCY}
    more: list[Change] = []
    for pair, known in register.occupancies.items():
        day = ended.get(pair[1])
        if day is None:
            continue
        i = changed.get(pair)
        now = trade[i].after if i is not None else known
        after = from_day(now, day, ())
        if after == now:
            continue
        if i is not None:
            trade[i] = replace(trade[i], after=after)
        else:
            more.append(Change(Subject.OCCUPANCY, pair, known, after))
    return more


# --- What has no days -------------------------------------------------------------------------------------------------


def _connectors(register: Register, draft: MarketDraft) -> Iterator[Change]:
    listed = {connector.code: connector for connector in draft.connectors}
    for code in dict.fromkeys([*listed, *register.connectors]):
        before, after = register.connectors.get(code), listed.get(code)
        if before != after:
            yield Change(
                Subject.CONNECTOR, (code,), _since(before, None) if before else (), _since(after, None) if after else ()
            )


def ledger_changes(register: Register, draft: MarketDraft, roles: Collection[InputRole]) -> Iterator[Change]:
    """
    Add and change organisations and members; none is removed: plans and other markets speak of them.

    What a ledger leaves empty is not known to it, not gone.
    """
    for entry in draft.organisations if "organisations" in roles else ():
        known = register.organisations.get(entry.code)
        yield from _undated(Subject.ORGANISATION, entry.code, known, _known_entry(entry, known))
    for member in draft.members if "members" in roles else ():
        before = register.members.get(member.code)
        yield from _undated(Subject.MEMBER, member.code, before, _known_member(member, before))


def _undated(subject: Subject, code: str, before: Any, after: Any) -> Iterator[Change]:
    if before != after:
        yield Change(subject, (code,), _since(before, None) if before is not None else (), _since(after, None))


def _known_entry(listed: LedgerOrganisation, known: LedgerOrganisation | None) -> LedgerOrganisation:
    if known is None:
        return listed
    one, was = listed.organisation, known.organisation
    organisation = replace(
        one, formed=one.formed or was.formed, valid_from=one.valid_from or was.valid_from,
        valid_to=one.valid_to or was.valid_to, source=one.source or was.source,
        verification=one.verification or was.verification,
    )  # fmt: skip
    return replace(
        listed, organisation=organisation, tie=listed.tie or known.tie, parents=listed.parents or known.parents
    )


def _known_member(listed: Member, known: Member | None) -> Member:
    if known is None:
        return listed
    return replace(
        listed, office_contact=listed.office_contact or known.office_contact,
        capacity=listed.capacity or known.capacity, home_stall=listed.home_stall or known.home_stall,
        valid_from=listed.valid_from or known.valid_from, valid_to=listed.valid_to or known.valid_to,
        organisation=listed.organisation or known.organisation, source=listed.source or known.source,
        verification=listed.verification or known.verification,
    )  # fmt: skip
