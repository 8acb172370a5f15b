"""Which reader reads which file."""

from pathlib import Path

from gridmap.errors import InputRefusedError
from gridmap.exchange.findings import Findings
from gridmap.exchange.geojson import read_geojson
from gridmap.exchange.rows import Table
from gridmap.exchange.tables import WORKBOOK_SUFFIXES, read_grid
from gridmap.model.intake import InputRole, Told

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".dbf", *WORKBOOK_SUFFIXES)
GEOJSON_SUFFIXES = (".geojson", ".json")
VECTOR_SUFFIXES = (".gpkg", ".shp", ".parquet", ".geoparquet")
TAKES: dict[InputRole, tuple[str, ...]] = {
    "levels": GEOJSON_SUFFIXES + VECTOR_SUFFIXES + TABLE_SUFFIXES,
    "stalls": GEOJSON_SUFFIXES + VECTOR_SUFFIXES + TABLE_SUFFIXES,
    "merchants": TABLE_SUFFIXES,
    "connectors": GEOJSON_SUFFIXES + VECTOR_SUFFIXES + TABLE_SUFFIXES,
    "links": TABLE_SUFFIXES,
    "members": TABLE_SUFFIXES,
}


def read_table(path: Path, role: InputRole, findings: Findings, told: Told | None = None) -> Table:
    """
    Read a file by the reader that its ending calls for.

    Raises
    ------
    InputRefusedError
        If the ending is none that this role takes, or the file is unusable.
    """
    suffix = path.suffix.lower()
    if suffix not in TAKES[role] and not path.is_dir():
        takes = "、".join(TAKES[role])
        raise InputRefusedError(
            path.name,
            f"不支持的文件类型“{suffix}”",
            f"files of the kind '{suffix}' are not read here",
            f"请另存为:{takes}。",
            f"Save it as one of: {takes}.",
        )
    if suffix in VECTOR_SUFFIXES:
        from gridmap.exchange.vectors import read_vectors

        return read_vectors(path, role, findings)
    if suffix in TABLE_SUFFIXES:
        return read_grid(path, role, findings, told or Told())
    return read_geojson(path, role, findings)
