"""Trades in: the list that is valid, and whether a merchant's trade is on it."""

from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.names import sound_text
from gridmap.exchange.place_files import PLACES, read_place
from gridmap.exchange.rows import Row
from gridmap.exchange.tables import read_grid
from gridmap.model.intake import Reading
from gridmap.model.trades import TradeEntry, TradeList, trade_list

_SHOWN = 12


def read_trades(source: str, findings: Findings) -> TradeList:
    """
    Read a list of trades: a table with the column `name`, and `code` and `alias` if it has them, or a place's list.

    Parameters
    ----------
    source
        A file, or the name of a place whose account spells its trades out (`beizhen`).

    Raises
    ------
    InputRefusedError
        If it is neither, the table cannot be used, or one code or name means two trades.
    """
    if source in PLACES:
        return _stated_trades(source)
    table = read_grid(Path(source), "trades", findings, Reading())
    entries: dict[str, TradeEntry] = {}
    for row in table.rows:
        try:
            entry = _entry(row)
            taken = next((word for word in (entry.name, entry.code) if word and word in entries), None)
            if taken is not None:
                raise faulty("name", taken, "重复", "stands there twice", "请删去一行", "Delete one of the two")
        except FaultyRowError as error:
            findings.reject(table.file, row.number, error.fault)
            continue
        entries.update({word: entry for word in (entry.name, entry.code) if word})
    if not entries:
        raise InputRefusedError(
            table.file,
            "没有可用的业态",
            "there is no trade that can be used",
            "请核对名称列。",
            "Check the column name.",
        )
    findings.note(
        f"{table.file}:业态清单 {{n}} 个", f"{table.file}: a list of {{n}} trades", len(set(entries.values()))
    )
    return TradeList(table.file, tuple(dict.fromkeys(entries.values())))


def _stated_trades(place: str) -> TradeList:
    """Take the trades that the account itself names; those we made up for the demo are nobody's list."""
    names = [trade.name for trade in read_place(place).trades if trade.stated]
    if not names:
        raise InputRefusedError(
            place,
            "原文未列出业态",
            "its account names no trades",
            "请用 --trades 给出清单文件。",
            "Give a file with the list, with --trades.",
        )
    return trade_list(place, names)


def trade_of(row: Row, trades: TradeList | None) -> tuple[str, str]:
    """
    Return a merchant's trade, and as it is written if the list calls it otherwise ('' if not).

    Without a list every trade is taken; a merchant without a trade is, too.

    Raises
    ------
    FaultyRowError
        If its letters are damaged, or the list has no such trade or several.
    """
    written = sound_text(row, "trade")
    if trades is None or not written:
        return written, ""
    found = trades.find(written)
    candidates = (found,) if found is not None else trades.named_in(written)
    if len(candidates) == 1:
        return candidates[0].name, written if candidates[0].name != written else ""
    known = "、".join(entry.name for entry in trades.entries[:_SHOWN]) + ("…" if len(trades.entries) > _SHOWN else "")
    zh, en = ("业态清单中没有", "is not on the list of trades")
    if candidates:
        zh, en = ("对应清单中的几个业态", "fits several trades of the list")
    raise faulty("trade", written, zh, en, f"请改为:{known};或补充清单", f"Use one of: {known}; or add it to the list")


def _entry(row: Row) -> TradeEntry:
    name = sound_text(row, "name", limit=100)
    if not name:
        raise faulty("name", "", "未写名称", "the name is missing", "请填写", "Fill it in")
    aliases = sound_text(row, "alias")
    return TradeEntry(
        name, sound_text(row, "code", limit=64), tuple(filter(None, aliases.replace(",", "、").split("、")))
    )
