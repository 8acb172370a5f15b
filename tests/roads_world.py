"""Roads made by hand for tests: files in several forms, and streets round one hall."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from shapely.affinity import translate

from gridmap.model.intake import MarketDraft
from tests import worlds

Line = Sequence[tuple[float, float]]
LON, LAT = worlds.LON, worlds.LAT
ALONG: Line = [(LON - 0.001, LAT - 0.0002), (LON + 0.002, LAT - 0.0002)]
ACROSS: Line = [(LON - 0.0003, LAT - 0.002), (LON - 0.0003, LAT + 0.002)]


def feature(line: Line, **properties: Any) -> dict[str, Any]:
    """Make a GeoJSON feature of a line."""
    geometry = {"type": "LineString", "coordinates": [list(corner) for corner in line]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(path: Path, features: Iterable[Mapping[str, Any]]) -> Path:
    """Write features as GeoJSON."""
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def two_streets(folder: Path, name: str = "streets.geojson") -> Path:
    """Write a street along and a lane across the halls of the tests."""
    along = feature(ALONG, road_id="S1", name="人民路", kind="主干道", width_m=24)
    return geojson(folder / name, [along, feature(ACROSS, road_id="S2", name="小弄", kind="里弄")])


def moved(draft: MarketDraft, east: float, name: str) -> MarketDraft:
    """Put a market so many degrees farther east, under another name."""

    def there(place: Any) -> Any:
        return translate(place, east)

    return replace(
        draft,
        market=replace(draft.market, name=name),
        levels=tuple(replace(level, outline_lonlat=there(level.outline_lonlat)) for level in draft.levels),
        stalls=tuple(replace(stall, place_lonlat=there(stall.place_lonlat)) for stall in draft.stalls),
        connectors=tuple(
            replace(c, from_lonlat=there(c.from_lonlat), to_lonlat=there(c.to_lonlat)) for c in draft.connectors
        ),
        merchants=(),
        occupancies=(),
    )
