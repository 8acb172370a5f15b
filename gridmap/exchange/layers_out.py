"""Ledgers as layers: a GeoPackage with a layer for each, or one GeoParquet 1.1 file of all with a column `table`."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyarrow import parquet as pq

from gridmap.exchange.ledgers import TABLE, Column, Ledger
from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, Places, places_of

_TYPES: dict[type, pa.DataType] = {
    str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), date: pa.string()
}  # fmt: skip
_BOX = ("xmin", "ymin", "xmax", "ymax")


def write_gpkg(ledgers: Sequence[Ledger], path: Path) -> None:
    """Write a GeoPackage: layers of geometries in WGS84, and tables without any."""
    for i, ledger in enumerate(ledgers):
        table = pa.table(_columns(ledger))
        place: dict[str, Any] = {"geometry_name": None, "geometry_type": None}
        if ledger.places is not None:
            table = table.append_column("geometry", pa.array(_packed(ledger.places), pa.binary()))
            place = {"geometry_name": "geometry", "geometry_type": "Unknown", "crs": crs.WGS84}
        pyogrio.write_arrow(table, path, layer=ledger.name, driver="GPKG", append=i > 0, **place)


def write_geoparquet(ledgers: Sequence[Ledger], path: Path) -> None:
    """Write one GeoParquet 1.1 file: all columns of all ledgers, geometries with their boxes, null where none is."""
    parts = [_part(ledger) for ledger in ledgers if ledger.rows]
    whole = pa.concat_tables(parts, promote_options="default")
    last = [name for name in ("bbox", "geometry") if name in whole.column_names]
    whole = whole.select([name for name in whole.column_names if name not in last] + last)
    places = shapely.from_wkb(np.array(whole["geometry"].to_pylist(), dtype=np.object_))
    whole = whole.replace_schema_metadata({"geo": json.dumps(_geo(places))})
    pq.write_table(whole, path, compression="zstd", row_group_size=50_000)


def _columns(ledger: Ledger) -> dict[str, Any]:
    return {
        column.word: pa.array([_cell(row[i], column) for row in ledger.rows], _TYPES[column.kind])
        for i, column in enumerate(ledger.columns)
    }


def _cell(value: object, column: Column) -> object:
    return value.isoformat() if column.kind is date and isinstance(value, date) else value


def _part(ledger: Ledger) -> Any:
    n = len(ledger.rows)
    places = ledger.places if ledger.places is not None else (None,) * n
    boxes = shapely.bounds(places_of(list(places)))
    columns = {
        TABLE: pa.array([ledger.name] * n),
        **_columns(ledger),
        "bbox": _boxes(boxes),
        "geometry": pa.array(_packed(places), pa.binary()),
    }
    return pa.table(columns)


def _boxes(boxes: FloatArray) -> Any:
    """Return boxes as structs, null where there is no geometry (NaN)."""
    sides = [pa.array(boxes[:, i]) for i in range(4)]
    return pa.StructArray.from_arrays(sides, names=list(_BOX), mask=pa.array(np.isnan(boxes[:, 0])))


def _packed(places: Sequence[object]) -> list[bytes | None]:
    """Return WKB with right-handed rings."""
    packed: list[bytes | None] = shapely.to_wkb(shapely.orient_polygons(places_of(list(places)))).tolist()
    return packed


def _geo(places: Places) -> dict[str, Any]:
    drawn = places[shapely.get_type_id(places) >= 0]
    column = {
        "encoding": "WKB",
        "geometry_types": sorted({place.geom_type for place in drawn}),
        "crs": crs.lonlat_projjson(),
        "orientation": "counterclockwise",
        "edges": "planar",
        "bbox": shapely.total_bounds(drawn).tolist(),
        "covering": {"bbox": {side: ["bbox", side] for side in _BOX}},
    }
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
