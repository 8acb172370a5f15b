"""Places that stand in cells: longitude and latitude, or well-known text."""

import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from gridmap.exchange.findings import FaultyRowError, faulty
from gridmap.exchange.geometries import Habits, doubt
from gridmap.exchange.rows import Row, number, text
from gridmap.spatial import crs

_WKT_CHARACTERS = 100_000
_WKT_CELLS = ("wkt", *(f"wkt_{n}" for n in range(2, 10)))


def place_of(row: Row, habits: Habits, *, local: bool = False) -> BaseGeometry | None:
    """
    Return what the cell `wkt` draws, else the point of `lon` and `lat` (in a drawing `x` and `y`), None without either.

    Raises
    ------
    FaultyRowError
        If it cannot be read, is no sound geometry, or lies beyond longitude and latitude.
    """
    cells = (name for name in _WKT_CELLS if row.cells.get(name))
    written = "".join(text(row, name, limit=_WKT_CHARACTERS) for name in cells)
    if not written:
        return _drawn_point(row) if local else point_of(row, "lon", "lat")
    try:
        place = shapely.from_wkt(written)
    except GEOSException as error:
        raise _faulty(written, "图形(WKT)无法解读", "the geometry is no well-known text") from error
    if place.is_empty:
        raise _faulty(written, "图形为空", "the geometry is empty")
    fault = None if local else crs.place_fault(place)
    if fault is not None:
        raise _faulty(written, "坐标超出经纬度范围", fault)
    return doubt(place, habits, local=local)


def _drawn_point(row: Row) -> BaseGeometry | None:
    x, y = number(row, "x"), number(row, "y")
    if x is None and y is None:
        return None
    if x is None or y is None:
        raise faulty("x" if x is None else "y", "", "缺少一个坐标", "one coordinate is missing", "请补上", "Add it")
    return shapely.Point(x, y)


def point_of(row: Row, lon_name: str, lat_name: str) -> BaseGeometry | None:
    """
    Return the point of two cells, None if both are absent.

    Raises
    ------
    FaultyRowError
        If one of them is missing, not a finite number, or out of range.
    """
    lon, lat = number(row, lon_name), number(row, lat_name)
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise faulty(
            lon_name if lon is None else lat_name, "", "缺少一个坐标", "one coordinate is missing", "请补上", "Add it"
        )
    fault = crs.lonlat_fault(lon, lat)
    if fault is not None:
        raise faulty(
            f"{lon_name},{lat_name}",
            f"{lon}, {lat}",
            "坐标超出经纬度范围",
            fault,
            "请核对经度、纬度两列是否颠倒",
            "Check whether longitude and latitude are swapped",
        )
    return shapely.Point(lon, lat)


def _faulty(written: str, zh: str, en: str) -> FaultyRowError:
    return faulty(
        "wkt", written, zh, en, "请改正图形,或改用 lon、lat 两列", "Correct it, or use the columns lon and lat"
    )
