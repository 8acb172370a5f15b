"""What the script of the zones page reads: one block for the market and one a level, as JSON values."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shapely import Point

from gridmap.model.coverage import GAP_WORDS
from gridmap.model.kinds import ROLE_WORDS, UnitKind
from gridmap.model.places import Connector, Level, LevelKey
from gridmap.render.anchors import anchor, is_bent
from gridmap.render.features import Json, collection, feature, rounded
from gridmap.render.theme import Theme, mix_white
from gridmap.render.views import MarketView, StallMark, ZoneMark
from gridmap.render.words import CONNECTORS, UNITS
from gridmap.spatial import crs

ZONED_KINDS = frozenset({UnitKind.STALL, UnitKind.VACANT})
"""Units that a plan shares out; the others are drawn in quiet grey."""


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level as the level switch shows it; `index` names its data block."""

    index: int
    level: Level
    building: str
    title: str
    stalls: int
    merchants: int


def natural(text: str) -> list[tuple[int, int, str]]:
    """Sort key that puts 9 before 10 inside codes."""
    parts = re.split(r"(\d+)", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def level_rows(view: MarketView) -> list[LevelRow]:
    """Return the levels, building by building, top level first; titles name the building if there are several."""
    names = {building.code: building.name for building in view.buildings}
    order = {code: place for place, code in enumerate(dict.fromkeys(level.key.building for level in view.levels))}
    several = len(order) > 1
    zoned = [stall for stall in view.stalls if stall.kind in ZONED_KINDS]
    stalls = Counter(stall.level for stall in zoned)
    merchants: Counter[LevelKey] = Counter()
    for stall in view.stalls:
        merchants[stall.level] += stall.merchants
    rows: list[LevelRow] = []
    for level in sorted(view.levels, key=lambda level: (order[level.key.building], -level.key.ordinal)):
        building = names.get(level.key.building, str(level.key.building)) if several else ""
        title = f"{building} {level.label}".strip()
        rows.append(LevelRow(len(rows), level, building, title, stalls[level.key], merchants[level.key]))
    return rows


def market_block(view: MarketView, rows: Sequence[LevelRow], theme: Theme) -> dict[str, Json]:
    """Return what holds for the whole market: words, colours, zones with their members, levels."""
    return {
        "planned": view.plan is not None,
        "covers": theme.coverage if view.coverage else None,
        "gapWords": {gap.value: words[0] for gap, words in GAP_WORDS.items()} if view.coverage else None,
        "band": [view.band.low, view.band.high],
        "theme": {**theme.colours, "font": theme.font_family},
        "fills": [
            _fill(theme.zone_fill(i), theme.zone_floor(i), theme.vacant(i)) for i in range(len(theme.zone_fills))
        ],
        "plain": _fill(plain_fills(theme)[0], theme.colours["floor"], plain_fills(theme)[1]),
        "other": {"fill": other_fills(theme)[0], "line": other_fills(theme)[1]},
        "load": theme.load,
        "units": {kind.value: UNITS[kind] for kind in UnitKind},
        "levels": [{"title": row.title, "label": row.level.label} for row in rows],
        "zones": {
            zone.code: _zone(zone, view, rows) for zone in sorted(view.zones, key=lambda zone: natural(zone.code))
        },
    }


def plain_fills(theme: Theme) -> tuple[str, str]:
    """Return the fills of units with and without merchants on a page without zones."""
    return mix_white(theme.colours["primary"], 0.6), mix_white(theme.colours["primary"], 0.92)


def other_fills(theme: Theme) -> tuple[str, str]:
    """Return the fill and the line of units that no plan shares out: quiet greys."""
    return mix_white(theme.colours["line"], 0.35), mix_white(theme.colours["disabled"], 0.6)


def _fill(stall: str, floor: str, vacant: str) -> dict[str, Json]:
    return {"stall": stall, "floor": floor, "vacant": vacant}


def _zone(zone: ZoneMark, view: MarketView, rows: Sequence[LevelRow]) -> dict[str, Json]:
    index = {row.level.key: row.index for row in rows}
    return {
        "name": zone.name,
        "colour": zone.colour,
        "merchants": zone.merchants,
        "stalls": zone.stalls,
        "sign": load_sign(zone, view),
        "member": zone.member_name or "",
        "role": ROLE_WORDS[zone.member_role] if zone.member_role else "网格员",
        "office": zone.office_contact,
        "levels": [[index[s.level], s.merchants, s.stalls] for s in zone.shapes if s.level in index],
    }


def load_sign(zone: ZoneMark, view: MarketView) -> str:
    """Return ▲ above the band, ▼ below it, else nothing."""
    if zone.merchants > view.band.high:
        return "▲"
    return "▼" if zone.merchants < view.band.low else ""


def level_blocks(view: MarketView, rows: Sequence[LevelRow]) -> Iterable[dict[str, Json]]:
    """Yield for each row the four layers of its level: floor, zones, units, connectors, as feature collections."""
    projection = crs.local_projection(*_middle(view))
    stalls: dict[LevelKey, list[StallMark]] = defaultdict(list)
    for stall in view.stalls:
        stalls[stall.level].append(stall)
    titles = {row.level.key: row.title for row in rows}
    for row in rows:
        key = row.level.key
        yield {
            "floor": collection([feature(place, {}) for place in rounded([row.level.outline_lonlat])]),
            "zones": collection(_zone_features(view.zones, key, projection)),
            "stalls": collection(_stall_features(stalls[key], projection)),
            "connectors": collection(_connector_features(view.connectors, key, titles)),
        }


def _middle(view: MarketView) -> tuple[float, float]:
    middle = view.levels[0].outline_lonlat.centroid
    return middle.x, middle.y


def _zone_features(zones: Iterable[ZoneMark], key: LevelKey, projection: str) -> list[dict[str, Json]]:
    pairs = [(z, s.outline_lonlat) for z in zones for s in z.shapes if s.level == key and not s.outline_lonlat.is_empty]
    features: list[dict[str, Json]] = []
    for (zone, shape), place in zip(pairs, rounded(shape for _, shape in pairs), strict=True):
        label = anchor(shape, projection)
        at: Json = [round(label.lat, 7), round(label.lon, 7)]
        features.append(feature(place, {"zone": zone.code, "at": at, "room_m": round(label.room_m, 2)}))
    return features


def _stall_features(stalls: Sequence[StallMark], projection: str) -> list[dict[str, Json]]:
    features: list[dict[str, Json]] = []
    for stall, place in zip(stalls, rounded(stall.place_lonlat for stall in stalls), strict=True):
        at: Json = None
        if not isinstance(stall.place_lonlat, Point) and is_bent(stall.place_lonlat):
            label = anchor(stall.place_lonlat, projection)
            at = [round(label.lat, 7), round(label.lon, 7), round(label.room_m, 2)]
        properties: dict[str, Json] = {
            "stall": stall.code,
            "kind": stall.kind.value,
            "merchants": stall.merchants,
            "merchant_names": list(stall.merchant_names),
            "zone": stall.zone,
            "at": at,
            "cover": None if stall.gaps is None else (stall.gaps[0] if stall.gaps else "covered"),
            "gaps": list(stall.gaps or ()),
        }
        features.append(feature(place, properties))
    return features


def _connector_features(
    connectors: Iterable[Connector], key: LevelKey, titles: dict[LevelKey, str]
) -> list[dict[str, Json]]:
    spots: dict[tuple[str, bool, float, float], list[Json]] = {}
    for connector in connectors:
        ends = ((connector.from_level, connector.from_lonlat), (connector.to_level, connector.to_lonlat))
        joined = [titles.get(level, "") for level, _ in ends]
        for point in {(round(p.x, 6), round(p.y, 6)) for level, p in ends if level == key}:
            spot = (connector.kind.value, connector.assumed, *point)
            way: Json = {"ends": joined, "walk_m": round(connector.walk_m, 1)}
            spots.setdefault(spot, []).append(way)
    words = {kind.value: word for kind, word in CONNECTORS.items()}
    return [
        {
            "type": "Feature",
            "properties": {"kind": kind, "word": words[kind], "assumed": assumed, "ways": ways},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for (kind, assumed, lon, lat), ways in spots.items()
    ]
