"""Files in: read, doubt, mend, set aside. No database: what comes out are markets ready to be written, and a report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import get_args

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.exchange.findings import Findings
from gridmap.exchange.market_rows import MARKET_CODE, tables_by_market, taken_as
from gridmap.exchange.rows import Table
from gridmap.exchange.scope import Scope
from gridmap.exchange.sources import has_no_connectors, read_table, roles_in
from gridmap.exchange.trades import read_trades
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.intake import AS_IT_SAYS, FileCount, ImportReport, InputRole, IntakeFiles, MarketDraft
from gridmap.model.trades import TradeList
from gridmap.services.intake_market import take_market
from gridmap.services.intake_report import MarketIntake, MarketsIntake, all_faulty
from gridmap.spatial.crs import Datum

ALL_ROLES: frozenset[InputRole] = frozenset(get_args(InputRole)) - {"records", "events", "roads"}
Progress = Callable[[str, int, int], None]
"""What is being done (`file`, `check`, `write`), how many of how many."""


@dataclass(frozen=True)
class Surroundings:
    """
    What else the database knows that files are held against; asked only where there is something to hold.

    `members` gives the market of every member, `trades` the list of trades that is kept for a market.
    """

    members: Callable[[], dict[MemberCode, MarketCode]] = dict[MemberCode, MarketCode]
    trades: Callable[[MarketCode], TradeList | None] = lambda _market: None


ALONE = Surroundings()
NO_TRADES = "none"
"""Said instead of a list of trades: they are held against none, whatever is kept."""


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
        Code of the market; rows of another one are quarantined, but where there is no such market yet, the only
        one of a file that holds a market whole comes in under this code.
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
    As `read_one`.
    """
    read = read_one(files, market=market, datum=datum, today=today, existing=existing)
    return read.drafts[0], read.report()


def read_one(
    files: IntakeFiles,
    *,
    market: MarketCode,
    datum: str = Datum.WGS84,
    today: date,
    existing: MarketDraft | None = None,
    whole: bool = True,
    around: Surroundings = ALONE,
    progress: Progress = lambda _what, _done, _of: None,
) -> MarketsIntake:
    """
    Read one market as `read_market` does, and keep its rows at hand.

    Parameters
    ----------
    around
        What else the database knows.

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
    findings, stated = Findings(), datum_named(datum)
    tables = _tables(files, findings, stated, progress)
    if files.everything is not None and existing is None:
        tables = taken_as(tables, market, findings)
    scope = _scope(market, files, tables, around, findings)
    taken = take_tables(tables, scope, today=today, existing=existing, whole=whole)
    progress("check", 1, 1)
    read = MarketsIntake((taken,), tables, findings, stated)
    if taken.draft is None:
        raise read.nothing_accepted()
    return read


def take_tables(
    tables: Mapping[InputRole, Table],
    scope: Scope,
    *,
    today: date,
    existing: MarketDraft | None = None,
    whole: bool = True,
) -> MarketIntake:
    """Take one market from its tables; one of which nothing can go in comes back refused."""
    before = len(scope.findings.quarantined)
    draft, counts = take_market(tables, scope, today=today, existing=existing, whole=whole)
    rows = tuple(scope.findings.quarantined[before:])
    carried = frozenset(ALL_ROLES - tables.keys()) if existing is not None else frozenset[InputRole]()
    taken = MarketIntake(scope.market, counts, draft, rows=rows, carried=carried)
    fault = all_faulty(counts, rows)
    return taken if fault is None else taken.refused(fault)


def read_markets(
    files: IntakeFiles,
    *,
    datum: str = Datum.WGS84,
    today: date,
    existing: Callable[[MarketCode], MarketDraft | None] = lambda _code: None,
    around: Surroundings = ALONE,
    progress: Progress = lambda _what, _done, _of: None,
) -> MarketsIntake:
    """
    Read all markets that the column `market` of the files names, each as `read_market` does.

    A market that cannot go in (it has no stalls, all of them are faulty) is refused as a whole and by name; the others
    are read all the same. Rows that name no market are rejected.

    Parameters
    ----------
    existing
        Gives a market as it is in the database, None if it is not there.
    around
        What else the database knows.

    Raises
    ------
    InputRefusedError
        If a file is unusable as a whole, or no file has a column `market`.
    InvalidParameterError
        If no file is given, or the datum is none of the four.
    """
    findings, stated = Findings(), datum_named(datum)
    tables = _tables(files, findings, stated, progress)
    shared = tables_by_market(tables, findings)
    markets: list[MarketIntake] = []
    scope = _scope(MarketCode(""), files, tables, around, findings)
    for done, (code, mine) in enumerate(shared.items(), start=1):
        trades = scope.trades if files.trades or "merchants" not in mine else _kept(around, code, findings)
        markets.append(_read(mine, replace(scope, market=code, trades=trades), today, existing(code)))
        progress("check", done, len(shared))
    return MarketsIntake(tuple(markets), tables, findings, stated)


def _read(tables: Mapping[InputRole, Table], scope: Scope, today: date, existing: MarketDraft | None) -> MarketIntake:
    try:
        taken = take_tables(tables, scope, today=today, existing=existing)
    except InputRefusedError as refusal:
        return MarketIntake(scope.market, _uncounted(tables)).refused(refusal)
    if taken.draft is not None:
        scope.members.update(dict.fromkeys((member.code for member in taken.draft.members), scope.market))
    return taken


def _uncounted(tables: Mapping[InputRole, Table]) -> tuple[FileCount, ...]:
    return tuple(FileCount(table.file, role, len(table.rows), 0, 0) for role, table in tables.items())


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


def _scope(
    market: MarketCode,
    files: IntakeFiles,
    tables: Mapping[InputRole, Table],
    around: Surroundings,
    findings: Findings,
) -> Scope:
    members = around.members() if "members" in tables else {}
    trades = None
    if files.trades and files.trades != NO_TRADES:
        trades = read_trades(files.trades, findings)
    elif not files.trades and market and "merchants" in tables:
        trades = _kept(around, market, findings)
    return Scope(market, findings, members=members, datum_accepted=files.datum_accepted, trades=trades)


def _kept(around: Surroundings, market: MarketCode, findings: Findings) -> TradeList | None:
    """Return the list of trades that is kept for a market, and say so."""
    found = around.trades(market)
    if found is not None:
        n = len(found.entries)
        findings.note(
            f"业态按保存的清单 {found.name} 核对({n} 个)", f"trades are held against the kept list {found.name} ({n})"
        )
    return found


def datum_named(name: str) -> Datum:
    """Return the datum of a name; InvalidParameterError if there is none."""
    try:
        return Datum(name)
    except ValueError as error:
        names = ", ".join(Datum)
        raise InvalidParameterError("datum", name, f"可用的有:{names}。", f"It is one of {names}.") from error
