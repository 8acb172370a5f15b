"""IMDF archives in (Indoor Mapping Data Format 1.0.0, OGC 20-094): a mall as a ZIP of GeoJSON files.

==============  ========================================================================================
levels          `level`: ordinal, short name, building; the market's name is the venue's, and each of several venues
                is a market of its own (`imdf_venues`)
stalls          `unit` and `kiosk`; the number of a stall is that of the address of its anchor, else its name
merchants       `occupant`, at the unit or kiosk of its anchor; occupants with one `correlation_id` are one merchant
connectors      `relationship` between units of two levels; without any, stairs and lifts that lie above each other
==============  ========================================================================================

Walls, columns and walkways are no places of anybody: they are left aside and counted. A property `gridmap`, an object
of our own words (`stall_id`, `kind` ...), says what the standard has no word for, and goes first.
"""

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import cast

import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InputRefusedError
from gridmap.exchange.archives import entries, opened, read_entry
from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.geojson import Record, read_records
from gridmap.exchange.imdf_labels import label_of, text_of
from gridmap.exchange.imdf_venues import Venues
from gridmap.exchange.imdf_words import (
    EXTENSION,
    EXTENSIONS,
    HEADINGS,
    KINDS,
    NO_PLACE,
    TRADING,
    UNPLACED,
    VERTICAL,
)
from gridmap.exchange.rows import Row, Table
from gridmap.model.intake import InputRole
from gridmap.model.kinds import UnitKind


def is_imdf(path: Path) -> bool:
    """Tell whether a ZIP file is an IMDF archive: it has a manifest and a venue, or units, beside it."""
    with opened(path) as archive:
        names = {name.rpartition("/")[2] for name in entries(archive)}
    return "manifest.json" in names and bool(names & {"venue.geojson", "unit.geojson", "level.geojson"})


def is_ours(path: Path) -> bool:
    """Tell whether gridmap wrote the archive, so that what is not in it is not there."""
    with opened(path) as archive:
        manifests = [info for name, info in entries(archive).items() if name.rpartition("/")[2] == "manifest.json"]
        return any(EXTENSION.encode() in read_entry(path, archive, info) for info in manifests)


def roles_in(path: Path) -> tuple[InputRole, ...]:
    """Say which roles an archive has something of."""
    with opened(path) as archive:
        plan = _Plan(path.name, _read_all(path, archive, "stalls", Findings()), Findings())
    return tuple(role for role, rows_of in _MAKERS.items() if rows_of(plan))


def read_imdf(path: Path, role: InputRole, findings: Findings) -> Table:
    """
    Read one role out of an IMDF archive; rows are numbered as the features of their file.

    Raises
    ------
    InputRefusedError
        If the archive or a file in it cannot be read, or it has nothing of this role.
    """
    with opened(path) as archive:
        plan = _Plan(path.name, _read_all(path, archive, role, findings), findings)
    rows = _MAKERS[role](plan) if role in _MAKERS else []
    if not rows:
        raise InputRefusedError(
            path.name,
            f"IMDF 压缩包中没有 {role}",
            f"the IMDF archive holds no {role}",
            "请核对压缩包的内容。",
            "Check what is in the archive.",
        )
    headings = dict(HEADINGS[role])
    if any("market" in row.cells for row in rows):
        headings["market"] = "venue" if plan.venues.several else "gridmap.market"
    return Table(path.name, "utf-8", MappingProxyType(headings), tuple(rows))


@dataclass
class _Plan:
    """The features of an archive by type, and what is looked up in them."""

    file: str
    features: Mapping[str, Sequence[Record]]
    findings: Findings
    by_id: dict[tuple[str, str], Record] = field(init=False)
    kiosk_of_anchor: dict[str, Record] = field(init=False)
    venues: Venues = field(init=False)

    def __post_init__(self) -> None:
        self.venues = Venues(self.of("venue"), self.of("level"))
        self.by_id = {(kind, record.id): record for kind, records in self.features.items() for record in records}
        self.kiosk_of_anchor = {text_of(kiosk.properties.get("anchor_id")): kiosk for kiosk in self.of("kiosk")}

    def of(self, kind: str) -> Sequence[Record]:
        return self.features.get(kind, ())

    def find(self, kind: str, identity: object) -> Record | None:
        return self.by_id.get((kind, identity)) if isinstance(identity, str) else None

    def units(self) -> list[tuple[Record, str]]:
        """Units and kiosks with their categories; kiosks are numbered on from the last unit."""
        units = [(unit, text_of(unit.properties.get("category")) or "unspecified") for unit in self.of("unit")]
        return units + [(kiosk, "kiosk") for kiosk in self.of("kiosk")]

    def unit_of_anchor(self, anchor_id: object) -> Record | None:
        """Return the unit or kiosk that an anchor stands for."""
        if isinstance(anchor_id, str) and anchor_id in self.kiosk_of_anchor:
            return self.kiosk_of_anchor[anchor_id]
        anchor = self.find("anchor", anchor_id)
        return self.find("unit", anchor.properties.get("unit_id")) if anchor is not None else None


# --- The four roles ---------------------------------------------------------------------------------------------------


def _level_rows(plan: _Plan) -> list[Row]:
    rows: list[Row] = []
    for level in plan.of("level"):
        building, building_name = _building(plan, level)
        cells: dict[str, object] = {
            "level": level.properties.get("ordinal"),
            "label": label_of(level.properties.get("short_name")) or label_of(level.properties.get("name")),
            "building": building,
            "building_name": building_name,
            "market_name": plan.venues.name_of(level),
            **plan.venues.market_of(level),
        }
        rows.append(_row(level, cells))
    return rows


def _stall_rows(plan: _Plan) -> list[Row]:
    codes = _stall_codes(plan)
    taken = {unit.id for unit in _units_of_occupants(plan) if unit is not None}
    left_aside: Counter[str] = Counter()
    rows: list[Row] = []
    for number, (unit, category) in enumerate(plan.units(), start=1):
        if category in NO_PLACE and "gridmap" not in unit.properties:
            left_aside[category] += 1
            continue
        level = _level_of(plan, unit)
        cells: dict[str, object] = {
            "stall_id": codes[unit.id],
            "level": level.properties.get("ordinal") if level is not None else None,
            "level_label": label_of(level.properties.get("short_name")) if level is not None else "",
            "building": _building(plan, level)[0] if level is not None else "",
            "kind": _kind(category, trading=unit.id in taken, known=bool(taken)).value,
            "name": label_of(unit.properties.get("name")),
            **plan.venues.market_of(level),
        }
        is_point = bool(_own(unit).get("point")) and unit.place is not None
        rows.append(_row(replace(unit, place=_middle(unit)) if is_point else unit, cells, number))
    if left_aside:
        words = ", ".join(f"{name} {n}" for name, n in left_aside.most_common())
        plan.findings.note(
            f"{plan.file}:墙体、通道等 {left_aside.total():,} 个单元未读入({words})",
            f"{plan.file}: {left_aside.total():,} walls, walkways and the like were left aside ({words})",
        )
    return rows


def _merchant_rows(plan: _Plan) -> list[Row]:
    codes = _stall_codes(plan)
    rows: list[Row] = []
    for occupant, unit in zip(plan.of("occupant"), _units_of_occupants(plan), strict=True):
        validity = occupant.properties.get("validity")
        days = cast("Mapping[str, object]", validity) if isinstance(validity, dict) else {}
        cells: dict[str, object] = {
            "stall_id": codes[unit.id] if unit is not None else "",
            "name": label_of(occupant.properties.get("name")),
            "merchant_id": text_of(occupant.properties.get("correlation_id")) or occupant.id,
            "trade": text_of(occupant.properties.get("category")),
            "valid_from": text_of(days.get("start"))[:10],
            "valid_to": text_of(days.get("end"))[:10],
            **plan.venues.market_of(_level_of(plan, unit)),
        }
        rows.append(_row(occupant, cells))
    return rows


def _connector_rows(plan: _Plan) -> list[Row]:
    rows: list[Row] = []
    for relation in plan.of("relationship"):
        if "from_level" in _own(relation):  # one that gridmap wrote
            rows.append(_row(relation, {}))
            continue
        ends = [_end(plan, relation.properties.get(side)) for side in ("origin", "destination")]
        start, end = ends
        if start is None or end is None or start[0].id == end[0].id:
            continue  # doors within a level, and ways to what is no unit
        category = text_of(relation.properties.get("category"))
        rows.append(_way(plan, relation.number, (start, end), category, relation))
    return rows or list(_stacked(plan))


def _stacked(plan: _Plan) -> Iterator[Row]:
    """Join stairs and lifts that lie above each other on neighbouring levels of one building."""
    shafts = [
        (unit, level, category)
        for unit, category in plan.units()
        if category in VERTICAL and unit.place is not None
        if (level := plan.find("level", unit.properties.get("level_id"))) is not None
    ]
    number = 0
    for unit, level, category in shafts:
        for other, above, kind in shafts:
            if kind == category and _above(plan, level, above) and shapely.intersects(unit.place, other.place):
                number += 1
                yield _way(plan, number, ((level, _inner(unit)), (above, _inner(other))), category, None)


def _above(plan: _Plan, level: Record, other: Record) -> bool:
    same = _building(plan, level)[0] == _building(plan, other)[0]
    low, high = level.properties.get("ordinal"), other.properties.get("ordinal")
    return same and isinstance(low, int) and high == low + 1


def _way(
    plan: _Plan,
    number: int,
    ends: tuple[tuple[Record, BaseGeometry], tuple[Record, BaseGeometry]],
    category: str,
    relation: Record | None,
) -> Row:
    (start, first), (end, last) = ends
    cells: dict[str, object] = {
        "code": relation.id if relation is not None else f"{category}-{number}",
        "kind": VERTICAL.get(category, "stairs"),
        "from_level": start.properties.get("ordinal"),
        "from_building": _building(plan, start)[0],
        "to_level": end.properties.get("ordinal"),
        "to_building": _building(plan, end)[0],
        **plan.venues.market_of(start),
    }
    line = shapely.LineString([*first.coords, *last.coords])
    return _row(Record(number, "", relation.properties if relation is not None else {}, line), cells)


def _extension_rows(kind: str) -> Callable[[_Plan], list[Row]]:
    """Members, zones and the like are an extension of the standard that gridmap writes."""
    return lambda plan: [_row(feature, {}) for feature in plan.of(kind)]


_MAKERS: Mapping[InputRole, Callable[[_Plan], list[Row]]] = {
    "levels": _level_rows,
    "stalls": _stall_rows,
    "merchants": _merchant_rows,
    "connectors": _connector_rows,
    **{role: _extension_rows(kind) for role, kind in EXTENSIONS.items()},
}


# --- Looking things up ------------------------------------------------------------------------------------------------


def _stall_codes(plan: _Plan) -> dict[str, str]:
    """
    Give every unit and kiosk a number of its own.

    The number of the address of its anchor, else its name if no other unit of the venue has it, else the start of its
    id.
    """
    addressed: dict[str, str] = {}
    for anchor in plan.of("anchor"):
        address = plan.find("address", anchor.properties.get("address_id"))
        unit = plan.unit_of_anchor(anchor.id)
        if address is not None and unit is not None:
            addressed.setdefault(unit.id, text_of(address.properties.get("unit")))
    wished = {
        unit.id: text_of(_own(unit).get("stall_id"))
        or addressed.get(unit.id, "")
        or label_of(unit.properties.get("name"))
        for unit, _ in plan.units()
    }
    market = {unit.id: plan.venues.market_of(_level_of(plan, unit)).get("market") for unit, _ in plan.units()}
    often = Counter((market[unit], code) for unit, code in wished.items())
    return {unit: code if code and often[market[unit], code] == 1 else unit[:8] for unit, code in wished.items()}


def _units_of_occupants(plan: _Plan) -> list[Record | None]:
    return [plan.unit_of_anchor(occupant.properties.get("anchor_id")) for occupant in plan.of("occupant")]


def _level_of(plan: _Plan, unit: Record | None) -> Record | None:
    return plan.find("level", unit.properties.get("level_id")) if unit is not None else None


def _building(plan: _Plan, level: Record) -> tuple[str, str]:
    """Return code and name of a level's building: its name serves as code where no other building has it."""
    ids = level.properties.get("building_ids")
    building = plan.find("building", cast("list[object]", ids)[0]) if isinstance(ids, list) and ids else None
    if building is None:
        return text_of(_own(level).get("building")), ""
    name = label_of(building.properties.get("name"))
    own = text_of(_own(building).get("building"))
    names = [label_of(other.properties.get("name")) for other in plan.of("building")]
    code = own or (name if name and names.count(name) == 1 and len(name) <= 64 else building.id[:8])
    return code, name


def _end(plan: _Plan, value: object) -> tuple[Record, BaseGeometry] | None:
    """Return the level of a relationship's end, and a point in its unit (or at its anchor)."""
    reference = cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
    kind, identity = text_of(reference.get("feature_type")), reference.get("id")
    here = plan.find(kind, identity)
    if here is None or here.place is None:
        return None
    unit = plan.unit_of_anchor(identity) if kind == "anchor" else here
    level = plan.find("level", unit.properties.get("level_id")) if unit is not None else None
    return (level, _inner(here)) if level is not None else None


def _middle(record: Record) -> BaseGeometry:
    """Return the point that a stall is known as, where it was drawn as an area around it."""
    point = cast("Mapping[str, object]", record.properties.get("display_point") or {})
    at = point.get("coordinates")
    if isinstance(at, list) and len(at) == 2 and all(isinstance(x, int | float) for x in at):
        return shapely.Point(cast("list[float]", at))
    return _inner(record)


def _inner(record: Record) -> BaseGeometry:
    assert record.place is not None  # looked at before
    return record.place.representative_point()


def _kind(category: str, *, trading: bool, known: bool) -> UnitKind:
    """Say what a unit is: `trading` if an occupant is in it, `known` if the archive has occupants at all."""
    if trading:
        return UnitKind.STALL
    if category in TRADING:
        return UnitKind.VACANT if known else UnitKind.STALL
    if category.startswith("restroom"):
        return UnitKind.RESTROOM
    return KINDS.get(category, UnitKind.OTHER)


# --- Files and values -------------------------------------------------------------------------------------------------


def _read_all(path: Path, archive: zipfile.ZipFile, role: InputRole, findings: Findings) -> dict[str, Sequence[Record]]:
    """Read the feature files; what is mended in a file that this role does not show is not told again for each role."""
    shown = {"levels": {"level"}, "stalls": {"unit", "kiosk"}, "merchants": {"occupant"}}.get(role, {"relationship"})
    features: dict[str, Sequence[Record]] = {}
    wanted = [*"address anchor building kiosk level occupant relationship unit venue".split(), *EXTENSIONS.values()]
    for name, info in entries(archive).items():
        kind, dot, suffix = name.rpartition("/")[2].rpartition(".")
        if not dot or suffix not in ("geojson", "json") or kind not in wanted:
            continue
        data = read_entry(path, archive, info)
        if _is_empty(data):
            continue
        heard = findings if kind in shown else Findings()
        file = f"{path.name}/{kind}.{suffix}"
        features[kind] = read_records(file, data, heard, placed=kind not in UNPLACED)
    return features


def _is_empty(data: bytes) -> bool:
    """Tell whether a file is a FeatureCollection without features, which IMDF allows."""
    if len(data) > 1000:
        return False
    try:
        document: object = json.loads(data)
    except ValueError:
        return False
    return isinstance(document, dict) and cast("dict[str, object]", document).get("features") == []


def _row(record: Record, cells: dict[str, object], number: int | None = None) -> Row:
    cells.update(_own(record))
    fault = record.fault
    if fault is None and record.id == "" and "stall_id" in cells:
        fault = Fault("id", "", "没有 id", "it has no id", "IMDF 的每个要素都须有 id", "Every IMDF feature has an id")
    return Row(number or record.number, MappingProxyType(cells), record.place, fault)


def _own(record: Record) -> Mapping[str, object]:
    words = record.properties.get("gridmap")
    return cast("Mapping[str, object]", words) if isinstance(words, dict) else {}
