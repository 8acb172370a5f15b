"""What a planner draws: levels and stalls put down, changed, ended and renumbered, and what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from shapely.geometry.base import BaseGeometry

from gridmap.errors import GeometryError, Language
from gridmap.model.ids import StallCode
from gridmap.model.kinds import UnitKind
from gridmap.model.places import LevelKey


@dataclass(frozen=True, slots=True)
class AddStall:
    """A stall where there was none; `building` may be left out where only one has the level."""

    stall: StallCode
    ordinal: int
    place_lonlat: BaseGeometry
    building: str | None = None
    kind: UnitKind = UnitKind.STALL
    name: str = ""


@dataclass(frozen=True, slots=True)
class ChangeStall:
    """A stall moved, turned, resized or described anew; what is None stays as it is."""

    stall: StallCode
    place_lonlat: BaseGeometry | None = None
    kind: UnitKind | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class EndStall:
    """A stall that is no more from the day on; who trades there leaves it."""

    stall: StallCode


@dataclass(frozen=True, slots=True)
class RenumberStall:
    """Another number for the same stall: its zone, merchants and visits stay with it."""

    stall: StallCode
    code: StallCode


@dataclass(frozen=True, slots=True)
class DrawLevel:
    """A level put down or redrawn."""

    key: LevelKey
    label: str
    outline_lonlat: BaseGeometry
    building_name: str = ""


@dataclass(frozen=True, slots=True)
class RemoveLevel:
    """A level on which no stall ever was."""

    key: LevelKey


DrawingStep = AddStall | ChangeStall | EndStall | RenumberStall | DrawLevel | RemoveLevel


@dataclass(frozen=True)
class DrawingOrder:
    """All of it or nothing, from a day on."""

    steps: tuple[DrawingStep, ...]
    day: date


class FaultKind(StrEnum):
    """Why a drawing cannot stand."""

    TAKEN = "taken"  # 编号重复
    UNKNOWN = "unknown"  # 没有这个铺位
    NO_LEVEL = "no-level"  # 没有这个楼层
    SHAPE = "shape"  # 图形有误
    OUTSIDE = "outside"  # 超出楼层轮廓
    OVERLAP = "overlap"  # 与其他铺位重叠
    IN_USE = "in-use"  # 楼层上还有铺位


@dataclass(frozen=True, slots=True)
class DrawingFault:
    """
    One thing that is wrong.

    `step` is the number of the step, -1 where a stall is concerned that no step names; `other` the stall that it
    overlaps; `reach_m` how far it reaches where it should not be, `area_m2` how much of it.
    """

    kind: FaultKind
    thing: str
    step: int = -1
    other: str = ""
    reach_m: float = 0.0
    area_m2: float = 0.0
    what: str = ""

    def text(self, language: Language = "zh") -> str:
        """Say it in a sentence."""
        words = _ZH if language == "zh" else _EN
        return words[self.kind].format(
            thing=self.thing, other=self.other, reach=round(self.reach_m, 2), area=round(self.area_m2, 2),
            what=self.what,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DrawingMend:
    """A stall that was fitted: `area_m2` cut off at the floor's edge, or left to the stall `other`."""

    stall: StallCode
    other: str
    area_m2: float
    reach_m: float


_ZH = {
    FaultKind.TAKEN: "编号 {thing} 已被占用,请换一个。",
    FaultKind.UNKNOWN: "没有铺位 {thing},可能已被他人撤销或改号。",
    FaultKind.NO_LEVEL: "没有楼层 {thing},或有几栋楼都有这一层。",
    FaultKind.SHAPE: "{thing} 的图形不能用:{what}。",
    FaultKind.OUTSIDE: "{thing} 超出楼层轮廓 {reach} 米({area} ㎡),请移到轮廓以内。",
    FaultKind.OVERLAP: "{thing} 与 {other} 重叠 {area} ㎡,请错开。",
    FaultKind.IN_USE: "楼层 {thing} 上有或曾有铺位,不能删除。",
}
_EN = {
    FaultKind.TAKEN: "The number {thing} is taken: choose another.",
    FaultKind.UNKNOWN: "There is no stall {thing}: somebody may have ended or renumbered it.",
    FaultKind.NO_LEVEL: "There is no level {thing}, or several buildings have it.",
    FaultKind.SHAPE: "The shape of {thing} cannot be used: {what}.",
    FaultKind.OUTSIDE: "{thing} leaves the floor by {reach} m ({area} m2): move it inside.",
    FaultKind.OVERLAP: "{thing} overlaps {other} by {area} m2: move it away.",
    FaultKind.IN_USE: "Level {thing} has or had stalls and cannot be removed.",
}


@dataclass(eq=False)
class DrawingFaultsError(GeometryError):
    """What was drawn cannot stand; nothing of it was written. `faults` are what is wrong with which step, both ways."""

    faults: tuple[DrawingFault, ...] = ()
    code: ClassVar[str] = "drawing-faults"
    zh: ClassVar[str] = "{what}没有写入任何数据。"
    en: ClassVar[str] = "{where} Nothing was written."

    @classmethod
    def of(cls, faults: Sequence[DrawingFault]) -> "DrawingFaultsError":
        """Tell the first of the faults, and how many there are."""
        first, count = faults[0], len(faults)
        what = first.text("zh") + (f"共 {count} 处问题," if count > 1 else "")
        where = first.text("en") + (f" {count} faults in all." if count > 1 else "")
        return cls(what, where, tuple(faults))
