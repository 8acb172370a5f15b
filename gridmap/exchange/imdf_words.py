"""The words of IMDF: its extension by gridmap, its categories in ours, and where each of our columns comes from."""

from collections.abc import Mapping

from gridmap.exchange.headings import SYNONYMS
from gridmap.model.intake import InputRole
from gridmap.model.kinds import UnitKind

EXTENSION = "imdf:extension:gridmap:register#1.0.0"
"""What the manifest of an archive says that holds a market whole, in our own words beside the standard's."""
MEMBERS, ZONES, ORGANISATIONS = "gridmap_member", "gridmap_zone", "gridmap_organisation"
PLANS, ASSIGNMENTS = "gridmap_plan", "gridmap_assignment"
EXTENSIONS: Mapping[InputRole, str] = {
    "organisations": ORGANISATIONS, "members": MEMBERS, "plans": PLANS, "zones": ZONES, "assignments": ASSIGNMENTS,
}  # fmt: skip
"""What the extension adds: features of a kind of their own, their words in the property `gridmap`."""
UNPLACED = frozenset({"address", "building", "occupant", "relationship", *EXTENSIONS.values()}) - {ZONES}
TRADING = frozenset({"room", "retail", "foodservice", "unspecified", "kiosk"})
NO_PLACE = frozenset(
    "brick column concrete drywall footbridge glass movingwalkway platform road structure vegetation walkway"
    " walkway.island wood".split()
)
VERTICAL: Mapping[str, str] = {
    "elevator": "lift",
    "escalator": "escalator",
    "stairs": "stairs",
    "steps": "stairs",
    "ramp": "stairs",
    "movingwalkway": "escalator",
}
KINDS: Mapping[str, UnitKind] = {
    "parking": UnitKind.PARKING,
    "opentobelow": UnitKind.VOID,
    "lounge": UnitKind.REST_AREA,
    "waitingroom": UnitKind.REST_AREA,
    "recreation": UnitKind.REST_AREA,
    **dict.fromkeys(
        (*VERTICAL, "kitchen", "lobby", "mailroom", "nonpublic", "office", "serverroom", "storage"), UnitKind.AUXILIARY
    ),
}
HEADINGS: Mapping[InputRole, Mapping[str, str]] = {
    "levels": {
        "level": "level.ordinal",
        "label": "level.short_name",
        "building": "level.building_ids",
        "building_name": "building.name",
        "market_name": "venue.name",
    },
    "stalls": {
        "stall_id": "address.unit / unit.name",
        "level": "unit.level_id",
        "level_label": "level.short_name",
        "building": "level.building_ids",
        "kind": "unit.category",
        "name": "unit.name",
    },
    "merchants": {
        "stall_id": "occupant.anchor_id",
        "name": "occupant.name",
        "merchant_id": "occupant.correlation_id / id",
        "trade": "occupant.category",
        "uscc": "occupant.gridmap.uscc",
        "valid_from": "occupant.validity.start",
        "valid_to": "occupant.validity.end",
    },
    "connectors": {
        "code": "relationship.id",
        "kind": "relationship.category",
        "from_level": "relationship.origin",
        "from_building": "relationship.origin",
        "to_level": "relationship.destination",
        "to_building": "relationship.destination",
        "walk_m": "relationship.gridmap.walk_m",
        "assumed": "relationship.gridmap.assumed",
        "locked": "relationship.gridmap.locked",
        "open_hours": "relationship.gridmap.open_hours",
    },
    **{role: dict.fromkeys(SYNONYMS[role], f"{kind}.gridmap") for role, kind in EXTENSIONS.items()},
}
