"""Edits of a draft: small, exact, and each with a reverse. `spatial/edits.py` applies them.

An edit names the stalls it moves, so that whoever replays it, on the server or in the browser, needs no geometry. What
a planner asks for (`SplitAsk`: by a line, or into two halves) becomes such an edit before it is applied and kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role


@dataclass(frozen=True, slots=True, order=True)
class Proposed:
    """A member proposed for a zone, in a role."""

    member: MemberCode
    role: Role


@dataclass(frozen=True, slots=True)
class ZoneState:
    """All of a zone that edits can change; its shapes follow from its stalls."""

    code: ZoneCode
    name: str
    colour: int
    locked: bool = False
    stalls: frozenset[StallCode] = frozenset()
    members: tuple[Proposed, ...] = ()


@dataclass(frozen=True, slots=True)
class Assign:
    """Put stalls into a zone, or, with None, into no zone."""

    stalls: tuple[StallCode, ...]
    zone: ZoneCode | None


@dataclass(frozen=True, slots=True)
class Split:
    """Take stalls out of a zone and make them a new one, `into`."""

    zone: ZoneCode
    stalls: tuple[StallCode, ...]
    into: ZoneCode
    name: str
    colour: int
    members: tuple[Proposed, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge:
    """Make several zones one: the first takes the stalls of the others and stays as it is otherwise."""

    zones: tuple[ZoneCode, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """Keep a zone's stalls as they are, or let them be changed again."""

    zone: ZoneCode
    locked: bool


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a zone another name; its code stays."""

    zone: ZoneCode
    name: str


@dataclass(frozen=True, slots=True)
class Recolour:
    """Give a zone another colour, an index into the theme's zone fills."""

    zone: ZoneCode
    colour: int


@dataclass(frozen=True, slots=True)
class Staff:
    """Propose members for a zone, in the place of those who were."""

    zone: ZoneCode
    members: tuple[Proposed, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """Judge the plan by another band of merchants a zone; no zone changes."""

    target: float
    low: float
    high: float


ZoneEdit: TypeAlias = Assign | Split | Merge | Lock | Rename | Recolour | Staff
Edit: TypeAlias = ZoneEdit | Aim


@dataclass(frozen=True, slots=True)
class SplitAsk:
    """
    Split a zone: the named stalls leave it, or those beyond a line (lon/lat), or about half of its merchants.

    With a line or halves the part with more merchants keeps the zone's code. `into` is a code for the new zone; without
    one it counts up from the zone's own (`spatial.edits.next_code`).
    """

    zone: ZoneCode
    line_lonlat: tuple[tuple[float, float], ...] = ()
    stalls: tuple[StallCode, ...] | None = None
    into: ZoneCode | None = None
    name: str | None = None
    colour: int | None = None
    members: tuple[Proposed, ...] = ()


Ask: TypeAlias = Assign | SplitAsk | Merge | Lock | Rename | Recolour | Staff | Aim


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """An edit as it was kept: who made it and when, at which revision of the plan, and what takes it back."""

    number: int
    revision: int
    at: datetime
    by: str
    edit: Edit
    reverse: tuple[Edit, ...]


def edit_as_json(edit: Edit) -> dict[str, Any]:  # noqa: PLR0911 - one a kind
    """Return an edit as the JSON that the API, the store and golden files carry."""
    match edit:
        case Assign():
            return {"op": "assign", "stalls": list(edit.stalls), "zone": edit.zone}
        case Split():
            return {
                "op": "split", "zone": edit.zone, "stalls": list(edit.stalls), "into": edit.into, "name": edit.name,
                "colour": edit.colour, "members": _members_as_json(edit.members),
            }  # fmt: skip
        case Merge():
            return {"op": "merge", "zones": list(edit.zones)}
        case Lock():
            return {"op": "lock", "zone": edit.zone, "locked": edit.locked}
        case Rename():
            return {"op": "name", "zone": edit.zone, "name": edit.name}
        case Recolour():
            return {"op": "recolour", "zone": edit.zone, "colour": edit.colour}
        case Staff():
            return {"op": "staff", "zone": edit.zone, "members": _members_as_json(edit.members)}
        case Aim():
            return {"op": "band", "target": edit.target, "low": edit.low, "high": edit.high}


def edit_from_json(told: dict[str, Any]) -> Edit:  # noqa: PLR0911 - one a kind
    """Read what `edit_as_json` wrote."""
    match told["op"]:
        case "assign":
            return Assign(_stalls(told), None if told["zone"] is None else ZoneCode(told["zone"]))
        case "split":
            into, name, colour = ZoneCode(told["into"]), told["name"], told["colour"]
            return Split(ZoneCode(told["zone"]), _stalls(told), into, name, colour, _members(told))
        case "merge":
            return Merge(tuple(ZoneCode(zone) for zone in told["zones"]))
        case "lock":
            return Lock(ZoneCode(told["zone"]), told["locked"])
        case "name":
            return Rename(ZoneCode(told["zone"]), told["name"])
        case "recolour":
            return Recolour(ZoneCode(told["zone"]), told["colour"])
        case "staff":
            return Staff(ZoneCode(told["zone"]), _members(told))
        case "band":
            return Aim(told["target"], told["low"], told["high"])
        case other:
            raise ValueError(f"no such edit: {other}")


def _stalls(told: dict[str, Any]) -> tuple[StallCode, ...]:
    return tuple(StallCode(stall) for stall in told["stalls"])


def _members(told: dict[str, Any]) -> tuple[Proposed, ...]:
    return tuple(Proposed(MemberCode(m["member_id"]), Role(m["role"])) for m in told["members"])


def _members_as_json(members: tuple[Proposed, ...]) -> list[dict[str, str]]:
    return [{"member_id": m.member, "role": m.role.value} for m in members]
