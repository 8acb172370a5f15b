"""One market of an import beside what is there: what it would change, and the record that is kept of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.reports import reading_json
from gridmap.model.ids import MarketCode
from gridmap.model.imports import ImportFile, ImportKind, ImportRecord, ImportState, QuarantinedRow
from gridmap.model.intake import Datum, InputRole, IntakeFiles, MarketDraft
from gridmap.model.register import Occupancy
from gridmap.model.register_changes import Change, Register, RegisterEvent, Subject
from gridmap.model.timelines import value_on
from gridmap.services import refusals
from gridmap.services.intake_report import MarketIntake, MarketsIntake, outcome_of
from gridmap.services.quarantine_rows import doubtful_rows, held_by, kept_rows
from gridmap.services.register_changes import Comparison, ListTerms, compare, ledger_changes
from gridmap.services.register_events import counted, told
from gridmap.store import audit, imports, markets, quarantine
from gridmap.store.session import Connection

MANY_CLOSES, MANY_CLOSES_SHARE = 10, 0.2
"""More than both, and a list must be said to be whole: half a file has been taken for a whole one before."""


@dataclass(frozen=True)
class Intake:
    """
    What is asked of an import; `name` is for one market that is new.

    `first_day` is the day from which a list for a market that exists holds, today if left out. `whole` says whether
    who is not on it is gone; left out, it is taken as whole unless it would close very many.
    """

    files: IntakeFiles
    name: str = ""
    datum: Datum = "wgs84"
    dry_run: bool = False
    first_day: date | None = None
    whole: bool | None = None

    @property
    def day(self) -> date:
        """The first day, once it is known."""
        assert self.first_day is not None
        return self.first_day


@dataclass(frozen=True)
class Incoming:
    """One market as it would go in: the draft if it is new, else the changes."""

    intake: MarketIntake
    kind: ImportKind
    draft: MarketDraft
    day: date
    whole: bool
    files: tuple[ImportFile, ...]
    rows: tuple[QuarantinedRow, ...]
    report: Mapping[str, object]
    changes: tuple[Change, ...] = ()
    events: tuple[RegisterEvent, ...] = ()
    record: str = ""

    @property
    def market(self) -> MarketCode:
        """The market's code."""
        return self.draft.market.code

    def told(self) -> MarketIntake:
        """Return what was read with what became of it."""
        outcome = replace(outcome_of(self.intake), record=self.record, changes=self.events)
        return replace(self.intake, outcome=outcome)


def incoming_market(intake: Intake, read: MarketsIntake, taken: MarketIntake, shared: Register) -> Incoming:
    """
    Return a new market as it would go in; organisations, which it shares with others, and their people as changes.

    Parameters
    ----------
    shared
        The organisations that there are, in a register of nothing else.
    """
    assert taken.draft is not None
    draft = taken.draft
    if intake.name:
        draft = replace(draft, market=replace(draft.market, name=intake.name))
    rows = tuple(kept_rows(read.tables, taken.rows))
    changes = tuple(ledger_changes(shared, draft, frozenset({"organisations", "members"})))
    body = replace(draft, organisations=(), members=tuple(m for m in draft.members if not m.organisation))
    offices = tuple(c for c in changes if c.subject is Subject.ORGANISATION or c.after[0].value.organisation)
    return Incoming(
        taken, ImportKind.NEW, body, intake.day, True, _files(intake, read, taken), rows, reading_json(read.report()),
        offices,
    )  # fmt: skip


def incoming_list(intake: Intake, read: MarketsIntake, taken: MarketIntake, known: Register) -> Incoming:
    """
    Return a list for a market that is there as the changes it makes.

    Rows about whose merchant there is a doubt join the faulty ones in the findings of what was read.
    """
    draft = taken.draft
    assert draft is not None
    rows = kept_rows(read.tables, taken.rows)
    roles: frozenset[InputRole] = frozenset(count.role for count in taken.counts)
    terms = ListTerms(intake.day, intake.whole is not False, roles, held_by(rows))
    comparison = compare(known, draft, terms)
    doubts = doubtful_rows(read.tables, comparison.doubts)
    read.findings.quarantined.extend(doubts)
    rows += kept_rows(read.tables, doubts)
    taken = replace(taken, rows=(*taken.rows, *doubts))
    return Incoming(
        taken, ImportKind.LIST, draft, intake.day, terms.whole, _files(intake, read, taken),
        tuple(rows), reading_json(read.report()), comparison.changes, events_of(known, comparison),
    )  # fmt: skip


def events_of(known: Register, comparison: Comparison) -> tuple[RegisterEvent, ...]:
    """Tell what a list changes."""
    names = {code: timeline[-1].value.name for code, timeline in known.merchants.items()}
    return tuple(told(comparison.changes, names))


def draft_on(register: Register, day: date) -> MarketDraft:
    """Return a market as it is on a day."""
    stalls = [now for timeline in register.stalls.values() if (now := value_on(timeline, day)) is not None]
    return MarketDraft(
        market=register.market,
        buildings=tuple(register.buildings.values()),
        levels=tuple(register.levels.values()),
        connectors=tuple(register.connectors.values()),
        stalls=tuple(stalls),
        merchants=tuple(value_on(states, day) or states[-1].value for states in register.merchants.values()),
        occupancies=tuple(
            Occupancy(merchant, stall, span.valid_from or day, span.valid_to)
            for (merchant, stall), spans in register.occupancies.items()
            for span in spans
            if span.holds(day)
        ),
        members=tuple(register.members.values()),
        organisations=tuple(register.organisations.values()),
        leaders=tuple(post.member for post in register.leaders if post.valid_to is None or post.valid_to > day),
    )


def list_fault(connection: Connection, intake: Intake, incoming: Incoming, known: Register) -> InputRefusedError | None:
    """Say why a list must not go in as it is, None if it may."""
    file = incoming.files[0].name
    if intake.name:
        return refusals.name_of_known(file)
    if not incoming.changes:
        return None
    later = imports.latest_list(connection, incoming.market, [f.role for f in incoming.files], intake.day)
    if later is not None:
        return refusals.later_list(file, intake.day, later.first_day, later.code)
    if intake.whole is None and not intake.dry_run:
        closes, stock = closing(incoming.changes, known, intake.day)
        if closes > MANY_CLOSES and closes > MANY_CLOSES_SHARE * stock:
            return refusals.too_many_close(file, closes, stock)
    return None


def closing(changes: tuple[Change, ...], known: Register, day: date) -> tuple[int, int]:
    """Return how many occupancies changes end, and how many there are on the day before they do."""
    ended = sum(
        any(span.holds(day) for span in change.before) and not any(span.holds(day) for span in change.after)
        for change in changes
        if change.subject is Subject.OCCUPANCY
    )
    return ended, sum(any(span.holds(day) for span in spans) for spans in known.occupancies.values())


def is_known(connection: Connection, incoming: Incoming) -> bool:
    """Whether the same files are in already and change nothing: then not even a record is kept."""
    if incoming.kind is ImportKind.NEW or incoming.changes:
        return False
    seen = imports.files_in_force(connection, incoming.market)
    return all((file.role, file.sha256) in seen for file in incoming.files)


def keep(connection: Connection, incoming: Incoming, state: ImportState, *, by: str, now: datetime) -> Incoming:
    """Write the record of an import with its changes and the rows that stay out; return it with its code."""
    market = incoming.market
    key = markets.market_id(connection, market)
    code = imports.next_code(connection, market)
    applied = state is ImportState.APPLIED
    record = ImportRecord(
        code=code, market=market, kind=incoming.kind, state=state, first_day=incoming.day, whole=incoming.whole,
        created_at=now, created_by=by, decided_at=now if applied else None, decided_by=by if applied else None,
        files=incoming.files, counts=_counts(incoming),
    )  # fmt: skip
    import_key = imports.insert_import(connection, record, incoming.changes, market_key=key, report=incoming.report)
    quarantine.insert_rows(connection, import_key, incoming.rows)
    if incoming.kind is not ImportKind.NEW:
        audit.describe(connection, f"register.{state}", market, record=code, changes=len(incoming.changes))
    return replace(incoming, record=code)


def _counts(incoming: Incoming) -> dict[str, int]:
    if incoming.kind is ImportKind.NEW:
        draft = incoming.draft
        return {"levels": len(draft.levels), "stalls": len(draft.stalls), "merchants": len(draft.merchants),
                "occupancies": len(draft.occupancies), "members": len(draft.members)}  # fmt: skip
    return counted(incoming.events)


def _files(intake: Intake, read: MarketsIntake, taken: MarketIntake) -> tuple[ImportFile, ...]:
    paths: dict[str, Path | None] = {
        count.role: getattr(intake.files, count.role, None) or intake.files.everything for count in taken.counts
    }
    return tuple(
        ImportFile(
            count.role, count.file[:255], _digest(paths.get(count.role)),
            read.tables[count.role].datum.value,
            read.tables[count.role].encoding[:40], count.rows, count.accepted, count.quarantined, count.set_aside,
            count.refused,
        )
        for count in taken.counts
    )  # fmt: skip


def _digest(path: Path | None) -> str:
    if path is None or not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
