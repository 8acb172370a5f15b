"""Shapes of due visits and of a member's own zones on the wire."""

from datetime import date

from pydantic import BaseModel, Field

from gridmap.model.due import DueState, OwnZone, StallDue


class StallDueOut(BaseModel):
    """A stall and its next visit."""

    stall: str
    building: str
    level: int
    zone: str | None
    last_visit: date | None = Field(description="最近走访日;没有记录为空 / null without a record")
    due_on: date = Field(description="不算逾期的最后一天 / the last day on which it is not overdue")
    state: DueState

    @classmethod
    def of(cls, due: StallDue) -> "StallDueOut":
        """Build from the domain's value."""
        return cls(
            stall=due.stall,
            building=due.level.building,
            level=due.level.ordinal,
            zone=due.zone,
            last_visit=due.last_visit,
            due_on=due.due_on,
            state=due.state,
        )


class StallDueList(BaseModel):
    """Stalls by code; `as_of` is the day."""

    as_of: date
    items: list[StallDueOut]


class OwnZoneOut(BaseModel):
    """A zone that the caller answers for."""

    market: str
    market_name: str
    plan: str
    zone: str
    name: str
    covers: bool = Field(description="代管他人的责任区 / stands in for its own member")

    @classmethod
    def of(cls, zone: OwnZone) -> "OwnZoneOut":
        """Build from the domain's value."""
        return cls.model_validate(zone, from_attributes=True)


class OwnZoneList(BaseModel):
    """The caller's zones on a day; `member` is null for an account that belongs to no member."""

    as_of: date
    member: str | None
    items: list[OwnZoneOut]
