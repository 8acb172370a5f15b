"""What `gridmap partition` writes: assignment.csv, zones.geojson, report.json."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

ASSIGNMENT, ZONES, REPORT = "assignment.csv", "zones.geojson", "report.json"


@dataclass(frozen=True, slots=True)
class ZonePart:
    """A zone's share of one level, WGS84; `zone_merchants` counts all its levels."""

    zone: str
    market: str
    building: str
    level: int
    merchants: float
    stalls: int
    zone_merchants: float
    member_id: str | None
    outline_lonlat: BaseGeometry


def write_results(
    folder: Path,
    *,
    report: Mapping[str, Any],
    assignment: Iterable[tuple[str, str]] | None = None,
    parts: Sequence[ZonePart] | None = None,
) -> None:
    """
    Write the results; without an assignment only the report, and an earlier assignment in the folder is taken away.

    Nobody reads half of a file: see `write_texts`.
    """
    write_texts(
        folder,
        {
            REPORT: json.dumps(report, ensure_ascii=False, indent=2) + "\n",
            ASSIGNMENT: None if assignment is None else _csv(assignment),
            ZONES: None if parts is None else _geojson(parts),
        },
    )


def write_texts(folder: Path, texts: Mapping[str, str | None]) -> None:
    """Write files by their names, each beside its place and then moved there; what is None is taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        if text is None:
            (folder / name).unlink(missing_ok=True)
            continue
        draft = folder / f".{name}.part"
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(folder / name)


def number(value: float) -> float | int:
    """Return whole numbers as such: 50 merchants, not 50.0."""
    return int(value) if float(value).is_integer() else float(value)


def _csv(assignment: Iterable[tuple[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("stall_id", "zone"))
    writer.writerows(assignment)
    return text.getvalue()


def _geojson(parts: Sequence[ZonePart]) -> str:
    features = (f'{{"type":"Feature","properties":{_properties(p)},"geometry":{_geometry(p)}}}' for p in parts)
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _properties(part: ZonePart) -> str:
    values = {
        "zone": part.zone,
        "market": part.market,
        "building": part.building,
        "level": part.level,
        "merchants": number(part.merchants),
        "stalls": part.stalls,
        "zone_merchants": number(part.zone_merchants),
        "member_id": part.member_id,
    }
    return json.dumps(values, ensure_ascii=False)


def _geometry(part: ZonePart) -> str:
    """Return the outline as GeoJSON, outer rings counter-clockwise as RFC 7946 wants them."""
    return shapely.to_geojson(shapely.orient_polygons(part.outline_lonlat))
