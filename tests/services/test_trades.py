"""Lists of trades that are kept, for a market, a division or everything, and what imports do with them."""

from datetime import date
from pathlib import Path

import pytest

from gridmap.errors import ForbiddenError, InvalidParameterError
from gridmap.model.ids import MarketCode
from gridmap.model.intake import IntakeFiles
from gridmap.model.rights import EVERYTHING, AccountRole, Action, Caller, Grant, Scope
from gridmap.model.trades import TradeEntry, TradeList
from gridmap.services import markets, quarantine, trades
from gridmap.services.intake import NO_TRADES
from gridmap.services.register import Intake, import_market, import_markets
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author

TODAY = date(2026, 11, 26)
MARKET = MarketCode("two-floors")
GENERAL = TradeList("general", (TradeEntry("服装", "F51", ("衣服", "成衣")), TradeEntry("水果", "F52")))
OWN = TradeList("own", (TradeEntry("珠宝", "G1"),))


@pytest.fixture
def market(database: Database) -> Database:
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=4))
    return database


def listed(folder: Path, *trades_: str) -> Path:
    path = folder / "list.csv"
    names = ("龙门酒家", "新来水果", "宝盛珠宝")
    rows = [f"1F-00{i},{name},{trade}" for i, (name, trade) in enumerate(zip(names, trades_, strict=False), start=1)]
    path.write_text("\n".join(["铺位号,商户名称,业态", *rows]), encoding="utf-8")
    return path


def quarantined(database: Database, path: Path, said: str = "") -> list[str]:
    files = IntakeFiles(merchants=path, trades=said)
    report = import_market(database, Intake(files, whole=False, dry_run=True), MARKET, today=TODAY)
    return [row.value for row in report.quarantined]


def test_the_nearest_list_holds(market: Database, tmp_path: Path) -> None:
    path = listed(tmp_path, "F51", "成衣", "珠宝")
    assert quarantined(market, path) == []
    trades.set_list(market, EVERYTHING, GENERAL)
    assert quarantined(market, path) == ["珠宝"]
    trades.set_list(market, Scope(market=MARKET), OWN)
    assert trades.list_for(market, MARKET) == OWN
    assert quarantined(market, path) == ["F51", "成衣"]
    assert quarantined(market, path, NO_TRADES) == []
    trades.set_list(market, Scope(market=MARKET), None)
    assert trades.list_for(market, MARKET) == GENERAL
    assert trades.said_of(market, Scope(market=MARKET)) is None


def test_a_new_market_is_held_against_the_general_list(database: Database, tmp_path: Path) -> None:
    trades.set_list(database, EVERYTHING, GENERAL)
    stalls = tmp_path / "stalls.csv"
    stalls.write_text(
        "market,stall_id,level,lon,lat\nnew,1F-001,0,121,31\nnew,1F-002,0,121.0001,31\n", encoding="utf-8"
    )
    files = IntakeFiles(stalls=stalls, merchants=listed(tmp_path, "水果", "黄金"))
    report = import_markets(database, Intake(files), today=TODAY)
    assert [(row.field, row.value) for row in report.quarantined] == [("trade", "黄金")]
    assert any("general" in note for note in report.notes)


def test_a_row_is_mended_to_a_trade_of_the_list(market: Database, tmp_path: Path) -> None:
    trades.set_list(market, EVERYTHING, GENERAL)
    files = IntakeFiles(merchants=listed(tmp_path, "水果", "黄金"))
    import_market(market, Intake(files, whole=False), MARKET, today=TODAY)
    (row,) = quarantine.list_rows(market, MARKET)
    assert quarantine.mend_row(market, MARKET, row.code, {"业态": "白银"}, author=author()).record == ""
    assert quarantine.mend_row(market, MARKET, row.code, {"业态": "F51"}, author=author()).record != ""


def test_lists_that_contradict_themselves_are_refused(market: Database) -> None:
    twice = TradeList("x", (TradeEntry("服装", "F51"), TradeEntry("水果", "F51")))
    for wrong in (twice, TradeList("x", ())):
        with pytest.raises(InvalidParameterError):
            trades.set_list(market, EVERYTHING, wrong)


def test_a_planner_of_one_market_keeps_its_list_only(market: Database) -> None:
    planner = Caller("user:planner", (Grant(AccountRole.PLANNER, Scope(market=MARKET)),))
    own = market.acting(planner, Action.EDIT_REGISTER)
    trades.set_list(own, Scope(market=MARKET), OWN)
    with pytest.raises(ForbiddenError):
        trades.set_list(own, EVERYTHING, GENERAL)
    assert trades.list_for(market, MARKET) == OWN
