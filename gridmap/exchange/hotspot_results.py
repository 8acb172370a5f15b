"""What `gridmap hotspots` writes: hotspots.csv, hotspots.geojson, report.json."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely

from gridmap.exchange.partition_results import write_texts
from gridmap.spatial.arrays import Places

TABLE, MAP, LIST, REPORT = "hotspots.csv", "hotspots.geojson", "list.csv", "report.json"

Row = Mapping[str, object]


def write_hotspots(
    folder: Path, rows: Sequence[Row], places_lonlat: Places, *, listed: Sequence[Row], report: Mapping[str, Any]
) -> None:
    """
    Write one row and one feature a stall, and the report.

    Parameters
    ----------
    folder
        Made if missing. Each file is written beside its place and then moved there.
    rows
        One a stall, all with the same keys: the columns.
    places_lonlat
        Shape (n,), WGS84, in the order of the rows.
    listed
        The inspection list.
    report
        The content of report.json.
    """
    write_texts(
        folder,
        {
            TABLE: _csv(rows),
            MAP: _geojson(rows, places_lonlat),
            LIST: _csv(listed),
            REPORT: json.dumps(report, ensure_ascii=False, indent=2) + "\n",
        },
    )


def write_tables(folder: Path, answer: Mapping[str, Any]) -> None:
    """Write a kept answer as hotspots.csv, list.csv and report.json."""
    report = {key: value for key, value in answer.items() if key not in ("stalls", "list")}
    write_texts(
        folder,
        {
            TABLE: _csv(answer["stalls"]),
            LIST: _csv(answer["list"]),
            REPORT: json.dumps(report, ensure_ascii=False, indent=2) + "\n",
        },
    )


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else ())
    writer.writerows(["" if value is None else value for value in row.values()] for row in rows)
    return text.getvalue()


def _geojson(rows: Sequence[Row], places_lonlat: Places) -> str:
    shapes = shapely.to_geojson(places_lonlat)
    features = (
        f'{{"type":"Feature","properties":{json.dumps(row, ensure_ascii=False)},"geometry":{shape}}}'
        for row, shape in zip(rows, shapes, strict=True)
    )
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
