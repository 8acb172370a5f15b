"""The report of an import as JSON, in the shape that checks read."""

from collections.abc import Iterable
from dataclasses import asdict

from gridmap.model.imports import ImportRecord, QuarantinedRow
from gridmap.model.intake import ImportReport
from gridmap.model.register_changes import RegisterEvent


def report_json(report: ImportReport) -> dict[str, object]:
    """
    Turn a report into plain values for `json.dumps`.

    The keys `accepted`, `repaired`, `quarantined`, `datum`, `encoding` and `columns` are fixed; `market`, `markets`,
    `datums`, `notes`, `doubts` and `files` stand beside them.
    """
    return {
        "market": report.market,
        "accepted": asdict(report.accepted),
        "markets": [asdict(item) for item in report.markets],
        "repaired": [asdict(item) for item in report.repaired],
        "quarantined": [asdict(item) for item in report.quarantined],
        "doubts": [asdict(item) for item in report.doubts],
        "datum": report.datum,
        "datums": dict(report.datums),
        "encoding": dict(report.encoding),
        "columns": {file: dict(columns) for file, columns in report.columns.items()},
        "notes": list(report.notes),
        "files": [asdict(item) for item in report.files],
    }


def reading_json(report: ImportReport) -> dict[str, object]:
    """Return what a report says of how the files were read, as it is kept with an import."""
    found = report_json(report)
    return {name: found[name] for name in ("datum", "datums", "encoding", "columns", "notes", "repaired", "doubts")}


def import_json(
    record: ImportRecord, events: Iterable[RegisterEvent] = (), rows: Iterable[QuarantinedRow] = ()
) -> dict[str, object]:
    """Turn the record of an import into plain values, with what it changed and the rows that stayed out."""
    return {
        **{name: value for name, value in asdict(record).items() if name != "notes"},
        "changes": [asdict(event) for event in events],
        "quarantined": [asdict(row) for row in rows],
    }
