"""What a drawing changes in a register, and what is wrong with it: pure, nothing is read or written."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.errors import InvalidParameterError
from gridmap.model.drawings import (
    AddStall,
    ChangeStall,
    DrawingFault,
    DrawingMend,
    DrawingOrder,
    DrawLevel,
    EndStall,
    FaultKind,
    RemoveLevel,
    RenumberStall,
)
from gridmap.model.ids import StallCode
from gridmap.model.places import Building, Level, LevelKey, Stall
from gridmap.model.register_changes import Change, FloorLevel, Register, Subject
from gridmap.model.timelines import Dated, Timeline, from_day, value_on
from gridmap.services.register_changes import closed_with_their_stalls, never
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.cleaning import LEAST_AREA_M2, Misfit, Where, clean_level

MOST_STEPS = 20_000
MOST_CORNERS = 20_000
"""Of one outline: a surveyed floor has some hundreds; what has more is a slip, and would hold up everybody."""
FARTHEST_M = 50_000
"""What is drawn lies no farther from the middle of the market's projection."""


@dataclass
class Sketch:
    """A drawing held against a register: its changes are of use only if there are no faults."""

    changes: list[Change] = field(default_factory=list[Change])
    faults: list[DrawingFault] = field(default_factory=list[DrawingFault])
    mends: list[DrawingMend] = field(default_factory=list[DrawingMend])


def sketch(register: Register, order: DrawingOrder) -> Sketch:
    """
    Hold a drawing against a register.

    Stalls that are put down or changed are fitted to their floor and to their neighbours within the tolerance of
    `cleaning`; where a level is redrawn, so are all its stalls. Beyond it, it is a fault.

    Returns
    -------
    sketch
        Changes in the order levels, stalls, occupancies. Applied, the register is as drawn from the day on.

    Raises
    ------
    InvalidParameterError
        If there are too many steps, or numbers change together with anything else.
    """
    if len(order.steps) > MOST_STEPS:
        raise InvalidParameterError(
            "steps", str(len(order.steps)), f"一次至多 {MOST_STEPS} 项,请分几次。", f"At most {MOST_STEPS} at once."
        )
    renumbered = [step for step in order.steps if isinstance(step, RenumberStall)]
    if renumbered and len(renumbered) < len(order.steps):
        raise InvalidParameterError(
            "steps", "renumber", "改号请单独提交。", "Numbers are changed by themselves, not along with other steps."
        )
    if renumbered:
        return _renumbered(register, renumbered)
    drawing = _Drawing(register, order.day)
    for i, step in enumerate(order.steps):
        drawing.take(i, step)
    return drawing.done()


def _renumbered(register: Register, steps: list[RenumberStall]) -> Sketch:
    found = Sketch()
    leaving = {step.stall for step in steps if step.stall != step.code}
    seen: set[StallCode] = set()
    for i, step in enumerate(steps):
        if step.stall not in register.stalls:
            found.faults.append(DrawingFault(FaultKind.UNKNOWN, step.stall, i))
        elif step.code in seen or (step.code in register.stalls and step.code not in leaving | {step.stall}):
            found.faults.append(DrawingFault(FaultKind.TAKEN, step.code, i))
        elif step.code != step.stall:
            found.changes.append(Change(Subject.STALL_CODE, (step.stall,), (Dated(step.stall),), (Dated(step.code),)))
        seen.add(step.code)
    return found


class _Drawing:
    """Takes steps one after the other, then fits the levels that they touched."""

    def __init__(self, register: Register, day: date) -> None:
        self._register, self._day = register, day
        self._projection = register.market.projection
        self._levels = dict(register.levels)
        self._level_changes: dict[LevelKey, Change] = {}
        self._stalls = {c: s for c, states in register.stalls.items() if (s := value_on(states, day)) is not None}
        self._step_of: dict[StallCode, int] = {}
        self._found = Sketch()

    def take(self, i: int, step: Any) -> None:
        match step:
            case AddStall():
                self._add(i, step)
            case ChangeStall():
                self._change(i, step)
            case EndStall():
                if self._stalls.pop(step.stall, None) is None:
                    self._fault(FaultKind.UNKNOWN, step.stall, i)
                self._step_of[step.stall] = i
            case DrawLevel():
                self._level(i, step)
            case RemoveLevel():
                self._remove(i, step.key)
            case _:
                raise TypeError(type(step))

    def done(self) -> Sketch:
        """Return what has been found."""
        by_level: dict[LevelKey, list[Stall]] = defaultdict(list)
        for stall in self._stalls.values():
            by_level[stall.level].append(stall)
        for key, stalls in by_level.items():
            self._fit(key, stalls)
        changes = [change for change in self._level_changes.values() if change.before != change.after]
        stalls = [change for code in self._step_of if (change := self._stall_change(code)) is not None]
        closed = closed_with_their_stalls(self._register, [change for change in stalls if change.after], [])
        self._found.changes = [*changes, *stalls, *closed]
        return self._found

    # --- Steps ----------------------------------------------------------------------------------------------------

    def _add(self, i: int, step: AddStall) -> None:
        key = self._level_of(step.ordinal, step.building)
        if key is None:
            self._fault(FaultKind.NO_LEVEL, f"{step.building or ''} {step.ordinal}".strip(), i)
        elif self._is_taken(step.stall):
            self._fault(FaultKind.TAKEN, step.stall, i)
        elif self._usable(step.stall, step.place_lonlat, i, point=True):
            place: Any = step.place_lonlat
            self._stalls[step.stall] = Stall(step.stall, key, place, step.kind, step.name)
            self._step_of[step.stall] = i

    def _is_taken(self, code: StallCode) -> bool:
        """Whether a stall has the number from the day on; one that has ended gives its number free."""
        if code in self._stalls:
            return True
        known = self._register.stalls.get(code, ())
        return code not in self._step_of and any(d.valid_to is None or d.valid_to > self._day for d in known)

    def _change(self, i: int, step: ChangeStall) -> None:
        known = self._stalls.get(step.stall)
        if known is None:
            self._fault(FaultKind.UNKNOWN, step.stall, i)
            return
        place: Any = step.place_lonlat if step.place_lonlat is not None else known.place_lonlat
        if step.place_lonlat is None or self._usable(step.stall, place, i, point=True):
            kind = step.kind if step.kind is not None else known.kind
            name = step.name if step.name is not None else known.name
            self._stalls[step.stall] = replace(known, place_lonlat=place, kind=kind, name=name)
            self._step_of[step.stall] = i

    def _level(self, i: int, step: DrawLevel) -> None:
        if not self._usable(f"{step.key.building} {step.label}", step.outline_lonlat, i):
            return
        outline: Any = step.outline_lonlat
        known = self._register.levels.get(step.key)
        building = self._register.buildings.get(step.key.building) or Building(
            step.key.building, step.building_name or step.key.building
        )
        level = Level(step.key, step.label, outline)
        before: Timeline[FloorLevel] = (Dated(FloorLevel(known, building)),) if known else ()
        self._levels[step.key] = level
        self._level_changes[step.key] = Change(
            Subject.LEVEL, _thing(step.key), before, (Dated(FloorLevel(level, building)),)
        )

    def _remove(self, i: int, key: LevelKey) -> None:
        known = self._register.levels.get(key)
        ways = self._register.connectors.values()
        if known is None:
            self._fault(FaultKind.NO_LEVEL, " ".join(_thing(key)), i)
        elif any(state.value.level == key for states in self._register.stalls.values() for state in states) or any(
            key in (way.from_level, way.to_level) for way in ways
        ):
            self._fault(FaultKind.IN_USE, known.label, i)
        else:
            floor = FloorLevel(known, self._register.buildings[key.building])
            del self._levels[key]
            self._level_changes[key] = Change(Subject.LEVEL, _thing(key), (Dated(floor),), ())

    # --- Shapes ---------------------------------------------------------------------------------------------------

    def _usable(self, thing: str, place: BaseGeometry, i: int, *, point: bool = False) -> bool:
        what = shape_fault(place, self._projection, point=point)
        if what:
            self._found.faults.append(DrawingFault(FaultKind.SHAPE, thing, i, what=what))
        return not what

    def _fit(self, key: LevelKey, stalls: list[Stall]) -> None:
        """Fit a level's stalls: those that were there first keep their floor."""
        redrawn = key in self._level_changes
        touched = np.array([stall.code in self._step_of for stall in stalls])
        if key not in self._levels or not (redrawn or touched.any()):
            return
        floor_m = crs.to_metres(self._levels[key].outline_lonlat, self._projection)
        places_m = crs.to_metres(places_of([stall.place_lonlat for stall in stalls]), self._projection)
        clean = clean_level(floor_m, places_m, rank=touched.astype(np.int64))
        for misfit in clean.rejected:
            if redrawn or touched[misfit.stall]:
                self._found.faults.append(self._misfit(stalls, misfit))
        rejected = {misfit.stall for misfit in clean.rejected}
        for misfit in clean.mended:
            if misfit.stall in rejected or not (redrawn or touched[misfit.stall]):
                continue
            stall = stalls[misfit.stall]
            other = stalls[misfit.other].code if misfit.other >= 0 else ""
            self._found.mends.append(DrawingMend(stall.code, other, misfit.area_m2, misfit.reach_m))
            place = crs.to_lonlat(clean.places_m[misfit.stall], self._projection)
            self._stalls[stall.code] = replace(stall, place_lonlat=place)
            self._step_of.setdefault(stall.code, -1)

    def _misfit(self, stalls: list[Stall], misfit: Misfit) -> DrawingFault:
        code = stalls[misfit.stall].code
        kind = FaultKind.OUTSIDE if misfit.where is Where.FLOOR else FaultKind.OVERLAP
        other = stalls[misfit.other].code if misfit.other >= 0 else ""
        reach_m = min(misfit.reach_m, 1e6)  # no floor at all is infinitely far, which JSON has no word for
        return DrawingFault(kind, code, self._step_of.get(code, -1), other, reach_m, misfit.area_m2)

    # --- Changes --------------------------------------------------------------------------------------------------

    def _stall_change(self, code: StallCode) -> Change | None:
        known = self._register.stalls.get(code, ())
        now = self._stalls.get(code)
        later: Timeline[Stall] = () if now is None else (Dated(now),)
        after = from_day(known, self._day, later)
        if known and not after:
            after = never(known)
        return None if after == known else Change(Subject.STALL, (code,), known, after)

    def _level_of(self, ordinal: int, building: str | None) -> LevelKey | None:
        found = [k for k in self._levels if k.ordinal == ordinal and building in (None, k.building)]
        return found[0] if len(found) == 1 else None

    def _fault(self, kind: FaultKind, thing: str, step: int) -> None:
        self._found.faults.append(DrawingFault(kind, thing, step))


def shape_fault(place: BaseGeometry, projection: str | None, *, point: bool = False) -> str:
    """Say why a drawn shape cannot be used, '' if it can; `point`: it may be one; no projection: its size is not."""
    is_area = isinstance(place, shapely.Polygon | shapely.MultiPolygon)
    if place.is_empty or not (is_area or point):
        return "没有面积 / it has no area"
    if shapely.get_num_coordinates(place) > MOST_CORNERS:
        return f"顶点多于 {MOST_CORNERS} 个,请先简化 / more than {MOST_CORNERS} corners: simplify it"
    corners = shapely.get_coordinates(place)
    if any(crs.lonlat_fault(lon, lat) for lon, lat in (corners.min(axis=0), corners.max(axis=0))):
        return "坐标不是经纬度 / it is not in degrees"
    if not place.is_valid:
        return f"轮廓自相交 / its outline crosses itself ({shapely.is_valid_reason(place)})"
    return _size_fault(crs.to_metres(place, projection)) if is_area and projection else ""


def _size_fault(place_m: BaseGeometry) -> str:
    if not np.abs(shapely.get_coordinates(place_m)).max() < FARTHEST_M:
        return "离市场太远 / it is too far from the market"
    return "" if place_m.area >= LEAST_AREA_M2 else "面积过小 / it is too small"


def _thing(key: LevelKey) -> tuple[str, str]:
    return key.building, str(key.ordinal)
