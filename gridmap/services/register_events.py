"""Changes of a register told in the words of the domain: who came, went, moved, took another name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from gridmap.model.ids import MerchantCode
from gridmap.model.places import Stall
from gridmap.model.provenance import SOURCE_WORDS, VERIFICATION_WORDS
from gridmap.model.register import Merchant
from gridmap.model.register_changes import Change, EventKind, RegisterEvent, Subject
from gridmap.model.timelines import Timeline, first_difference, value_on

_UNDATED = {
    Subject.LEVEL: EventKind.LEVEL,
    Subject.CONNECTOR: EventKind.CONNECTOR,
    Subject.ORGANISATION: EventKind.ORGANISATION,
    Subject.MEMBER: EventKind.MEMBER,
}


def told(changes: Iterable[Change], names: Mapping[MerchantCode, str]) -> list[RegisterEvent]:
    """
    Tell changes as events, by kind and then by merchant or stall.

    A merchant who leaves some stalls and takes others on the same day has moved.

    Parameters
    ----------
    names
        What merchants are called, of those whom the changes do not name themselves.
    """
    listed = list(changes)
    called = {**names, **{MerchantCode(c.key[0]): _name(c) for c in listed if c.subject is Subject.MERCHANT}}
    found = [event for change in listed for event in _told(change)]
    found += _trading([change for change in listed if change.subject is Subject.OCCUPANCY], called)
    order = list(EventKind)
    return sorted(found, key=lambda event: (order.index(event.kind), event.stalls, event.merchant))


def counted(events: Iterable[RegisterEvent]) -> dict[str, int]:
    """Return how many events there are of each kind."""
    found: dict[str, int] = defaultdict(int)
    for event in events:
        found[event.kind.value] += 1
    return dict(found)


def _name(change: Change) -> str:
    return (change.after or change.before)[-1].value.name


def _told(change: Change) -> Iterator[RegisterEvent]:
    if change.subject is Subject.STALL:
        yield from _stall(change)
    elif change.subject is Subject.STALL_CODE:
        before, after = change.before[0].value, change.after[0].value
        yield RegisterEvent(EventKind.STALL_CODE, None, stalls=(after,), before=before, after=after)
    elif change.subject is Subject.MERCHANT:
        yield from _merchant(change)
    elif change.subject in _UNDATED:
        yield RegisterEvent(_UNDATED[change.subject], None, before=_shown(change.before), after=_shown(change.after))


def _stall(change: Change) -> Iterator[RegisterEvent]:
    day, before, after = _turn(change)
    stalls = (change.key[0],)
    if before is None:
        yield RegisterEvent(EventKind.STALL_ADD, day, stalls=stalls)
    elif after is None:
        yield RegisterEvent(EventKind.STALL_END, day, stalls=stalls)
    else:
        yield RegisterEvent(
            EventKind.STALL_CHANGE, day, stalls=stalls, before=_stall_words(before), after=_stall_words(after)
        )


def _stall_words(stall: Stall) -> str:
    return f"{stall.level.building} {stall.level.ordinal} {stall.kind} {stall.name}".strip()


def _merchant(change: Change) -> Iterator[RegisterEvent]:
    day, before, after = _turn(change)
    if before is None or after is None:
        return  # told by where he trades
    one: Merchant = before
    other: Merchant = after
    told_of = ((EventKind.RENAME, one.name, other.name), (EventKind.TRADE, one.trade, other.trade),
               (EventKind.CREDIT_CODE, one.uscc or "", other.uscc or ""),
               (EventKind.LEDGER, _ledger_words(one), _ledger_words(other)))  # fmt: skip
    for kind, was, now in told_of:
        if was != now:
            yield RegisterEvent(kind, day, merchant=change.key[0], name=other.name, before=was, after=now)


def _ledger_words(merchant: Merchant) -> str:
    state = VERIFICATION_WORDS[merchant.verification] if merchant.verification is not None else ""
    source = next((word for known, word in SOURCE_WORDS.items() if known == merchant.source), merchant.source)
    return " ".join(filter(None, (source, state)))


def _trading(changes: Iterable[Change], names: Mapping[MerchantCode, str]) -> Iterator[RegisterEvent]:
    taken: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    left: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    for change in changes:
        merchant, stall = change.key
        day = first_difference(change.before, change.after)
        leaves = any(day is not None and dated.holds(day) for dated in change.before)
        (left if leaves else taken)[merchant, day if day != date.min else None].append(stall)
    for merchant, day in dict.fromkeys([*taken, *left]):
        gained, lost = tuple(sorted(taken[merchant, day])), tuple(sorted(left[merchant, day]))
        kind = EventKind.MOVE if gained and lost else EventKind.OPEN if gained else EventKind.CLOSE
        name = names.get(MerchantCode(merchant), "")
        yield RegisterEvent(
            kind, day, merchant=merchant, name=name, stalls=gained or lost, from_stalls=lost if gained else ()
        )


def _turn(change: Change) -> tuple[date | None, Any, Any]:
    """Return the day from which a thing is otherwise, and what it was and is then."""
    day = first_difference(change.before, change.after)
    if day is None:
        return None, None, None
    return (None if day == date.min else day), value_on(change.before, day), value_on(change.after, day)


def _shown(timeline: Timeline[Any]) -> str:
    if not timeline:
        return ""
    value = timeline[0].value
    return f"{value.level.key.building} {value.level.label}" if hasattr(value, "level") else str(value.code)
