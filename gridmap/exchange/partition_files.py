"""What `gridmap partition` reads: stalls, links, levels, members, an earlier assignment, constraints.

Rows that make no sense are reported with their number and left out; a file that makes none is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from gridmap.errors import GeometryError, InputRefusedError
from gridmap.exchange.columns import match_columns
from gridmap.exchange.findings import Fault, FaultyRowError, Findings
from gridmap.exchange.frames import Frame, read_frame, refused
from gridmap.exchange.geometries import Habits, doubt
from gridmap.spatial import crs
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray, Places, places_of

DEFAULT_MARKET, DEFAULT_BUILDING = "market", "main"
_MERCHANTS = ("merchants", "商户数", "户数")
_TRADE = ("trade", "业态", "行业")
MERCHANTS, WORKLOAD = "merchants", "workload"
"""Units of loads: one merchant each, or what the merchants' trades count."""
Texts = np.ndarray[tuple[int], np.dtype[np.object_]]


@dataclass(frozen=True)
class StallTable:
    """
    The sound rows of a stalls file. All arrays have shape (n,); `row` is the number in the file.

    `load` is what is shared out, in the unit `load_unit`: merchants, or the workload that they stand for. `trade` is
    None where the file has no such column.
    """

    file: str
    stall_id: Texts
    market: Texts
    building: Texts
    level: IntArray
    merchants: FloatArray
    row: IntArray
    load: FloatArray
    load_unit: str = MERCHANTS
    trade: Texts | None = None

    def __len__(self) -> int:
        return len(self.stall_id)

    def only(self, keep: BoolArray) -> "StallTable":
        """Return the table with the marked rows."""
        return StallTable(
            self.file,
            self.stall_id[keep],
            self.market[keep],
            self.building[keep],
            self.level[keep],
            self.merchants[keep],
            self.row[keep],
            self.load[keep],
            self.load_unit,
            None if self.trade is None else self.trade[keep],
        )

    def index(self) -> dict[str, int]:
        """Place of each stall by its code."""
        return {str(code): i for i, code in enumerate(self.stall_id)}


@dataclass(frozen=True)
class LinkTable:
    """Links between stalls by their places in the stall table: `ends` (e, 2), `walk_m` (e,)."""

    ends: IntArray
    walk_m: FloatArray


@dataclass(frozen=True)
class MemberTable:
    """Members: codes, place of the own stall (-1: none), capacity (0: not said)."""

    code: Texts
    home: IntArray
    capacity: FloatArray


@dataclass(frozen=True)
class ConstraintTable:
    """Constraints by stall, shape (n,): locked, group that stays together (-1: none), side of a wall (-1: none)."""

    locked: BoolArray
    together: IntArray
    wall: IntArray


LevelId = tuple[str, str, int]
"""Market, building, ordinal."""


def read_stalls(
    path: Path, findings: Findings, *, load: str | None = None, trades: Mapping[str, float] | None = None
) -> tuple[StallTable, Places]:
    """
    Read stalls; see the contract of `gridmap partition` for the columns.

    What is shared out are merchants, or the column `load` (such as visit_minutes), or merchants times what one of
    their `trades` counts; a trade that is not among these counts 1, and that is said. The places, shape (n,), WGS84,
    come beside the table, for nobody needs them once they are in metres.

    Raises
    ------
    InputRefusedError
        If the file cannot be read, lacks a column, or has rows but no sound one.
    """
    frame = read_frame(path, findings)
    match = dict(match_columns(frame.columns, "stalls").columns)
    merchants = next((name for name in _MERCHANTS if name in frame.columns), None)
    require_columns(path, frame, ("stall_id", "level"), match)
    if frame.places is None:
        require_columns(path, frame, ("lon", "lat"), match)
    check = RowCheck(frame, findings)
    stall_id = check.codes(match["stall_id"], "stall_id")
    market = check.texts(match.get("market"), DEFAULT_MARKET)
    building = check.texts(match.get("building"), DEFAULT_BUILDING)
    level = check.numbers(match["level"], "level", whole=True)
    counts = check.numbers(merchants, "merchants", lowest=0.0) if merchants else np.ones(frame.rows)
    loads = counts
    if load is not None:
        require_columns(path, frame, (load,), {name: name for name in frame.columns})
        loads = check.numbers(load, load, lowest=0.0, empty=0.0)
    elif trades is not None:
        loads = counts * _per_merchant(path, frame, check, trades)
    places = _places_lonlat(frame, match, check)
    trade = next((name for name in _TRADE if name in frame.columns), None)
    check.unique(stall_id)
    table = StallTable(
        frame.file,
        stall_id,
        market,
        building,
        np.nan_to_num(level).astype(np.int64),
        counts,
        frame.numbers,
        loads,
        load or (MERCHANTS if trades is None else WORKLOAD),
        None if trade is None else check.texts(trade, ""),
    )
    if frame.rows and not check.sound.any():
        raise refused(path, f"{frame.rows} 行全部有误", f"all {frame.rows} rows are faulty")
    return table.only(check.sound), places[check.sound]


def read_trades(path: Path, findings: Findings) -> dict[str, float]:
    """Read what one merchant of each trade counts: `trade,load`."""
    frame = read_frame(path, findings)
    require_columns(path, frame, ("trade", "load"), {name: name for name in frame.columns})
    check = RowCheck(frame, findings)
    trade = check.codes("trade", "trade")
    load = check.numbers("load", "load", lowest=0.0)
    check.unique(trade, "trade")
    return {str(trade[i]): float(load[i]) for i in np.flatnonzero(check.sound)}


def _per_merchant(path: Path, frame: Frame, check: "RowCheck", trades: Mapping[str, float]) -> FloatArray:
    """Shape (n,), what one merchant of each stall counts; says which trades are not listed."""
    column = next((name for name in _TRADE if name in frame.columns), None)
    require_columns(path, frame, ("trade",), {"trade": column} if column else {})
    trade = check.texts(column, "")
    unlisted = sorted({str(name) for name in trade if str(name) not in trades})
    if unlisted:
        named = "、".join(name or "(空)" for name in unlisted[:20])
        check.note(f"业态未列出,按每户 1 计:{named}", f"trades that are not listed count 1 a merchant: {named}")
    return np.array([trades.get(str(name), 1.0) for name in trade], dtype=np.float64)


def read_links(path: Path, stalls: StallTable, findings: Findings) -> LinkTable:
    """Read links; rows that name unknown stalls or make no sense are reported and left out."""
    frame = read_frame(path, findings)
    match = match_columns(frame.columns, "links").columns
    require_columns(path, frame, ("from", "to", "walk_m"), match)
    check = RowCheck(frame, findings)
    walk_m = check.numbers(match["walk_m"], "walk_m", lowest=0.0)
    index = stalls.index()
    ends = np.column_stack([check.stalls(match[side], side, index) for side in ("from", "to")])
    return LinkTable(ends[check.sound], walk_m[check.sound])


def read_outlines(path: Path, findings: Findings, only_market: str | None) -> dict[LevelId, Polygon | MultiPolygon]:
    """
    Read the floors of levels, WGS84, by market, building and ordinal.

    `only_market` is the market of levels that name none; None if the stalls have several.
    """
    frame = read_frame(path, findings, "levels")
    match = match_columns(frame.columns, "levels").columns
    require_columns(path, frame, ("level",), match)
    check = RowCheck(frame, findings)
    market = check.texts(match.get("market"), only_market or DEFAULT_MARKET)
    building = check.texts(match.get("building"), DEFAULT_BUILDING)
    level = check.numbers(match["level"], "level", whole=True)
    places = _places_lonlat(frame, match, check)
    outlines: dict[LevelId, Polygon | MultiPolygon] = {}
    for i in np.flatnonzero(check.sound):
        place, key = places[i], (str(market[i]), str(building[i]), int(level[i]))
        if not isinstance(place, Polygon | MultiPolygon):
            check.reject(int(i), "geometry", place.geom_type, "不是多边形", "is not a polygon")
        elif key in outlines:
            check.reject(int(i), "level", key[2], "与前面的楼层重复", "is given twice")
        else:
            outlines[key] = place
    return outlines


def read_members(path: Path, stalls: StallTable, findings: Findings) -> MemberTable:
    """Read members: `member_id,stall_id,capacity`; the last two may be empty."""
    frame = read_frame(path, findings)
    require_columns(path, frame, ("member_id",), {name: name for name in frame.columns})
    check = RowCheck(frame, findings)
    code = check.codes("member_id", "member_id")
    check.unique(code, "member_id")
    has_capacity = "capacity" in frame.columns
    capacity = check.numbers("capacity", "capacity", lowest=0.0, empty=0.0) if has_capacity else np.zeros(frame.rows)
    has_stall = "stall_id" in frame.columns
    home = check.stalls("stall_id", "stall_id", stalls.index(), may_be_empty=True) if has_stall else None
    home = home if home is not None else np.full(frame.rows, -1, dtype=np.int64)
    return MemberTable(code[check.sound], home[check.sound], capacity[check.sound])


def read_previous(path: Path, findings: Findings) -> dict[str, str]:
    """Read an earlier assignment: zone by stall. Stalls that are gone are no fault."""
    frame = read_frame(path, findings)
    require_columns(path, frame, ("stall_id", "zone"), {name: name for name in frame.columns})
    check = RowCheck(frame, findings)
    stall, zone = check.codes("stall_id", "stall_id"), check.codes("zone", "zone")
    check.unique(stall)
    return {str(stall[i]): str(zone[i]) for i in np.flatnonzero(check.sound)}


def read_constraints(path: Path, stalls: StallTable, findings: Findings) -> ConstraintTable:
    """Read constraints: `kind,stall_id,group`, kinds `lock`, `together`, `wall`."""
    frame = read_frame(path, findings)
    require_columns(path, frame, ("kind", "stall_id"), {name: name for name in frame.columns})
    check = RowCheck(frame, findings)
    kind = check.texts("kind", "")
    group = check.texts("group" if "group" in frame.columns else None, "")
    stall = check.stalls("stall_id", "stall_id", stalls.index())
    table = ConstraintTable(np.zeros(len(stalls), dtype=np.bool_), np.full(len(stalls), -1), np.full(len(stalls), -1))
    numbers: dict[tuple[str, str], int] = {}
    for i in np.flatnonzero(check.sound):
        if kind[i] == "lock":
            table.locked[stall[i]] = True
        elif kind[i] not in ("together", "wall"):
            check.reject(int(i), "kind", kind[i], "不是 lock、together 或 wall", "is not lock, together or wall")
        elif not group[i]:
            check.reject(int(i), "group", "", "为空", "is missing")
        else:
            label = numbers.setdefault((str(kind[i]), str(group[i])), len(numbers))
            (table.together if kind[i] == "together" else table.wall)[stall[i]] = label
    return table


class RowCheck:
    """Reads the columns of one frame and keeps track of the rows that are sound."""

    def __init__(self, frame: Frame, findings: Findings) -> None:
        self._frame = frame
        self._findings = findings
        self.sound: BoolArray = np.ones(frame.rows, dtype=np.bool_)

    def reject(self, i: int, field: str, value: object, zh: str, en: str) -> None:
        """Report record i and leave it out; only its first fault is told."""
        if self.sound[i]:
            fault = Fault(field, value, f"{field} {zh}", f"{field} {en}", "请改正此行", "Correct this row")
            self.reject_for(i, fault)

    def reject_for(self, i: int, fault: Fault) -> None:
        """Report record i with a fault found elsewhere."""
        self.sound[i] = False
        self._findings.reject(self._frame.file, int(self._frame.numbers[i]), fault)

    def note(self, zh: str, en: str) -> None:
        """Remark something that is no fault."""
        self._findings.note(zh, en)

    def texts(self, name: str | None, default: str) -> Texts:
        """Return a column as texts; empty cells get the default."""
        values = self._frame.columns[name] if name is not None else [None] * self._frame.rows
        return np.array([_text(value) or default for value in values], dtype=np.object_)

    def codes(self, name: str, field: str) -> Texts:
        """Return a column of codes; rows without one are rejected."""
        found = self.texts(name, "")
        for i in np.flatnonzero(found == ""):
            self.reject(int(i), field, "", "为空", "is missing")
        return found

    def unique(self, codes: Texts, field: str = "stall_id") -> None:
        """Reject every sound row whose code an earlier sound row has."""
        first: dict[str, int] = {}
        for i in np.flatnonzero(self.sound):
            before = first.setdefault(str(codes[i]), int(i))
            if before != i:
                row = int(self._frame.numbers[before])
                self.reject(int(i), field, codes[i], f"与第 {row} 行重复", f"is already used in row {row}")

    def numbers(
        self, name: str, field: str, *, lowest: float = -np.inf, whole: bool = False, empty: float | None = None
    ) -> FloatArray:
        """Return a column as finite numbers; rows with anything else are rejected and given as 0."""
        values = np.array([_number(value, empty) for value in self._frame.columns[name]], dtype=np.float64)
        bad = ~np.isfinite(values) | (np.abs(values) > 1e9) | (values < lowest)
        if whole:
            bad |= np.nan_to_num(values) != np.rint(np.nan_to_num(values))
        words = ("不是整数", "is not a whole number") if whole else ("不是有限数值", "is not a finite number")
        for i in np.flatnonzero(bad):
            negative = np.isfinite(values[i]) and values[i] < lowest
            zh, en = ("不能为负数", "must not be negative") if negative else words
            self.reject(int(i), field, self._frame.columns[name][int(i)], zh, en)
        return np.where(bad, 0.0, values)

    def stalls(self, name: str, field: str, index: Mapping[str, int], *, may_be_empty: bool = False) -> IntArray:
        """Return a column of stall codes as places in the stall table; unknown ones are rejected."""
        codes = self.texts(name, "")
        found = np.array([index.get(str(code), -1) for code in codes], dtype=np.int64)
        for i in np.flatnonzero(found < 0):
            if codes[i] or not may_be_empty:
                self.reject(int(i), field, codes[i], "不是已有铺位的编号", "is not the code of a known stall")
        return found


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().strip("\ufeff")


def _number(value: object, empty: float | None) -> float:
    text = _text(value)
    if not text and empty is not None:
        return empty
    try:
        return float(text)
    except ValueError:
        return float("nan")


def require_columns(path: Path, frame: Frame, names: Sequence[str], match: Mapping[str, str]) -> None:
    """
    Refuse a file that lacks a column.

    Raises
    ------
    InputRefusedError
        Naming what is missing and what there is. A file without any row and column, as some programs write it, passes.
    """
    missing = [name for name in names if name not in match]
    if missing:
        has = ", ".join(list(frame.columns)[:20]) or "-"
        raise InputRefusedError(
            path.name,
            f"缺少必需的列 {'、'.join(missing)};文件中的列:{has}",
            f"the column(s) {', '.join(missing)} are missing; the file has: {has}",
            "请补上列。",
            "Add the column(s).",
        )


def _places_lonlat(frame: Frame, match: Mapping[str, str], check: RowCheck) -> Places:
    """Return the places of a frame, WGS84; rows whose place makes no sense are rejected."""
    if frame.places is None:
        lon, lat = (check.numbers(match[name], name) for name in ("lon", "lat"))
        places = places_of([shapely.Point(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)])
    else:
        places = frame.places.copy()
        with_z = shapely.has_z(places)
        places[with_z] = shapely.force_2d(places[with_z])
        _reject_shapeless(places, check)
        places[~check.sound] = shapely.Point(0, 0)
        if frame.crs is not None:
            places = _carried_over(places, frame, check)
    lonlat = shapely.bounds(places)
    beyond = ~(np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat[:, 0::2]) <= 180).all(axis=1))
    beyond |= ~(np.abs(lonlat[:, 1::2]) <= 90).all(axis=1)
    for i in np.flatnonzero(beyond):
        what = crs.place_fault(places[i]) or "coordinate out of range"
        check.reject(int(i), "geometry", places[i].wkt, "坐标超出经纬度范围", what)
    for i in np.flatnonzero(check.sound & ~shapely.is_valid(places)):
        try:
            places[i] = doubt(places[i], Habits(row=int(i)))
        except FaultyRowError as error:
            check.reject_for(int(i), error.fault)
    return places


def _reject_shapeless(places: Places, check: RowCheck) -> None:
    kinds = shapely.get_type_id(places)
    for i in np.flatnonzero(shapely.is_missing(places) | shapely.is_empty(places)):
        check.reject(int(i), "geometry", "", "没有可读的图形", "is missing or cannot be read")
    for i in np.flatnonzero(~np.isin(kinds, (0, 3, 6)) & check.sound):
        check.reject(int(i), "geometry", places[i].geom_type, "不是点或多边形", "is neither a point nor a polygon")
    finite = np.isfinite(shapely.bounds(places)).all(axis=1)
    for i in np.flatnonzero(~finite & check.sound):
        check.reject(int(i), "geometry", "NaN", "坐标不是有限数值", "has a coordinate that is not a finite number")


def _carried_over(places: Places, frame: Frame, check: RowCheck) -> Places:
    """Carry places over to WGS84, all at once; one by one only where some lie outside the coordinate system's area."""
    assert frame.crs is not None
    try:
        return crs.reproject(places, frame.crs, crs.WGS84)
    except (GeometryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) or "unknown" in error.what:
            raise refused(Path(frame.file), "坐标系无法识别", "its coordinate system is not known") from error
    carried = places.copy()
    for i in np.flatnonzero(check.sound):
        try:
            carried[i] = crs.reproject(places[i], frame.crs, crs.WGS84)
        except GeometryError:
            check.reject(
                int(i), "geometry", places[i].wkt, "坐标超出所注坐标系的范围", "lies outside its coordinate system"
            )
            carried[i] = shapely.Point(0, 0)
    return carried
