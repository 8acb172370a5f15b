"""Geometries in and out of the database, as WKB on both."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.crs import WGS84_SRID


def wkb_of(column: sa.Column[Any]) -> sa.ColumnElement[bytes]:
    """Select a geometry column as WKB, labelled `wkb`."""
    return sa.func.ST_AsBinary(column, type_=sa.LargeBinary).label("wkb")


def from_wkb(parameter: str) -> sa.ColumnElement[Any]:
    """Insert a geometry from the WKB bytes bound as `parameter`."""
    return sa.func.ST_GeomFromWKB(sa.bindparam(parameter, type_=sa.LargeBinary), WGS84_SRID)


def read_wkb(values: list[bytes]) -> list[Any]:
    """Turn WKB of many rows into shapely geometries."""
    return list(shapely.from_wkb(np.array([bytes(value) for value in values], dtype=object))) if values else []


def points_of(rows: Sequence[Any]) -> FloatArray:
    """Turn rows of longitude and latitude into an array, shape (n, 2)."""
    return np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 2)


def to_wkb(geometries: list[Any]) -> list[bytes]:
    """Turn shapely geometries into 2-D WKB."""
    return list(shapely.to_wkb(shapely.force_2d(np.array(geometries, dtype=object)))) if geometries else []
