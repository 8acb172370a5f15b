"""Features on the way out: lon/lat, right-handed rings, coordinates to a tenth of a millimetre."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Response

from gridmap.exchange.features import Feature, collection_text

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


def feature_collection(
    features: Iterable[Feature], *, next_url: str | None = None, extra: Mapping[str, Any] | None = None
) -> Response:
    """Build a FeatureCollection from (geometry, properties) pairs; `next` names the next page, if there is one."""
    extra = {**(extra or {}), **({} if next_url is None else {"next": next_url})}
    return GeoJsonResponse(collection_text(features, decimals=_DECIMALS, extra=extra))
