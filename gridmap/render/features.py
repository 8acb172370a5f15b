"""GeoJSON for a page's own script: short coordinates, and text that cannot end a script."""

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

DECIMALS = 7
"""About 1 cm on the ground."""


def rounded(places_lonlat: Iterable[BaseGeometry]) -> list[Mapping[str, Json]]:
    """Return each geometry as a GeoJSON mapping with coordinates of at most seven decimals."""
    places = shapely.force_2d(np.array(list(places_lonlat), dtype=object))
    if not len(places):
        return []
    short = shapely.transform(places, _round)
    return [place.__geo_interface__ for place in short]


def _round(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(lonlat, DECIMALS)


def feature(place: Mapping[str, Json], properties: Mapping[str, Json]) -> dict[str, Json]:
    """Return a GeoJSON feature; properties that are None, empty text or an empty list are left out."""
    kept = {key: value for key, value in properties.items() if value not in (None, "", [], ())}
    return {"type": "Feature", "properties": kept, "geometry": place}


def collection(members: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Return a GeoJSON feature collection."""
    return {"type": "FeatureCollection", "features": members}


def json_block(name: str, value: Json) -> str:
    """
    Return a `<script type="application/json">` element that the page's script reads by its id.

    A browser never runs such an element, and no text in it can close it: `<`, `>`, `&` and the two line separators of
    Unicode are written as escapes.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="{name}">{text}</script>\n'
