"""Shapes of members, their posts, hours, absences and assignments on the wire. On the wire a last day is included."""

from datetime import date, timedelta
from typing import Annotated, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gridmap.model.absences import Absence
from gridmap.model.duty import Member
from gridmap.model.ids import MemberCode, StallCode
from gridmap.model.kinds import ZONE_ROLES, Role
from gridmap.model.shifts import Shift, ShiftDay
from gridmap.services.absences import AbsenceDetail
from gridmap.services.members import MemberDetail, MemberDuty
from gridmap.services.proposals import OpenReason, StaffProposal
from gridmap.store.assignments import Placed

_ONE_DAY = timedelta(days=1)
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Reason = Annotated[str, Field(min_length=1, max_length=100, description="原因 / why", examples=["调离"])]


class _Asked(BaseModel):
    """A body; nothing that is not known is passed over."""

    model_config = ConfigDict(extra="forbid")


class MemberChangeIn(_Asked):
    """What may be changed of a member; all of it is written."""

    name: str = Field(min_length=1, max_length=100, examples=["林晓"])
    office_contact: str = Field(default="", max_length=100, description="办公联系方式,不是私人电话 / at the office")
    capacity: int | None = Field(default=None, ge=1, le=100_000, description="最多联系户数 / merchants at most")
    stall: Code | None = Field(default=None, description="本人铺位 / own stall")
    first_day: date | None = Field(default=None, alias="from", description="到任日 / first day in office")

    def member(self, code: str = "", role: Role = Role.MEMBER) -> Member:
        """Return the domain's value."""
        home = StallCode(self.stall) if self.stall else None
        return Member(MemberCode(code), self.name, role, self.office_contact, self.capacity, home, self.first_day)


class MemberIn(MemberChangeIn):
    """A new member of a market."""

    member_id: Code = Field(examples=["W101"])
    role: Role = Role.MEMBER


class EndIn(_Asked):
    """From which day on something is over, and why; today if left out."""

    day: date | None = Field(default=None, description="不再负责的第一天,默认今天 / first day without; today")
    reason: Reason


class PostIn(_Asked):
    """A role for a market as a whole, from a day on."""

    member_id: Code
    role: Role = Field(description="leader, guide, liaison, operator")
    first_day: date | None = Field(default=None, alias="from")


class PostEndIn(_Asked):
    """A role for a market that ends."""

    member_id: Code
    role: Role
    day: date | None = Field(default=None, description="不再任职的第一天,默认今天 / first day without; today")


class ShiftIn(_Asked):
    """Hours on a kind of day; past midnight where `to` is not after `from`."""

    day: ShiftDay = Field(description="mon…sun, working 工作日, free 休息日")
    starts: str = Field(alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["09:00"])
    ends: str = Field(alias="to", pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", examples=["17:30"])

    def shift(self) -> Shift:
        """Return the domain's value."""
        starts, ends = (int(text[:2]) * 60 + int(text[3:]) for text in (self.starts, self.ends))
        return Shift(self.day, starts, ends if ends > starts else ends + 24 * 60)


class ShiftsIn(_Asked):
    """All hours of a member, or of a role in a market; none: no hours agreed."""

    shifts: list[ShiftIn] = Field(max_length=50)


class ShiftOut(BaseModel):
    """Hours on a kind of day."""

    day: ShiftDay
    starts: str = Field(serialization_alias="from")
    ends: str = Field(serialization_alias="to")

    @classmethod
    def of(cls, shift: Shift) -> "ShiftOut":
        """Build from the domain's value."""
        return cls(day=shift.day, starts=_clock(shift.starts_min), ends=_clock(shift.ends_min))


def _clock(minutes: int) -> str:
    within = minutes if minutes <= 24 * 60 else minutes - 24 * 60
    return f"{within // 60:02d}:{within % 60:02d}"


class CoverIn(_Asked):
    """Who covers; nobody if null."""

    cover: Code | None


class AbsenceIn(CoverIn):
    """A member is away, `to` included. The reason is not asked and not stored."""

    uuid: UUID = Field(default_factory=uuid4, description="调用方自拟,可重复提交 / made by the caller")
    first: date = Field(alias="from", examples=["2026-12-01"])
    last: date = Field(alias="to", le=date(9998, 12, 31), description="最后一天(含)/ last day, included")
    cover: Code | None = Field(default=None, description="代管人 / who covers")

    def absence(self, member: str) -> Absence:
        """Return the domain's value."""
        cover = MemberCode(self.cover) if self.cover else None
        return Absence(str(self.uuid), MemberCode(member), self.first, self.last + _ONE_DAY, cover)


class BackIn(_Asked):
    """The first day back; today if left out."""

    day: date | None = Field(default=None, description="回岗的第一天,默认今天 / first day back; today")


class AbsenceOut(BaseModel):
    """An absence; `last` is before `first` where it never took place."""

    uuid: str
    member_id: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    cover: str | None

    @classmethod
    def of(cls, absence: Absence) -> Self:
        """Build from the domain's value."""
        return cls.model_validate(_absence(absence))


class AbsenceDetailOut(AbsenceOut):
    """An absence, and who does the work on its first day that is not past."""

    day: date
    stands_in: str | None = Field(description="实际代管人;空为无人代管 / who does the work; null: nobody")
    zones: list[str]

    @classmethod
    def with_effect(cls, detail: AbsenceDetail) -> "AbsenceDetailOut":
        """Build from the domain's value."""
        return cls.model_validate(
            {**_absence(detail.absence), "day": detail.day, "stands_in": detail.stands_in, "zones": detail.zones}
        )


def _absence(absence: Absence) -> dict[str, object]:
    return {
        "uuid": absence.uuid,
        "member_id": absence.member,
        "first": absence.valid_from,
        "last": absence.valid_to - _ONE_DAY,
        "cover": absence.cover,
    }


class AbsenceList(BaseModel):
    """Absences in the order recorded."""

    items: list[AbsenceOut]
    next: str | None


class AssignmentIn(_Asked):
    """A zone for a member, from a day on (today if left out); in a draft a proposal."""

    zone: Code
    member_id: Code
    role: Role = Field(default=Role.MEMBER, description=" | ".join(sorted(ZONE_ROLES)))
    first_day: date | None = Field(default=None, alias="from")
    beyond_capacity: bool = Field(default=False, description="明知超出容量仍指派 / meant, though beyond his capacity")


class ReplaceIn(EndIn):
    """Another member for the same zone, from the same day on."""

    member_id: Code
    beyond_capacity: bool = False


class AssignmentOut(BaseModel):
    """Who answers for a zone; without days proposed. `to` is the last day, included."""

    uuid: str
    plan: str
    zone: str
    member_id: str
    role: Role
    first: date | None = Field(serialization_alias="from")
    last: date | None = Field(serialization_alias="to")
    end_reason: str

    @classmethod
    def of(cls, placed: Placed) -> "AssignmentOut":
        """Build from the domain's value."""
        a = placed.assignment
        last = a.valid_to - _ONE_DAY if a.valid_to is not None else None
        return cls(
            uuid=a.uuid, plan=placed.plan, zone=a.zone, member_id=a.member, role=a.role, first=a.valid_from, last=last,
            end_reason=a.end_reason,
        )  # fmt: skip


class PairIn(_Asked):
    """A zone for a member."""

    zone: Code
    member_id: Code


class PairsIn(_Asked):
    """Zones for members, of the plan in force unless one is named."""

    plan: Code | None = None
    first_day: date | None = Field(default=None, alias="from")
    pairs: list[PairIn] = Field(max_length=5000)


class ProposedOut(BaseModel):
    """One zone for one member."""

    zone: str
    member_id: str
    merchants: int
    capacity: int | None
    own_stall: bool
    walk_m: float | None


class OpenZoneOut(BaseModel):
    """A zone openly left without a member."""

    zone: str
    merchants: int
    reason: OpenReason


class ProposalOut(BaseModel):
    """Members proposed for zones; a person applies it, or something else."""

    plan: str
    first: date = Field(serialization_alias="from")
    pairs: list[ProposedOut]
    open: list[OpenZoneOut]
    spare: list[str]

    @classmethod
    def of(cls, found: StaffProposal) -> "ProposalOut":
        """Build from the domain's value."""
        return cls(
            plan=found.plan,
            first=found.first_day,
            pairs=[
                ProposedOut(
                    zone=one.zone, member_id=one.member, merchants=one.merchants, capacity=one.capacity,
                    own_stall=one.own_stall, walk_m=one.walk_m,
                )
                for one in found.proposals
            ],
            open=[OpenZoneOut(zone=one.zone, merchants=one.merchants, reason=one.reason) for one in found.open],
            spare=list(found.spare),
        )  # fmt: skip


class PostOut(BaseModel):
    """A role for a market or in an organisation; `to` is the last day, included."""

    role: Role
    market: str | None
    organisation: str | None
    first: date | None = Field(serialization_alias="from")
    last: date | None = Field(serialization_alias="to")


class MemberOut(BaseModel):
    """A member as shown at the office."""

    member_id: str
    name: str
    role: Role
    office_contact: str

    @classmethod
    def of(cls, member: Member) -> Self:
        """Build from the domain's value."""
        return cls.model_validate(_public(member))


class MemberDutyOut(MemberOut):
    """A member on duty on a day. Who is away, and till when, is for those who manage duty: others see who stands in."""

    zones: list[str]
    posts: list[Role]
    stands_in: str | None = Field(description="实际由谁负责;空为无人 / who does the work; null: nobody")
    covers: list[str] = Field(description="代管的责任区 / zones covered for others")

    @classmethod
    def on(cls, duty: MemberDuty) -> "MemberDutyOut":
        """Build from the domain's value."""
        return cls.model_validate({
            **_public(duty.member), "zones": duty.zones, "posts": duty.posts, "stands_in": duty.stands_in,
            "covers": duty.covers,
        })  # fmt: skip


class MemberList(BaseModel):
    """Everybody on duty in a market on a day."""

    items: list[MemberDutyOut]
    next: str | None


class MemberDetailOut(MemberOut):
    """All that is known of a member's duty, for those who manage it."""

    uuid: str
    market: str | None
    stall: str | None
    capacity: int | None
    first: date | None = Field(serialization_alias="from")
    last: date | None = Field(serialization_alias="to")
    revision: int
    assignments: list[AssignmentOut]
    posts: list[PostOut]
    absences: list[AbsenceOut]
    shifts: list[ShiftOut]

    @classmethod
    def full(cls, detail: MemberDetail) -> "MemberDetailOut":
        """Build from the domain's value."""
        m = detail.member
        return cls.model_validate({
            **_public(m), "uuid": m.uuid, "market": m.market, "stall": m.home_stall, "capacity": m.capacity,
            "first": m.valid_from, "last": _last(m.valid_to), "revision": m.revision,
            "assignments": [AssignmentOut.of(placed) for placed in detail.assignments],
            "posts": [
                PostOut(role=p.role, market=p.market, organisation=p.organisation, first=p.valid_from,
                        last=_last(p.valid_to))
                for p in detail.posts
            ],
            "absences": [AbsenceOut.of(absence) for absence in detail.absences],
            "shifts": [ShiftOut.of(shift) for shift in detail.shifts],
        })  # fmt: skip


def _public(member: Member) -> dict[str, object]:
    return {
        "member_id": member.code,
        "name": member.name,
        "role": member.role,
        "office_contact": member.office_contact,
    }


def _last(valid_to: date | None) -> date | None:
    return None if valid_to is None else valid_to - _ONE_DAY
