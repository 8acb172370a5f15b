"""Merchants in: rows to merchants and their occupancies."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gridmap.exchange.findings import Fault, FaultyRowError, faulty
from gridmap.exchange.likeness import doubt_alikes
from gridmap.exchange.names import sound_text
from gridmap.exchange.provenance import source_of, verification_of
from gridmap.exchange.rows import TEXT_CHARACTERS, Row, Table, cell, code, day, text
from gridmap.exchange.scope import Scope, rows_of_market
from gridmap.exchange.stall_codes import StallNames
from gridmap.exchange.trades import trade_of
from gridmap.model.credit_codes import CodeState, CreditCode, credit_code
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.places import Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.model.timelines import meet

_ROUNDED = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")

_NO_CODE = (
    "",
    "无",
    "暂无",
    "没有",
    "未办",
    "办理中",
    "待办",
    "不详",
    "未提供",
    "/",
    "\\",
    "-",
    "--",
    "—",
    "——",
    "none",
    "n/a",
    "na",
)
"""What people write who have no code."""


@dataclass(frozen=True, slots=True)
class KnownUnits:
    """What a merchant row may point to: the units, and the rows of stalls that did not get in."""

    stalls: Mapping[StallCode, Stall]
    left_out: Mapping[str, int]


@dataclass(slots=True)
class Trades:
    """Merchants and occupancies read so far."""

    merchants: dict[MerchantCode, Merchant] = field(default_factory=dict)
    occupancies: dict[tuple[MerchantCode, StallCode], Occupancy] = field(default_factory=dict)
    first_row: dict[tuple[MerchantCode, StallCode], int] = field(default_factory=dict)
    spells: dict[tuple[MerchantCode, StallCode], list[Occupancy]] = field(default_factory=dict)
    """All occupancies; `occupancies` has the first of each merchant in each stall."""
    by_uscc: dict[str, MerchantCode] = field(default_factory=dict)
    by_name: dict[tuple[StallCode, str], MerchantCode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where rows come from and what they are held against."""

    file: str
    scope: Scope
    units: KnownUnits
    names: StallNames
    today: date


def read_merchants(table: Table, scope: Scope, *, units: KnownUnits, today: date) -> Trades:
    """
    Turn rows into merchants and occupancies.

    Rows are of one merchant if they carry the same unified social credit code, or the same merchant number and name.
    Without either, every stall has its own merchant, whose code is made from stall and name, so that the same row
    gives the same code the next time. A cell may name several stalls of one merchant (`stall_codes`). Two
    merchants in one stall are allowed; the same one twice only if he left and came back: the days do not overlap. Names
    that are alike are doubted at the end.
    """
    trades = Trades()
    source = _Source(table.file, scope, units, StallNames(units.stalls), today)
    for row in rows_of_market(table, scope):
        try:
            _read(row, source, trades)
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
    doubt_alikes(table.file, trades.merchants, trades.occupancies, trades.first_row, scope.findings)
    return trades


def _read(row: Row, source: _Source, trades: Trades) -> None:
    stalls = _stalls(row, source)
    name = sound_text(row, "name")
    if not name:
        raise faulty("name", "", "未写商户名称", "the merchant's name is missing", "请填写", "Fill it in")
    since, until = day(row, "valid_from") or source.today, day(row, "valid_to")
    if until is not None and until <= since:
        raise faulty(
            "valid_to", until.isoformat(), "退场不晚于入驻", "ends before it begins", "请改正日期", "Correct the days"
        )
    uscc = _uscc(row, source)
    trade = _trade(row, source)
    stated = text(row, "merchant_id", limit=64)
    merchant_code = trades.by_uscc.get(uscc or "") or MerchantCode(stated or uscc or _made_code(stalls[0], name))
    occupancies = [Occupancy(merchant_code, stall, since, until) for stall in stalls]
    for occupancy in occupancies:
        _check_not_twice(trades, occupancy, name, is_named=bool(stated or uscc))
    known = trades.merchants.get(merchant_code)
    if known is not None:
        _check_same(source.file, row, source.scope, known, name, uscc)
    if known is None:
        said = source_of(row), verification_of(row)
        trades.merchants[merchant_code] = Merchant(merchant_code, name, trade, uscc, *said)
    if uscc:
        trades.by_uscc[uscc] = merchant_code
    for occupancy in occupancies:
        pair = (merchant_code, occupancy.stall)
        trades.spells.setdefault(pair, []).append(occupancy)
        trades.occupancies.setdefault(pair, occupancy)
        trades.first_row.setdefault(pair, row.number)
        trades.by_name.setdefault((occupancy.stall, name), merchant_code)
    if len(stalls) == 1:
        _doubt_level(row, source, stalls[0])


def _stalls(row: Row, source: _Source) -> list[StallCode]:
    """Return the stalls that a row is about: nearly always one, written as it is called."""
    written = code(row, "stall_id", limit=TEXT_CHARACTERS)
    meant = source.names.meant(written) or (StallCode(written),)
    found = [_stall(stall, source.units) for stall in meant]
    if found != [written]:
        which = "、".join(found)
        source.scope.findings.mend(
            source.file, row.number, "stall_id", f"“{written}”按铺位 {which} 读取",
            f"'{written}' is read as the stall(s) {which}",
        )  # fmt: skip
    return found


def _stall(stall: StallCode, units: KnownUnits) -> StallCode:
    unit = units.stalls.get(stall)
    kind = unit.kind if unit is not None else None
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


def _check_not_twice(trades: Trades, occupancy: Occupancy, name: str, *, is_named: bool) -> None:
    """Reject a merchant who is in the stall already: by code, or by name where one of the two rows has no code."""
    stall, merchant_code = occupancy.stall, occupancy.merchant
    same_name = trades.by_name.get((stall, name), merchant_code)
    if not is_named or same_name == _made_code(stall, name):
        merchant_code = same_name
    if any(meet(spell, occupancy) for spell in trades.spells.get((merchant_code, stall), ())):
        first = trades.first_row[merchant_code, stall]
        raise faulty(
            "name", name, f"与第 {first} 行重复", f"repeats row {first}", "请删去其中一行", "Delete one of the two"
        )


def _doubt_level(row: Row, source: _Source, stall: StallCode) -> None:
    """Doubt a list whose level is not the one that the stall is on; the stall is believed."""
    stated, level = cell(row, "level"), source.units.stalls[stall].level
    if isinstance(stated, int | float) and stated != level.ordinal:
        source.scope.findings.doubt(
            source.file,
            row.number,
            Fault(
                "level",
                str(int(stated)),
                f"铺位 {stall} 在图上的楼层序号是 {level.ordinal}",
                f"the stall {stall} is on the level {level.ordinal} of the drawing",
                "请核对楼层和铺位号",
                "Check the level and the number of the stall",
            ),
        )


def _trade(row: Row, source: _Source) -> str:
    trade, written = trade_of(row, source.scope.trades)
    if written:
        source.scope.findings.mend(
            source.file,
            row.number,
            "trade",
            f"“{written}”按清单记为“{trade}”",
            f"'{written}' is '{trade}' on the list of trades",
        )
    return trade


def _uscc(row: Row, source: _Source) -> str | None:
    written = text(row, "uscc")
    if written.casefold() in _NO_CODE:
        return None
    raw = cell(row, "uscc")
    if (isinstance(raw, float | int) and abs(raw) >= 1e15) or _ROUNDED.fullmatch(written):
        raise faulty(
            "uscc",
            written,
            "表格软件把代码当作数字,只留下 15 位",
            "the spreadsheet took the code for a number and kept 15 digits of it",
            "请把该列设为文本,重新填写",
            "Make the column text and enter it anew",
        )
    found = credit_code(written)
    if found.state is CodeState.OLD:
        source.scope.findings.doubt(
            source.file,
            row.number,
            Fault(
                "uscc",
                written,
                "15 位旧注册号,已保留",
                "a registration number of 15 digits, as before 2015; it is kept",
                "请换为 18 位统一社会信用代码",
                "Replace it by the unified social credit code of 18 symbols",
            ),
        )
    elif found.state is not CodeState.SOUND:
        raise _bad_code(written, found)
    return found.value


def _bad_code(written: str, found: CreditCode) -> FaultyRowError:
    zh, en = {
        CodeState.LENGTH: ("不是 18 位统一社会信用代码", "is no unified social credit code: it has not 18 symbols"),
        CodeState.SYMBOLS: ("含统一社会信用代码不用的字符", "has symbols that no unified social credit code has"),
    }.get(found.state, ("校验位不符(GB 32100)", "its check symbol does not hold (GB 32100)"))
    remedy = ("请按营业执照改正;不详可留空", "Correct it from the business licence, or leave it empty")
    if found.likely is not None:
        remedy = (
            f"请按营业执照改正,可能是 {found.likely};不详可留空",
            f"Correct it from the business licence (perhaps {found.likely}), or leave it empty",
        )
    return faulty("uscc", written, zh, en, *remedy)


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
