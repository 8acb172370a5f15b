"""Shape of a market's hot spots."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gridmap.services.hotspots import MarketHotspots


class StallHotspotOut(BaseModel):
    """One stall; the columns of hotspots.csv."""

    model_config = ConfigDict(populate_by_name=True)

    stall_id: str
    level: int
    visits: float
    observed: float
    expected: float
    rate: float | None = Field(description="每次走访的发现数(经验贝叶斯),未走访为空 / steadied, null without visits")
    p: float
    q: float
    standing: Literal["hot", "normal", "too_few_visits"] = Field(alias="class")
    cluster: int | None
    near_stalls: int
    near_visits: float
    near_observed: float
    reach_m: float


class HotPlaceOut(BaseModel):
    """A hot place: connected hot stalls of one level."""

    cluster: int
    market: str
    building: str
    level: int
    stalls: int
    visits: float
    observed: float
    expected: float
    ratio: float | None
    p: float
    q: float
    stall_ids: list[str]


class OverdispersionOut(BaseModel):
    """How far stalls differ beyond chance."""

    clumped: float
    uneven: float


class RadiusOut(BaseModel):
    """One size of neighbourhood."""

    stalls: int
    median_reach_m: float | None


class HotspotsOut(BaseModel):
    """Hot spots of a market over some days, with all that is needed to compute them again."""

    model_config = ConfigDict(populate_by_name=True)

    market: str
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    input_hash: str
    seed: int
    method: str
    method_version: str
    version: str
    level: float
    caution_zh: str
    caution_en: str
    visits: int
    events: int
    unvisited: int
    tests: int
    neighbours: str
    classes: dict[str, int]
    overdispersion: OverdispersionOut
    radii: list[RadiusOut]
    hot_places: list[HotPlaceOut]
    stalls: list[StallHotspotOut]

    @classmethod
    def of(cls, found: MarketHotspots) -> "HotspotsOut":
        """Build from the answer."""
        return cls.model_validate(found.report | {"stalls": found.rows})
