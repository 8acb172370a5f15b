"""The report of an import as JSON, in the shape that checks read."""

from dataclasses import asdict

from gridmap.model.intake import ImportReport


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
