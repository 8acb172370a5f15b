"""Control points in: where points of a drawing are on the ground, and the drawing placed by them.

A table with the columns `x,y,lon,lat` and, where floors are drawn beside each other, `level`: then each floor has
control points of its own.
"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError, InputRefusedError
from gridmap.exchange.encodings import text_of
from gridmap.exchange.files import read_bytes
from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.rows import Row, Table, cell
from gridmap.model.intake import Reading
from gridmap.spatial import crs
from gridmap.spatial.georeferencing import (
    LEAST_POINTS,
    SAME_M,
    Method,
    Placement,
    degenerate_points,
    fit_placement,
    place,
    worst_point,
)

MOST_POINTS = 1_000
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "x": ("x", "横坐标", "图上x"),
    "y": ("y", "纵坐标", "图上y"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "level": ("level", "楼层", "楼层序号"),
}
_UNITS_M = (0.001, 0.01, 0.0254, 0.3048, 1.0)
"""Millimetres, centimetres, inches, feet, metres: what people draw in."""


@dataclass(frozen=True, slots=True)
class _ControlPoint:
    row: int
    x: float
    y: float
    lon: float
    lat: float
    level: int | None


def placed_by_control(table: Table, reading: Reading, findings: Findings) -> Table:
    """
    Carry the rows of a drawing to longitude and latitude.

    Raises
    ------
    InputRefusedError
        If the control points are too few, in one place or on one line, mirrored, or missed by more than the limit.
    """
    assert reading.control is not None  # asked for by the caller
    points = _read(reading.control)
    levels = {point.level for point in points} or {None}
    if len(levels) > 1 and None in levels:
        row = next(point.row for point in points if point.level is None)
        raise _refused(
            reading.control,
            f"第 {row} 行未写楼层,而其他行写了",
            f"row {row} names no level, while others do",
        )
    placements = {
        level: _placement(reading, [point for point in points if point.level == level], level, findings)
        for level in sorted(levels, key=lambda level: -1000 if level is None else level)
    }
    return replace(table, rows=tuple(_placed(row, placements) for row in table.rows))


def _placed(row: Row, placements: Mapping[int | None, Placement]) -> Row:
    drawn = row.place
    if drawn is None or row.fault is not None:
        return row
    level = None if None in placements else _ordinal(cell(row, "level"))
    placement = placements.get(level)
    if placement is None:
        known = "、".join(str(ordinal) for ordinal in placements)
        return replace(
            row,
            place=None,
            fault=Fault(
                "level",
                cell(row, "level"),
                "该楼层没有控制点",
                "there are no control points for its level",
                f"有控制点的楼层:{known};请补上",
                f"Levels with control points: {known.replace('、', ', ')}. Add them",
            ),
        )
    try:
        lonlat: BaseGeometry = place(drawn, placement)
        fault = crs.place_fault(lonlat)
    except GeometryError as error:
        lonlat, fault = drawn, error.what
    if fault is not None:
        return replace(
            row,
            place=None,
            fault=Fault(
                "geometry",
                drawn.wkt,
                "按控制点换算后不在地球上",
                f"lies off the globe when placed by the control points ({fault})",
                "请核对图上坐标",
                "Check its coordinates in the drawing",
            ),
        )
    return replace(row, place=lonlat)


def _placement(reading: Reading, points: Sequence[_ControlPoint], level: int | None, findings: Findings) -> Placement:
    path, method = reading.control, reading.placement
    assert path is not None  # looked at before
    which_zh, which_en = ("", "") if level is None else (f"楼层 {level} 的", f" of level {level}")
    _check_points(path, points, method, which_zh, which_en)
    xy = np.array([(point.x, point.y) for point in points])
    lonlat = np.array([(point.lon, point.lat) for point in points])
    placement = fit_placement(xy, lonlat, method)
    if placement.mirrored:
        raise _refused(
            path,
            f"{which_zh}控制点显示图是镜像的(y 轴朝下,或 x 与 y、经度与纬度颠倒)",
            f"by the control points{which_en} the drawing is mirrored (y points down, or x and y, or longitude and "
            "latitude are swapped)",
        )
    worst = float(placement.residuals_m.max())
    if worst > reading.control_limit_m:
        raise _missed(path, points, (xy, lonlat), placement, reading.control_limit_m)
    _tell(path, points, placement, (which_zh, which_en), findings)
    return placement


def _check_points(path: Path, points: Sequence[_ControlPoint], method: Method, zh: str, en: str) -> None:
    if len(points) < LEAST_POINTS[method]:
        raise _refused(
            path,
            f"{zh}控制点只有 {len(points)} 个,至少需要 {LEAST_POINTS[method]} 个",
            f"there are {len(points)} control points{en}, at least {LEAST_POINTS[method]} are needed",
        )
    drawn = np.array([(point.x, point.y) for point in points])
    lon, lat = np.array([(point.lon, point.lat) for point in points]).T
    metres = np.column_stack(crs.metres_of(lon, lat, crs.local_projection(float(lon[0]), float(lat[0]))))
    for xy, least, what_zh, what_en in (
        (drawn, 0.0, "图上", "in the drawing"),
        (metres, SAME_M, "地面上", "on the ground"),
    ):
        fault = degenerate_points(xy, least=least)
        rows = "、".join(str(point.row) for point in points[:10])
        if fault == "same":
            raise _refused(
                path,
                f"{zh}控制点(第 {rows} 行)在{what_zh}是同一处",
                f"the control points{en} (rows {rows.replace('、', ', ')}) are one and the same place {what_en}",
            )
        if fault == "line" and method == "affine":
            raise _refused(
                path,
                f"{zh}控制点(第 {rows} 行)在{what_zh}几乎在一条直线上,无法确定仿射变换",
                f"the control points{en} (rows {rows.replace('、', ', ')}) lie on one line {what_en}: no affine map "
                "follows from them",
            )


def _missed(
    path: Path,
    points: Sequence[_ControlPoint],
    arrays: tuple[np.ndarray, np.ndarray],
    placement: Placement,
    limit_m: float,
) -> InputRefusedError:
    misses = placement.residuals_m
    zh = f"控制点误差最大 {misses.max():.2f} 米,超过 {limit_m:g} 米({_misses(points, placement)[0]})"
    en = f"a control point is missed by {misses.max():.2f} m, more than {limit_m:g} m ({_misses(points, placement)[1]})"
    if len(points) > LEAST_POINTS[placement.method] + 1:
        worst, left_m = worst_point(*arrays, placement.method)
        if left_m <= limit_m:
            zh += f";去掉第 {points[worst].row} 行后其余都在 {left_m:.2f} 米内"
            en += f"; without row {points[worst].row} the others agree within {left_m:.2f} m"
    return _refused(path, zh, en)


def _tell(
    path: Path, points: Sequence[_ControlPoint], placement: Placement, which: tuple[str, str], findings: Findings
) -> None:
    scale, worst = placement.metres_per_unit, placement.residuals_m.max()
    listed_zh, listed_en = _misses(points, placement)
    findings.note(
        f"{path.name}:{which[0]}图按 {len(points)} 个控制点放置({placement.method}):1 个图上单位 = {scale:.6g} 米,"
        f"旋转 {placement.turn_degrees:.2f}°,误差最大 {worst:.3f} 米({listed_zh})",
        f"{path.name}: the drawing{which[1]} is placed by {len(points)} control points ({placement.method}): one unit"
        f" is {scale:.6g} m, turned {placement.turn_degrees:.2f} degrees, largest miss {worst:.3f} m ({listed_en})",
    )
    if len(points) == LEAST_POINTS[placement.method]:
        findings.note(
            f"{path.name}:控制点刚好够用,误差无从核对,请再加一点",
            f"{path.name}: there is no control point to spare, so nothing checks them: add one more",
        )
    if min(abs(scale / unit - 1) for unit in _UNITS_M) > 0.02:
        findings.note(
            f"{path.name}:图上单位为 {scale:.6g} 米,不是毫米、厘米、英寸、英尺或米,请核对控制点",
            f"{path.name}: a unit of {scale:.6g} m is no millimetre, centimetre, inch, foot or metre: check the points",
        )


def _misses(points: Sequence[_ControlPoint], placement: Placement) -> tuple[str, str]:
    pairs = [*zip(points, placement.residuals_m.tolist(), strict=True)][:12]
    zh = "、".join(f"第 {point.row} 行 {miss_m:.2f}" for point, miss_m in pairs)
    return zh, ", ".join(f"row {point.row}: {miss_m:.2f}" for point, miss_m in pairs)


# --- The table of control points --------------------------------------------------------------------------------------


def _read(path: Path) -> list[_ControlPoint]:
    text, _ = text_of(path, read_bytes(path, limit=1_000_000))
    heading = next((line for line in text.splitlines() if line.strip()), "")
    records = list(csv.reader(io.StringIO(text), delimiter=max(",\t;", key=heading.count)))
    rows = [(number, cells) for number, cells in enumerate(records, start=1) if any(map(str.strip, cells))]
    columns = _columns(path, rows[0][1] if rows else [])
    if len(rows) - 1 > MOST_POINTS:
        raise _refused(path, f"控制点多于 {MOST_POINTS} 个", f"there are more than {MOST_POINTS} control points")
    return [_point(path, number, cells, columns) for number, cells in rows[1:]]


def _columns(path: Path, heading: Sequence[str]) -> Mapping[str, int]:
    keys = [unicodedata.normalize("NFKC", name).strip().strip("\ufeff").casefold() for name in heading]
    found = {
        word: keys.index(name)
        for word, names in _COLUMNS.items()
        if (name := next((n for n in names if n in keys), None)) is not None
    }
    missing = [word for word in ("x", "y", "lon", "lat") if word not in found]
    if missing:
        raise _refused(
            path,
            f"控制点表缺少列 {'、'.join(missing)}",
            f"the table of control points lacks the column(s) {', '.join(missing)}",
        )
    return MappingProxyType(found)


def _point(path: Path, row: int, cells: Sequence[str], columns: Mapping[str, int]) -> _ControlPoint:
    values: dict[str, float] = {}
    for word in ("x", "y", "lon", "lat"):
        written = cells[columns[word]].strip() if columns[word] < len(cells) else ""
        try:
            values[word] = float(written)
        except ValueError:
            values[word] = math.nan
        if not math.isfinite(values[word]):
            raise _refused(
                path, f"第 {row} 行 {word}=“{written[:40]}”不是数字", f"row {row}: {word}='{written[:40]}' is no number"
            )
    fault = crs.lonlat_fault(values["lon"], values["lat"])
    if fault is not None:
        raise _refused(path, f"第 {row} 行的经纬度有误", f"row {row}: {fault}")
    written = cells[columns["level"]].strip() if "level" in columns and columns["level"] < len(cells) else ""
    level = _ordinal(written) if written else None
    if written and level is None:
        raise _refused(
            path, f"第 {row} 行的楼层“{written[:40]}”不是整数", f"row {row}: level '{written[:40]}' is not whole"
        )
    return _ControlPoint(row, values["x"], values["y"], values["lon"], values["lat"], level)


def _ordinal(value: object) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"-?\d{1,3}", text) else None


def _refused(path: Path, zh: str, en: str) -> InputRefusedError:
    return InputRefusedError(
        path.name, zh, en, "请核对控制点(x,y,lon,lat)。", "Check the control points (x,y,lon,lat)."
    )
