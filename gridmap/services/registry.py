"""Events of the registry taken into the register: who closes ends trading that day, who opens begins in his stall."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gridmap.model.credit_codes import CodeState, credit_code
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.imports import ImportKind, ImportState
from gridmap.model.kinds import UnitKind
from gridmap.model.register import Merchant
from gridmap.model.register_changes import Change, Register, Subject
from gridmap.model.registry import EventReceipt, EventState, RegistryEvent, RegistryKind
from gridmap.model.timelines import Dated, Timeline, value_on
from gridmap.services.intake_report import MarketIntake
from gridmap.services.plans import Author
from gridmap.services.register_applying import make_changes
from gridmap.services.register_changes import Comparison
from gridmap.services.register_incoming import Incoming, draft_on, events_of, keep
from gridmap.store import history, markets, registry
from gridmap.store.session import Connection, Database

Words = tuple[str, str]
_BAD_CODE: Words = ("不是有效的统一社会信用代码", "is no sound unified social credit code")
_NOT_HERE: Words = ("登记中没有这个信用代码", "the code is not in the register")
_NO_PLACE: Words = ("入驻须写市场、铺位和名称", "to open needs market, stall and name")
_NO_MARKET: Words = ("没有这个市场", "there is no such market")
_NO_STALL: Words = ("当日没有这个铺位", "there is no such stall on that day")
_FUTURE: Words = ("日期在将来", "the day is in the future")


def take_events(database: Database, events: Sequence[RegistryEvent], *, author: Author) -> list[EventReceipt]:
    """
    Take events in, in the order of their days; one transaction, and in each market one import that can be undone.

    A close ends what the merchant with this code occupies on that day: the stall is free from then on. An open begins
    an occupancy, of a new merchant where nobody has the code. The same event again changes nothing.

    Returns
    -------
    receipts
        One for each event, in the order given; a refused one says why and keeps no other out.
    """
    with database.writing() as connection:
        places = [_places(connection, event, author.now.date()) for event in events]
        names = sorted({market for place in places if isinstance(place, list) for market in place})
        open_markets = {name: _Market(_locked(connection, name)) for name in names}
        refused: dict[int, Words] = {}
        touched: dict[int, list[str]] = defaultdict(list)
        for i in sorted(range(len(events)), key=lambda i: events[i].day):
            place = places[i]
            if not isinstance(place, list):
                refused[i] = place
                continue
            for name in place:
                outcome = open_markets[name].take(events[i])
                if isinstance(outcome, tuple):
                    refused[i] = outcome
                elif outcome:
                    touched[i].append(name)
        records = {name: _written(connection, market, author) for name, market in open_markets.items()}
    return [_receipt(event, refused.get(i), [records[name] for name in touched[i]]) for i, event in enumerate(events)]


def _receipt(event: RegistryEvent, refusal: Words | None, records: list[str]) -> EventReceipt:
    if refusal is not None:
        return EventReceipt(event, EventState.REFUSED, (), *refusal)
    return EventReceipt(event, EventState.APPLIED if records else EventState.UNCHANGED, tuple(records))


def _places(connection: Connection, event: RegistryEvent, today: date) -> list[str] | Words:
    """Return the markets that an event is about, or why it is refused."""
    if credit_code(event.uscc).state is not CodeState.SOUND:
        return _BAD_CODE
    if event.day > today:
        return _FUTURE
    if event.market and not markets.exists(connection, event.market):
        return _NO_MARKET
    if event.kind is RegistryKind.OPEN:
        return [event.market] if event.market and event.stall and event.name else _NO_PLACE
    found = registry.markets_of_code(connection, credit_code(event.uscc).value)
    return [market for market in found if event.market in ("", market)] or _NOT_HERE


def _locked(connection: Connection, market: str) -> Register:
    markets.lock_market(connection, market)
    return history.register(connection, market)


@dataclass
class _Market:
    """A market's register, and what events make of it so far."""

    known: Register
    merchants: dict[MerchantCode, Timeline[Merchant]] = field(default_factory=dict[MerchantCode, Timeline[Merchant]])
    spells: dict[tuple[MerchantCode, StallCode], Timeline[None]] = field(
        default_factory=dict[tuple[MerchantCode, StallCode], "Timeline[None]"]
    )
    first: date = date.max

    def take(self, event: RegistryEvent) -> bool | Words:
        """Take one event in: whether it changes anything, or why it cannot be."""
        done = self._close(event) if event.kind is RegistryKind.CLOSE else self._open(event)
        if done is True:
            self.first = min(self.first, event.day)
        return done

    def changes(self) -> tuple[Change, ...]:
        """Return what the events change in all."""
        new = [Change(Subject.MERCHANT, (code,), (), timeline) for code, timeline in self.merchants.items()]
        return (*new, *(
            Change(Subject.OCCUPANCY, pair, known, after)
            for pair, after in self.spells.items()
            if after != (known := self.known.occupancies.get(pair, ()))
        ))  # fmt: skip

    def _merchant(self, uscc: str) -> MerchantCode | None:
        held = {**self.known.merchants, **self.merchants}
        return next((code for code, timeline in held.items() if timeline[-1].value.uscc == uscc), None)

    def _close(self, event: RegistryEvent) -> bool:
        merchant = self._merchant(credit_code(event.uscc).value)
        changed = False
        for pair in [pair for pair in {**self.known.occupancies, **self.spells} if pair[0] == merchant]:
            if event.stall and pair[1] != event.stall:
                continue
            before = self._spells(pair)
            after = tuple(replace(d, valid_to=event.day) if d.holds(event.day) else d for d in before)
            after = tuple(d for d in after if d.valid_to is None or d.valid_from is None or d.valid_from < d.valid_to)
            changed |= after != before
            self.spells[pair] = after
        return changed

    def _open(self, event: RegistryEvent) -> bool | Words:
        stall = value_on(self.known.stalls.get(StallCode(event.stall), ()), event.day)
        if stall is None or stall.kind is not UnitKind.STALL:
            return _NO_STALL
        uscc = credit_code(event.uscc).value
        merchant = self._merchant(uscc)
        if merchant is None:
            merchant = MerchantCode(uscc)
            self.merchants[merchant] = (Dated(Merchant(merchant, event.name, event.trade, uscc)),)
        pair = (merchant, stall.code)
        before = self._spells(pair)
        later = [d.valid_from for d in before if d.valid_from is not None and d.valid_from > event.day]
        if any(d.holds(event.day) for d in before):
            return False
        spell = Dated(None, event.day, min(later, default=None))
        self.spells[pair] = tuple(sorted((*before, spell), key=lambda d: d.valid_from or date.min))
        return True

    def _spells(self, pair: tuple[MerchantCode, StallCode]) -> Timeline[None]:
        return self.spells.get(pair, self.known.occupancies.get(pair, ()))


def _written(connection: Connection, market: _Market, author: Author) -> str:
    """Keep what changed in a market as an import of its own and put it into force; '' if nothing did."""
    found = market.changes()
    if not found:
        return ""
    known = market.known
    incoming = Incoming(
        MarketIntake(known.market.code, ()), ImportKind.EVENTS, draft_on(known, market.first), market.first, False, (),
        (), {}, found, events_of(known, Comparison(found)),
    )  # fmt: skip
    kept = keep(connection, incoming, ImportState.APPLIED, by=author.name, now=author.now)
    make_changes(connection, known.market.code, found)
    return kept.record
