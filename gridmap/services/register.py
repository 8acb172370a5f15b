"""Bringing files in: read, checked, and written in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.model.ids import MarketCode
from gridmap.model.intake import Datum, ImportReport, IntakeFiles, MarketDraft
from gridmap.services import markets
from gridmap.services.intake import Progress, market_exists, read_market, read_markets
from gridmap.services.intake_report import MarketIntake, MarketsIntake
from gridmap.store import audit
from gridmap.store import markets as market_store
from gridmap.store import members as member_store
from gridmap.store.session import Connection, Database


@dataclass(frozen=True)
class Intake:
    """What is asked of an import; `name` is for one market."""

    files: IntakeFiles
    name: str = ""
    datum: Datum = "wgs84"
    dry_run: bool = False


def import_market(database: Database, intake: Intake, market: MarketCode, *, today: date) -> ImportReport:
    """
    Bring one market in from its files: the good rows go in together, faulty ones are reported.

    Raises
    ------
    InputRefusedError
        If a file cannot be used at all; nothing is written.
    AlreadyExistsError
        If the market is there already; nothing is written.
    """
    draft, report = read_market(intake.files, market=market, datum=intake.datum, today=today)
    if not intake.dry_run:
        with database.writing() as connection:
            _describe(connection, intake, report, [draft])
            markets.write_market(connection, _named(draft, intake.name))
    return report


def import_markets(
    database: Database, intake: Intake, *, today: date, progress: Progress = lambda _what, _done, _of: None
) -> ImportReport:
    """
    Bring in all markets that the column `market` of the files names, in one transaction.

    A market that cannot go in, above all one that is there already, is refused by name; the others go in.

    Raises
    ------
    InputRefusedError
        If a file cannot be used at all, or there is no market that can go in; nothing is written.
    InvalidParameterError
        If a name is given and there are several markets.
    """
    with database.reading() as connection:
        known = market_store.taken_codes(connection)
    read = read_markets(intake.files, datum=intake.datum, today=today, known=known, progress=progress)
    if intake.name and len(read.markets) > 1:
        raise InvalidParameterError(
            "name", intake.name, "只能用于一个市场;几个市场的名称写在 market_name 列。",
            "It is for one market; names of several go into the column market_name.",
        )  # fmt: skip
    if intake.dry_run:
        with database.reading() as connection:
            read = _without_clashes(connection, read)
    else:
        read = _write(database, intake, read, progress)
    if not read.drafts:
        raise read.nothing_accepted()
    return read.report()


def _write(database: Database, intake: Intake, read: MarketsIntake, progress: Progress) -> MarketsIntake:
    """Write what can go in. It is looked up again under the lock: somebody may have been quicker."""
    with database.writing() as connection:
        read = _without_clashes(connection, read)
        drafts = read.drafts
        if drafts:
            _describe(connection, intake, read.report(), drafts)
        for done, draft in enumerate(drafts, start=1):
            markets.write_market(connection, _named(draft, intake.name))
            progress("write", done, len(drafts))
    return read


def _without_clashes(connection: Connection, read: MarketsIntake) -> MarketsIntake:
    known = market_store.taken_codes(connection)
    checked = [_checked(connection, market, known) for market in read.markets]
    return replace(read, markets=tuple(checked))


def _checked(connection: Connection, market: MarketIntake, known: frozenset[MarketCode]) -> MarketIntake:
    if market.draft is None:
        return market
    file = market.counts[0].file
    if market.market in known:
        return market.refused(market_exists(market.market, file))
    taken = member_store.taken_codes(connection, [member.code for member in market.draft.members])
    if not taken:
        return market
    return market.refused(
        InputRefusedError(
            next(count.file for count in market.counts if count.role == "members"),
            f"网格员编号 {taken[0]} 已存在",
            f"the member code {taken[0]} exists already",
            "每人一个编号,只属于一个市场;请改正。",
            "Everybody has a code of his own, in one market: correct it.",
        )
    )


def _describe(connection: Connection, intake: Intake, report: ImportReport, drafts: Sequence[MarketDraft]) -> None:
    """Name in the audit log what is brought in; each market has a line of its own after this one."""
    audit.describe(
        connection,
        "import",
        ", ".join(draft.market.code for draft in drafts[:20]) + (" ..." if len(drafts) > 20 else ""),
        files=[count.file for count in report.files],
        datum=intake.datum,
        markets=len(drafts),
        quarantined=len(report.quarantined),
    )


def _named(draft: MarketDraft, name: str) -> MarketDraft:
    return replace(draft, market=replace(draft.market, name=name)) if name else draft
