"""Events of the registry taken into the register: who closes ends trading that day, who opens begins in his stall."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from gridmap.model.credit_codes import CodeState, credit_code
from gridmap.model.imports import ImportKind, ImportState
from gridmap.model.register_changes import Register
from gridmap.model.registry import EventReceipt, EventState, RegistryEvent, RegistryKind
from gridmap.services.intake_report import MarketIntake
from gridmap.services.plans import Author
from gridmap.services.register_applying import make_changes
from gridmap.services.register_changes import Comparison
from gridmap.services.register_incoming import Incoming, draft_on, events_of, keep
from gridmap.services.registry_taking import TakenEvents, Words
from gridmap.store import history, markets, registry
from gridmap.store.session import Connection, Database

_BAD_CODE: Words = ("不是有效的统一社会信用代码", "is no sound unified social credit code")
_NOT_HERE: Words = ("登记中没有这个信用代码", "the code is not in the register")
_NO_PLACE: Words = ("入驻须写市场、铺位和名称", "to open needs market, stall and name")
_NO_MARKET: Words = ("没有这个市场", "there is no such market")
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
        open_markets = {name: TakenEvents(_locked(connection, name)) for name in names}
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


def _written(connection: Connection, market: TakenEvents, author: Author) -> str:
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
