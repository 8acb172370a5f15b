"""Files in: read, doubt, mend, set aside. No database: what comes out are markets ready to be written, and a report."""

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.exchange.findings import Findings
from gridmap.exchange.market_rows import MARKET_CODE, tables_by_market
from gridmap.exchange.rows import Table
from gridmap.exchange.scope import Scope
from gridmap.exchange.sources import has_no_connectors, read_table, roles_in
from gridmap.exchange.trades import read_trades
from gridmap.model.ids import MarketCode
from gridmap.model.intake import AS_IT_SAYS, FileCount, ImportReport, InputRole, IntakeFiles, MarketDraft
from gridmap.model.trades import TradeList
from gridmap.services.intake_market import take_market
from gridmap.services.intake_report import MarketIntake, MarketsIntake, all_faulty
from gridmap.spatial.crs import Datum

Progress = Callable[[str, int, int], None]
"""What is being done (`file`, `check`, `write`), how many of how many."""


def read_market(
    files: IntakeFiles,
    *,
    market: MarketCode,
    datum: str = Datum.WGS84,
    today: date,
    existing: MarketDraft | None = None,
) -> tuple[MarketDraft, ImportReport]:
    """
    Read one market from files, check it, mend what the tolerances allow, and set the rest aside with its reason.

    Parameters
    ----------
    files
        At least one file. Levels and stalls come from `existing` where no file brings them.
    market
        Code of the market; rows of another one are quarantined.
    datum
        What the longitudes and latitudes of the files refer to: wgs84, cgcs2000, gcj02 or bd09.
    today, existing
        As in `intake_market.take_market`.

    Returns
    -------
    draft, report
        The whole market, WGS84, and what was accepted, mended and quarantined.

    Raises
    ------
    InputRefusedError
        If a file is unusable as a whole; nothing is to be written then.
    NothingAcceptedError
        If every row of the levels file or of the stalls file is faulty, or no row of any file can be used.
    InvalidParameterError
        If no file is given, the market's code is not `[a-z0-9-]{1,64}`, or the datum is none of the four.
    """
    if not MARKET_CODE.fullmatch(market):
        raise InvalidParameterError(
            "market",
            market,
            "市场编号只用小写字母、数字和连字符,至多 64 个字符。",
            "A market's code has lower-case letters, digits and hyphens only, 64 characters at most.",
        )
    findings, stated = Findings(), _datum(datum)
    tables = _tables(files, findings, stated)
    scope = Scope(market, findings, datum_accepted=files.datum_accepted, trades=_trades(files, findings))
    draft, counts = take_market(tables, scope, today=today, existing=existing)
    fault = all_faulty(counts, findings.quarantined)
    taken = MarketIntake(market, counts, draft)
    if fault is not None:
        raise MarketsIntake((taken.refused(fault),), tables, findings, stated).nothing_accepted()
    return draft, MarketsIntake((taken,), tables, findings, stated).report()


def read_markets(
    files: IntakeFiles,
    *,
    datum: str = Datum.WGS84,
    today: date,
    known: Container[MarketCode] = frozenset(),
    progress: Progress = lambda _what, _done, _of: None,
) -> MarketsIntake:
    """
    Read all markets that the column `market` of the files names, each as `read_market` does.

    A market that cannot go in (it is there already, it has no stalls, all of them are faulty) is refused as a whole and
    by name; the others are read all the same. Rows that name no market are rejected.

    Parameters
    ----------
    known
        Markets that are in the database already.

    Raises
    ------
    InputRefusedError
        If a file is unusable as a whole, or no file has a column `market`.
    InvalidParameterError
        If no file is given, or the datum is none of the four.
    """
    findings, stated = Findings(), _datum(datum)
    tables = _tables(files, findings, stated, progress)
    shared = tables_by_market(tables, findings)
    markets: list[MarketIntake] = []
    scope = Scope(MarketCode(""), findings, datum_accepted=files.datum_accepted, trades=_trades(files, findings))
    for done, (code, mine) in enumerate(shared.items(), start=1):
        markets.append(
            _refused_unread(code, mine) if code in known else _read(mine, replace(scope, market=code), today)
        )
        progress("check", done, len(shared))
    return MarketsIntake(tuple(markets), tables, findings, stated)


def _read(tables: Mapping[InputRole, Table], scope: Scope, today: date) -> MarketIntake:
    before = len(scope.findings.quarantined)
    try:
        draft, counts = take_market(tables, scope, today=today)
    except InputRefusedError as refusal:
        return MarketIntake(scope.market, _uncounted(tables)).refused(refusal)
    fault = all_faulty(counts, scope.findings.quarantined[before:])
    taken = MarketIntake(scope.market, counts, draft)
    if fault is not None:
        return taken.refused(fault)
    scope.members.update(dict.fromkeys((member.code for member in draft.members), scope.market))
    return taken


def _refused_unread(code: MarketCode, tables: Mapping[InputRole, Table]) -> MarketIntake:
    return MarketIntake(code, _uncounted(tables)).refused(market_exists(code, next(iter(tables.values())).file))


def _uncounted(tables: Mapping[InputRole, Table]) -> tuple[FileCount, ...]:
    return tuple(FileCount(table.file, role, len(table.rows), 0, 0) for role, table in tables.items())


def market_exists(code: MarketCode, file: str) -> InputRefusedError:
    """Say that a market of a file is in the database already."""
    return InputRefusedError(
        file,
        f"市场 {code} 已存在",
        f"the market {code} exists already",
        "请在 market 列换一个编号,或去掉该市场的行。",
        "Give it another code in the column market, or leave its rows out.",
    )


def _tables(
    files: IntakeFiles, findings: Findings, datum: Datum, progress: Progress = lambda _what, _done, _of: None
) -> dict[InputRole, Table]:
    given = files.paths
    if files.everything is not None:
        held: dict[InputRole, Path] = dict.fromkeys(roles_in(files.everything), files.everything)
        given = held | given
    if not given:
        raise InvalidParameterError(
            "files", "-", "请至少给出一个文件,如 --stalls。", "Give at least one file, such as --stalls."
        )
    tables: dict[InputRole, Table] = {}
    for done, (role, path) in enumerate(given.items(), start=1):
        reading = files.readings.get(role, AS_IT_SAYS)
        table = read_table(path, role, findings, reading)
        tables[role] = replace(table, datum=datum if reading.datum is None else Datum(reading.datum))
        progress("file", done, len(given))
    whole = files.everything
    if whole is not None and not tables.keys() & {"connectors", "links"} and has_no_connectors(whole):
        tables["connectors"] = Table(whole.name, "utf-8", {}, ())  # so that none is proposed
    return tables


def _trades(files: IntakeFiles, findings: Findings) -> TradeList | None:
    return read_trades(files.trades, findings) if files.trades else None


def _datum(name: str) -> Datum:
    try:
        return Datum(name)
    except ValueError as error:
        names = ", ".join(Datum)
        raise InvalidParameterError("datum", name, f"可用的有:{names}。", f"It is one of {names}.") from error
