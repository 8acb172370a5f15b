"""`gridmap register`: markets, stalls and who trades where on any day, what became of one, who came and went."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, database, now, out, print_json, print_table
from gridmap.model.history import MerchantHistory, StallHistory, Trading, Turnover
from gridmap.services import history, markets

app = typer.Typer(add_completion=False)
MarketArgument = Annotated[str, typer.Argument(help="市场编号 / market code")]
AtOption = Annotated[
    datetime | None, typer.Option("--at", formats=["%Y-%m-%d"], help="某日的状况,默认今天 / as of a day, today")
]


@app.command("markets")
def list_markets(at: AtOption = None, as_json: JsonOption = False) -> None:
    """各市场某日的铺位、商户、网格员、责任区数 / all markets with their counts on a day."""
    day = _day(at)
    found = markets.list_markets(database(), day, limit=100_000)
    if as_json:
        print_json({"at": day, "markets": [
            {"code": m.market.code, "name": m.market.name, "levels": m.levels, "stalls": m.stalls,
             "merchants": m.merchants, "members": m.members, "zones": m.zones, "plan": m.plan}
            for m in found
        ]})  # fmt: skip
        return
    print_table(
        ["市场 market", "名称 name", "楼层 levels", "铺位 stalls", "商户 merchants", "网格员 members", "责任区 zones"],
        [[m.market.code, m.market.name, m.levels, m.stalls, m.merchants, m.members, m.zones] for m in found],
    )


@app.command("stalls")
def list_stalls(market: MarketArgument, at: AtOption = None, as_json: JsonOption = False) -> None:
    """某日的铺位及其商户 / a market's stalls with their merchants on a day."""
    day = _day(at)
    found = markets.market_stalls(database(), market, day)
    if as_json:
        print_json({"at": day, "stalls": [
            {"stall": s.stall.code, "building": s.stall.level.building, "level": s.stall.level.ordinal,
             "kind": s.stall.kind, "name": s.stall.name, "merchants": s.merchants, "merchant_names": s.merchant_names}
            for s in found
        ]})  # fmt: skip
        return
    print_table(
        ["铺位 stall", "楼栋 building", "楼层 level", "类别 kind", "商户 merchants"],
        [[s.stall.code, s.stall.level.building, s.stall.level.ordinal, s.stall.kind, "、".join(s.merchant_names)]
         for s in found],
    )  # fmt: skip


@app.command("occupancies")
def list_occupancies(market: MarketArgument, at: AtOption = None, as_json: JsonOption = False) -> None:
    """某日谁在哪个铺位经营 / who trades where on a day."""
    day = _day(at)
    found = history.trading_on(database(), market, day)
    if as_json:
        print_json({"at": day, "occupancies": [_plain(each) for each in found]})
    else:
        _print_trading(found)


@app.command("stall")
def show_stall(market: MarketArgument, stall: str, as_json: JsonOption = False) -> None:
    """一个铺位的历史 / what a stall was, and who traded in it."""
    found = history.stall_history(database(), market, stall)
    if as_json:
        print_json(_history(found))
        return
    for dated in found.states:
        level = f"{dated.value.level.building} {dated.value.level.ordinal}"
        out.print(
            f"{_span(dated.valid_from, dated.valid_to)} {dated.value.kind} {level} {dated.value.name}", markup=False
        )
    _print_trading(found.trading)


@app.command("merchant")
def show_merchant(market: MarketArgument, merchant: str, as_json: JsonOption = False) -> None:
    """一户的历史 / what a merchant was called, and where he traded."""
    found = history.merchant_history(database(), market, merchant)
    if as_json:
        print_json(_history(found))
        return
    for dated in found.states:
        out.print(f"{_span(dated.valid_from, dated.valid_to)} {dated.value.name} {dated.value.trade}", markup=False)
    _print_trading(found.trading)


@app.command("turnover")
def show_turnover(
    market: MarketArgument,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="首日,默认一年前 / first day, a year ago")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="不含当日,默认今天 / the day after, today")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """换手率与空置:入驻、退场、迁铺,逐月,及期末空置的铺位 / turnover and vacancies over a period."""
    until = _day(end)
    found = history.market_turnover(database(), market, _day(first) if first else until - timedelta(days=365), until)
    if as_json:
        print_json({
            "market": found.market,
            "whole": _turnover(found.whole),
            "months": [_turnover(month) for month in found.months],
            "vacant": [asdict(each) for each in found.vacant],
        })  # fmt: skip
        return
    print_table(
        ["自 from", "至 to", "入驻 opens", "退场 closes", "迁铺 moves", "期末户数 stock", "换手率 rate", "空置 vacant",
         "空置率 vacancy"],
        [[t.first, t.end, t.opens, t.closes, t.moves, t.stock_after, _share(t.rate), t.vacant_after,
          _share(t.vacancy_rate)] for t in (*found.months, found.whole)],
    )  # fmt: skip


def _day(at: datetime | None) -> date:
    return at.date() if at else now().date()


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _turnover(found: Turnover) -> dict[str, Any]:
    return {**asdict(found), "rate": found.rate}


def _plain(trading: Trading) -> dict[str, Any]:
    fields = asdict(trading)
    level = fields.pop("level")
    return {**fields, "building": level["building"], "level": level["ordinal"]}


def _history(found: StallHistory | MerchantHistory) -> dict[str, Any]:
    about = {"stall": found.stall} if isinstance(found, StallHistory) else {"merchant": found.merchant}
    states: list[dict[str, Any]] = []
    for dated in found.states:
        fields = asdict(dated.value)
        fields.pop("code")
        if "place_lonlat" in fields:
            fields["place_lonlat"] = fields["place_lonlat"].wkt
            fields |= {"building": fields["level"]["building"], "level": fields["level"]["ordinal"]}
        states.append({"valid_from": dated.valid_from, "valid_to": dated.valid_to, **fields})
    return {"market": found.market, **about, "states": states, "occupancies": [_plain(each) for each in found.trading]}


def _span(first: date | None, end: date | None) -> str:
    return f"{first or '…'} – {end or '…'}"


def _print_trading(found: "tuple[Trading, ...] | list[Trading]") -> None:
    print_table(
        ["铺位 stall", "商户 merchant", "名称 name", "经营范围 trade", "自 from", "至 to"],
        [[t.stall, t.merchant, t.name, t.trade, t.valid_from, t.valid_to or ""] for t in found],
    )
