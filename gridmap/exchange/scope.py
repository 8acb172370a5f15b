"""The rows of one market, whatever the file, and where that market lies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.exchange.findings import FaultyRowError, Findings, faulty
from gridmap.exchange.rows import Row, Table, text
from gridmap.model.ids import MarketCode
from gridmap.spatial import crs
from gridmap.spatial.crs import Datum

REACH_DEGREES = 0.5
"""Nothing of a market lies farther from its middle than this (about 50 km): such a row is a slip."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The market that is read, the datum its files are in, and where findings go."""

    market: MarketCode
    datum: Datum
    findings: Findings


def rows_of_market(table: Table, scope: Scope) -> Iterator[Row]:
    """Yield the readable rows of the market; faulty rows and those of another market are rejected."""
    for row in table.rows:
        try:
            if row.fault is not None:
                raise FaultyRowError(row.fault)
            market = text(row, "market")
            if market and market != scope.market:
                raise faulty(
                    "market",
                    market,
                    f"属于另一市场,本次只导入 {scope.market}",
                    f"belongs to another market; only {scope.market} is imported now",
                    f"用 gridmap import {market} 另行导入",
                    f"Import it with: gridmap import {market}",
                )
        except FaultyRowError as error:
            scope.findings.reject(table.file, row.number, error.fault)
            continue
        yield row


def markets_named(tables: Iterable[Table]) -> tuple[str, ...]:
    """Return the different market codes of the column `market`, in order of appearance."""
    names: dict[str, None] = {}
    for table in tables:
        for row in table.rows:
            try:
                name = text(row, "market")
            except FaultyRowError:
                continue
            if name:
                names[name] = None
    return tuple(names)


def middle_of(places_lonlat: Iterable[BaseGeometry]) -> tuple[float, float] | None:
    """Return the median centre of places (lon, lat), None without any: a few far off do not move it."""
    boxes = np.array([shapely.bounds(place) for place in places_lonlat], dtype=np.float64).reshape(-1, 4)
    if len(boxes) == 0:
        return None
    lon, lat = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
    return float(lon), float(lat)


def check_near(place_lonlat: BaseGeometry, middle: tuple[float, float]) -> None:
    """
    Doubt a place far from its market.

    Raises
    ------
    FaultyRowError
        If any of it lies farther from the middle than `REACH_DEGREES` in longitude or latitude.
    """
    box = shapely.bounds(place_lonlat)
    off = np.abs(box - np.array([*middle, *middle]))
    if float(off.max()) > REACH_DEGREES:
        lon, lat = float((box[0] + box[2]) / 2), float((box[1] + box[3]) / 2)
        raise faulty(
            "geometry",
            f"{lon:.6f}, {lat:.6f}",
            "离本市场中心超过 50 公里",
            "lies over 50 km from the middle of the market",
            "请核对坐标,以及经度、纬度是否颠倒",
            "Check the coordinates, and whether longitude and latitude are swapped",
        )


def to_market_datum(place_lonlat: BaseGeometry, scope: Scope) -> BaseGeometry:
    """Shift a place from the datum of the files to WGS84."""
    return crs.shift_places(place_lonlat, scope.datum, Datum.WGS84)
