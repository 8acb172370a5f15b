"""Shapes of drawings on the wire."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gridmap.api.schemas.imports import ImportOut, RegisterEventOut
from gridmap.api.schemas.shapes import AreaIn, PlaceIn, geometry_of
from gridmap.model.drawings import (
    AddStall,
    ChangeStall,
    DrawingOrder,
    DrawingStep,
    DrawLevel,
    EndStall,
    FaultKind,
    RemoveLevel,
    RenumberStall,
)
from gridmap.model.ids import MAIN_BUILDING, BuildingCode, MarketCode, StallCode
from gridmap.model.kinds import Layout, MarketKind, UnitKind
from gridmap.model.places import LevelKey
from gridmap.services.drawing_changes import MOST_STEPS
from gridmap.services.drawings import Drawn, NewMarket

_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
_CODE = r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=_CODE)]
Name = Annotated[str, Field(max_length=200, pattern=_PRINTABLE)]
Ordinal = Annotated[int, Field(ge=-99, le=999, description="楼层序号 / ordinal, 1F = 0")]


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AddIn(_Step):
    """Put a stall down."""

    op: Literal["add"]
    stall: Code
    level: Ordinal
    building: Code | None = None
    place: PlaceIn = Field(description="经纬度 / lon/lat")
    kind: UnitKind = UnitKind.STALL
    name: Name = ""

    def step(self) -> DrawingStep:
        """Return what the use case takes."""
        place = geometry_of(self.place)
        return AddStall(StallCode(self.stall), self.level, place, self.building, self.kind, self.name)


class ChangeIn(_Step):
    """Move, turn, resize or describe a stall; what is left out stays."""

    op: Literal["change"]
    stall: Code
    place: PlaceIn | None = None
    kind: UnitKind | None = None
    name: Name | None = None

    def step(self) -> DrawingStep:
        """Return what the use case takes."""
        place = None if self.place is None else geometry_of(self.place)
        return ChangeStall(StallCode(self.stall), place, self.kind, self.name)


class EndIn(_Step):
    """End a stall on the day of the drawing; its history stays."""

    op: Literal["end"]
    stall: Code

    def step(self) -> DrawingStep:
        """Return what the use case takes."""
        return EndStall(StallCode(self.stall))


class RenumberIn(_Step):
    """Give a stall another number; not together with other steps."""

    op: Literal["renumber"]
    stall: Code
    code: Code

    def step(self) -> DrawingStep:
        """Return what the use case takes."""
        return RenumberStall(StallCode(self.stall), StallCode(self.code))


class LevelIn(_Step):
    """Draw a level, or draw it anew."""

    op: Literal["level"]
    level: Ordinal
    building: Code | None = Field(default=None, description="默认 main / main if left out")
    building_name: Name = ""
    label: Annotated[str, Field(min_length=1, max_length=32, pattern=_PRINTABLE)]
    outline: AreaIn

    def step(self) -> DrawLevel:
        """Return what the use case takes."""
        key = LevelKey(BuildingCode(self.building or MAIN_BUILDING), self.level)
        return DrawLevel(key, self.label, geometry_of(self.outline), self.building_name)


class RemoveLevelIn(_Step):
    """Remove a level on which no stall ever was."""

    op: Literal["remove-level"]
    level: Ordinal
    building: Code | None = None

    def step(self) -> DrawingStep:
        """Return what the use case takes."""
        return RemoveLevel(LevelKey(BuildingCode(self.building or MAIN_BUILDING), self.level))


StepIn = Annotated[
    AddIn | ChangeIn | EndIn | RenumberIn | LevelIn | RemoveLevelIn, Field(discriminator="op")
]  # fmt: skip


class DrawingIn(BaseModel):
    """Steps that are one change of the register: all of them or none."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    steps: list[StepIn] = Field(min_length=1, max_length=MOST_STEPS)
    first_day: date | None = Field(default=None, alias="from", description="自哪天起,默认今天 / from which day on")
    store: bool = Field(default=False, description="真:入库;假:只检查 / true: put it into force")

    def order(self, today: date) -> DrawingOrder:
        """Return what the use case takes."""
        return DrawingOrder(tuple(one.step() for one in self.steps), self.first_day or today)


class MarketIn(BaseModel):
    """A market that is drawn."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$", examples=["hall-2"])]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_PRINTABLE)]
    kind: MarketKind = MarketKind.MARKET
    layout: Layout = Layout.BUILDING
    division: Code | None = Field(default=None, description="行政区划代码,默认自己所在的 / one's own if left out")
    levels: list[LevelIn] = Field(min_length=1, max_length=200)

    def new(self) -> NewMarket:
        """Return what the use case takes."""
        levels = tuple(level.step() for level in self.levels)
        return NewMarket(MarketCode(self.code), self.name, levels, self.kind, self.layout, self.division)


class DrawingFaultOut(BaseModel):
    """One thing that is wrong."""

    kind: FaultKind
    thing: str = Field(description="铺位或楼层 / stall or level")
    step: int = Field(description="第几步,-1 为未提到的铺位 / number of the step, -1 for a stall that none names")
    other: str
    reach_m: float
    area_m2: float
    what: str


class DrawingMendOut(BaseModel):
    """A stall that was fitted to its floor (`other` empty) or to another stall."""

    stall: str
    other: str
    area_m2: float
    reach_m: float


class DrawnOut(BaseModel):
    """What a drawing changes, what was fitted, what is wrong; `record` once it is in force."""

    record: ImportOut | None
    version: str = Field(description="登记的版本,同 ETag / version of the register, as the ETag")
    changes: list[RegisterEventOut]
    mends: list[DrawingMendOut]
    faults: list[DrawingFaultOut]

    @classmethod
    def of(cls, drawn: Drawn) -> "DrawnOut":
        """Build from the domain's value."""
        return cls.model_validate(
            {
                "record": drawn.record and ImportOut.model_validate(drawn.record, from_attributes=True),
                "version": drawn.version,
                "changes": _each(RegisterEventOut, drawn.events),
                "mends": _each(DrawingMendOut, drawn.mends),
                "faults": _each(DrawingFaultOut, drawn.faults),
            }
        )


class DrawingsOut(BaseModel):
    """What was drawn in a market, newest first; the `ETag` is what the next drawing sends as `If-Match`."""

    version: str
    items: list[ImportOut]


def _each(model: type[BaseModel], values: Iterable[object]) -> list[BaseModel]:
    return [model.model_validate(value, from_attributes=True) for value in values]
