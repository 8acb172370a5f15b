"""A market as an IMDF archive (Indoor Mapping Data Format 1.0.0, OGC 20-094).

==============  ========================================================================================
venue           the market, with its address
building        buildings and their footprints
level           levels, by ordinal
unit            stalls and all other places; the name is the number on the stall
anchor          a point in each stall where somebody trades
occupant        occupancies: name, days (`validity`), and one `correlation_id` for a merchant with several stalls
relationship    connectors
==============  ========================================================================================

What the standard has no word for stands in a property `gridmap` of each feature, in the words of the import; members,
organisations and the plan in force are an extension (`gridmap_member`, `gridmap_zone` ...) that the manifest names. Ids
are made from the market's own and the code of a thing: the same register gives the same ids.
"""

import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gridmap import __version__
from gridmap.exchange.features import geometry_texts, json_text
from gridmap.exchange.imdf_words import EXTENSION, EXTENSIONS, ZONES
from gridmap.exchange.ledgers import Ledger, ledgers_of, way_of
from gridmap.model.exports import MarketCopy
from gridmap.model.intake import InputRole
from gridmap.model.kinds import ConnectorKind, Layout, UnitKind
from gridmap.model.places import Level, LevelKey, Stall
from gridmap.spatial.geometry import polygons_of

_NAMES = UUID("8f0c5a1e-6c1f-4d0c-9c38-2f6f5b0f4a11")
_LANGUAGE = "zh-Hans"
_POINT_DEGREES = 1e-5
"""A stall known only as a point is drawn as a diamond of this half width (about a metre): a unit needs an area."""
_CATEGORY: Mapping[UnitKind, str] = {
    UnitKind.STALL: "room",
    UnitKind.VACANT: "room",
    UnitKind.CLOSED: "room",
    UnitKind.PARKING: "parking",
    UnitKind.VOID: "opentobelow",
    UnitKind.RESTROOM: "restroom",
    UnitKind.REST_AREA: "lounge",
    UnitKind.AUXILIARY: "nonpublic",
    UnitKind.OTHER: "unspecified",
}
_WAY: Mapping[ConnectorKind, str] = {
    ConnectorKind.STAIRS: "stairs",
    ConnectorKind.ESCALATOR: "escalator",
    ConnectorKind.LIFT: "elevator",
    ConnectorKind.BRIDGE: "traversal",
    ConnectorKind.DOOR: "traversal",
}
_UNPLACED: Mapping[InputRole, tuple[str, ...]] = {
    "organisations": ("organisation",),
    "members": ("member_id",),
    "plans": ("plan",),
    "assignments": ("zone", "member_id", "role", "valid_from"),
}
"""Parts of the extension without a place, and what their ids are made from."""
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
_Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Feature:
    id: str
    place: BaseGeometry | None
    properties: _Properties


def write_imdf(copy: MarketCopy, path: Path, *, now: datetime) -> None:
    """Write the archive; `now` is what the manifest says about when it was made, and the zone of its days."""
    manifest = {
        "version": "1.0.0",
        "created": now.isoformat(timespec="seconds"),
        "generated_by": f"gridmap {__version__}",
        "language": _LANGUAGE,
        "extensions": [EXTENSION],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "manifest.json", json_text(manifest))
        for kind, features in _Archive(copy, now).files().items():
            _add(archive, f"{kind}.geojson", _text(kind, features))


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(zipfile.ZipInfo(name, _FIRST_MOMENT), text.encode(), zipfile.ZIP_DEFLATED)


def _text(kind: str, features: Sequence[_Feature]) -> str:
    places = geometry_texts([feature.place for feature in features])
    lines = (
        f'{{"id":"{f.id}","type":"Feature","feature_type":"{kind}","geometry":{place},'
        f'"properties":{json_text(dict(f.properties))}}}'
        for f, place in zip(features, places, strict=True)
    )
    return f'{{"type":"FeatureCollection","name":"{kind}","features":[{",".join(lines)}]}}'


class _Archive:
    """The features of one market, with ids that refer to each other."""

    def __init__(self, copy: MarketCopy, now: datetime) -> None:
        self.copy, self.draft, self.now = copy, copy.draft, now
        self.ledgers = {ledger.name: ledger for ledger in ledgers_of(copy)}
        self.space = UUID(copy.draft.market.uuid) if copy.draft.market.uuid else uuid5(_NAMES, copy.draft.market.code)
        self.address, self.venue = self.id("address", ""), str(self.space)

    def id(self, kind: str, *names: object) -> str:
        return str(uuid5(self.space, "\n".join((kind, *map(str, names)))))

    def level_id(self, key: LevelKey) -> str:
        return self.id("level", key.building, key.ordinal)

    def own(self, ledger: str) -> Iterable[_Properties]:
        """Return the rows of a ledger in the words of the import."""
        return rows_in_words(self.ledgers[ledger]) if ledger in self.ledgers else ()

    def files(self) -> dict[str, list[_Feature]]:
        return {
            "address": [self._address()],
            "venue": [self._venue()],
            "building": list(self._buildings()),
            "footprint": list(self._footprints()),
            "level": list(self._levels()),
            "unit": list(self._units()),
            "anchor": list(self._anchors()),
            "occupant": list(self._occupants()),
            "relationship": list(self._relationships()),
            **{EXTENSIONS[role]: list(self._extension(role)) for role in _UNPLACED},
            ZONES: [
                _Feature(self.id("zone", row["zone"], row["building"], row["level"]), place, {"gridmap": row})
                for row, place in zip(self.own("zones"), self.ledgers["zones"].places or (), strict=True)
            ],
        }

    def _extension(self, role: InputRole) -> Iterable[_Feature]:
        for row in self.own(role):
            yield _Feature(self.id(role, *(row[word] for word in _UNPLACED[role])), None, {"gridmap": row})

    def _address(self) -> _Feature:
        market = self.draft.market
        properties = {
            "address": market.name, "unit": None, "locality": market.division or market.name, "province": None,
            "country": "CN", "postal_code": None, "postal_code_ext": None, "postal_code_vanity": None,
        }  # fmt: skip
        return _Feature(self.address, None, properties)

    def _venue(self) -> _Feature:
        market, outline = self.draft.market, _union(self.draft.levels)
        properties = {
            "category": "shoppingcenter", "restriction": None, "name": _label(market.name), "alt_name": None,
            "hours": None, "phone": None, "website": None, "display_point": _display(outline),
            "address_id": self.address,
        }  # fmt: skip
        return _Feature(self.venue, outline, properties)

    def _buildings(self) -> Iterable[_Feature]:
        for building in self.draft.buildings:
            outline = _union([level for level in self.draft.levels if level.key.building == building.code])
            properties = {
                "category": "unspecified", "restriction": None, "name": _label(building.name), "alt_name": None,
                "display_point": _display(outline), "address_id": self.address,
                "gridmap": {"building": building.code},
            }  # fmt: skip
            yield _Feature(self.id("building", building.code), None, properties)

    def _footprints(self) -> Iterable[_Feature]:
        for building in self.draft.buildings:
            outline = _union([level for level in self.draft.levels if level.key.building == building.code])
            properties = {"category": "ground", "name": None, "building_ids": [self.id("building", building.code)]}
            yield _Feature(self.id("footprint", building.code), outline, properties)

    def _levels(self) -> Iterable[_Feature]:
        for level, own in zip(self.draft.levels, self.own("levels"), strict=True):
            properties = {
                "category": "unspecified", "restriction": None,
                "outdoor": self.draft.market.layout is Layout.STREET, "ordinal": level.key.ordinal,
                "name": _label(level.label), "short_name": _label(level.label),
                "display_point": _display(level.outline_lonlat), "address_id": None,
                "building_ids": [self.id("building", level.key.building)], "gridmap": own,
            }  # fmt: skip
            yield _Feature(self.level_id(level.key), level.outline_lonlat, properties)

    def _units(self) -> Iterable[_Feature]:
        for stall, own in zip(self.draft.stalls, self.own("stalls"), strict=True):
            place, point = stall.place_lonlat, isinstance(stall.place_lonlat, Point)
            properties = {
                "category": _CATEGORY[stall.kind], "restriction": None, "accessibility": None,
                "name": _label(stall.code), "alt_name": _label(stall.name), "level_id": self.level_id(stall.level),
                "display_point": _display(place), "gridmap": {**own, "point": True} if point else own,
            }  # fmt: skip
            yield _Feature(
                self.id("unit", stall.code), _diamond(place) if isinstance(place, Point) else place, properties
            )

    def _anchors(self) -> Iterable[_Feature]:
        trading = {occupancy.stall for occupancy in self._trading()}
        for stall in self.draft.stalls:
            if stall.code in trading:
                properties = {"address_id": None, "unit_id": self.id("unit", stall.code)}
                yield _Feature(self.id("anchor", stall.code), _inner(stall), properties)

    def _trading(self) -> Iterable[Any]:
        return self.draft.occupancies

    def _occupants(self) -> Iterable[_Feature]:
        places = Counter(occupancy.merchant for occupancy in self._trading())
        for o, own in zip(self._trading(), self.own("merchants"), strict=True):
            properties = {
                "name": _label(str(own["name"])), "category": "unspecified",
                "anchor_id": self.id("anchor", o.stall), "hours": None, "phone": None, "website": None,
                "validity": {"start": self._moment(o.valid_from), "end": self._moment(o.valid_to), "modified": None},
                "correlation_id": self.id("merchant", o.merchant) if places[o.merchant] > 1 else None,
                "gridmap": own,
            }  # fmt: skip
            yield _Feature(self.id("occupant", o.merchant, o.stall, o.valid_from), None, properties)

    def _moment(self, day: date | None) -> str | None:
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=self.now.tzinfo).isoformat()

    def _relationships(self) -> Iterable[_Feature]:
        for connector, own in zip(self.draft.connectors, self.own("connectors"), strict=True):
            start, end = connector.from_lonlat, connector.to_lonlat
            ends = {"from_lon": start.x, "from_lat": start.y, "to_lon": end.x, "to_lat": end.y}
            properties = {
                "category": _WAY[connector.kind], "direction": "undirected",
                "origin": {"id": self.level_id(connector.from_level), "feature_type": "level"},
                "intermediary": None,
                "destination": {"id": self.level_id(connector.to_level), "feature_type": "level"},
                "hours": None, "gridmap": {**own, **ends},
            }  # fmt: skip
            yield _Feature(self.id("relationship", connector.code), way_of(connector), properties)


def rows_in_words(ledger: Ledger) -> list[dict[str, Any]]:
    """Return the rows of a ledger as objects of the import's words; days as ISO text."""
    words = [column.word for column in ledger.columns]
    return [
        {word: value.isoformat() if isinstance(value, date) else value for word, value in zip(words, row, strict=True)}
        for row in ledger.rows
    ]


def _label(text: str) -> dict[str, str] | None:
    return {_LANGUAGE: text} if text else None


def _union(levels: Sequence[Level]) -> Polygon | MultiPolygon:
    return polygons_of(shapely.union_all([level.outline_lonlat for level in levels])) or Polygon()


def _display(place: BaseGeometry) -> dict[str, Any] | None:
    if place.is_empty:
        return None
    point = place.representative_point()
    return {"type": "Point", "coordinates": [point.x, point.y]}


def _inner(stall: Stall) -> Point:
    return stall.place_lonlat.representative_point()


def _diamond(point: Point) -> Polygon:
    x, y, r = point.x, point.y, _POINT_DEGREES
    return Polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)])
