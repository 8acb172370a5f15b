"""Timelines as JSON, for the changes that are kept with an import: what was and what is to be, word for word."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import shapely
from shapely import Point

from gridmap.model.duty import Member
from gridmap.model.hours import hours_from_text, hours_text
from gridmap.model.ids import BuildingCode, MemberCode, MerchantCode, StallCode
from gridmap.model.kinds import ConnectorKind, Role, UnitKind
from gridmap.model.organisations import Formed, LedgerOrganisation, Organisation, Parent, Relation, Side, Tie, Tier
from gridmap.model.places import Building, Connector, Level, LevelKey, Stall
from gridmap.model.provenance import Verification
from gridmap.model.register import Merchant
from gridmap.model.register_changes import FloorLevel, Subject
from gridmap.model.timelines import Dated, Timeline

Plain = list[Any]
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Made once: `json.dumps` with options makes an encoder for each value."""


def timeline_json(subject: Subject, timeline: Timeline[Any]) -> str:
    """Write a timeline as JSON."""
    write = _WRITE[subject]
    states = [[_day(dated.valid_from), _day(dated.valid_to), write(dated.value)] for dated in timeline]
    return _as_json(states)


def timeline_of(subject: Subject, text: str) -> Timeline[Any]:
    """Read what `timeline_json` wrote; equal to the timeline that was written, geometries to the last bit."""
    read = _READ[subject]
    return tuple(Dated(read(value), _date(first), _date(end)) for first, end, value in json.loads(text))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


def _stall(stall: Stall) -> Plain:
    place = _hex(stall.place_lonlat)
    return [stall.code, stall.level.building, stall.level.ordinal, stall.kind, stall.name, place]


def _read_stall(value: Plain) -> Stall:
    code, building, ordinal, kind, name, place = value
    level = LevelKey(BuildingCode(building), ordinal)
    return Stall(StallCode(code), level, _geometry(place), UnitKind(kind), name)


def _code(code: StallCode) -> Plain:
    return [code]


def _read_code(value: Plain) -> StallCode:
    return StallCode(value[0])


def _merchant(merchant: Merchant) -> Plain:
    return [merchant.code, merchant.name, merchant.trade, merchant.uscc, merchant.source, merchant.verification]


def _read_merchant(value: Plain) -> Merchant:
    code, name, trade, uscc, *later = value
    source, checked = later or ("", None)  # imports kept before ledgers had them
    return Merchant(MerchantCode(code), name, trade, uscc, source, Verification(checked) if checked else None)


def _level(floor: FloorLevel) -> Plain:
    level, outline = floor.level, _hex(floor.level.outline_lonlat)
    return [level.key.building, level.key.ordinal, level.label, floor.building.name, outline]


def _read_level(value: Plain) -> FloorLevel:
    building, ordinal, label, name, outline = value
    code = BuildingCode(building)
    return FloorLevel(Level(LevelKey(code, ordinal), label, _geometry(outline)), Building(code, name))


def _connector(way: Connector) -> Plain:
    sides = [
        [level.building, level.ordinal, point.x, point.y]
        for level, point in ((way.from_level, way.from_lonlat), (way.to_level, way.to_lonlat))
    ]
    return [way.code, way.kind, sides, way.walk_m, way.assumed, way.locked, hours_text(way.open_hours)]


def _read_connector(value: Plain) -> Connector:
    code, kind, ((b1, o1, x1, y1), (b2, o2, x2, y2)), walk_m, assumed, *later = value
    locked, hours = later or (False, "")  # imports kept before connectors had them
    one, other = LevelKey(BuildingCode(b1), o1), LevelKey(BuildingCode(b2), o2)
    ends = (one, Point(x1, y1), other, Point(x2, y2))
    return Connector(code, ConnectorKind(kind), *ends, walk_m, assumed, hours_from_text(hours), locked)


def _member(member: Member) -> Plain:
    return [
        member.code, member.name, member.role, member.office_contact, member.capacity, member.home_stall,
        _day(member.valid_from), _day(member.valid_to), member.organisation, member.source, member.verification,
    ]  # fmt: skip


def _read_member(value: Plain) -> Member:
    code, name, role, contact, capacity, home, *later = value
    first, end, organisation, source, checked = later or (None, None, "", "", None)
    return Member(
        MemberCode(code), name, Role(role), contact, capacity, StallCode(home) if home else None,
        _date(first), _date(end), organisation, source, Verification(checked) if checked else None,
    )  # fmt: skip


def _organisation(entry: LedgerOrganisation) -> Plain:
    o = entry.organisation
    parents = [[p.parent, p.side, p.relation, p.primary] for p in entry.parents]
    return [
        o.code, o.name, o.tier, o.formed, _day(o.valid_from), _day(o.valid_to), o.source, o.verification, entry.tie,
        parents,
    ]  # fmt: skip


def _read_organisation(value: Plain) -> LedgerOrganisation:
    code, name, tier, formed, first, end, source, checked, tie, parents = value
    organisation = Organisation(
        code, name, Tier(tier), Formed(formed) if formed else None, _date(first), _date(end), None, source,
        Verification(checked) if checked else None,
    )  # fmt: skip
    above = tuple(Parent(code, parent, Side(side), Relation(what), primary) for parent, side, what, primary in parents)
    return LedgerOrganisation(organisation, Tie(tie) if tie else None, above)


def _hex(geometry: Any) -> str:
    return shapely.to_wkb(shapely.force_2d(geometry), hex=True)


def _geometry(text: str) -> Any:
    return shapely.from_wkb(text)


def _nothing(_value: Any) -> None:
    return None


_WRITE: dict[Subject, Callable[[Any], Plain | None]] = {
    Subject.STALL: _stall,
    Subject.STALL_CODE: _code,
    Subject.MERCHANT: _merchant,
    Subject.OCCUPANCY: _nothing,
    Subject.LEVEL: _level,
    Subject.CONNECTOR: _connector,
    Subject.ORGANISATION: _organisation,
    Subject.MEMBER: _member,
}
_READ: dict[Subject, Callable[[Any], Any]] = {
    Subject.STALL: _read_stall,
    Subject.STALL_CODE: _read_code,
    Subject.MERCHANT: _read_merchant,
    Subject.OCCUPANCY: _nothing,
    Subject.LEVEL: _read_level,
    Subject.CONNECTOR: _read_connector,
    Subject.ORGANISATION: _read_organisation,
    Subject.MEMBER: _read_member,
}
