"""A market out, in the format that was asked for: one file each."""

from datetime import datetime
from pathlib import Path

from gridmap.exchange import layers_out, tables_out
from gridmap.exchange.features import Feature, collection_text
from gridmap.exchange.imdf_out import rows_in_words, write_imdf
from gridmap.exchange.ledgers import TABLE, Ledger, ledgers_of
from gridmap.model.exports import ExportFormat, MarketCopy

SUFFIX = {
    ExportFormat.GEOJSON: ".geojson",
    ExportFormat.GPKG: ".gpkg",
    ExportFormat.GEOPARQUET: ".parquet",
    ExportFormat.IMDF: ".imdf",
    ExportFormat.XLSX: ".xlsx",
    ExportFormat.CSV: ".zip",
}
MEDIA_TYPE = {
    ExportFormat.GEOJSON: "application/geo+json",
    ExportFormat.GPKG: "application/geopackage+sqlite3",
    ExportFormat.GEOPARQUET: "application/vnd.apache.parquet",
    ExportFormat.IMDF: "application/zip",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "application/zip",
}


def write_export(copy: MarketCopy, form: ExportFormat, path: Path, *, now: datetime) -> None:
    """
    Write a market into one file; it is written beside its place and moved there, so that nobody reads half of one.

    Raises
    ------
    InvalidParameterError
        If the format cannot hold it (an outline too long for a spreadsheet).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.part{SUFFIX[form]}")  # drivers look at the suffix
    try:
        _write(copy, form, draft, now)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write(copy: MarketCopy, form: ExportFormat, path: Path, now: datetime) -> None:
    if form is ExportFormat.IMDF:
        write_imdf(copy, path, now=now)
        return
    ledgers = ledgers_of(copy)
    if form is ExportFormat.GEOJSON:
        path.write_text(collection_text(f for ledger in ledgers for f in _features(ledger)), encoding="utf-8")
    elif form in (ExportFormat.GPKG, ExportFormat.GEOPARQUET):
        (layers_out.write_gpkg if form is ExportFormat.GPKG else layers_out.write_geoparquet)(ledgers, path)
    else:
        (tables_out.write_xlsx if form is ExportFormat.XLSX else tables_out.write_csv)(ledgers, path)


def _features(ledger: Ledger) -> list[Feature]:
    """Return features that say by `table` what they are; those without a place have none."""
    places = ledger.places if ledger.places is not None else (None,) * len(ledger.rows)
    rows = rows_in_words(ledger)
    return [(place, {TABLE: ledger.name, **row}) for place, row in zip(places, rows, strict=True)]
