"""Shapes of plans on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gridmap.model.duty import Assignment, Member, Plan, Zone
from gridmap.model.kinds import PlanState, Role
from gridmap.services.disclosure import ZoneCounts
from gridmap.services.plans import PlanDetail
from gridmap.services.rights import Mask
from gridmap.spatial.partition.params import Effort, Params, Weights

Weight = Annotated[float, Field(ge=0, le=1_000_000)]


class WeightsIn(BaseModel):
    """What counts how much beside the band; what is left out counts as it does by default."""

    model_config = ConfigDict(extra="forbid")

    inertia: Weight | None = None
    levels: Weight | None = None
    runs: Weight | None = None
    walk: Weight | None = None
    moved: Weight | None = None
    anchor: Weight | None = None
    room: Weight | None = None

    def weights(self) -> Weights:
        """Return the engine's weights."""
        return Weights(**self.model_dump(exclude_none=True))


class DraftIn(BaseModel):
    """What is asked of a draft: the parameters of the command."""

    model_config = ConfigDict(extra="forbid")

    target: float = Field(default=50, gt=0, le=100_000, description="每区目标户数 / merchants a zone")
    tolerance: float = Field(default=0.1, ge=0, lt=1, description="允许偏差 / give or take, a share")
    cap: int | None = Field(default=None, ge=1, le=1_000_000, description="户数上限 / hard cap")
    zones: int | None = Field(default=None, ge=1, le=100_000, description="责任区个数 / number of zones")
    seed: int = Field(default=1, ge=0, le=2**53)
    effort: Effort = Effort.QUICK
    weights: WeightsIn = Field(default=WeightsIn(), description="各项轻重,同命令的 --weight / as --weight")
    copy_of: str | None = Field(default=None, max_length=80, description="照抄此方案,不重新划分 / copy it as it is")
    previous: str | None = Field(default=None, max_length=80, description="与此方案相比改动最少 / least change from it")
    keep_locked: bool = Field(default=False, description="previous 中锁定的责任区不动 / its locked zones stay")
    uuid: UUID | None = Field(
        default=None,
        description="调用方自拟,重复提交不会再划分一次 / made by the caller: repeated, it makes no second plan",
        examples=["5f0e1f5c-8d0b-4c1e-9a53-0f6f6a1f3d52"],
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if self.copy_of is not None and self.previous is not None:
            raise ValueError("give copy_of or previous")
        if self.keep_locked and self.previous is None:
            raise ValueError("keep_locked needs previous")
        return self

    def params(self) -> Params:
        """Return the parameters of the engine."""
        return Params(
            target=self.target,
            tolerance=self.tolerance,
            cap=self.cap,
            zones=self.zones,
            seed=self.seed,
            effort=self.effort,
            weights=self.weights.weights(),
        )


class PublishIn(BaseModel):
    """From which day a plan is in force; today if left out."""

    model_config = ConfigDict(extra="forbid")

    first_day: date | None = Field(default=None, alias="from", examples=["2026-12-01"])


class MetricOut(BaseModel):
    """One figure about a plan."""

    key: str
    value: float
    unit: str
    version: int


class PlanOut(BaseModel):
    """A plan without its zones."""

    code: str = Field(examples=["demo-p1"])
    uuid: str
    market: str
    state: PlanState
    valid_from: date | None
    valid_to: date | None
    created_at: datetime
    created_by: str | None = Field(description="编制者;仅对业务人员显示 / author, shown to those who work here")
    parameters: dict[str, float | int | str | None]
    seed: int
    input_hash: str | None = Field(description="输入摘要;仅对业务人员显示 / shown to those who work here")
    engine: str
    revision: int
    origin: str | None = Field(description="由哪个方案复制或恢复而来 / the plan it was made from")
    metrics: list[MetricOut]

    @classmethod
    def of(cls, plan: Plan, mask: Mask) -> Self:
        """Build from the domain's value."""
        return cls.model_validate(plan_fields(plan, mask))


class PlanPage(BaseModel):
    """A market's plans, newest first."""

    items: list[PlanOut]
    next: str | None


class ZoneLevelOut(BaseModel):
    """A zone's part of one level."""

    building: str
    level: int
    label: str
    merchants: int | None = Field(description="户数;不予显示时为空 / null where not to be shown")
    stalls: int


class ZoneMemberOut(BaseModel):
    """Who answers for a zone: public duty data only."""

    member_id: str
    name: str
    role: Role
    office_contact: str


class ZoneOut(BaseModel):
    """A zone of a plan."""

    zone: str
    name: str
    colour: int
    locked: bool = Field(description="已锁定:铺位不能变动 / its stalls cannot change")
    merchants: int | None = Field(description="户数;不予显示时为空 / null where not to be shown")
    stalls: int
    levels: list[ZoneLevelOut]
    members: list[ZoneMemberOut]


class PlanDetailOut(PlanOut):
    """A plan with its zones."""

    zones: list[ZoneOut]

    @classmethod
    def with_zones(cls, detail: PlanDetail, mask: Mask) -> "PlanDetailOut":
        """Build from the domain's value."""
        answering: dict[str, list[Assignment]] = {}
        for assignment in detail.assignments:
            answering.setdefault(assignment.zone, []).append(assignment)
        told = mask.zones(detail.zones)
        zones = [_zone(zone, answering.get(zone.code, []), detail, told) for zone in detail.zones]
        return cls.model_validate({**plan_fields(detail.plan, mask), "zones": zones})


class AssignmentLine(BaseModel):
    """One stall and its zone."""

    stall: str
    zone: str


class AssignmentPage(BaseModel):
    """Stalls by code with their zones, and where the next ones are."""

    items: list[AssignmentLine]
    next: str | None


def plan_fields(plan: Plan, mask: Mask) -> dict[str, object]:
    """Return what a plan's shape is made of."""
    return {
        "code": plan.code,
        "uuid": plan.uuid,
        "market": plan.market,
        "state": plan.state,
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
        "created_at": plan.created_at,
        "created_by": plan.created_by if mask.register else None,
        "parameters": plan.parameters,
        "seed": plan.seed,
        "input_hash": plan.input_hash if mask.register else None,
        "engine": plan.engine,
        "revision": plan.revision,
        "origin": plan.origin,
        "metrics": [
            MetricOut(key=metric.key, value=metric.value, unit=metric.unit, version=metric.version)
            for metric in mask.metrics(plan)
        ],
    }


def _zone(zone: Zone, answering: list[Assignment], detail: PlanDetail, told: ZoneCounts) -> ZoneOut:
    return ZoneOut(
        zone=zone.code,
        name=zone.name,
        colour=zone.colour,
        locked=zone.locked,
        merchants=told.total(zone),
        stalls=len(zone.stalls),
        levels=[
            ZoneLevelOut(
                building=shape.level.building,
                level=shape.level.ordinal,
                label=detail.labels.get(shape.level, ""),
                merchants=told.on(zone.code, shape.level, shape.merchants),
                stalls=shape.stalls,
            )
            for shape in zone.shapes
        ],
        members=[member_out(detail.members[a.member], a.role) for a in answering],
    )


def member_out(member: Member, role: Role) -> ZoneMemberOut:
    """Show a member in a role."""
    return ZoneMemberOut(member_id=member.code, name=member.name, role=role, office_contact=member.office_contact)
