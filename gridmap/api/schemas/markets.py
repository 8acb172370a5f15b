"""Shapes of markets on the wire."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from gridmap.model.duty import Plan
from gridmap.model.kinds import Layout, MarketKind, PlanState
from gridmap.model.overview import MarketSummary
from gridmap.services.rights import Mask


class MarketOut(BaseModel):
    """A market with its counts on a day, today unless asked otherwise."""

    code: str = Field(examples=["demo"])
    uuid: str
    name: str = Field(examples=["永安里小商品市场(示范)"])
    kind: MarketKind
    layout: Layout
    division: str | None
    projection: str
    revision: int
    levels: int
    stalls: int
    merchants: int | None = Field(description="户数;过小而不予显示时为空 / null where too small to be shown")
    zones: int
    members: int
    plan: str | None = Field(description="现行方案 / code of the plan in force")
    drafts: int = Field(description="待发布的草案;看不到草案的人为 0 / plans waiting to be published")
    bbox: tuple[float, float, float, float] | None = Field(description="west, south, east, north (WGS84)")

    @classmethod
    def of(cls, summary: MarketSummary, mask: Mask) -> "MarketOut":
        """Build from the domain's value."""
        return cls.model_validate(_fields(summary, mask))


class PlanLine(BaseModel):
    """A plan in a market's list."""

    code: str
    state: PlanState
    valid_from: date | None
    valid_to: date | None
    created_at: datetime

    @classmethod
    def of(cls, plan: Plan) -> "PlanLine":
        """Build from the domain's value."""
        return cls(
            code=plan.code,
            state=plan.state,
            valid_from=plan.valid_from,
            valid_to=plan.valid_to,
            created_at=plan.created_at,
        )


class MarketDetailOut(MarketOut):
    """A market with its counts and its plans, newest first."""

    plans: list[PlanLine]

    @classmethod
    def with_plans(cls, summary: MarketSummary, plans: list[Plan], mask: Mask) -> "MarketDetailOut":
        """Build from the domain's values."""
        return cls.model_validate({**_fields(summary, mask), "plans": [PlanLine.of(plan) for plan in plans]})


class LinksOut(BaseModel):
    """Between which stalls one can walk."""

    stalls: list[str] = Field(description="铺位编号 / stalls by code")
    links: list[Annotated[list[int], Field(min_length=2, max_length=2)]] = Field(
        description="两端铺位的序号 / which two of them"
    )
    walk_m: list[float] = Field(description="步行米数 / metres of each link")


class MarketPage(BaseModel):
    """Some markets by code, and where the next ones are."""

    items: list[MarketOut]
    next: str | None


def _fields(summary: MarketSummary, mask: Mask) -> dict[str, object]:
    market = summary.market
    return {
        "code": market.code,
        "uuid": market.uuid,
        "name": market.name,
        "kind": market.kind,
        "layout": market.layout,
        "division": market.division,
        "projection": market.projection,
        "revision": market.revision,
        "levels": summary.levels,
        "stalls": summary.stalls,
        "merchants": mask.count(summary.merchants),
        "zones": summary.zones,
        "members": summary.members,
        "plan": summary.plan,
        "drafts": summary.drafts,
        "bbox": summary.box_lonlat,
    }
