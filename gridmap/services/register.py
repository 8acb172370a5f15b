"""Bringing files in: a new market whole, a list for one that is there as the changes it makes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.imports import ImportKind, ImportState
from gridmap.model.intake import ImportReport, MarketDraft
from gridmap.model.places import Market
from gridmap.model.register_changes import Register
from gridmap.services import markets, refusals, trades, zonings
from gridmap.services.intake import Progress, Surroundings, read_markets, read_one
from gridmap.services.intake_report import MarketIntake, MarketsIntake
from gridmap.services.register_applying import make_changes
from gridmap.services.register_incoming import (
    Incoming,
    Intake,
    draft_on,
    incoming_list,
    incoming_market,
    is_known,
    keep,
    list_fault,
)
from gridmap.store import audit, history, organisation_ledger
from gridmap.store import markets as market_store
from gridmap.store import members as member_store
from gridmap.store.rights import caller_of, division_of_new_market
from gridmap.store.session import Connection, Database

__all__ = [
    "Intake", "checked", "existing_draft", "import_market", "import_markets", "preview_markets", "surroundings",
]  # fmt: skip


def import_market(
    database: Database,
    intake: Intake,
    market: MarketCode,
    *,
    today: date,
    now: datetime | None = None,
    progress: Progress = lambda _what, _done, _of: None,
) -> ImportReport:
    """
    Bring a list into one market, or the market itself: the good rows go in together, faulty ones are reported.

    Parameters
    ----------
    now
        The moment for the record; the start of `today` if left out.

    Raises
    ------
    InputRefusedError
        If a file cannot be used at all; nothing is written.
        So too if a list that is not said to be whole would close very many, or a later one is in force.
    """
    intake = replace(intake, first_day=intake.first_day or today)
    day = intake.day
    existing = existing_draft(database, market, day)
    read = read_one(
        intake.files, market=market, datum=intake.datum, today=day, existing=existing, whole=intake.whole is not False,
        around=surroundings(database), progress=progress,
    )  # fmt: skip
    read = _bring_in(database, intake, read, _moment(today, now), progress)
    if not read.drafts:
        raise read.nothing_accepted()
    return read.report()


def import_markets(
    database: Database,
    intake: Intake,
    *,
    today: date,
    now: datetime | None = None,
    progress: Progress = lambda _what, _done, _of: None,
) -> ImportReport:
    """
    Bring in all markets that the column `market` of the files names, in one transaction.

    A market that cannot go in is refused by name; the others go in.

    Raises
    ------
    InputRefusedError
        If a file cannot be used at all, or there is no market that can go in; nothing is written.
    InvalidParameterError
        If a name is given and there are several markets.
    """
    intake = replace(intake, first_day=intake.first_day or today)
    day = intake.day
    read = read_markets(
        intake.files,
        datum=intake.datum,
        today=day,
        existing=lambda market: existing_draft(database, market, day),
        around=surroundings(database),
        progress=progress,
    )
    if intake.name and len(read.markets) > 1:
        raise InvalidParameterError(
            "name", intake.name, "只能用于一个市场;几个市场的名称写在 market_name 列。",
            "It is for one market; names of several go into the column market_name.",
        )  # fmt: skip
    read = _bring_in(database, intake, read, _moment(today, now), progress)
    if not read.drafts:
        raise read.nothing_accepted()
    return read.report()


def preview_markets(
    database: Database, intake: Intake, *, market: str | None = None, today: date
) -> tuple[MarketDraft, ...]:
    """
    Return the markets of files as they would be, those that could go in; nothing is written.

    Raises
    ------
    InputRefusedError
        If a file cannot be used at all.
    """
    intake = replace(intake, first_day=intake.first_day or today)
    day = intake.day
    if market is None:
        read = read_markets(
            intake.files, datum=intake.datum, today=day, existing=lambda code: existing_draft(database, code, day),
            around=surroundings(database),
        )  # fmt: skip
    else:
        read = read_one(
            intake.files, market=MarketCode(market), datum=intake.datum, today=day,
            existing=existing_draft(database, market, day), whole=intake.whole is not False,
            around=surroundings(database),
        )  # fmt: skip
    return tuple(taken.draft for taken in read.markets if taken.draft is not None)


def existing_draft(database: Database, market: str, day: date) -> MarketDraft | None:
    """Return a market as it is on a day, None if it is not there."""
    with database.reading() as connection:
        if not market_store.exists(connection, market):
            return None
        return draft_on(history.register(connection, market), day)


def surroundings(database: Database) -> Surroundings:
    """Return what a database knows that files are held against."""

    def homes() -> dict[MemberCode, MarketCode]:
        with database.reading() as connection:
            return member_store.homes(connection)

    return Surroundings(homes, lambda market: trades.list_for_import(database, market))


def _moment(today: date, now: datetime | None) -> datetime:
    return now or datetime.combine(today, time(), UTC)


def _bring_in(
    database: Database, intake: Intake, read: MarketsIntake, now: datetime, progress: Progress
) -> MarketsIntake:
    """Compare with what is there and, unless it is a dry run, write: under the lock, for somebody may be quicker."""
    if intake.dry_run:
        with database.reading() as connection:
            incoming = [checked(connection, intake, read, taken) for taken in read.markets]
    else:
        with database.writing() as connection:
            for taken in read.markets:
                if taken.draft is not None and market_store.exists(connection, taken.market):
                    market_store.lock_market(connection, taken.market)
            incoming = [checked(connection, intake, read, taken) for taken in read.markets]
            _write(connection, intake, replace(read, markets=_intakes(incoming)), incoming, now, progress)
    return replace(read, markets=_intakes(incoming))


def _intakes(incoming: Sequence[Incoming | MarketIntake]) -> tuple[MarketIntake, ...]:
    return tuple(one.told() if isinstance(one, Incoming) else one for one in incoming)


def checked(
    connection: Connection, intake: Intake, read: MarketsIntake, taken: MarketIntake
) -> Incoming | MarketIntake:
    """Look at what was read beside what is there now; a market that cannot go in comes back refused."""
    if taken.draft is None:
        return taken
    there = market_store.exists(connection, taken.market)
    known = history.register(connection, taken.market) if there else None
    shared = known or history.shared_register(connection, taken.draft.market)
    fault = _clash(connection, taken, known, shared)
    if fault is not None:
        return taken.refused(fault)
    if known is None:
        _check_division(connection, read, taken.draft.market)
        return incoming_market(intake, read, taken, shared)
    incoming = incoming_list(intake, read, taken, known)
    fault = list_fault(connection, intake, incoming, known)
    return incoming if fault is None else taken.refused(fault)


def _clash(
    connection: Connection, taken: MarketIntake, known: Register | None, shared: Register
) -> InputRefusedError | None:
    """Say what of the database stands against what was read: somebody was quicker, or has the code."""
    draft = taken.draft
    assert draft is not None
    is_list, file = bool(draft.market.uuid), taken.counts[0].file
    if not is_list and market_store.is_taken(connection, taken.market):
        return refusals.market_exists(taken.market, file)
    if (known is None and is_list) or (known is not None and known.market.revision != draft.market.revision):
        return refusals.changed_meanwhile(taken.market, file)
    if (code := _hidden_organisation(connection, draft, shared)) is not None:
        return refusals.organisation_exists(code, taken)
    strangers = [m.code for m in draft.members if m.code not in shared.members]
    clash = member_store.taken_codes(connection, strangers) if strangers else []
    return refusals.member_exists(clash[0], taken) if clash else None


def _check_division(connection: Connection, read: MarketsIntake, market: Market) -> None:
    """Refuse a new market where the caller may make none; say so where its division is not known."""
    found = division_of_new_market(connection, market.division)
    if market.division and found is None:
        read.findings.note(
            f"没有行政区划 {market.division},市场 {market.code} 未归入任何行政区划",
            f"there is no division {market.division}: the market {market.code} is put into none",
        )


def _hidden_organisation(connection: Connection, draft: MarketDraft, shared: Register) -> str | None:
    """Return the code of an organisation that is there without being shown to the caller, None without any."""
    strangers = [entry.code for entry in draft.organisations if entry.code not in shared.organisations]
    return next(iter(organisation_ledger.taken_codes(connection, strangers)), None) if strangers else None


def _write(
    connection: Connection,
    intake: Intake,
    read: MarketsIntake,
    incoming: list[Incoming | MarketIntake],
    now: datetime,
    progress: Progress,
) -> None:
    """Write what can go in, each market with its record; say in the audit log first what it is about."""
    wanted = [
        (i, one) for i, one in enumerate(incoming)
        if isinstance(one, Incoming) and not is_known(connection, one)
    ]  # fmt: skip
    if wanted:
        _describe(connection, intake, read.report(), [one.draft for _, one in wanted])
    for done, (i, one) in enumerate(wanted, start=1):
        if one.kind is ImportKind.NEW:
            markets.write_market(connection, one.draft)
            if one.draft.zoning is not None:
                zonings.write_zoning(connection, one.market, one.draft.zoning)
        incoming[i] = keep(connection, one, ImportState.APPLIED, by=caller_of(connection).name, now=now)
        make_changes(connection, one.market, one.changes, lambda step, of: progress("changes", step, of))
        progress("write", done, len(wanted))


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
