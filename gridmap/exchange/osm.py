"""OpenStreetMap in, as GeoJSON by overpass turbo or osmtogeojson: Simple Indoor Tagging to our words.

==============  ========================================================================================
stalls          areas with `indoor=room`, and areas or points with a `shop` or another trade
levels          areas with `indoor=level`; else all rooms, corridors and areas of a level together
merchants       the `name` of what trades, with its trade
connectors      stairs, escalators and lifts on several levels: `highway`, `room`, `conveying`
==============  ========================================================================================

`level` holds one level or several (`0;1`, `-1-1`): what lies on several is counted once, on the one nearest to the
ground, and takes floor on the others. Streets, trees and all else that is outside is left aside and counted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.geojson import Record
from gridmap.exchange.rows import Row, Table
from gridmap.exchange.scope import middle_of
from gridmap.model.intake import InputRole
from gridmap.model.kinds import UnitKind
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.levels import outline_from_stalls

ROLES: tuple[InputRole, ...] = ("levels", "stalls", "merchants", "connectors")
_ID = re.compile(r"(node|way|relation)/(\d{1,18})")
_ONE_LEVEL = re.compile(r"-?\d{1,3}(?:\.\d+)?")
_RANGE = re.compile(r"(-?\d{1,3})-(-?\d{1,3})")
_TRADES: Mapping[str, frozenset[str]] = {
    "amenity": frozenset(
        "bank bar bureau_de_change cafe cinema clinic dentist doctors fast_food food_court ice_cream internet_cafe"
        " pharmacy post_office pub restaurant veterinary".split()
    ),
    "craft": frozenset(),  # any
    "shop": frozenset(),
}
_EMPTY = frozenset({"no", "vacant", "disused", "closed"})
_WHOLE = frozenset({"mall", "marketplace"})
"""Outlines of the whole, not of one shop."""
_WAYS: Mapping[str, str] = {"steps": "stairs", "stairs": "stairs", "elevator": "lift", "lift": "lift"}
_ROOMS: Mapping[str, UnitKind] = {
    "toilet": UnitKind.RESTROOM,
    "toilets": UnitKind.RESTROOM,
    "parking": UnitKind.PARKING,
    "disused": UnitKind.VACANT,
    "shop": UnitKind.VACANT,
    **dict.fromkeys(("stairs", "elevator", "technical", "storage", "office", "service", "kitchen"), UnitKind.AUXILIARY),
}
_HEADINGS: Mapping[InputRole, tuple[str, ...]] = {
    "levels": ("level", "label"),
    "stalls": ("stall_id", "level", "level_label", "kind", "name"),
    "merchants": ("stall_id", "name", "trade"),
    "connectors": ("code", "kind", "from_level", "to_level"),
}
_NAMES: Mapping[str, str] = {
    "stall_id": "ref / id",
    "from_level": "level",
    "to_level": "level",
    "kind": "indoor / room / shop",
    "level_label": "level:ref",
    "label": "level:ref",
    "trade": "shop",
    "code": "id",
}


def is_osm(records: Sequence[Record]) -> bool:
    """Tell whether the features come from OpenStreetMap: they carry its ids, and one of them its tags for insides."""
    return any(_osm_id(r) for r in records) and any(
        {"indoor", "level", "shop"} & r.properties.keys() for r in records if _osm_id(r)
    )


def read_osm(file: str, records: Sequence[Record], role: InputRole, findings: Findings) -> Table:
    """Make the rows of one role out of OpenStreetMap features; rows keep the numbers of the features."""
    makers: dict[InputRole, Callable[[str, Sequence[Record], Findings], list[Row]]] = {
        "levels": _level_rows,
        "stalls": _stall_rows,
        "merchants": _merchant_rows,
        "connectors": _connector_rows,
    }
    rows = makers[role](file, records, findings) if role in makers else []
    columns = {word: _NAMES.get(word, word) for word in _HEADINGS.get(role, ())}
    return Table(file, "utf-8", MappingProxyType(columns), tuple(rows))


def levels_of(written: str) -> tuple[int, ...] | None:
    """
    Return the ordinals of a tag `level`, the one nearest to the ground first, None where it is no list of levels.

    `0`, `0;1`, `-1-1` (a range), `1,2`; half levels such as `0.5` have no ordinal of their own.
    """
    found: set[int] = set()
    for part in re.split(r"[;,]", written):
        piece = part.strip()
        if (span := _RANGE.fullmatch(piece)) is not None and int(span[1]) <= int(span[2]):
            found.update(range(int(span[1]), int(span[2]) + 1))
        elif _ONE_LEVEL.fullmatch(piece) and float(piece).is_integer():
            found.add(int(float(piece)))
        else:
            return None
    return tuple(sorted(found, key=lambda ordinal: (abs(ordinal), -ordinal)))


# --- Stalls and merchants ---------------------------------------------------------------------------------------------


def _stall_rows(file: str, records: Sequence[Record], findings: Findings) -> list[Row]:
    codes = _codes(records)
    aside: Counter[str] = Counter()
    rows: list[Row] = []
    for record in records:
        kind = _unit_kind(record)
        if kind is None:
            aside[_what(record)] += 1
            continue
        level, others, fault = _one_level(record)
        cells: dict[str, object] = {
            "stall_id": codes[record.number],
            "level": level,
            "level_label": _tag(record, "level:ref") if not others else "",
            "kind": kind.value,
            "name": _tag(record, "name"),
        }
        rows.append(Row(record.number, MappingProxyType(cells), record.place, record.fault or fault))
        if fault is None and record.fault is None and others:
            rows.extend(_other_levels(file, record, rows[-1], others, findings))
    if aside:
        words = ", ".join(f"{what} {n}" for what, n in aside.most_common(8))
        findings.note(
            f"{file}:{aside.total():,} 个要素不是房间也不是店铺,未读入({words})",
            f"{file}: {aside.total():,} features are neither rooms nor shops and were left aside ({words})",
        )
    return rows


def _other_levels(file: str, record: Record, row: Row, others: Sequence[int], findings: Findings) -> list[Row]:
    """Give what lies on several levels floor on each of them; merchants are counted once."""
    written = _tag(record, "level")
    level = row.cells["level"]
    findings.mend(
        file,
        record.number,
        "level",
        f"跨楼层“{written}”:计在 {level} 层,其余楼层记为附属用房",
        f"lies on the levels '{written}': counted on {level}, on the others it is kept as auxiliary",
    )
    return [
        replace(
            row,
            cells=MappingProxyType(
                {
                    **row.cells,
                    "stall_id": f"{row.cells['stall_id']}@{ordinal}",
                    "level": ordinal,
                    "kind": UnitKind.AUXILIARY.value,
                }
            ),
        )
        for ordinal in others
        if record.place is not None and record.place.geom_type != "Point"
    ]


def _merchant_rows(file: str, records: Sequence[Record], findings: Findings) -> list[Row]:
    codes = _codes(records)
    rows: list[Row] = []
    nameless = 0
    for record in records:
        if _unit_kind(record) is not UnitKind.STALL or record.fault is not None:
            continue
        name = _tag(record, "name") or _tag(record, "brand")
        if not name:
            nameless += 1
            continue
        cells: dict[str, object] = {"stall_id": codes[record.number], "name": name, "trade": _trade(record)}
        rows.append(Row(record.number, MappingProxyType(cells)))
    if nameless:
        findings.note(
            f"{file}:{{n}} 个店铺没有名称,未建商户", f"{file}: {{n}} shops have no name and make no merchant", nameless
        )
    return rows


def _unit_kind(record: Record) -> UnitKind | None:
    """Say what unit a feature is, None if it is none: outside, a corridor, a wall."""
    indoor = _tag(record, "indoor")
    area = record.place is None or record.place.geom_type in ("Polygon", "MultiPolygon")
    if _tag(record, "shop") in _EMPTY or "disused:shop" in record.properties:
        return UnitKind.VACANT if area else None
    if _trade(record) and (area or (record.place is not None and record.place.geom_type == "Point")):
        return UnitKind.STALL
    if _tag(record, "amenity") in ("toilets", "parking_space") and area and _tag(record, "level"):
        return UnitKind.RESTROOM if _tag(record, "amenity") == "toilets" else UnitKind.PARKING
    if indoor != "room":
        return None
    return _ROOMS.get(_tag(record, "room"), UnitKind.OTHER)


def _trade(record: Record) -> str:
    for key, values in _TRADES.items():
        value = _tag(record, key)
        if value and value not in _EMPTY | _WHOLE and (not values or value in values):
            return value
    return ""


def _one_level(record: Record) -> tuple[int | None, Sequence[int], Fault | None]:
    """Return the level on which a unit counts, the others it takes floor on, or what is wrong."""
    written = _tag(record, "level")
    if not written:
        return None, (), None  # the row will be told that its level is missing, unless the import names one
    levels = levels_of(written)
    if levels is None:
        fault = Fault(
            "level",
            written,
            "level 不是整数楼层或其列表",
            "is not a whole level or a list of them",
            "写成 0、-1 或 0;1;夹层请另编楼层",
            "Write 0, -1 or 0;1; give a mezzanine an ordinal of its own",
        )
        return None, (), fault
    return levels[0], levels[1:], None


def _codes(records: Sequence[Record]) -> dict[int, str]:
    """Give every feature a code: its `ref` if nothing else has it, else its OpenStreetMap id (`w123`)."""
    refs = Counter(_tag(record, "ref") for record in records if _unit_kind(record) is not None)
    codes: dict[int, str] = {}
    for record in records:
        ref, found = _tag(record, "ref"), _osm_id(record)
        codes[record.number] = ref if ref and refs[ref] == 1 else found or f"f{record.number}"
    return codes


# --- Levels and connectors --------------------------------------------------------------------------------------------


def _level_rows(file: str, records: Sequence[Record], findings: Findings) -> list[Row]:
    drawn = [r for r in records if _tag(r, "indoor") == "level" and _is_area(r)]
    floors = [row for record in drawn for row in _drawn_levels(record)]
    outlined = {row.cells["level"] for row in floors}
    areas: dict[int, list[BaseGeometry]] = {}
    for record in records:
        inside = _tag(record, "indoor") in ("room", "area", "corridor", "yes") or _unit_kind(record) is not None
        if inside and _is_area(record) and record.place is not None:
            for ordinal in levels_of(_tag(record, "level")) or ():
                if ordinal not in outlined:
                    areas.setdefault(ordinal, []).append(record.place)
    if areas:
        findings.note(
            f"{file}:没有 indoor=level:{{n}} 个楼层的轮廓由房间与通道合并后闭合 3 米得出",
            f"{file}: no indoor=level: the floors of {{n}} levels are their rooms and corridors closed by 3 m",
            len(areas),
        )
    for number, (ordinal, places) in enumerate(sorted(areas.items()), start=1):
        floors.append(Row(number, MappingProxyType({"level": ordinal, "label": ""}), _outline(places)))
    return floors


def _drawn_levels(record: Record) -> list[Row]:
    """Give an area with `indoor=level` as the outline of its level, or of each of several (`0;1`)."""
    first, others, fault = _one_level(record)
    label = _tag(record, "level:ref") if not others else ""
    return [
        Row(record.number, MappingProxyType({"level": level, "label": label}), record.place, record.fault or fault)
        for level in (first, *others)
    ]


def _outline(places: Sequence[BaseGeometry]) -> BaseGeometry:
    middle = middle_of(places)
    assert middle is not None  # there is at least one place
    projection = crs.local_projection(*middle)
    return crs.to_lonlat(outline_from_stalls(crs.to_metres(places_of(list(places)), projection)), projection)


def _connector_rows(_file: str, records: Sequence[Record], _findings: Findings) -> list[Row]:
    rows: list[Row] = []
    for record in records:
        kind = _way_kind(record)
        levels = sorted(levels_of(_tag(record, "level")) or ())
        if kind is None or len(levels) < 2 or record.place is None:
            continue
        ends = _ends(record)
        for low, high in pairwise(levels):
            cells: dict[str, object] = {
                "code": f"{_osm_id(record) or record.number}{f'@{low}' if len(levels) > 2 else ''}",
                "kind": kind,
                "from_level": low,
                "to_level": high,
            }
            rows.append(Row(record.number, MappingProxyType(cells), ends))
    return rows


def _way_kind(record: Record) -> str | None:
    if _tag(record, "conveying") not in ("", "no"):
        return "escalator"
    tags = (_tag(record, "highway"), _tag(record, "room"), "stairs" if _tag(record, "stairs") == "yes" else "")
    return next((_WAYS[tag] for tag in tags if tag in _WAYS), None)


def _ends(record: Record) -> BaseGeometry:
    """Return a way's ends from below to above (a way is drawn upwards unless it says `incline=down`), or its middle."""
    assert record.place is not None  # looked at before
    if record.place.geom_type != "LineString":
        return record.place.representative_point()
    return shapely.reverse(record.place) if _tag(record, "incline") == "down" else record.place


# --- Tags -------------------------------------------------------------------------------------------------------------


def _is_area(record: Record) -> bool:
    return record.fault is not None or (record.place is not None and "Polygon" in record.place.geom_type)


def _tag(record: Record, key: str) -> str:
    value = record.properties.get(key)
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _osm_id(record: Record) -> str:
    """Return the id as a code without a slash: `w123` for way/123; '' if the feature is not from OpenStreetMap."""
    for written in (record.id, _tag(record, "@id"), _tag(record, "id")):
        if (found := _ID.fullmatch(written)) is not None:
            return f"{found[1][0]}{found[2]}"
    return ""


def _what(record: Record) -> str:
    """Name a feature by the tag that says most about it."""
    keys: Iterable[str] = (
        "indoor",
        "shop",
        "highway",
        "building",
        "building:part",
        "landuse",
        "natural",
        "amenity",
        "railway",
    )
    return next((f"{key}={_tag(record, key)}" for key in keys if _tag(record, key)), "other")
