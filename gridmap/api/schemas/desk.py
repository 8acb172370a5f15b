"""What the desk opens with, on the wire."""

from typing import Any

from pydantic import BaseModel, Field

from gridmap.api.schemas.markets import MarketDetailOut
from gridmap.api.schemas.plans import PlanDetailOut


class DeskOut(BaseModel):
    """One market, the plan to look at and the stalls of one level; market is null where the caller sees none."""

    market: MarketDetailOut | None
    levels: dict[str, Any] = Field(description="FeatureCollection, 同 / as /markets/{market}/levels")
    connectors: dict[str, Any] = Field(description="FeatureCollection, 同 / as /markets/{market}/connectors")
    building: str | None = Field(description="所列铺位的楼栋,空为全部 / building of the stalls, null: all")
    level: int | None = Field(description="所列铺位的楼层 / level of the stalls")
    stalls: dict[str, Any] = Field(description="FeatureCollection, 同 / as /markets/{market}/stalls")
    plan: PlanDetailOut | None
    shapes: dict[str, Any] = Field(description="FeatureCollection, 同 / as /plans/{plan}/zones")
    zone_stalls: dict[str, list[str]] = Field(description="各责任区的铺位 / stalls of each zone")
