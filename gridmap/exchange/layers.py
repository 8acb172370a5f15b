"""One layer of a GeoPackage, shapefile or GeoParquet file as it stands there: columns, and geometries still packed."""

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ArrowException
from pyarrow import parquet as pq

from gridmap.errors import InputRefusedError
from gridmap.exchange.files import MAX_BYTES, check_file
from gridmap.exchange.findings import Findings
from gridmap.exchange.ledgers import TABLE
from gridmap.model.intake import InputRole

_MAGIC = {".gpkg": b"SQLite format 3\x00", ".shp": b"\x00\x00\x27\x0a", ".parquet": b"PAR1", ".geoparquet": b"PAR1"}
LONLAT = "OGC:CRS84"
"""What a GeoParquet file is in that says nothing, by its specification."""
_MAX_ROWS = 1_000_000
_MAX_UNPACKED_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Layer:
    """Columns and geometries (WKB or None) as a driver gives them; `crs` None: the file names no coordinate system."""

    encoding: str
    crs: str | None
    columns: Mapping[str, Sequence[object]]
    geometries: Sequence[bytes | None]


def read_layer(
    path: Path, role: InputRole, findings: Findings, *, max_bytes: int = MAX_BYTES, placed: bool = False
) -> Layer:
    """
    Read a file by its content and not by its name alone; of several layers the one named like the role (`stalls` ...).

    Parameters
    ----------
    placed
        Somebody has said where a file lies that names no coordinate system: nothing is taken for granted then.

    Raises
    ------
    InputRefusedError
        If it cannot be opened, has no geometry or too many features.
    """
    suffix = path.suffix.lower()
    check_file(path, limit=max_bytes)
    with path.open("rb") as stream:
        if not stream.read(16).startswith(_MAGIC[suffix]):
            raise unreadable(path, f"内容不是 {suffix[1:]} 格式", f"its content is not in {suffix[1:]} format")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            layer = _parquet(path, role) if _MAGIC[suffix] == b"PAR1" else _ogr(path, role)
    except (ArrowException, RuntimeError, ValueError, OSError, KeyError) as error:
        raise unreadable(path, f"无法读取({error})", f"it cannot be read ({error})") from error
    for warning in caught:
        findings.note(f"{path.name}:读取时的警告:{warning.message}", f"{path.name}: {warning.message}")
    if layer.crs is None and not placed:
        findings.note(
            f"{path.name}:未注明坐标系,按 WGS84 经纬度读取",
            f"{path.name}: names no coordinate system: taken as WGS84 longitude and latitude",
        )
    return layer


def unreadable(path: Path, zh: str, en: str) -> InputRefusedError:
    """Make the error for a file that cannot be used."""
    return InputRefusedError(
        path.name,
        zh,
        en,
        "请重新导出,或另存为 GeoJSON。",
        "Export it again, or save it as GeoJSON.",
    )


def _ogr(path: Path, role: InputRole) -> Layer:
    import pyogrio.raw  # brings pandas and geopandas along, 100 MB: a GeoParquet file needs none of them

    layer = _layer(path, role)
    encoding = _dbf_encoding(path) if path.suffix.lower() == ".shp" else None
    info = pyogrio.read_info(path, layer=layer, encoding=encoding)
    if int(info["features"]) > _MAX_ROWS:
        raise ValueError(f"{info['features']} features are more than {_MAX_ROWS:,}")
    meta, _, geometries, columns = pyogrio.raw.read(path, layer=layer, encoding=encoding, datetime_as_string=True)
    if geometries is None:
        raise ValueError("no geometry")
    names: list[str] = [str(name) for name in meta["fields"]]
    stated = meta["crs"]
    return Layer(
        str(encoding or meta["encoding"] or "utf-8").lower(),
        None if stated is None else str(stated),
        {name: column.tolist() for name, column in zip(names, columns, strict=True)},
        geometries,
    )


def _layer(path: Path, role: InputRole) -> str:
    import pyogrio

    layers: list[str] = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if role in layers:
        return role
    if len(layers) != 1:
        raise ValueError(f"layers: {', '.join(layers) or 'none with a geometry'}; name one of them {role}")
    return layers[0]


def _dbf_encoding(path: Path) -> str | None:
    """Find out how a shapefile's table is written, None where a .cpg file says so."""
    if any(path.with_suffix(suffix).exists() for suffix in (".cpg", ".CPG")):
        return None
    table = next((t for s in (".dbf", ".DBF") if (t := path.with_suffix(s)).exists()), None)
    if table is None or table.stat().st_size > MAX_BYTES:
        return None
    data = table.read_bytes()
    body = data[int.from_bytes(data[8:10], "little") :] if len(data) > 10 else b""
    for encoding in ("utf-8", "gb18030"):
        try:
            body.rstrip(b"\x1a").decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding.upper()
    return None


def _parquet(path: Path, role: InputRole) -> Layer:
    with pq.ParquetFile(path) as file:
        meta = file.metadata
        unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_rows > _MAX_ROWS or unpacked > _MAX_UNPACKED_BYTES:
            raise _too_large(meta.num_rows, unpacked)
        if b"geo" not in (meta.metadata or {}):
            raise unreadable(
                path, "是 Parquet,但没有 geo 元数据", "it is Parquet without the metadata `geo` of GeoParquet"
            )
        geo = json.loads(meta.metadata[b"geo"])
        flat = {file.schema.column(i).path: file.schema.column(i).physical_type for i in range(len(file.schema))}
    primary = str(geo["primary_column"])
    column = geo["columns"][primary]
    if str(column["encoding"]).upper() != "WKB":
        raise ValueError(f"geometry encoding {column['encoding']} is not WKB")
    table = _flat_columns(path, {name: kind for name, kind in flat.items() if "." not in name})
    if TABLE in table.column_names:  # a market whole: the records of one role, with the columns that they use
        table = table.filter(pc.field(TABLE) == role)
        table = table.select([n for n in table.column_names if n != TABLE and table[n].null_count < table.num_rows])
    stated = column.get("crs", LONLAT)
    columns = {name: table.column(name).to_pylist() for name in table.column_names if name not in geo["columns"]}
    crs_text = None if stated is None else json.dumps(stated) if isinstance(stated, dict) else str(stated)
    return Layer("utf-8", crs_text, columns, table.column(primary).to_pylist())


def _flat_columns(path: Path, kinds: Mapping[str, str]) -> Any:
    """
    Read the columns that hold one value a row; texts stay dictionaries until their whole size is known.

    A dictionary makes a long text that stands in each row cost nothing in the file, and everything in memory.
    """
    texts = [name for name, kind in kinds.items() if kind == "BYTE_ARRAY"]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        table = file.read(columns=list(kinds))
    spread = sum(_spread_bytes(chunk) for name in texts for chunk in table.column(name).chunks)
    if spread > _MAX_UNPACKED_BYTES:
        raise _too_large(table.num_rows, spread)
    for i, name in enumerate(table.column_names):
        if pa.types.is_dictionary(table.schema.field(i).type):
            table = table.set_column(i, name, table.column(i).cast(table.schema.field(i).type.value_type))
    return table


def _spread_bytes(chunk: Any) -> int:
    if not isinstance(chunk, pa.DictionaryArray):
        return int(chunk.nbytes)
    lengths: Any = pc.call_function("binary_length", [chunk.dictionary])
    return int(pc.call_function("sum", [lengths.take(chunk.indices)]).as_py() or 0)


def _too_large(rows: int, unpacked: int) -> ValueError:
    return ValueError(f"{rows:,} rows, {unpacked // 1_000_000:,} MB unpacked: too large")
