"""Which reader reads which file."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from gridmap.errors import InputRefusedError
from gridmap.exchange import bundles, imdf, osm
from gridmap.exchange.control import placed_by_control
from gridmap.exchange.files import read_bytes
from gridmap.exchange.findings import Findings
from gridmap.exchange.geojson import carried_over, read_records, table_of_records
from gridmap.exchange.level_cells import with_ordinals
from gridmap.exchange.osm_xml import read_osm_xml
from gridmap.exchange.packed import unpacked_source
from gridmap.exchange.rows import Table, cell
from gridmap.exchange.tables import WORKBOOK_SUFFIXES, read_grid
from gridmap.exchange.vectors import read_vectors
from gridmap.model.intake import AS_IT_SAYS, InputRole, Reading

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".dbf", *WORKBOOK_SUFFIXES)
GEOJSON_SUFFIXES = (".geojson", ".json")
VECTOR_SUFFIXES = (".gpkg", ".shp", ".parquet", ".geoparquet")
DRAWING_SUFFIX = ".dxf"
OSM_SUFFIX = ".osm"
ARCHIVE_SUFFIXES = (".zip", ".imdf")
_NOT_PACKED = (*ARCHIVE_SUFFIXES, ".dbf")
"""Not looked for inside an archive: there a .dbf belongs to its shapefile."""
_PLACES = GEOJSON_SUFFIXES + VECTOR_SUFFIXES + ARCHIVE_SUFFIXES
TAKES: dict[InputRole, tuple[str, ...]] = {
    "levels": (*_PLACES, DRAWING_SUFFIX, *TABLE_SUFFIXES),
    "stalls": (*_PLACES, DRAWING_SUFFIX, *TABLE_SUFFIXES),
    "merchants": TABLE_SUFFIXES + GEOJSON_SUFFIXES + ARCHIVE_SUFFIXES,
    "connectors": _PLACES + TABLE_SUFFIXES,
    "links": TABLE_SUFFIXES + ARCHIVE_SUFFIXES,
    "organisations": TABLE_SUFFIXES + GEOJSON_SUFFIXES + ARCHIVE_SUFFIXES,
    "members": TABLE_SUFFIXES + GEOJSON_SUFFIXES + ARCHIVE_SUFFIXES,
    "plans": TABLE_SUFFIXES + GEOJSON_SUFFIXES + ARCHIVE_SUFFIXES,
    "zones": _PLACES + TABLE_SUFFIXES,
    "assignments": TABLE_SUFFIXES + GEOJSON_SUFFIXES + ARCHIVE_SUFFIXES,
    "trades": TABLE_SUFFIXES,
    "roads": (*GEOJSON_SUFFIXES, *VECTOR_SUFFIXES, ".zip", OSM_SUFFIX),
}
ANY: InputRole = "stalls"


def read_table(path: Path, role: InputRole, findings: Findings, reading: Reading = AS_IT_SAYS) -> Table:
    """
    Read a file by the reader that its ending calls for; an archive by what is in it.

    Raises
    ------
    InputRefusedError
        If the ending is none that this role takes, or the file is unusable.
    """
    table = with_ordinals(_read(path, role, findings, reading), role, findings)
    if reading.level is not None:
        table = _with_level(table, reading.level)
    return table if reading.control is None else placed_by_control(table, reading, findings)


def _read(path: Path, role: InputRole, findings: Findings, reading: Reading) -> Table:
    suffix = path.suffix.lower()
    if suffix in VECTOR_SUFFIXES and role in bundles.UNPLACED and role in bundles.roles_in(path):
        return bundles.read_unplaced(path, role)
    if suffix not in TAKES[role] and not path.is_dir():
        raise _not_taken(path, role, suffix)
    if suffix in ARCHIVE_SUFFIXES:
        return _read_archive(path, role, findings, reading)
    if suffix in VECTOR_SUFFIXES:
        return read_vectors(path, role, findings, reading)
    if suffix == DRAWING_SUFFIX:
        return _read_drawing(path, role, findings, reading)
    if suffix in TABLE_SUFFIXES:
        return read_grid(path, role, findings, reading)
    return _read_geojson(path, role, findings, reading)


def _read_geojson(path: Path, role: InputRole, findings: Findings, reading: Reading) -> Table:
    heard = Findings()
    local = reading.control is not None
    data = read_bytes(path)
    if path.suffix.lower() == OSM_SUFFIX:
        return table_of_records(path.name, read_osm_xml(path.name, data), role, reading)
    records = read_records(path.name, data, heard, local=local, source=reading.crs)
    if role in osm.ROLES and osm.is_osm(records):
        table = osm.read_osm(path.name, records, role, findings)
        if role == "stalls":  # each role reads the same features: what was mended in them is told once
            used = {row.number for row in table.rows}
            findings.repaired.extend(mended for mended in heard.repaired if mended.row is None or mended.row in used)
        return table
    if bundles.is_bundle(records):
        table = bundles.table_of_role(path.name, records, role)
        used = {row.number for row in table.rows}
        findings.repaired.extend(mended for mended in heard.repaired if mended.row in used)
        return table
    if role in bundles.UNPLACED:
        raise _not_taken(path, role, path.suffix.lower())
    findings.repaired.extend(heard.repaired)
    return table_of_records(path.name, records, role, reading)


def roles_in(path: Path) -> tuple[InputRole, ...]:
    """
    Say what a file holds that is given for all it holds (`--from`).

    Raises
    ------
    InputRefusedError
        If it is unusable.
    """
    suffix = path.suffix.lower()
    if suffix in ARCHIVE_SUFFIXES and imdf.is_imdf(path):
        return imdf.roles_in(path)
    if suffix in GEOJSON_SUFFIXES:
        records = read_records(path.name, read_bytes(path), Findings())
        if bundles.is_bundle(records):
            return bundles.roles_in(path, records)
        if osm.is_osm(records):
            tables: dict[InputRole, Table] = {
                role: osm.read_osm(path.name, records, role, Findings()) for role in osm.ROLES
            }
            return tuple(role for role in osm.ROLES if tables[role].rows)
        return (ANY,)
    return bundles.roles_in(path) or (ANY,)


def has_no_connectors(path: Path) -> bool:
    """
    Tell whether a file that is given for all it holds says that nothing joins its levels.

    Raises
    ------
    InputRefusedError
        If it is unusable.
    """
    suffix = path.suffix.lower()
    if suffix in ARCHIVE_SUFFIXES and imdf.is_imdf(path):
        return imdf.is_ours(path)
    records = read_records(path.name, read_bytes(path), Findings()) if suffix in GEOJSON_SUFFIXES else []
    return bundles.has_no_connectors(path, records)


def _read_archive(path: Path, role: InputRole, findings: Findings, reading: Reading) -> Table:
    if imdf.is_imdf(path):
        return imdf.read_imdf(path, role, findings)
    with unpacked_source(path, role, tuple(s for s in TAKES[role] if s not in _NOT_PACKED)) as inner:
        return replace(_read(inner, role, findings, reading), file=path.name)


def _read_drawing(path: Path, role: InputRole, findings: Findings, reading: Reading) -> Table:
    from gridmap.exchange.dxf import read_dxf

    if reading.control is None and reading.crs is None:
        raise InputRefusedError(
            path.name,
            "图纸是局部坐标,没有坐标系",
            "a drawing is in units of its own, without a coordinate system",
            "请用 --control 给出控制点表(x,y,lon,lat),或用 --crs 指明坐标系(EPSG 编号)。",
            "Give control points with --control (x,y,lon,lat), or name its system with --crs (an EPSG code).",
        )
    table = read_dxf(path, role, findings, reading)
    return table if reading.control is not None else carried_over(table, reading.crs)


def _with_level(table: Table, level: int) -> Table:
    """Put rows that name no level on the one that was said."""
    rows = tuple(
        row if cell(row, "level") is not None else replace(row, cells=MappingProxyType({**row.cells, "level": level}))
        for row in table.rows
    )
    return replace(table, rows=rows)


def _not_taken(path: Path, role: InputRole, suffix: str) -> InputRefusedError:
    takes = "、".join(TAKES[role])
    return InputRefusedError(
        path.name,
        f"不支持的文件类型“{suffix}”",
        f"files of the kind '{suffix}' are not read here",
        f"请另存为:{takes}。",
        f"Save it as one of: {takes}.",
    )
