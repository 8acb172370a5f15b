"""CAD drawings in (DXF): closed outlines on chosen layers, numbered by the texts inside them.

A drawing has no coordinate system: it is placed by control points, or its system is named. What counts as a stall is
said by layer; loose lines that enclose a text make an outline too. An outline that others lie in is the hall around
them, not a stall. DWG is a closed format and is refused: every CAD program saves DXF.
"""

import fnmatch
import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely import Polygon
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InputRefusedError
from gridmap.exchange.dxf_blocks import drawn_entities
from gridmap.exchange.files import MAX_BYTES, check_file
from gridmap.exchange.findings import Fault, FaultyRowError, Findings, faulty
from gridmap.exchange.geometries import Habits, check_packed_size, doubt
from gridmap.exchange.rows import Row, Table
from gridmap.model.intake import InputRole, Reading
from gridmap.spatial.arrays import Places, places_of
from gridmap.spatial.level_text import level_of_text

MOST_ENTITIES = 500_000
GAP_SHARE = 1e-3
"""An outline whose ends are closer than this share of its length was meant to be closed."""
AROUND = 2
"""An outline with so many others inside is the hall around them."""
_COMPOUND = (4, 5, 6, 7)
"""Multi-part geometries and collections, by shapely's numbers."""
_AREA = re.compile(r"[\d.,]+\s*(?:㎡|m2|m²|平方米|平米|平)", re.IGNORECASE)
_HEADINGS: Mapping[InputRole, Mapping[str, str]] = {
    "stalls": {"stall_id": "TEXT", "level": "layer", "name": "TEXT"},
    "levels": {"level": "layer", "label": "TEXT"},
}


@dataclass(frozen=True)
class _Drawing:
    """The entities of a drawing, compound ones taken apart; `numbers` count entities from 1."""

    layers: Sequence[str]
    texts: Sequence[str]
    numbers: Sequence[int]
    places: Places


@dataclass(frozen=True, slots=True)
class _Outline:
    number: int
    level: int | None
    place: Polygon


@dataclass(frozen=True, slots=True)
class _FaultyOutline:
    number: int
    level: int | None
    fault: Fault


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """A layer to read (`*` and `?` allowed), and the level that it shows, if that is said."""

    pattern: str
    level: int | None

    def takes(self, layer: str) -> bool:
        """Tell whether a layer is meant."""
        return fnmatch.fnmatchcase(layer.casefold(), self.pattern.casefold())


def layer_choice(written: str) -> LayerChoice:
    """Read `NAME` or `NAME@LEVEL`."""
    found = re.fullmatch(r"(.+)@(-?\d{1,3})", written)
    return LayerChoice(found[1], int(found[2])) if found else LayerChoice(written, None)


def read_dxf(path: Path, role: InputRole, findings: Findings, reading: Reading) -> Table:
    """
    Read the outlines of one role; coordinates stay those of the drawing.

    Raises
    ------
    InputRefusedError
        If it cannot be read, is too large, no layer is chosen and none is plain, or the chosen ones have no outline.
    """
    drawing = _read(path, findings)
    choices = [layer_choice(written) for written in reading.layers]
    chosen = _chosen(path, drawing, choices, role)
    outlines, faults = _outlines(path, drawing, chosen, findings)
    outlines = _whole(path, outlines, role, findings)
    if not outlines and not faults:
        raise _refused(
            path,
            f"所选图层没有闭合的轮廓;{_listed(drawing)[0]}",
            f"the chosen layers have no closed outline; {_listed(drawing)[1]}",
        )
    rows = _numbered(path, drawing, outlines, role, findings)
    rows.extend(Row(bad.number, MappingProxyType({"level": bad.level}), fault=bad.fault) for bad in faults)
    rows.sort(key=lambda row: row.number)
    return Table(path.name, "utf-8", MappingProxyType(dict(_HEADINGS[role])), tuple(rows))


# --- Entities ---------------------------------------------------------------------------------------------------------


def _read(path: Path, findings: Findings) -> _Drawing:
    check_file(path, limit=MAX_BYTES)
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith(b"AutoCAD Binary DXF"):
        raise _refused(path, "是二进制 DXF", "it is a binary DXF", "请另存为 ASCII DXF。", "Save it as ASCII DXF.")
    if b"SECTION" not in start:
        raise _refused(path, "内容不是 DXF", "its content is not DXF")
    if (drawn := drawn_entities(path.read_bytes(), MOST_ENTITIES)) > MOST_ENTITIES:
        raise _refused(
            path,
            f"图块层层嵌套,展开后有 {drawn:,} 个图元,超过 {MOST_ENTITIES:,}",
            f"its nested blocks draw {drawn:,} entities, more than {MOST_ENTITIES:,} entities",
        )
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            meta, _, packed, columns = pyogrio.raw.read(path, layer="entities", max_features=MOST_ENTITIES + 1)
    except (DataSourceError, DataLayerError, RuntimeError, ValueError, OSError, KeyError) as error:
        raise _refused(path, f"无法读取({error})", f"it cannot be read ({error})") from error
    for message in sorted({str(warning.message) for warning in caught}):
        findings.note(f"{path.name}:读取时的警告:{message}", f"{path.name}: {message}")
    if packed is None or len(packed) > MOST_ENTITIES:
        raise _refused(path, f"图元多于 {MOST_ENTITIES:,} 个", f"it has more than {MOST_ENTITIES:,} entities")
    check_packed_size(path.name, packed)
    named = dict(zip((str(name) for name in meta["fields"]), columns, strict=True))
    return _apart(
        shapely.from_wkb(np.array(packed, dtype=np.object_), on_invalid="ignore"),
        [str(layer or "") for layer in named["Layer"].tolist()],
        [str(text or "") for text in named["Text"].tolist()],
    )


def _apart(places: Places, layers: Sequence[str], texts: Sequence[str]) -> _Drawing:
    """Take blocks and other compounds apart; what has no geometry draws nothing and is gone."""
    there, owner = shapely.get_parts(shapely.force_2d(places), return_index=True)
    while np.isin(shapely.get_type_id(there), _COMPOUND).any():
        there, inner = shapely.get_parts(there, return_index=True)
        owner = owner[inner]
    mine: list[int] = owner.tolist()
    return _Drawing([layers[i] for i in mine], [texts[i] for i in mine], [i + 1 for i in mine], places_of(there))


def _chosen(path: Path, drawing: _Drawing, choices: Sequence[LayerChoice], role: InputRole) -> dict[str, int | None]:
    """Return the layers to read, each with the level that was said of it."""
    if choices:
        wanted = {
            layer: _level_in(layer) if choice.level is None else choice.level
            for choice in reversed(choices)
            for layer in dict.fromkeys(drawing.layers)
            if choice.takes(layer)
        }
        if wanted:
            return wanted
        zh, en = _listed(drawing)
        raise _refused(path, f"没有所选的图层;{zh}", f"there is no such layer; {en}")
    closed = dict.fromkeys(
        layer for layer, place in zip(drawing.layers, drawing.places, strict=True) if _is_closed(place)
    )
    if len(closed) == 1:
        return {layer: _level_in(layer) for layer in closed}
    zh, en = _listed(drawing)
    raise _refused(
        path,
        f"须指明图层;{zh}",
        f"the layer must be named; {en}",
        f"请用 --layer {role}=图层名[@楼层序号] 指明(可用 * 通配)。",
        f"Name it with --layer {role}=NAME[@LEVEL]; * and ? stand for any letters.",
    )


def _level_in(layer: str) -> int | None:
    """Return the level in the name of a layer (`1F-摊位`, `STALL_B1`, `负一层 铺位`), None without one."""
    named = {
        found.ordinals
        for piece in re.split(r"[-_\s.·|]+", layer)
        if (found := level_of_text(piece)) is not None and not found.bare
    }
    return next(iter(named))[0] if len(named) == 1 and len(next(iter(named))) == 1 else None


def _listed(drawing: _Drawing) -> tuple[str, str]:
    outlines = Counter(layer for layer, place in zip(drawing.layers, drawing.places, strict=True) if _is_closed(place))
    texts = Counter(layer for layer, text in zip(drawing.layers, drawing.texts, strict=True) if text)
    names = sorted(dict.fromkeys(drawing.layers), key=lambda name: -outlines[name])[:20]
    zh = "、".join(f"{name[:40]}({outlines[name]} 个轮廓,{texts[name]} 个文字)" for name in names) or "-"
    en = ", ".join(f"{name[:40]} ({outlines[name]} outlines, {texts[name]} texts)" for name in names) or "-"
    return f"图层:{zh}", f"layers: {en}"


# --- Outlines ---------------------------------------------------------------------------------------------------------


def _outlines(
    path: Path, drawing: _Drawing, chosen: Mapping[str, int | None], findings: Findings
) -> tuple[list[_Outline], list[_FaultyOutline]]:
    habits = Habits()
    outlines: list[_Outline] = []
    faults: list[_FaultyOutline] = []
    loose: list[tuple[int, str, BaseGeometry]] = []
    for layer, habits.row, place in zip(drawing.layers, drawing.numbers, drawing.places, strict=True):
        if layer not in chosen or place.geom_type not in ("LineString", "LinearRing", "Polygon"):
            continue
        try:
            ring = place if place.geom_type == "Polygon" else _ring(place, habits)
            if ring is None:
                loose.append((habits.row, layer, place))
                continue
            sound = doubt(ring, habits, local=True)
            parts = [part for part in shapely.get_parts(sound) if isinstance(part, Polygon)]
            outlines.extend(_Outline(habits.row, chosen[layer], part) for part in parts)
        except FaultyRowError as error:
            faults.append(_FaultyOutline(habits.row, chosen[layer], error.fault))
    habits.tell(path.name, findings)
    made, unclosed = _made_of_lines(path, drawing, chosen, loose, findings)
    taken = shapely.union_all(places_of([outline.place for outline in outlines])) if outlines else Polygon()
    outlines.extend(outline for outline in made if outline.place.intersection(taken).area < outline.place.area / 2)
    return outlines, [*faults, *unclosed]


def _ring(line: BaseGeometry, habits: Habits) -> Polygon | None:
    """Make a polygon of a closed line, or of one that was meant to be; None of any other."""
    xy = shapely.get_coordinates(line)
    gap = float(np.hypot(*(xy[0] - xy[-1])))
    if len(xy) < 4 or gap > GAP_SHARE * line.length:
        return None
    if gap > 0:
        habits.saw("nearly")
    try:
        return Polygon(np.vstack([xy[:-1], xy[:1]]) if gap > 0 and len(xy) > 4 else [*xy, xy[0]] if gap > 0 else xy)
    except (ValueError, GEOSException):
        return None


def _made_of_lines(
    path: Path,
    drawing: _Drawing,
    chosen: Mapping[str, int | None],
    loose: Sequence[tuple[int, str, BaseGeometry]],
    findings: Findings,
) -> tuple[list[_Outline], list[_FaultyOutline]]:
    """Find the faces between loose lines that hold a text; polylines that close none are faults."""
    if not loose:
        return [], []
    lines = places_of([line for *_, line in loose])
    faces = shapely.get_parts(shapely.polygonize([shapely.node(shapely.union_all(lines))]))
    texts, _ = _texts(drawing)
    held = faces[np.unique(shapely.STRtree(faces).query(texts, predicate="intersects")[1])] if len(faces) else faces
    nearest = shapely.STRtree(lines)
    made: list[_Outline] = []
    used: set[int] = set()
    for face in held:
        touching = nearest.query(face.boundary, predicate="intersects").tolist()
        used.update(touching)
        number, layer, _ = min((loose[i] for i in touching), key=itemgetter(0))
        made.append(_Outline(number, chosen[layer], face))
    if made:
        findings.note(
            f"{path.name}:{{n}} 个轮廓由未闭合的线围成",
            f"{path.name}: {{n}} outlines are made of loose lines around a text",
            len(made),
        )
    unused = [entry for i, entry in enumerate(loose) if i not in used]
    single = sum(len(line.coords) < 3 for *_, line in unused)
    if single:
        findings.note(
            f"{path.name}:{{n}} 条线段不围成轮廓,未读入",
            f"{path.name}: {{n}} lines enclose nothing and were left aside",
            single,
        )
    faults = [
        _FaultyOutline(number, chosen[layer], _unclosed(line))
        for number, layer, line in unused
        if len(line.coords) >= 3
    ]
    return made, faults


def _unclosed(line: BaseGeometry) -> Fault:
    xy = shapely.get_coordinates(line)
    gap = float(np.hypot(*(xy[0] - xy[-1])))
    return Fault(
        "geometry",
        f"{xy[0][0]:.3f}, {xy[0][1]:.3f}",
        f"多段线未闭合(首尾相距 {gap:.3g} 个图上单位)",
        f"the polyline is not closed (its ends are {gap:.3g} units apart)",
        "请在 CAD 中闭合",
        "Close it in the CAD program",
    )


def _whole(path: Path, outlines: Sequence[_Outline], role: InputRole, findings: Findings) -> list[_Outline]:
    """Leave out what is drawn twice; tell halls from what lies in them."""
    seen: set[bytes] = set()
    single = [o for o in outlines if (key := shapely.to_wkb(o.place.normalize())) not in seen and not seen.add(key)]
    if len(single) < len(outlines):
        findings.note(
            f"{path.name}:{{n}} 个轮廓重复绘制,只取一次",
            f"{path.name}: {{n}} outlines are drawn twice and were taken once",
            len(outlines) - len(single),
        )
    if not single:
        return []
    places = places_of([outline.place for outline in single])
    outer, inner = shapely.STRtree(places).query(places, predicate="contains")
    inside = np.bincount(outer[outer != inner], minlength=len(single))
    around = [outline for outline, n in zip(single, inside.tolist(), strict=True) if n >= AROUND]
    if role == "levels":
        return around or single
    if around:
        findings.note(
            f"{path.name}:{{n}} 个轮廓内还有其他轮廓,视为外框,不作铺位",
            f"{path.name}: {{n}} outlines have others inside: taken as the hall around them, not as stalls",
            len(around),
        )
    return [outline for outline, n in zip(single, inside.tolist(), strict=True) if n < AROUND]


# --- Numbers ----------------------------------------------------------------------------------------------------------


def _texts(drawing: _Drawing) -> tuple[Places, list[str]]:
    """Return where the texts stand, and what they say."""
    found = [
        (place if place.geom_type == "Point" else place.centroid, text)
        for place, text in zip(drawing.places, drawing.texts, strict=True)
        if text.strip()
    ]
    return places_of([place for place, _ in found]), [text for _, text in found]


def _numbered(
    path: Path, drawing: _Drawing, outlines: Sequence[_Outline], role: InputRole, findings: Findings
) -> list[Row]:
    said = _said(path, drawing, outlines, findings)
    if role == "levels":
        return [
            Row(o.number, MappingProxyType({"level": o.level, "label": said[i][0] if said[i] else ""}), o.place)
            for i, o in enumerate(outlines)
        ]
    if outlines and not any(said):
        findings.note(
            f"{path.name}:轮廓内没有文字:{{n}} 个铺位按位置编号(自上而下、自左而右)",
            f"{path.name}: no outline holds a text: {{n}} stalls are numbered by place (downwards, then to the right)",
            len(outlines),
        )
        said = [[code] for code in _codes_by_place(outlines)]
    rows: list[Row] = []
    for outline, words in zip(outlines, said, strict=True):
        cells: dict[str, object] = {"level": outline.level}
        try:
            cells["stall_id"], cells["name"] = _code(words, outline.place)
            rows.append(Row(outline.number, MappingProxyType(cells), outline.place))
        except FaultyRowError as error:
            rows.append(Row(outline.number, MappingProxyType(cells), fault=error.fault))
    return rows


def _said(path: Path, drawing: _Drawing, outlines: Sequence[_Outline], findings: Findings) -> list[list[str]]:
    """Share the lines of the texts out among the outlines: each goes to the smallest that it stands in."""
    said: list[list[str]] = [[] for _ in outlines]
    points, texts = _texts(drawing)
    areas = [outline.place.area for outline in outlines]
    home: dict[int, int] = {}
    tree = shapely.STRtree(places_of([outline.place for outline in outlines]))
    for text, outline in zip(*(index.tolist() for index in tree.query(points, predicate="intersects")), strict=True):
        if text not in home or areas[outline] < areas[home[text]]:
            home[text] = outline
    for text, outline in sorted(home.items()):
        said[outline].extend(line.strip() for line in texts[text].splitlines() if line.strip())
    if len(home) < len(texts):
        findings.note(
            f"{path.name}:{{n}} 个文字不在任何轮廓内,未读入",
            f"{path.name}: {{n}} texts stand in no outline and were left aside",
            len(texts) - len(home),
        )
    return said


def _code(words: Sequence[str], place: Polygon) -> tuple[str, str]:
    """Tell the number of a stall from the other words inside it: the number has a digit and is no area."""
    lines = [word for word in dict.fromkeys(words) if not _AREA.fullmatch(word)]
    numbers = [line for line in lines if any(c.isdigit() for c in line)] or (lines if len(lines) == 1 else [])
    where = f"{place.centroid.x:.3f}, {place.centroid.y:.3f}"
    if not numbers:
        raise faulty(
            "stall_id",
            where,
            "轮廓内没有编号",
            "no number stands in the outline",
            "请在轮廓内写上编号",
            "Write it inside",
        )
    if len(numbers) > 1:
        listed = "、".join(number[:20] for number in numbers[:5])
        raise faulty(
            "stall_id",
            listed,
            f"轮廓内有几个编号({listed})",
            f"several numbers stand in the outline ({listed.replace('、', ', ')})",
            "每个轮廓只留一个编号,或补画隔墙",
            "Leave one in each outline, or draw the wall between them",
        )
    return numbers[0], " ".join(line for line in lines if line not in numbers)


def _codes_by_place(outlines: Sequence[_Outline]) -> list[str]:
    """Number outlines from the top down and from the left to the right, rows being as high as the median outline."""
    boxes = shapely.bounds(places_of([outline.place for outline in outlines]))
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.lexsort((x, -np.round(y / height)))
    codes = np.empty(len(outlines), dtype=np.int64)
    codes[order] = np.arange(1, len(outlines) + 1)
    digits = max(3, len(str(len(outlines))))
    return [f"D{code:0{digits}d}" for code in codes.tolist()]


def _is_closed(place: BaseGeometry) -> bool:
    return place.geom_type == "Polygon" or (place.geom_type == "LineString" and bool(shapely.is_closed(place)))


def _refused(
    path: Path,
    zh: str,
    en: str,
    remedy_zh: str = "请在 CAD 中核对图层后另存为 DXF。",
    remedy_en: str = "Check the layers in the CAD program and save it as DXF.",
) -> InputRefusedError:
    return InputRefusedError(path.name, zh, en, remedy_zh, remedy_en)
