"""GeoJSON out (RFC 7946): longitude and latitude, right-handed rings, no crs member, one feature a line."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Feature = tuple[BaseGeometry | None, Mapping[str, Any]]


def collection_text(
    features: Iterable[Feature], *, decimals: int | None = None, extra: Mapping[str, Any] | None = None
) -> str:
    """
    Write a FeatureCollection of (geometry WGS84, properties).

    Parameters
    ----------
    decimals
        Digits after the point; without them every coordinate comes back as the very number it was.
    extra
        Further members of the collection, such as the address of the next page.
    """
    pairs = list(features)
    texts = geometry_texts([place for place, _ in pairs], decimals=decimals)
    lines = (
        f'{{"type":"Feature","properties":{json_text(dict(properties))},"geometry":{text}}}'
        for text, (_, properties) in zip(texts, pairs, strict=True)
    )
    tail = "".join(f",{json_text(name)}:{json_text(value)}" for name, value in (extra or {}).items())
    return f'{{"type":"FeatureCollection","features":[{",".join(lines)}]{tail}}}'


def geometry_texts(places: Sequence[BaseGeometry | None], *, decimals: int | None = None) -> list[str]:
    """Write geometries as GeoJSON, None as null."""
    packed = np.empty(len(places), dtype=np.object_)
    packed[:] = places
    if decimals is not None:
        packed = shapely.transform(packed, lambda xy: np.round(xy, decimals))
    texts = shapely.to_geojson(shapely.orient_polygons(packed)) if len(packed) else []
    return ["null" if text is None else text for text in texts]


def json_text(value: object) -> str:
    """Write JSON; days and moments as ISO text, broken half characters as escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
