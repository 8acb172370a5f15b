"""Projections and datum shifts: the only place that knows EPSG numbers, PROJ and the offsets of Chinese maps.

Stored and sent are WGS84 longitude and latitude; computed is in metres, in one transverse Mercator projection a market.
Chinese web maps shift coordinates by some hundred metres (GCJ-02), one of them once more (BD-09); a file that states
such a datum is shifted back when it comes in.
"""

from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np
import shapely
from numpy.typing import ArrayLike
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError
from gridmap.spatial.arrays import BoolArray, FloatArray, Places

WGS84 = "EPSG:4326"
WGS84_SRID = 4326
WEB_MERCATOR_SRID = 3857
"""The plane of map tiles; nothing is measured in it."""
WEB_MERCATOR_SIDE_M = 40_075_016.685578488
"""Side of its square: the equator, by the radius of WGS84."""
CGCS2000 = "EPSG:4490"

Shape = TypeVar("Shape", bound=BaseGeometry)


class Datum(StrEnum):
    """What the numbers of a longitude and latitude refer to."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"  # differs from WGS84 by centimetres: taken as the same
    GCJ02 = "gcj02"
    BD09 = "bd09"


def local_projection(lon: float, lat: float) -> str:
    """
    Name the metric projection of a market: transverse Mercator centred on it.

    Within 20 km of the centre lengths are true to 5e-6. The centre is rounded to 4 decimals (about 10 m), so that the
    text is short and stable.

    Parameters
    ----------
    lon, lat
        Any point in the market, degrees, WGS84.

    Returns
    -------
    projection
        A PROJ string; metres, origin at the centre.

    Raises
    ------
    GeometryError
        If the point is not a longitude and latitude.
    """
    fault = lonlat_fault(lon, lat)
    if fault is not None:
        raise GeometryError(what=fault, where=f"({lon}, {lat})")
    # Adding 0.0 turns -0.0 into 0.0: one place, one text.
    centre_lon, centre_lat = round(float(lon), 4) + 0.0, round(float(lat), 4) + 0.0
    return (
        f"+proj=tmerc +lat_0={centre_lat:.4f} +lon_0={centre_lon:.4f} +k=1 +x_0=0 +y_0=0 "
        "+datum=WGS84 +units=m +no_defs +type=crs"
    )


def lonlat_projjson() -> dict[str, Any]:
    """Describe WGS84 longitude and latitude, in this order, as PROJJSON (the default of GeoParquet, said aloud)."""
    described: dict[str, Any] = CRS.from_user_input("OGC:CRS84").to_json_dict()
    return described


def lonlat_fault(lon: float, lat: float) -> str | None:
    """Say why two numbers are not a longitude and latitude, or return None if they are."""
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return "coordinate is not a finite number"
    if abs(lat) > 90 and abs(lon) <= 90 and abs(lat) <= 180:
        return "latitude beyond 90 degrees: longitude and latitude look swapped"
    if abs(lat) > 90:
        return "latitude beyond 90 degrees"
    if abs(lon) > 180:
        return "longitude beyond 180 degrees"
    return None


def place_fault(place_lonlat: BaseGeometry | None) -> str | None:
    """
    Say why a geometry is not a place in longitude and latitude, or return None if it is.

    Looks at every vertex: missing or empty geometry, NaN, infinite or out-of-range coordinates.
    """
    if place_lonlat is None or place_lonlat.is_empty:
        return "geometry is empty"
    lonlat: FloatArray = shapely.get_coordinates(place_lonlat)
    bad = ~np.isfinite(lonlat).all(axis=1) | (np.abs(lonlat[:, 0]) > 180) | (np.abs(lonlat[:, 1]) > 90)
    if not bad.any():
        return None
    lon, lat = lonlat[int(np.argmax(bad))]
    return lonlat_fault(float(lon), float(lat))


@lru_cache(maxsize=256)
def _transformer(source_crs: str, target_crs: str) -> Transformer:
    try:
        return Transformer.from_crs(CRS.from_user_input(source_crs), CRS.from_user_input(target_crs), always_xy=True)
    except CRSError as error:
        raise GeometryError(what="unknown coordinate system", where=f"{source_crs} -> {target_crs}") from error


def _convert(x: ArrayLike, y: ArrayLike, source_crs: str, target_crs: str) -> tuple[FloatArray, FloatArray]:
    xs = np.asarray(x, dtype=np.float64)
    ys = np.asarray(y, dtype=np.float64)
    out_x, out_y = _transformer(source_crs, target_crs).transform(xs, ys)
    result_x, result_y = np.asarray(out_x, dtype=np.float64), np.asarray(out_y, dtype=np.float64)
    if not (np.isfinite(result_x).all() and np.isfinite(result_y).all()):
        raise GeometryError(what="coordinate outside the coordinate system's area", where=source_crs)
    return result_x, result_y


def metres_of(lon: ArrayLike, lat: ArrayLike, projection: str) -> tuple[FloatArray, FloatArray]:
    """Project longitudes and latitudes (WGS84, any one shape) to metres; GeometryError if one cannot be projected."""
    return _convert(lon, lat, WGS84, projection)


def lonlat_of(x_m: ArrayLike, y_m: ArrayLike, projection: str) -> tuple[FloatArray, FloatArray]:
    """Turn metres of a projection back into longitudes and latitudes (WGS84)."""
    return _convert(x_m, y_m, projection, WGS84)


class NearFrame(NamedTuple):
    """
    A projection to metres as polynomials of the third degree, true around one place.

    `centre` and `reach` shape (2,): longitude and latitude of the middle, and how far to each side the polynomials
    hold, in degrees. `terms` shape (2, 10): x and y, coefficients of 1, u, v, uu, uv, vv, uuu, uuv, uvv, vvv where
    u, v are degrees from the centre over `reach`.
    """

    centre: FloatArray
    reach: FloatArray
    terms: FloatArray


NEAR_M = 1e-4
"""A near frame differs from its projection by less than this, or is not made."""


def near_frame(projection: str, lon: FloatArray, lat: FloatArray) -> NearFrame | None:
    """
    Fit polynomials to a projection over the box of some points and a tenth of it around: they cost less than PROJ.

    Returns
    -------
    frame
        None where the box is so large that they would be off by `NEAR_M` or more.
    """
    low, high = np.array([lon.min(), lat.min()]), np.array([lon.max(), lat.max()])
    centre, reach = (low + high) / 2, np.maximum(0.6 * (high - low), 1e-4)
    u, v = (grid.ravel() for grid in np.meshgrid(np.linspace(-1, 1, 15), np.linspace(-1, 1, 15)))
    xy = np.column_stack(metres_of(centre[0] + u * reach[0], centre[1] + v * reach[1], projection))
    powers = np.column_stack([np.ones_like(u), u, v, u * u, u * v, v * v, u**3, u * u * v, u * v * v, v**3])
    terms = np.linalg.lstsq(powers, xy, rcond=None)[0]
    if np.abs(powers @ terms - xy).max() >= NEAR_M:
        return None
    return NearFrame(centre, reach, np.ascontiguousarray(terms.T, dtype=np.float64))


@overload
def reproject(places: Shape, source_crs: str, target_crs: str) -> Shape: ...
@overload
def reproject(places: Places, source_crs: str, target_crs: str) -> Places: ...
def reproject(places: Shape | Places, source_crs: str, target_crs: str) -> Shape | Places:
    """
    Carry geometries from one coordinate system to another; x is always east or longitude.

    Parameters
    ----------
    places
        One geometry, or shape (n,) of them; None and empty ones stay as they are, a third coordinate is dropped.
    source_crs, target_crs
        Anything PROJ understands: `EPSG:4326`, a PROJ string, WKT.

    Raises
    ------
    GeometryError
        If a system is unknown, or a coordinate cannot be carried over.
    """

    def convert(xy: FloatArray) -> FloatArray:
        return np.column_stack(_convert(xy[:, 0], xy[:, 1], source_crs, target_crs))

    return shapely.transform(places, convert)


@overload
def to_metres(places_lonlat: Shape, projection: str) -> Shape: ...
@overload
def to_metres(places_lonlat: Places, projection: str) -> Places: ...
def to_metres(places_lonlat: Shape | Places, projection: str) -> Shape | Places:
    """Project geometries (one, or shape (n,)) from WGS84 longitude and latitude to metres."""
    return reproject(places_lonlat, WGS84, projection)


@overload
def to_lonlat(places_m: Shape, projection: str) -> Shape: ...
@overload
def to_lonlat(places_m: Places, projection: str) -> Places: ...
def to_lonlat(places_m: Shape | Places, projection: str) -> Shape | Places:
    """Turn geometries (one, or shape (n,)) from metres back into WGS84 longitude and latitude."""
    return reproject(places_m, projection, WGS84)


# --- Datum shifts -----------------------------------------------------------------------------------------------------
# The published approximation of GCJ-02 (known since 2010 from the EvilTransform source) on the Krasovsky ellipsoid, and
# BD-09 as documented by its open-source converters. Inverses here are fixed points of the forward formulas, not the
# usual one-step approximations, which are off by up to 1e-5 degrees.

KRASOVSKY_A_M = 6378245.0
KRASOVSKY_E2 = 0.00669342162296594323
GCJ02_AREA = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north; outside GCJ-02 equals WGS84
_BD09_TURN = np.pi * 3000.0 / 180.0
_INVERSE_ROUNDS = 40
_INVERSE_DEGREES = 1e-12


def _waves(x: FloatArray, *terms: tuple[float, float]) -> FloatArray:
    """Sum amplitude * sin(frequency * pi * x), two thirds of it as the formula has it."""
    return np.sum([amplitude * np.sin(frequency * np.pi * x) for amplitude, frequency in terms], axis=0) * (2.0 / 3.0)


def _gcj02_offset(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 105.0, lat - 35.0
    common = 0.1 * x * y + _waves(x, (20.0, 6.0), (20.0, 2.0))
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.2 * root + common
    north += _waves(y, (20.0, 1.0), (40.0, 1.0 / 3.0), (160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * root + common
    east += _waves(x, (20.0, 1.0), (40.0, 1.0 / 3.0), (150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0))
    phi = np.radians(lat)
    bend = 1.0 - KRASOVSKY_E2 * np.sin(phi) ** 2
    d_lat = np.degrees(north * bend * np.sqrt(bend) / (KRASOVSKY_A_M * (1.0 - KRASOVSKY_E2)))
    d_lon = np.degrees(east * np.sqrt(bend) / (KRASOVSKY_A_M * np.cos(phi)))
    west, south, edge_east, edge_north = GCJ02_AREA
    inside: BoolArray = (lon >= west) & (lon <= edge_east) & (lat >= south) & (lat <= edge_north)
    return np.where(inside, d_lon, 0.0), np.where(inside, d_lat, 0.0)


def _gcj02_of_wgs84(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    d_lon, d_lat = _gcj02_offset(lon, lat)
    return lon + d_lon, lat + d_lat


def _bd09_of_gcj02(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD09_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD09_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


_FORWARD = {Datum.GCJ02: _gcj02_of_wgs84, Datum.BD09: _bd09_of_gcj02}
_STEPS = {Datum.WGS84: 0, Datum.CGCS2000: 0, Datum.GCJ02: 1, Datum.BD09: 2}
_CHAIN = (Datum.WGS84, Datum.GCJ02, Datum.BD09)


def _backward(lon: FloatArray, lat: FloatArray, step: Datum) -> tuple[FloatArray, FloatArray]:
    forward = _FORWARD[step]
    guess_lon, guess_lat = lon, lat
    for _ in range(_INVERSE_ROUNDS):
        there_lon, there_lat = forward(guess_lon, guess_lat)
        miss_lon, miss_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + miss_lon, guess_lat + miss_lat
        if max(np.max(np.abs(miss_lon), initial=0.0), np.max(np.abs(miss_lat), initial=0.0)) < _INVERSE_DEGREES:
            break
    return guess_lon, guess_lat


def shift_datum(lon: ArrayLike, lat: ArrayLike, source: Datum, target: Datum) -> tuple[FloatArray, FloatArray]:
    """
    Move longitudes and latitudes from one datum to another.

    Forward by the published formulas of GCJ-02 and BD-09; backward as the fixed point of the forward formula, true to
    better than 1e-9 degrees inside China. Outside `GCJ02_AREA` GCJ-02 equals WGS84.

    Parameters
    ----------
    lon, lat
        Any one shape, degrees, in `source`.

    Returns
    -------
    lon, lat
        Same shape, degrees, in `target`.
    """
    here = (np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    first, last = _STEPS[source], _STEPS[target]
    for step in _CHAIN[first + 1 : last + 1]:
        here = _FORWARD[step](*here)
    for step in reversed(_CHAIN[last + 1 : first + 1]):
        here = _backward(*here, step)
    return here


@overload
def shift_places(places: Shape, source: Datum, target: Datum) -> Shape: ...
@overload
def shift_places(places: Places, source: Datum, target: Datum) -> Places: ...
def shift_places(places: Shape | Places, source: Datum, target: Datum) -> Shape | Places:
    """Move geometries in longitude and latitude (one, or shape (n,)) from one datum to another."""
    if _STEPS[source] == _STEPS[target]:
        return places
    return shapely.transform(places, lambda xy: np.column_stack(shift_datum(xy[:, 0], xy[:, 1], source, target)))
