"""Features on the way out: lon/lat, right-handed rings, coordinates to a tenth of a millimetre."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from fastapi import Response

MEDIA_TYPE = "application/geo+json"
_DECIMALS = 9
COLLECTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "properties", "geometry"],
                "properties": {
                    "type": {"const": "Feature"},
                    "properties": {"type": "object"},
                    "geometry": {"type": "object"},
                },
            },
        },
        "next": {"type": "string"},
    },
}


class GeoJsonResponse(Response):
    """A response that is GeoJSON (RFC 7946)."""

    media_type = MEDIA_TYPE


def feature_collection(features: Iterable[tuple[Any, dict[str, Any]]], *, next_url: str | None = None) -> Response:
    """Build a FeatureCollection from (geometry, properties) pairs; `next` names the next page, if there is one."""
    pairs = list(features)
    geometries = np.empty(len(pairs), dtype=object)
    geometries[:] = [geometry for geometry, _ in pairs]
    rounded = shapely.transform(geometries, lambda xy: np.round(xy, _DECIMALS)) if pairs else geometries
    texts = shapely.to_geojson(shapely.orient_polygons(rounded)) if pairs else []
    parts = [
        f'{{"type":"Feature","properties":{json.dumps(properties, ensure_ascii=False)},"geometry":{text}}}'
        for text, (_, properties) in zip(texts, pairs, strict=True)
    ]
    tail = "" if next_url is None else f',"next":{json.dumps(next_url)}'
    return GeoJsonResponse(f'{{"type":"FeatureCollection","features":[{",".join(parts)}]{tail}}}')
