"""Shape of a comparison of two plans on the wire."""

from typing import Self

from pydantic import BaseModel, Field

from gridmap.services.comparisons import Comparison, StallChange, ZoneChange
from gridmap.services.disclosure import is_small
from gridmap.services.rights import Mask

_UNTOLD = "不予显示时为空 / null where not to be shown"


class ZoneChangeOut(BaseModel):
    """A zone before and the one it became; null on one side for one that is given up, or new."""

    before: str | None
    after: str | None
    merchants_before: int | None = Field(description=_UNTOLD)
    merchants_after: int | None = Field(description=_UNTOLD)
    stalls_before: int
    stalls_after: int
    members_before: list[str]
    members_after: list[str]

    @classmethod
    def of(cls, change: ZoneChange, mask: Mask) -> Self:
        """Build from the domain's value."""
        return cls(
            before=change.before,
            after=change.after,
            merchants_before=change.merchants_before if mask.register else None,
            merchants_after=change.merchants_after if mask.register else None,
            stalls_before=change.stalls_before,
            stalls_after=change.stalls_after,
            members_before=list(change.members_before),
            members_after=list(change.members_after),
        )


class StallChangeOut(BaseModel):
    """A stall that changes zone or member."""

    stall: str
    merchants: int | None = Field(description=_UNTOLD)
    before: str | None
    after: str | None
    changes_zone: bool
    changes_member: bool

    @classmethod
    def of(cls, change: StallChange, mask: Mask) -> Self:
        """Build from the domain's value."""
        return cls(
            stall=change.stall,
            merchants=change.merchants if mask.register else None,
            before=change.zone_before,
            after=change.zone_after,
            changes_zone=change.changes_zone,
            changes_member=change.changes_member,
        )


class ComparisonOut(BaseModel):
    """Two plans compared. Merchants and members are those of one day."""

    before: str
    after: str
    merchants: int | None = Field(description=_UNTOLD)
    merchants_changing_zone: int | None = Field(description=_UNTOLD)
    merchants_changing_member: int | None = Field(description=_UNTOLD)
    stalls_changing_zone: int
    stalls_changing_member: int
    unstaffed_before: list[str] = Field(description="原方案中无网格员的责任区 / zones without a member before")
    unstaffed_after: list[str]
    zones: list[ZoneChangeOut]
    stalls: list[StallChangeOut]

    @classmethod
    def of(cls, found: Comparison, mask: Mask) -> Self:
        """Build from the domain's value."""
        moved = (found.merchants_zone, found.merchants_member)
        parts = [part for n in moved for part in (n, found.merchants - n)]
        telling = mask.register or not any(is_small(part) for part in parts)
        unstaffed_before, unstaffed_after = found.unstaffed
        return cls(
            before=found.before.code,
            after=found.after.code,
            merchants=mask.count(found.merchants),
            merchants_changing_zone=moved[0] if telling else None,
            merchants_changing_member=moved[1] if telling else None,
            stalls_changing_zone=sum(stall.changes_zone for stall in found.stalls),
            stalls_changing_member=sum(stall.changes_member for stall in found.stalls),
            unstaffed_before=list(unstaffed_before),
            unstaffed_after=list(unstaffed_after),
            zones=[ZoneChangeOut.of(zone, mask) for zone in found.zones],
            stalls=[StallChangeOut.of(stall, mask) for stall in found.stalls],
        )
