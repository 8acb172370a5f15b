"""Edits of a draft on the wire: what is asked, what was done, what takes it back."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from geojson_pydantic import LineString
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from gridmap.api.schemas.plans import MetricOut
from gridmap.model.edits import (
    Aim,
    Ask,
    Assign,
    Edit,
    Lock,
    Merge,
    PlanEdit,
    Proposed,
    Recolour,
    Rename,
    SplitAsk,
    Staff,
    edit_as_json,
)
from gridmap.model.ids import MemberCode, StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.services.plan_edits import COLOURS, EditedPlan
from gridmap.services.plan_faults import Fault, PlanFault
from gridmap.services.rights import Mask

Code = Annotated[str, Field(min_length=1, max_length=64)]
Stalls = Annotated[list[Code], Field(max_length=200_000)]


class _EditIn(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AssignIn(_EditIn):
    """铺位划入责任区 / put stalls into a zone, or into none."""

    op: Literal["assign"]
    stalls: Stalls
    zone: Code | None = Field(description="空为不划入任何责任区 / null: into no zone")

    def ask(self) -> Ask:
        """Return the domain's value."""
        return Assign(_stalls(self.stalls), ZoneCode(self.zone) if self.zone is not None else None)


class ProposedIn(_EditIn):
    """A member proposed for a zone."""

    member_id: Code
    role: Role


class LineIn(LineString):
    """A line; a box around it may come along and is not looked at."""

    @model_validator(mode="before")
    @classmethod
    def _without_box(cls, told: Any) -> Any:
        return {key: value for key, value in told.items() if key != "bbox"} if isinstance(told, dict) else told


class SplitIn(_EditIn):
    """
    拆分 / split a zone: along a line, into halves, or off go the named stalls.

    The other fields come with the reverse of a merge; left out, they are chosen.
    """

    op: Literal["split"]
    zone: Code
    line: LineIn | None = None
    balanced: bool = False
    stalls: Stalls | None = None
    into: Code | None = None
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    colour: Annotated[int, Field(ge=0, lt=COLOURS)] | None = None
    members: Annotated[list[ProposedIn], Field(max_length=1000)] = []

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.line is not None) + self.balanced + (self.stalls is not None) != 1:
            raise ValueError("give one of line, balanced, stalls")
        if self.line is not None and not all(abs(p[0]) <= 180 and abs(p[1]) <= 90 for p in self.line.coordinates):
            raise ValueError("line is longitude, latitude in degrees")
        return self

    def ask(self) -> Ask:
        """Return the domain's value."""
        return SplitAsk(
            zone=ZoneCode(self.zone),
            line_lonlat=tuple((p[0], p[1]) for p in self.line.coordinates) if self.line is not None else (),
            stalls=_stalls(self.stalls) if self.stalls is not None else None,
            into=ZoneCode(self.into) if self.into is not None else None,
            name=self.name,
            colour=self.colour,
            members=_proposed(self.members),
        )


class MergeIn(_EditIn):
    """合并 / make zones one; the first keeps its code."""

    op: Literal["merge"]
    zones: Annotated[list[Code], Field(max_length=10_000)]

    def ask(self) -> Ask:
        """Return the domain's value."""
        return Merge(tuple(ZoneCode(zone) for zone in self.zones))


class LockIn(_EditIn):
    """锁定责任区 / keep a zone's stalls as they are."""

    op: Literal["lock"]
    zone: Code
    locked: bool

    def ask(self) -> Ask:
        """Return the domain's value."""
        return Lock(ZoneCode(self.zone), self.locked)


class NameIn(_EditIn):
    """改名 / give a zone another name."""

    op: Literal["name"]
    zone: Code
    name: Annotated[str, Field(min_length=1, max_length=100)]

    def ask(self) -> Ask:
        """Return the domain's value."""
        return Rename(ZoneCode(self.zone), self.name)


class RecolourIn(_EditIn):
    """换颜色 / give a zone another colour of the theme."""

    op: Literal["recolour"]
    zone: Code
    colour: Annotated[int, Field(ge=0, lt=COLOURS)]

    def ask(self) -> Ask:
        """Return the domain's value."""
        return Recolour(ZoneCode(self.zone), self.colour)


class StaffIn(_EditIn):
    """提名网格员 / propose members for a zone, in the place of those who were."""

    op: Literal["staff"]
    zone: Code
    members: Annotated[list[ProposedIn], Field(max_length=1000)]

    def ask(self) -> Ask:
        """Return the domain's value."""
        return Staff(ZoneCode(self.zone), _proposed(self.members))


class BandIn(_EditIn):
    """允许范围 / the merchants a zone by which the plan is judged."""

    op: Literal["band"]
    target: Annotated[float, Field(gt=0, le=1_000_000)]
    low: Annotated[float, Field(ge=0, le=1_000_000)]
    high: Annotated[float, Field(gt=0, le=1_000_000)]

    def ask(self) -> Ask:
        """Return the domain's value."""
        return Aim(self.target, self.low, self.high)


EditIn = Annotated[
    AssignIn | SplitIn | MergeIn | LockIn | NameIn | RecolourIn | StaffIn | BandIn, Field(discriminator="op")
]
EditsIn = Annotated[list[EditIn], Field(min_length=1, max_length=1000)]
_EDITS = TypeAdapter[list[Any]](list[EditIn])


class FaultOut(BaseModel):
    """Something wrong with a zone, or with stalls in none: told, not forbidden."""

    fault: Fault
    zone: str | None
    count: int | None = Field(description="片数、户数或铺位数;不予显示时为空 / pieces, merchants or stalls")
    stalls: list[str]

    @classmethod
    def of(cls, fault: PlanFault, mask: Mask) -> Self:
        """Build from the domain's value."""
        counts_merchants = fault.fault in (Fault.OVER, Fault.UNDER, Fault.NO_MEMBER)
        count = fault.count if mask.register or not counts_merchants else None
        return cls(fault=fault.fault, zone=fault.zone, count=count, stalls=list(fault.stalls))


class EditedZoneOut(BaseModel):
    """A zone whose stalls changed."""

    zone: str
    name: str
    colour: int
    locked: bool
    merchants: int
    stalls: list[str]


class EditedPlanOut(BaseModel):
    """A draft after edits; the shapes are at `/plans/{plan}/zones`."""

    plan: str
    revision: int
    added: list[str] = Field(description="新责任区编号 / codes of new zones")
    removed: list[str]
    zones: list[EditedZoneOut] = Field(description="铺位有变动的责任区 / zones whose stalls changed")
    metrics: list[MetricOut]
    edits: list[EditIn] = Field(description="所做的修改,铺位逐个列明 / what was done, stall by stall")
    reverse: list[EditIn] = Field(description="撤销所需的修改,按此顺序提交 / what takes it back, in this order")
    faults: list[FaultOut]

    @classmethod
    def of(cls, edited: EditedPlan, mask: Mask) -> Self:
        """Build from the domain's value."""
        return cls(
            plan=edited.plan.code,
            revision=edited.plan.revision,
            added=list(edited.added),
            removed=list(edited.removed),
            zones=[
                EditedZoneOut(
                    zone=zone.code,
                    name=zone.name,
                    colour=zone.colour,
                    locked=zone.locked,
                    merchants=zone.merchants,
                    stalls=list(zone.stalls),
                )
                for zone in edited.zones
            ],
            metrics=[MetricOut(key=m.key, value=m.value, unit=m.unit, version=m.version) for m in edited.plan.metrics],
            edits=told_edits(edited.edits),
            reverse=told_edits(edited.reverse),
            faults=[FaultOut.of(fault, mask) for fault in edited.faults],
        )


class PlanEditOut(BaseModel):
    """An edit as it was kept."""

    number: int
    revision: int
    at: datetime
    by: str | None = Field(description="仅对业务人员显示 / shown to those who work here")
    edit: EditIn
    reverse: list[EditIn]

    @classmethod
    def of(cls, kept: PlanEdit, mask: Mask) -> Self:
        """Build from the domain's value."""
        (edit,) = told_edits([kept.edit])
        return cls(
            number=kept.number,
            revision=kept.revision,
            at=kept.at,
            by=kept.by if mask.register else None,
            edit=edit,
            reverse=told_edits(kept.reverse),
        )


class PlanEditPage(BaseModel):
    """A plan's edits, oldest first, and where the next ones are."""

    items: list[PlanEditOut]
    next: str | None


class FaultsOut(BaseModel):
    """What is wrong with a plan's zones."""

    items: list[FaultOut]


def told_edits(edits: "list[Edit] | tuple[Edit, ...]") -> list[Any]:
    """Show edits in the form in which they can be asked again."""
    return _EDITS.validate_python([edit_as_json(edit) for edit in edits])


def _stalls(codes: list[str]) -> tuple[StallCode, ...]:
    return tuple(StallCode(code) for code in codes)


def _proposed(told: list[ProposedIn]) -> tuple[Proposed, ...]:
    return tuple(Proposed(MemberCode(m.member_id), m.role) for m in told)
