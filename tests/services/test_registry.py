"""Events of the registry: a close ends trading the same day and frees the stall; whatever is taken in can be undone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gridmap.model.ids import MarketCode
from gridmap.model.registry import EventState, RegistryEvent, RegistryKind
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.services import history, imports, markets, registry
from gridmap.services.plans import Author
from tests import worlds
from tests.registers import credit_code

TODAY = date(2026, 11, 20)
WHO = Author("test", datetime(2026, 11, 20, 9, tzinfo=UTC))
CLOSE, OPEN = RegistryKind.CLOSE, RegistryKind.OPEN


@pytest.fixture
def hall(database):
    """Two floors of eight stalls each in `one`; the merchant of the first stall trades in `two` as well."""
    for code in ("one", "two"):
        draft = worlds.few_merchants(code, 8)
        known = [
            replace(m, uscc=credit_code(i if code == "one" or i == 0 else i + 50))
            for i, m in enumerate(draft.merchants)
        ]
        markets.add_market(database, replace(draft, merchants=tuple(known)))
    return database


def stock(database, market, day):
    return {(o.stall, o.name) for o in history.trading_on(database, market, day)}


def take(database, *events):
    return registry.take_events(database, events, author=WHO)


def test_a_close_ends_trading_that_day_in_every_market(hall):
    day = TODAY - timedelta(days=5)
    before = {market: stock(hall, market, TODAY) for market in ("one", "two")}
    (receipt,) = take(hall, RegistryEvent(credit_code(0), CLOSE, day))
    assert (receipt.state, receipt.imports) == (EventState.APPLIED, ("one-i1", "two-i1"))
    for market in ("one", "two"):
        assert stock(hall, market, day - timedelta(days=1)) == before[market]
        assert len(stock(hall, market, day)) == len(before[market]) - 1
        turnover = history.market_turnover(hall, market, day, TODAY + timedelta(days=1)).whole
        assert (turnover.closes, turnover.stock_average, turnover.rate) == (1, 7.0, 1 / 7)
        assert turnover.vacant_after == 9  # of 16 stalls 8 traded
    assert take(hall, RegistryEvent(credit_code(0), CLOSE, day))[0].state is EventState.UNCHANGED
    imports.undo_import(hall, "one", "one-i1", author=WHO)
    assert stock(hall, "one", TODAY) == before["one"]


def test_an_open_begins_trading_of_a_new_merchant_or_of_a_known_one(hall):
    new = RegistryEvent(credit_code(90), OPEN, TODAY, "one", "2F-008", "新设的店", "茶叶")
    more = RegistryEvent(credit_code(1), OPEN, TODAY, "one", "2F-007", "另一铺")
    before = stock(hall, "one", TODAY)
    receipts = take(hall, new, more)
    assert {r.state for r in receipts} == {EventState.APPLIED}
    assert receipts[0].imports == receipts[1].imports == ("one-i1",)
    added = stock(hall, "one", TODAY) - before
    assert {stall for stall, _ in added} == {"2F-007", "2F-008"}
    assert ("2F-008", "新设的店") in added
    assert {r.state for r in take(hall, new, more)} == {EventState.UNCHANGED}
    close = replace(new, kind=CLOSE)
    assert take(hall, close)[0].state is EventState.APPLIED  # closed on the day on which it opened: it never traded
    assert ("2F-008", "新设的店") not in stock(hall, "one", TODAY)


def test_a_close_and_a_new_open_follow_their_days_whatever_their_order(hall):
    day = TODAY - timedelta(days=9)
    (merchant,) = [o.merchant for o in history.trading_on(hall, "one", TODAY) if o.stall == "1F-002"]
    back = RegistryEvent(credit_code(1), OPEN, day + timedelta(days=4), "one", "1F-002", "回来的店")
    take(hall, back, RegistryEvent(credit_code(1), CLOSE, day))
    spells = history.merchant_history(hall, "one", merchant).trading
    assert [(t.valid_from, t.valid_to) for t in spells] == [
        (worlds.OPENED, day), (day + timedelta(days=4), None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        RegistryEvent("92330100MA0000001X", CLOSE, TODAY),
        RegistryEvent(credit_code(999), CLOSE, TODAY),
        RegistryEvent(credit_code(999), OPEN, TODAY, "one", "9F-001", "无此铺位"),
        RegistryEvent(credit_code(999), OPEN, TODAY, "none", "1F-001", "无此市场"),
        RegistryEvent(credit_code(999), OPEN, TODAY, "one"),
        RegistryEvent(credit_code(0), CLOSE, TODAY + timedelta(days=1)),
        RegistryEvent(credit_code(3), CLOSE, TODAY, "two"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_keeps_no_other_out(hall, event):
    receipts = take(hall, event, RegistryEvent(credit_code(2), CLOSE, TODAY))
    assert [r.state for r in receipts] == [EventState.REFUSED, EventState.APPLIED]
    assert receipts[0].reason_zh
    assert receipts[0].reason_en


def test_markets_that_the_caller_may_not_change_are_left_alone(hall):
    caller = Caller("user:x", (Grant(AccountRole.PLANNER, Scope(market="two")),))
    acting = hall.acting(caller, Action.EDIT_REGISTER)
    (receipt,) = registry.take_events(acting, [RegistryEvent(credit_code(0), CLOSE, TODAY)], author=WHO)
    assert receipt.imports == ("two-i1",)
    assert len(stock(hall, MarketCode("one"), TODAY)) == 8
