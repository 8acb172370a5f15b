"""Merchants in: rows to merchants and their occupancies."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gridmap.exchange.findings import FaultyRowError, faulty
from gridmap.exchange.rows import Row, Table, code, day, text
from gridmap.exchange.scope import Scope, rows_of_market
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.register import Merchant, Occupancy

_USCC = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")


@dataclass(frozen=True, slots=True)
class KnownUnits:
    """What a merchant row may point to: the kinds of the units, and the rows of stalls that did not get in."""

    kinds: Mapping[StallCode, UnitKind]
    left_out: Mapping[str, int]


@dataclass(slots=True)
class Trades:
    """Merchants and occupancies read so far."""

    merchants: dict[MerchantCode, Merchant] = field(default_factory=dict)
    occupancies: list[Occupancy] = field(default_factory=list)
    rows: dict[tuple[MerchantCode, StallCode], list[tuple[int, Occupancy]]] = field(default_factory=dict)


def read_merchants(table: Table, scope: Scope, *, units: KnownUnits, today: date) -> Trades:
    """
    Turn rows into merchants and occupancies.

    Rows are of one merchant if they carry the same unified social credit code, or the same merchant number and name.
    Without either, every stall has its own merchant, whose code is made from stall and name, so that the same row
    gives the same code the next time. Two merchants in one stall are allowed; the same one twice only if he left and
    came back: the days do not overlap.
    """
    trades = Trades()
    by_uscc: dict[str, MerchantCode] = {}
    for row in rows_of_market(table, scope):
        try:
            _read(table.file, row, scope, units, today, trades, by_uscc)
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    return trades


def _read(
    file: str, row: Row, scope: Scope, units: KnownUnits, today: date, trades: Trades, by_uscc: dict[str, MerchantCode]
) -> None:
    stall = _stall(row, units)
    name = text(row, "name")
    if not name:
        raise faulty("name", "", "未写商户名称", "the merchant's name is missing", "请填写", "Fill it in")
    since, until = day(row, "valid_from") or today, day(row, "valid_to")
    if until is not None and until <= since:
        raise faulty(
            "valid_to", until.isoformat(), "退场不晚于入驻", "ends before it begins", "请改正日期", "Correct the days"
        )
    uscc = _uscc(file, row, scope)
    stated = text(row, "merchant_id", limit=64)
    merchant_code = by_uscc.get(uscc or "") or MerchantCode(stated or uscc or _made_code(stall, name))
    known = trades.merchants.get(merchant_code)
    if known is not None:
        _check_same(file, row, scope, known, name, uscc)
    occupancy = Occupancy(merchant_code, stall, since, until)
    spells = trades.rows.setdefault((merchant_code, stall), [])
    first = next((row_number for row_number, spell in spells if _overlap(spell, occupancy)), None)
    if first is not None:
        raise faulty(
            "name", name, f"与第 {first} 行重复", f"repeats row {first}", "请删去其中一行", "Delete one of the two"
        )
    if known is None:
        trades.merchants[merchant_code] = Merchant(merchant_code, name, text(row, "trade"), uscc)
    if uscc:
        by_uscc[uscc] = merchant_code
    trades.occupancies.append(occupancy)
    spells.append((row.number, occupancy))


def _overlap(one: Occupancy, other: Occupancy) -> bool:
    """Tell whether two spells in one stall have a day in common."""
    return one.valid_from < (other.valid_to or date.max) and other.valid_from < (one.valid_to or date.max)


def _stall(row: Row, units: KnownUnits) -> StallCode:
    stall = StallCode(code(row, "stall_id"))
    kind = units.kinds.get(stall)
    if kind is UnitKind.STALL:
        return stall
    if kind is not None:
        raise faulty(
            "stall_id",
            stall,
            f"该单元是 {kind.value},不是铺位,不能有商户",
            f"the unit is {kind.value}, not a stall, and holds no merchant",
            "请核对铺位号,或把单元类型改为 stall",
            "Check the number, or change the kind of the unit to stall",
        )
    if stall in units.left_out:
        line = units.left_out[stall]
        raise faulty(
            "stall_id",
            stall,
            f"该铺位在铺位文件第 {line} 行被退回",
            f"the stall itself was set aside (row {line} of the stalls file)",
            "先改正该铺位",
            "Mend the stall first",
        )
    raise faulty(
        "stall_id", stall, "没有这个铺位", "there is no such stall", "请核对铺位号", "Check the number of the stall"
    )


def _uscc(file: str, row: Row, scope: Scope) -> str | None:
    written = text(row, "uscc").upper().replace(" ", "")
    if not written or _USCC.fullmatch(written):
        return written or None
    scope.findings.mend(
        file,
        row.number,
        "uscc",
        f"“{written}”不是 18 位统一社会信用代码,未采用",
        f"'{written}' is not a unified social credit code of 18 characters: left empty",
    )
    return None


def _check_same(file: str, row: Row, scope: Scope, known: Merchant, name: str, uscc: str | None) -> None:
    same_uscc = uscc is not None and uscc == known.uscc
    if known.uscc and uscc and not same_uscc:
        raise faulty(
            "uscc",
            uscc,
            "同一商户编号有两个信用代码",
            "one merchant has two credit codes",
            "请核对",
            "Check which is right",
        )
    if name == known.name:
        return
    if not same_uscc:
        raise faulty(
            "name",
            name,
            f"商户编号 {known.code} 已属于“{known.name}”",
            f"the merchant number {known.code} belongs to '{known.name}' already",
            "请核对商户编号",
            "Check the merchant number",
        )
    scope.findings.mend(
        file,
        row.number,
        "name",
        f"同一信用代码有两个名称,沿用“{known.name}”",
        f"one credit code has two names: '{known.name}' is kept",
    )


def _made_code(stall: StallCode, name: str) -> str:
    return "m-" + hashlib.sha256(f"{stall}\n{name}".encode()).hexdigest()[:16]
