"""Every difference between SpatiaLite and PostGIS, one function each.

The two databases store geometries, hand them back and pre-filter by box. Anything else that differs belongs here too.
"""

import fcntl
import importlib
import os
import sqlite3
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import sqlalchemy as sa
from alembic import op
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url

from gridmap.errors import NotReadyError
from gridmap.model.map_tiles import BUFFER, EXTENT, Tile
from gridmap.spatial import map_tiles
from gridmap.spatial.crs import WEB_MERCATOR_SIDE_M, WEB_MERCATOR_SRID, WGS84_SRID
from gridmap.store.geometry import read_wkb

_BUSY_TIMEOUT_MS = 30_000
_ADVISORY_SPACE = 0x67726964 << 32
"""The upper half of the keys of our advisory locks; the name makes the lower one."""
_SPATIALITE_NAMES = ("mod_spatialite", "mod_spatialite.so", "mod_spatialite.so.8", "mod_spatialite.so.7")

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


def kind_of(connection: Connection | Engine) -> Literal["sqlite", "postgresql"]:
    """Return which of the two databases this is."""
    name = connection.dialect.name
    if name not in ("sqlite", "postgresql"):
        raise NotReadyError(
            f"不支持的数据库 {name}", f"unsupported database {name}", "sqlite:/// 或 postgresql+psycopg://"
        )
    return "sqlite" if name == "sqlite" else "postgresql"


def sqlite_module() -> ModuleType:
    """Return an sqlite3 module that can load extensions: the interpreter's own, else pysqlite3.

    The own one is preferred, because SpatiaLite brings the system's libsqlite3 along and two copies in one process are
    one too many.
    """
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        return sqlite3
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError as error:
        raise NotReadyError(
            "此 Python 的 sqlite3 不能加载扩展,也没有安装 pysqlite3",
            "this Python's sqlite3 cannot load extensions and pysqlite3 is not installed",
            "make install PYTHON=/usr/bin/python3",
        ) from error


def load_spatialite(connection: Any) -> None:
    """Load SpatiaLite into a raw DBAPI connection."""
    connection.enable_load_extension(True)
    named = os.environ.get("GRIDMAP_SPATIALITE")
    for name in (named,) if named else _SPATIALITE_NAMES:
        try:
            connection.load_extension(name)
        except Exception:  # the class depends on the module; the next name may load
            continue
        connection.enable_load_extension(False)
        return
    raise NotReadyError(
        "找不到 SpatiaLite 扩展", "SpatiaLite was not found", "apt-get install libsqlite3-mod-spatialite"
    )


def create_engine(url: str) -> Engine:
    """Make an engine for one of the two databases, set up the way the house needs it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed)
    if parsed.drivername != "postgresql+psycopg":
        raise NotReadyError(
            f"数据库地址 {parsed.render_as_string()} 不可用",
            f"database URL {parsed.render_as_string()} cannot be used",
            "GRIDMAP_DATABASE_URL=postgresql+psycopg://user@host/name 或 sqlite:///var/gridmap.db",
        )
    engine = sa.create_engine(parsed, pool_pre_ping=True, connect_args={"options": "-c timezone=UTC"})
    kind_of(engine)
    return engine


def _sqlite_engine(url: URL) -> Engine:
    in_memory = url.database in (None, "", ":memory:")
    if not in_memory and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=sqlite_module(),
        # The driver's own transactions are off: gridmap says BEGIN itself (see `begin`).
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": _BUSY_TIMEOUT_MS / 1000},
        poolclass=sa.StaticPool if in_memory else sa.QueuePool,
    )

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        load_spatialite(raw)
        cursor = raw.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        if not in_memory:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("gridmap_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def one_state(engine: Engine) -> dict[str, Any]:
    """Return the execution options with which all reads of a transaction see one state of the database.

    SQLite does so by itself; PostgreSQL would let each statement see what was committed before it.
    """
    if kind_of(engine) == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {}


def prepare_database(connection: Connection) -> None:
    """Make sure that the spatial functions and their catalogue are there; first step of the first migration."""
    if kind_of(connection) == "postgresql":
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
        return
    known = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'spatial_ref_sys'").scalar()
    if not known:
        connection.exec_driver_sql("SELECT InitSpatialMetaData('WGS84')")


def take_migration_lock(connection: Connection) -> None:
    """Let one process migrate at a time. SQLite needs nothing: BEGIN IMMEDIATE already is that lock."""
    if kind_of(connection) == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7417203401)")


@contextmanager
def exclusively(engine: Engine, name: str) -> Generator[bool]:
    """Give True to one holder of a name at a time, over all processes, and False to the others.

    The database's own lock ends with its session; on SQLite a file beside the database is locked, which the system
    unlocks with the process. Nothing that a crash leaves behind has to be cleared away.
    """
    if kind_of(engine) == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            key = {"key": _ADVISORY_SPACE | zlib.crc32(name.encode())}
            held = bool(connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), key))
            try:
                yield held
            finally:
                if held:
                    connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), key)
        return
    if engine.url.database in (None, "", ":memory:"):
        yield True  # a database of one connection
        return
    with Path(f"{engine.url.database}-{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def add_geometry(table: str, column: str, geometry_type: str = "GEOMETRY") -> None:
    """Add an indexed, required lon/lat geometry column to an existing table; for migrations only.

    Neither `op.add_column` nor `batch_alter_table` may do this: on SpatiaLite the first is a syntax error and the
    second leaves the catalogue on a temporary table, after which indexed queries find nothing.
    """
    connection = op.get_bind()
    if kind_of(connection) == "postgresql":
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} geometry({geometry_type}, {WGS84_SRID}) NOT NULL")
        op.execute(f"CREATE INDEX idx_{table}_{column} ON {table} USING gist ({column})")
        return
    added = connection.exec_driver_sql(
        f"SELECT AddGeometryColumn('{table}', '{column}', {WGS84_SRID}, '{geometry_type}', 'XY', 1)"
    ).scalar()
    indexed = connection.exec_driver_sql(f"SELECT CreateSpatialIndex('{table}', '{column}')").scalar()
    if not (added and indexed):
        raise NotReadyError(
            f"无法为表 {table} 建立空间列", f"could not add geometry {table}.{column}", "gridmap doctor"
        )


def allow_null(table: str, column: str) -> None:
    """
    Let a column be empty that so far must not be; for migrations only.

    SQLite cannot say so: the text of the table's definition is changed, as its manual has it for loosening what a
    table demands (Making Other Kinds Of Table Schema Changes); rows and what refers to them stay as they are.
    """
    connection = op.get_bind()
    if kind_of(connection) == "postgresql":
        op.alter_column(table, column, nullable=True)
        return
    named = {"table": table}
    told = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    text = str(connection.scalar(told, named))
    head, word, tail = text.partition(f"{column} ")
    loose = head + word + tail.replace(" NOT NULL", "", 1)
    version = int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table")
    connection.execute(change, {"sql": loose, **named})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def refuse_changes(table: str) -> None:
    """Make a table append-only: the database refuses to change or delete its rows; for migrations only."""
    if kind_of(op.get_bind()) == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_changes() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def refuse_overlaps(table: str, column: str) -> None:
    """
    Refuse two rows of a table with the same key and a day in common; for migrations only.

    A row holds from `valid_from` to the day before `valid_to`, without an end where that is empty, and not at all
    where `valid_from` is.
    """
    if kind_of(op.get_bind()) == "postgresql":
        # A range of one number stands for the number: equality needs an extension that may not be there.
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_apart EXCLUDE USING gist ("
            f"int4range({column}, {column}, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&"
            ") WHERE (valid_from IS NOT NULL)"
        )
        return
    for event_name, event_of in (("insert", "INSERT"), ("update", f"UPDATE OF {column}, valid_from, valid_to")):
        op.execute(
            f"CREATE TRIGGER {table}_apart_{event_name} BEFORE {event_of} ON {table} "
            "WHEN NEW.valid_from IS NOT NULL AND (NEW.valid_to IS NULL OR NEW.valid_to > NEW.valid_from) AND EXISTS ("
            f"SELECT 1 FROM {table} WHERE id <> NEW.id AND {column} = NEW.{column} AND valid_from IS NOT NULL "
            "AND (valid_to IS NULL OR valid_to > valid_from) AND (valid_to IS NULL OR valid_to > NEW.valid_from) "
            f"AND (NEW.valid_to IS NULL OR NEW.valid_to > valid_from)) BEGIN SELECT RAISE(ABORT, '{table}_apart'); END"
        )


def insert_new(
    connection: Connection, table: sa.Table, unique: str, rows: Sequence[Mapping[str, Any]]
) -> frozenset[Any]:
    """Add those rows whose value in a unique column nobody has yet; return these values.

    A row that somebody else is just adding is waited for, so that what is left out is there when this returns.
    """
    insert = postgresql.insert if kind_of(connection) == "postgresql" else sqlite.insert
    statement = insert(table).on_conflict_do_nothing(index_elements=[unique]).returning(table.c[unique])
    return frozenset(connection.scalars(statement, [dict(row) for row in rows])) if rows else frozenset()


def in_box(connection: Connection, column: sa.Column[Any], box: Box) -> sa.ColumnElement[bool]:
    """Condition: the geometry's box meets `box`, answered by the spatial index.

    On SpatiaLite the R*Tree is asked by table (its row ids are the integer primary key), on PostGIS the GiST index by
    `&&`. Coarse on purpose: shapely decides exactly.
    """
    west, south, east, north = box
    if kind_of(connection) == "postgresql":
        envelope = sa.func.ST_MakeEnvelope(west, south, east, north, WGS84_SRID)
        return column.op("&&", is_comparison=True)(envelope)
    table = column.table
    tree = sa.table(
        f"idx_{table.name}_{column.name}",
        *(sa.column(name) for name in ("pkid", "xmin", "xmax", "ymin", "ymax")),
    )
    inside = sa.select(tree.c.pkid).where(
        tree.c.xmin <= east, tree.c.xmax >= west, tree.c.ymin <= north, tree.c.ymax >= south
    )
    (key,) = table.primary_key.columns
    return key.in_(inside)


def sides_of(connection: Connection, column: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """West, east, south, north of a geometry's box, without reading its corners into the program."""
    names = ("ST_XMin", "ST_XMax", "ST_YMin", "ST_YMax")
    if kind_of(connection) == "sqlite":
        names = ("MbrMinX", "MbrMaxX", "MbrMinY", "MbrMaxY")
    return tuple(sa.func.__getattr__(name)(column, type_=sa.Float) for name in names)


def centre_of(connection: Connection, column: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    """Longitude and latitude of the middle of a geometry's box."""
    west, east, south, north = sides_of(connection, column)
    return ((west + east) / 2).label("lon"), ((south + north) / 2).label("lat")


def vector_tile(connection: Connection, query: sa.Select[Any], layer: str, tile: Tile) -> bytes:
    """
    Write the rows of a query as one layer of a Mapbox Vector Tile.

    The query's column `shape` is the geometry in lon/lat, the others are properties; NULL ones are left out. PostGIS
    writes the tile itself; SpatiaLite hands the shapes back and `spatial.map_tiles` does.
    """
    found = query.subquery("found")
    others = [column for column in found.c if column.name != "shape"]
    if kind_of(connection) == "postgresql":
        square = sa.func.ST_TileEnvelope(tile.z, tile.x, tile.y, type_=sa.LargeBinary)
        placed = sa.func.ST_Transform(found.c.shape, WEB_MERCATOR_SRID, type_=sa.LargeBinary)
        finest_m = map_tiles.FINEST * WEB_MERCATOR_SIDE_M / (EXTENT << tile.z)
        seen = sa.func.ST_Simplify(placed, finest_m, True, type_=sa.LargeBinary)  # True: what is smaller stays
        drawn = sa.func.ST_AsMVTGeom(seen, square, EXTENT, BUFFER, True, type_=sa.LargeBinary).label("geom")
        rows = sa.select(*others, drawn).subquery("drawn")
        written = sa.func.ST_AsMVT(sa.literal_column("drawn.*"), layer, EXTENT, "geom", type_=sa.LargeBinary)
        tile_of = sa.select(written).select_from(rows).where(rows.c.geom.is_not(None))
        return bytes(connection.scalar(tile_of) or b"")
    wkb = sa.func.ST_AsBinary(found.c.shape, type_=sa.LargeBinary).label("wkb")
    rows = connection.execute(sa.select(*others, wkb)).all()
    places = map_tiles.on_tile(read_wkb([row.wkb for row in rows]), tile)
    names = [column.name for column in others]
    properties = [dict(zip(names, row, strict=False)) for row in rows]
    return map_tiles.encode(layer, zip(places, properties, strict=True))


def explain(connection: Connection, query: sa.Select[Any]) -> str:
    """Return the database's plan for a query as text, to prove that an index is used."""
    compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
    prefix = "EXPLAIN" if kind_of(connection) == "postgresql" else "EXPLAIN QUERY PLAN"
    rows: Sequence[Any] = connection.exec_driver_sql(f"{prefix} {str(compiled).replace('%%', '%')}").all()
    return "\n".join(" ".join(str(value) for value in row) for row in rows)


def versions(connection: Connection) -> str:
    """Return one line that names the database and its spatial extension with versions."""
    if kind_of(connection) == "postgresql":
        server, spatial = connection.exec_driver_sql(
            "SELECT current_setting('server_version'), postgis_lib_version()"
        ).one()
        return f"PostgreSQL {server}, PostGIS {spatial}"
    server, spatial = connection.exec_driver_sql("SELECT sqlite_version(), spatialite_version()").one()
    return f"SQLite {server}, SpatiaLite {spatial}"
