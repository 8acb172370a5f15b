"""Shapes of a search on the wire."""

from pydantic import BaseModel, Field

from gridmap.model.search import Hit, HitKind


class HitOut(BaseModel):
    """One thing that was found, and where it is."""

    kind: HitKind
    code: str = Field(description="市场、网格员或铺位的编号 / of the market, member or stall", examples=["A201"])
    name: str
    market: str | None
    market_name: str
    building: str | None
    level: int | None
    label: str = Field(description="楼层名称 / printed name of the level")
    zone: str | None = Field(description="网格员的责任区 / a member's zone")

    @classmethod
    def of(cls, hit: Hit) -> "HitOut":
        """Build from the domain's value."""
        return cls.model_validate(hit, from_attributes=True)


class HitList(BaseModel):
    """What was found, by kind, the best first."""

    items: list[HitOut]
