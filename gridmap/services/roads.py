"""Roads: lines of streets brought in for maps to draw, source by source, and asked for by box."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import shapely

from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.roads import RoadsRead, read_roads
from gridmap.model.intake import AS_IT_SAYS, Datum, Doubted, Quarantined, Reading, Repaired
from gridmap.model.kinds import Layout
from gridmap.model.roads import Road, RoadSource, kinds_at
from gridmap.services.intake import datum_named
from gridmap.services.plans import Author
from gridmap.spatial import crs
from gridmap.spatial import roads as lines
from gridmap.spatial.arrays import places_of
from gridmap.store import audit
from gridmap.store import roads as store
from gridmap.store.session import Database

MOST_ROADS = 2000
"""So many are answered at once; which are left off depends on the zoom, and their number is told."""
_MOST_FLOORS = 5000
_EARTH = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class RoadIntake:
    """A file of roads, and what is said of it; `source` '' is the file's name without its ending."""

    path: Path
    source: str = ""
    datum: Datum = "wgs84"
    reading: Reading = AS_IT_SAYS
    datum_accepted: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class RoadsReport:
    """What became of a file: `rows = sum(accepted) + set_aside + quarantined`."""

    source: str
    file: str
    accepted: Mapping[str, int]
    """Kind of road -> how many."""
    replaced: int
    """Roads that the source had before and that these take the place of."""
    unchanged: bool
    """Whether the source held the very same: nothing was written then."""
    rows: int
    set_aside: int
    datum: str
    encoding: str
    columns: Mapping[str, str]
    repaired: tuple[Repaired, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    doubts: tuple[Doubted, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoadsSeen:
    """Roads in a box as a zoom shows them, and how many more there are."""

    roads: tuple[Road, ...] = field(default=())
    left_off: int = 0


def import_roads(database: Database, asked: RoadIntake, *, author: Author) -> RoadsReport:
    """
    Bring the roads of a file in, in the place of all that its source held before; one transaction.

    The same file again changes nothing. Faulty rows stay out and are told, the others go in.

    Raises
    ------
    InputRefusedError
        If the file is unusable as a whole, not one of its rows is a road, or its roads run through floors as they
        would in another datum and nobody said that they are meant so.
    InvalidParameterError
        If there is no such datum, or the source's name cannot be one.
    """
    datum, name = datum_named(asked.datum), _source_name(asked)
    findings = Findings()
    read = read_roads(asked.path, findings, asked.reading, datum)
    if not read.roads:
        raise _nothing(read, findings)
    _hold_against_floors(database, read, datum, asked, findings)
    content = _content_hash(read.roads)
    source = RoadSource(name, asked.path.name[-255:], datum, content, len(read.roads), author.now, author.name)
    known = {one.name: one for one in list_sources(database)}.get(name)
    unchanged = known is not None and known.content_hash == content
    if not (asked.dry_run or unchanged):
        _write(database, source, read, known, refused=len(findings.quarantined))
    return _report(source, read, findings, replaced=known.roads if known is not None else 0, unchanged=unchanged)


def list_sources(database: Database) -> list[RoadSource]:
    """Return where the roads come from, by name."""
    with database.reading() as connection:
        return store.sources(connection)


def drop_source(database: Database, name: str) -> int:
    """
    Remove all roads of a source; return how many there were.

    Raises
    ------
    NotFoundError
        If there is no such source.
    """
    with database.writing() as connection:
        gone = store.drop_source(connection, name)
        audit.describe(connection, "roads.drop", name, roads=gone)
    return gone


def roads_in(database: Database, box_lonlat: Sequence[float], zoom: int) -> RoadsSeen:
    """
    Return the roads in a box of west, south, east, north that a zoom shows, cut to it and no finer than it shows.

    Raises
    ------
    InvalidParameterError
        If the box is none: not four numbers in range, west of east and south of north.
    """
    west, south, east, north = _box(box_lonlat)
    box = (west, south, east, north)
    kinds = kinds_at(zoom)
    if not kinds:
        return RoadsSeen()
    with database.reading() as connection:
        found, number = store.roads_in(connection, box, kinds, limit=MOST_ROADS)
    shapes = lines.thinned(lines.cut(places_of([road.line_lonlat for road in found]), box), zoom)
    there = [
        replace(road, line_lonlat=shape)
        for road, shape in zip(found, shapes, strict=True)
        if shape.geom_type in ("LineString", "MultiLineString") and not shape.is_empty
    ]
    return RoadsSeen(tuple(there), number - len(found))


def _write(database: Database, source: RoadSource, read: RoadsRead, known: RoadSource | None, *, refused: int) -> None:
    """Write roads in the place of those that the source has; `known` is the source as it was."""
    with database.writing() as connection:
        if store.hold_source(connection, source) != source.content_hash:  # or somebody else was quicker
            store.replace_roads(connection, source, read.roads)
        audit.describe(
            connection, "roads.import", source.name, file=source.file, roads=source.roads, refused=refused or None,
            replaced=known.roads if known is not None else None,
        )  # fmt: skip


def _report(source: RoadSource, read: RoadsRead, findings: Findings, *, replaced: int, unchanged: bool) -> RoadsReport:
    return RoadsReport(
        source=source.name,
        file=read.table.file,
        accepted=dict(Counter(road.kind.value for road in read.roads)),
        replaced=replaced,
        unchanged=unchanged,
        rows=len(read.table.rows),
        set_aside=read.set_aside,
        datum=source.datum,
        encoding=read.table.encoding,
        columns=dict(read.table.columns),
        repaired=tuple(findings.repaired),
        quarantined=tuple(findings.quarantined),
        doubts=tuple(findings.doubts),
        notes=tuple(findings.notes),
    )


def _hold_against_floors(
    database: Database, read: RoadsRead, datum: crs.Datum, asked: RoadIntake, findings: Findings
) -> None:
    """
    Refuse roads that run through halls as a mix-up of datums makes them; doubt ones that are near no market.

    A market of streets tells nothing: its floors are roads.
    """
    shapes = places_of([road.line_lonlat for road in read.roads])
    west, south, east, north = lines.bounds_of(shapes)
    margin = lines.NEAR_DEGREES
    around = (west - margin, south - margin, east + margin, north + margin)
    with database.reading() as connection:
        floors = store.floors_in(connection, around, layouts=Layout, limit=_MOST_FLOORS)
        halls = store.floors_in(connection, around, layouts=(Layout.BUILDING,), limit=_MOST_FLOORS)
        anywhere = floors if len(floors) else store.floors_in(connection, _EARTH, layouts=Layout, limit=1)
    if len(anywhere) and not (len(floors) and lines.lies_beside(shapes, floors)):
        findings.doubt(read.table.file, None, Fault(
            "geometry", f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}",
            "附近没有任何市场", "no market is near", "请核对坐标系与经纬度次序", "Check its coordinate system",
        ))  # fmt: skip
    mixup = lines.find_mixup(shapes, halls, datum) if len(halls) else None
    if mixup is None:
        return
    zh = f"市场旁的道路有 {mixup.through_now:.0%} 穿过楼层;按 {mixup.looks_like} 读取则为 {mixup.through_then:.0%}"
    en = (
        f"{mixup.through_now:.0%} of the roads beside markets run through their floors;"
        f" read as {mixup.looks_like} it is {mixup.through_then:.0%}"
    )
    if not asked.datum_accepted:
        raise InputRefusedError(
            read.table.file, zh, en,
            f"请用 --datum {mixup.looks_like} 指明坐标基准;若位置确实如此,加 --accept-datum。",
            f"Name the datum, --datum {mixup.looks_like}; if they really lie so, add --accept-datum.",
        )  # fmt: skip
    findings.doubt(read.table.file, None, Fault("datum", str(datum), zh, en, "已确认", "accepted"))


def _nothing(read: RoadsRead, findings: Findings) -> InputRefusedError:
    if findings.quarantined:
        first = findings.quarantined[0]
        return InputRefusedError(
            read.table.file,
            f"没有一条道路可用;第 {first.row} 行 {first.field}:{first.reason}",
            f"not one road can be used; row {first.row}, {first.field}: {first.reason}",
            first.remedy,
            first.remedy,
        )
    return InputRefusedError(
        read.table.file,
        "没有道路",
        "it has no roads",
        "请核对文件与道路等级一列。",
        "Check the file and its column kind.",
    )


def _content_hash(roads: Sequence[Road]) -> str:
    """Return a digest of all roads, whatever their order in the file."""
    told = sorted(
        f"{road.code}\0{road.name}\0{road.kind}\0{road.width_m}\0{shapely.to_wkb(road.line_lonlat, hex=True)}"
        for road in roads
    )
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _source_name(asked: RoadIntake) -> str:
    name = (asked.source or asked.path.stem).strip()
    if not 0 < len(name) <= 100 or not name.isprintable() or "/" in name:
        raise InvalidParameterError(
            "source", name, "来源名称为 1 至 100 个字符,不含斜杠。", "A source has 1 to 100 characters and no slash."
        )
    return name


def _box(given: Sequence[float]) -> tuple[float, float, float, float]:
    west, south, east, north = given if len(given) == 4 else (0.0, 0.0, 0.0, 0.0)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidParameterError(
            "bbox", ",".join(map(str, given)), "写成 西,南,东,北(度)。", "Write west,south,east,north in degrees."
        )
    return west, south, east, north
