"""The rows of one market, whatever the file, and where that market lies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.exchange.findings import Fault, FaultyRowError, Findings, faulty
from gridmap.exchange.market_rows import market_code
from gridmap.exchange.rows import Row, Table, text
from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.trades import TradeList
from gridmap.spatial import crs
from gridmap.spatial.arrays import BoolArray, FloatArray, places_of
from gridmap.spatial.crs import Datum

REACH_DEGREES = 0.5
"""Nothing of a market lies farther from its middle than this (about 50 km): such a row is a slip."""


@dataclass(frozen=True, slots=True)
class Scope:
    """
    The market that is read, where findings go, and members of markets read before.

    `datum_accepted`: layers that lie apart as datums do are meant so; `trades` is the list that merchants' trades are
    held against.
    """

    market: MarketCode
    findings: Findings
    members: dict[MemberCode, MarketCode] = field(default_factory=dict[MemberCode, MarketCode])
    datum_accepted: bool = False
    trades: TradeList | None = None


def rows_of_market(table: Table, scope: Scope) -> Iterator[Row]:
    """Yield the readable rows of the market; faulty rows and those of another market are rejected."""
    for row in table.rows:
        try:
            if row.fault is not None:
                raise FaultyRowError(row.fault)
            market = text(row, "market")
            if market and market_code(market) != scope.market:
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


def middle_of(places_lonlat: Iterable[BaseGeometry]) -> tuple[float, float] | None:
    """Return the median centre of places (lon, lat), None without any: a few far off do not move it."""
    boxes: FloatArray = shapely.bounds(places_of(list(places_lonlat)))
    if len(boxes) == 0:
        return None
    lon, lat = np.median((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0)
    return float(lon), float(lat)


def placed_rows_of_market(table: Table, scope: Scope) -> Iterator[Row]:
    """
    Yield the readable rows of the market with their places shifted from the datum of the file to WGS84.

    A row far from its market (any of it farther from the middle than `REACH_DEGREES` in longitude or latitude) is
    rejected. All places are looked at together: one by one they cost as much as all the rest.
    """
    rows = list(rows_of_market(table, scope))
    places = places_of([row.place for row in rows])
    boxes: FloatArray = shapely.bounds(places)
    middle = np.nanmedian((boxes[:, :2] + boxes[:, 2:]) / 2, axis=0) if np.isfinite(boxes).any() else np.zeros(2)
    off: BoolArray = np.abs(boxes - np.concatenate([middle, middle])).max(axis=1) > REACH_DEGREES
    shifted = crs.shift_places(places, table.datum, Datum.WGS84)
    for i, row in enumerate(rows):
        if off[i]:
            scope.findings.reject(table.file, row.number, _far(boxes[i], middle))
        else:
            yield row if shifted[i] is row.place else replace(row, place=shifted[i])


def _far(box_lonlat: FloatArray, middle_lonlat: FloatArray) -> Fault:
    west, south, east, north = box_lonlat.tolist()
    lon, lat = (west + east) / 2, (south + north) / 2
    if np.abs(np.array([lat, lon]) - middle_lonlat).max() <= REACH_DEGREES:
        return Fault(
            "geometry",
            f"{lon:.6f}, {lat:.6f}",
            "经度与纬度颠倒",
            "longitude and latitude are swapped",
            "经度在前、纬度在后;请改正此行",
            "Longitude comes first: correct this row",
        )
    return Fault(
        "geometry",
        f"{lon:.6f}, {lat:.6f}",
        "离本市场中心超过 50 公里",
        "lies over 50 km from the middle of the market",
        "请核对坐标,以及经度、纬度是否颠倒",
        "Check the coordinates, and whether longitude and latitude are swapped",
    )
