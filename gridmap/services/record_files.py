"""Lists of visits, patrols and contacts, brought in as the tablet's records are: row by row, any number of times."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gridmap.exchange.field_records import RecordDefaults, fault_of, read_records
from gridmap.exchange.findings import Findings
from gridmap.model.field_records import ReceiptState
from gridmap.model.intake import Quarantined
from gridmap.services.field_records import Sending, take_in
from gridmap.store import audit, markets
from gridmap.store.session import Database

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class RecordReport:
    """What became of a list: records that are new, those that were there, rows that stayed out, remarks."""

    file: str
    applied: int
    duplicates: int
    quarantined: tuple[Quarantined, ...]
    notes: tuple[str, ...]


def import_records(
    database: Database, path: Path, defaults: RecordDefaults, *, now: datetime, oldest: datetime
) -> RecordReport:
    """
    Bring a list of visits, patrols and contacts in, in one transaction; faulty rows stay out, the others go in.

    The rules of `field_records.sync` hold: a member brings in what was done in his zones, who manages duty anything in
    his markets, and he may also name the member who did it.

    Raises
    ------
    InputRefusedError
        If the file is no such list.
    NotFoundError
        If there is no such market as rows without one are for.
    """
    if defaults.market:
        with database.reading() as connection:
            markets.market(connection, defaults.market)
    findings = Findings()
    read = list(read_records(path, defaults, findings))
    applied = duplicates = 0
    with database.writing() as connection:
        for part in (read[start : start + _AT_ONCE] for start in range(0, len(read), _AT_ONCE)):
            sending = Sending(f"file:{path.name}"[:64], [record for _, record in part], now, oldest)
            receipts = take_in(connection, database.caller, sending)
            for (row, record), receipt in zip(part, receipts, strict=True):
                if receipt.state is ReceiptState.REFUSED:
                    findings.reject(path.name, row, fault_of(record, receipt))
            applied += sum(receipt.state is ReceiptState.APPLIED for receipt in receipts)
            duplicates += sum(receipt.state is ReceiptState.DUPLICATE for receipt in receipts)
        if applied:
            refused = len(findings.quarantined)
            audit.describe(connection, "records.import", path.name[:200], applied=applied, refused=refused or None)
    quarantined = tuple(sorted(findings.quarantined, key=lambda faulty: faulty.row))
    return RecordReport(path.name, applied, duplicates, quarantined, tuple(findings.notes))
