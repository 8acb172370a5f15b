"""Which market a row belongs to, where one file holds many."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.rows import Row, Table, cell, text
from gridmap.model.ids import MarketCode
from gridmap.model.intake import InputRole

MARKET_CODE = re.compile(r"[a-z0-9-]{1,64}")
_STALL_COLUMNS: Mapping[InputRole, str] = {"merchants": "stall_id", "links": "from", "members": "stall_id"}
"""A file without the column `market` can still say it by a stall."""


@dataclass(frozen=True, slots=True)
class _Homes:
    """Where rows belong that do not say it: the only market there is, and the markets of every stall code."""

    only: MarketCode | None
    of_stall: Mapping[str, frozenset[MarketCode]]


def market_code(written: str) -> str:
    """Return a market's code as gridmap writes it: `M001` in a file is `m001`."""
    return written.lower()


def tables_by_market(tables: Mapping[InputRole, Table], findings: Findings) -> dict[MarketCode, dict[InputRole, Table]]:
    """
    Share the rows of the files out among the markets that they name, in order of appearance.

    Where only one market is named, rows that name none are its own. A file of merchants, links or members without the
    column `market` goes by the stall that a row names. What belongs to no market is rejected.

    Raises
    ------
    InputRefusedError
        If no file has a column `market`, or a file of several markets cannot say which row is whose.
    """
    named = _markets_named(tables.values())
    if not named:
        raise _nowhere(next(iter(tables.values())).file)
    homes = _homes(named, tables)
    found: dict[MarketCode, dict[InputRole, list[Row]]] = {}
    for role, table in tables.items():
        if table.rows and "market" not in table.columns and role not in _STALL_COLUMNS and homes.only is None:
            raise _no_column(table.file, len(named))
        for row in table.rows:
            try:
                market = _market_of(row, table, role, homes)
            except FaultyRowError as error:
                findings.reject(table.file, row.number, error.fault)
                continue
            found.setdefault(market, {}).setdefault(role, []).append(row)
    for mine in found.values():  # a table without rows says that there is nothing, in every market
        mine.update({role: [] for role, table in tables.items() if not table.rows})
    return {
        market: {role: replace(tables[role], rows=tuple(rows)) for role, rows in mine.items()}
        for market, mine in found.items()
    }


def taken_as(tables: Mapping[InputRole, Table], market: MarketCode, findings: Findings) -> dict[InputRole, Table]:
    """
    Return the tables of a file that holds one market whole, so that it comes in under another code; this is noted.

    Tables that name that one are returned as they are, whatever others they name.

    Raises
    ------
    InputRefusedError
        If they name several others.
    """
    named = _markets_named(tables.values())
    if len(named) > 1 and market not in named:
        raise _several(next(iter(tables.values())).file, market, named)
    if len(named) != 1 or named[0] == market:
        return dict(tables)
    findings.note(
        f"文件中的市场 {named[0]} 按 {market} 导入",
        f"the market {named[0]} of the file is taken in as {market}",
    )
    return {
        role: replace(table, rows=tuple(_taken_as(row, market) for row in table.rows)) for role, table in tables.items()
    }


def _taken_as(row: Row, market: MarketCode) -> Row:
    return replace(row, cells={**row.cells, "market": market}) if cell(row, "market") is not None else row


def _markets_named(tables: Iterable[Table]) -> tuple[str, ...]:
    """Return the different market codes of the column `market`, sound or not."""
    names: dict[str, None] = {}
    for row in (row for table in tables if "market" in table.columns for row in table.rows):
        try:
            name = text(row, "market")
        except FaultyRowError:
            continue
        if name:
            names[market_code(name)] = None
    return tuple(names)


def _homes(named: Sequence[str], tables: Mapping[InputRole, Table]) -> _Homes:
    if len(named) == 1 and MARKET_CODE.fullmatch(named[0]):
        return _Homes(MarketCode(named[0]), {})
    stalls = tables.get("stalls")
    asked = any("market" not in table.columns for table in tables.values())
    return _Homes(None, _markets_of_stalls(stalls) if asked and stalls is not None else {})


def _markets_of_stalls(stalls: Table) -> dict[str, frozenset[MarketCode]]:
    markets: dict[str, frozenset[MarketCode]] = {}
    for row in stalls.rows:
        try:
            stall, market = text(row, "stall_id"), MarketCode(market_code(text(row, "market")))
        except FaultyRowError:
            continue
        known = markets.get(stall, frozenset[MarketCode]())
        if market not in known and MARKET_CODE.fullmatch(market):
            markets[stall] = known | {market}
    return markets


def _market_of(row: Row, table: Table, role: InputRole, homes: _Homes) -> MarketCode:
    written = text(row, "market")
    if not written:
        if homes.only is not None:
            return homes.only
        if row.fault is not None:
            raise FaultyRowError(row.fault)
        if "market" not in table.columns:
            return _market_of_stall(row, _STALL_COLUMNS[role], homes)
        raise faulty(
            "market",
            "",
            "未写市场,而文件含多个市场",
            "its market is missing, and the files hold several",
            "请填写 market 列",
            "Fill in the column market",
        )
    code = market_code(written)
    if not MARKET_CODE.fullmatch(code):
        raise faulty(
            "market",
            written,
            "不是市场编号",
            "is not the code of a market",
            "市场编号只用小写字母、数字和连字符,至多 64 个字符",
            "A market's code has lower-case letters, digits and hyphens only, 64 characters at most",
        )
    return MarketCode(code)


def _market_of_stall(row: Row, column: str, homes: _Homes) -> MarketCode:
    stall = text(row, column)
    markets = homes.of_stall.get(stall, frozenset())
    if len(markets) == 1:
        return next(iter(markets))
    if markets:
        names = "、".join(sorted(markets)[:5])
        raise faulty(
            column,
            stall,
            f"几个市场都有这个铺位号({names})",
            f"several markets have a stall of this code ({names.replace('、', ', ')})",
            "请在文件中加 market 列",
            "Add the column market to the file",
        )
    raise faulty(
        column,
        stall,
        "没有这个铺位,无法得知属于哪个市场",
        "there is no such stall, so its market is not known",
        "请核对铺位号,或加 market 列",
        "Check the number of the stall, or add the column market",
    )


def _nowhere(file: str) -> InputRefusedError:
    return InputRefusedError(
        file,
        "没有指明市场,文件中也没有 market 列",
        "no market is named and the files have no column market",
        "请写 gridmap import 市场编号 ...,或在文件中加 market 列。",
        "Write gridmap import MARKET ..., or add a column market.",
    )


def _several(file: str, market: MarketCode, named: Sequence[str]) -> InputRefusedError:
    shown = "、".join(named[:12]) + ("…" if len(named) > 12 else "")
    return InputRefusedError(
        file,
        f"文件含 {len(named)} 个市场({shown}),不能都记为 {market}",
        f"the file holds {len(named)} markets ({shown.replace('、', ', ')}): they cannot all be {market}",
        "去掉市场编号即可一并导入,或写其中一个的编号。",
        "Leave the market's code out to take them all in, or name one of them.",
    )


def _no_column(file: str, markets: int) -> InputRefusedError:
    return InputRefusedError(
        file,
        f"本次导入含 {markets} 个市场,而此文件没有 market 列",
        f"the import holds {markets} markets, but this file has no column market",
        "请加上 market 列,写明每行属于哪个市场。",
        "Add the column market to say which row is whose.",
    )
