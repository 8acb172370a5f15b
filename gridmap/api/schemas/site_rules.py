"""Shapes of the rules of a site on the wire."""

from pydantic import BaseModel, ConfigDict, Field

from gridmap.model.field_records import RecordKind
from gridmap.model.site import SiteChange, SiteRules


class SiteChangeBody(BaseModel):
    """What a market itself says; what is null is decided by its divisions, or built in."""

    model_config = ConfigDict(extra="forbid")

    cycle_days: int | None = Field(default=None, ge=1, le=3650, description="走访周期,天 / days between visits")
    first_visit_days: int | None = Field(default=None, ge=1, le=3650, description="新商户首访期限,天 / first visit")
    resetting: list[RecordKind] | None = Field(
        default=None, max_length=5, description="哪些记录重新计算走访期限:visit、contact / what resets the clock"
    )
    cap: int | None = Field(default=None, ge=1, le=1_000_000, description="每人户数上限 / merchants a member")
    large_market: int | None = Field(default=None, ge=1, le=1_000_000, description="大市场的户数 / a large market")

    def change(self) -> SiteChange:
        """Return the domain's value."""
        kinds = None if self.resetting is None else frozenset(self.resetting)
        return SiteChange(self.cycle_days, self.first_visit_days, kinds, self.cap, self.large_market)

    @classmethod
    def of(cls, change: SiteChange) -> "SiteChangeBody":
        """Build from the domain's value."""
        return cls(
            cycle_days=change.cycle_days,
            first_visit_days=change.first_visit_days,
            resetting=None if change.resetting is None else sorted(change.resetting),
            cap=change.cap,
            large_market=change.large_market,
        )


class SiteRulesOut(BaseModel):
    """The rules in force for a market, and what of them it says itself."""

    cycle_days: int
    first_visit_days: int
    resetting: list[RecordKind]
    cap: int
    large_market: int | None
    own: SiteChangeBody

    @classmethod
    def of(cls, rules: SiteRules, own: SiteChange) -> "SiteRulesOut":
        """Build from the domain's values."""
        return cls(
            cycle_days=rules.cycle_days,
            first_visit_days=rules.first_visit_days,
            resetting=sorted(rules.resetting),
            cap=rules.cap,
            large_market=rules.large_market,
            own=SiteChangeBody.of(own),
        )
