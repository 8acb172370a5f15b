"""GeoJSON geometries as they are drawn: points and areas, lon/lat."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

Degree = Annotated[float, Field(allow_inf_nan=False)]
Position = Annotated[list[Degree], Field(min_length=2, max_length=3)]
Ring = Annotated[list[Position], Field(min_length=4)]
Rings = Annotated[list[Ring], Field(min_length=1)]


class PointIn(BaseModel):
    """A point."""

    type: Literal["Point"]
    coordinates: Position


class PolygonIn(BaseModel):
    """A polygon: its shell, then its holes."""

    type: Literal["Polygon"]
    coordinates: Rings


class MultiPolygonIn(BaseModel):
    """Several polygons."""

    type: Literal["MultiPolygon"]
    coordinates: list[Rings] = Field(min_length=1)


AreaIn = Annotated[PolygonIn | MultiPolygonIn, Field(discriminator="type")]
PlaceIn = Annotated[PolygonIn | MultiPolygonIn | PointIn, Field(discriminator="type")]


def geometry_of(given: PointIn | PolygonIn | MultiPolygonIn) -> BaseGeometry:
    """Return it as shapely has it, without heights."""
    if isinstance(given, PointIn):
        return Point(given.coordinates[:2])
    if isinstance(given, PolygonIn):
        return _polygon(given.coordinates)
    return MultiPolygon([_polygon(rings) for rings in given.coordinates])


def _polygon(rings: list[list[list[float]]]) -> Polygon:
    shell, *holes = ([position[:2] for position in ring] for ring in rings)
    return Polygon(shell, holes)
