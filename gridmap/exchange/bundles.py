"""Files that hold a market whole, as an export writes them: a table for each role, told apart by name.

=============  =============================================================================================
GeoJSON        a property `table` of each feature; those without a place have the geometry null
GeoPackage     layers, and tables without a geometry, named like the roles
GeoParquet     a column `table`
workbook       sheets named like the ledgers (商户台账, 责任人台账, 铺位, 楼层, 连通点)
ZIP of CSV     files named like the roles
=============  =============================================================================================

GDAL must be loaded before SpatiaLite is: SQLite loads that with its system libraries for all to see, a GDAL that comes
later binds to those instead of its own, and the process dies at the first coordinate system. So it is imported here at
the top, and with it by `sources` and all that reads files into a database; `layers_out` does so for what leaves one.
"""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import cast, get_args

import pyogrio
from pyarrow import ArrowException
from pyarrow import parquet as pq

from gridmap.exchange.archives import entries, opened
from gridmap.exchange.columns import check_required, match_columns
from gridmap.exchange.files import check_file
from gridmap.exchange.findings import Findings
from gridmap.exchange.geojson import Record, table_of_records
from gridmap.exchange.layers import unreadable
from gridmap.exchange.ledgers import TABLE, TITLES
from gridmap.exchange.rows import Row, Table
from gridmap.exchange.workbooks import read_workbook
from gridmap.model.intake import InputRole

UNPLACED: tuple[InputRole, ...] = ("merchants", "members", "links", "organisations", "plans", "assignments")
OURS: tuple[InputRole, ...] = ("plans", "zones", "assignments")
"""What only an export writes."""
_ROLES: tuple[InputRole, ...] = get_args(InputRole)
_BROKEN = (ArrowException, RuntimeError, OSError, ValueError)


def roles_in(path: Path, records: Sequence[Record] = ()) -> tuple[InputRole, ...]:
    """
    Say which roles a file has records of under their names; none if it is of another kind.

    Parameters
    ----------
    records
        The features of a GeoJSON file, which is not opened here.

    Raises
    ------
    InputRefusedError
        If an archive or a workbook cannot be read.
    """
    named = {*_names(path, records)}
    return tuple(role for role in _ROLES if role in named)


def has_no_connectors(path: Path, records: Sequence[Record] = ()) -> bool:
    """Tell whether a file that holds a market whole says by an empty part, or by having none, that nothing joins."""
    if path.suffix.lower() in (".gpkg", ".xlsx", ".zip"):
        return "connectors" in {*_names(path, records, least=0)} - {*_names(path, records)}
    named = {*_names(path, records)}
    return "levels" in named and "connectors" not in named


def is_bundle(records: Iterable[Record]) -> bool:
    """Tell whether the features of a file say by `table` what they are."""
    return any(record.properties.get(TABLE) in _ROLES for record in records)


def table_of_role(file: str, records: Iterable[Record], role: InputRole) -> Table:
    """Return the features of one role; that merchants and members have no place is no fault of theirs."""
    mine = [record for record in records if record.properties.get(TABLE) == role]
    if role in UNPLACED:
        mine = [replace(record, fault=None) for record in mine]
    bare = [replace(r, properties={k: v for k, v in r.properties.items() if k != TABLE}) for r in mine]
    return table_of_records(file, bare, role)


def read_unplaced(path: Path, role: InputRole) -> Table:
    """
    Read records without a geometry out of a GeoPackage or a GeoParquet file.

    Raises
    ------
    InputRefusedError
        If it cannot be read, has no such records, or lacks a column.
    """
    try:
        if path.suffix.lower() == ".gpkg":
            _, table = pyogrio.read_arrow(path, layer=role)
        else:
            table = pq.read_table(path, filters=[(TABLE, "==", role)])
    except _BROKEN as error:
        raise unreadable(path, f"读不到 {role}({error})", f"no {role} can be read ({error})") from error
    names = [name for name in table.column_names if table[name].null_count < table.num_rows]
    columns = cast("dict[str, list[object]]", table.select(names).to_pydict())
    match = match_columns(columns, role)
    check_required(path.name, match, role)
    cells = zip(*(columns[heading] for heading in match.columns.values()), strict=True)
    rows = [Row(i, MappingProxyType(dict(zip(match.columns, each, strict=True)))) for i, each in enumerate(cells, 1)]
    return Table(path.name, "utf-8", MappingProxyType(match.columns), tuple(rows), match.unused)


def _names(path: Path, records: Sequence[Record], *, least: int = 1) -> Iterable[str]:
    """Return the names of the parts of a file that have so many records at least."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        with opened(path) as archive:
            files = {name: info for name, info in entries(archive).items() if name.endswith(".csv")}
            return [name.removesuffix(".csv") for name, info in files.items() if _has_lines(archive, info, least + 1)]
    if suffix == ".xlsx" and path.is_file() and zipfile.is_zipfile(path):
        names: Mapping[str, str] = {title: name for name, title in TITLES.items()}
        sheets = read_workbook(path, Findings()).sheets
        return [names[sheet.name] for sheet in sheets if sheet.name in names and len(sheet.rows) > least]
    if suffix in (".gpkg", ".parquet", ".geoparquet"):
        check_file(path)
        try:
            return _layers(path, least) if suffix == ".gpkg" else _values(path)
        except _BROKEN:
            return []  # whoever reads it says what is wrong with it
    return [str(record.properties.get(TABLE)) for record in records]


def _layers(path: Path, least: int) -> list[str]:
    layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    return [name for name in layers if name in _ROLES and int(pyogrio.read_info(path, layer=name)["features"]) >= least]


def _values(path: Path) -> list[str]:
    names: list[str] = pq.read_table(path, columns=[TABLE])[TABLE].unique().to_pylist()
    return names


def _has_lines(archive: zipfile.ZipFile, info: zipfile.ZipInfo, lines: int) -> bool:
    with archive.open(info) as stream:
        return all(stream.readline(1_000_000) for _ in range(lines))
