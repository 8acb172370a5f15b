"""Shape of a market's hot spots, of their periods, and of runs that are kept."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gridmap.model.hotspots import HotspotRun, Period, Wishes
from gridmap.services.hotspot_runs import KeptRun, RunCheck
from gridmap.services.hotspots import Searched
from gridmap.spatial.hotspots.listing import Reason
from gridmap.spatial.hotspots.trends import Trend

Class = Literal["hot", "normal", "too_few_visits"]


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
    standing: Class = Field(alias="class")
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


class ListedOut(BaseModel):
    """A stall to inspect, with the reason in words; the columns of list.csv."""

    rank: int
    stall_id: str
    market: str
    level: int
    rate: float | None
    times_usual: float | None
    reason: Reason
    reason_zh: str
    reason_en: str


class FairnessOut(BaseModel):
    """Of a market or a trade: its share of the list (without lots) beside its share of the visits."""

    kind: str
    name: str
    stalls: int
    visits_share: float
    listed_share: float
    listed_to_visits: float | None


class ListingOut(BaseModel):
    """The inspection list as a whole."""

    size: int
    random_share: float
    chance_share: float = Field(description="按发现列入者中单凭偶然也会列入的比例 / of those listed for finds")
    visit_coverage: float | None = Field(description="走访过的铺位比例 / share of stalls visited at all")
    bias_zh: str
    bias_en: str
    fairness: list[FairnessOut]


class PlaceTrendOut(BaseModel):
    """How a hot place went on."""

    cluster: int
    trend: Trend
    trend_zh: str
    observed: list[float]
    expected: list[float]
    q: list[float]
    p_trend: float
    q_trend: float


class TrendsOut(BaseModel):
    """How the hot places went on; `periods` are first days."""

    periods: list[date]
    places: list[PlaceTrendOut]


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
    listing: ListingOut
    trends: TrendsOut
    inspections: list[ListedOut] = Field(alias="list")
    stalls: list[StallHotspotOut]
    run: str | None = Field(None, description="若同样的输入已存档,其编号 / the kept run with the same input")

    @classmethod
    def of(cls, answer: dict[str, Any], run: HotspotRun | None) -> "HotspotsOut":
        """Build from the answer, of now or as it was kept."""
        return cls.model_validate(answer | {"run": run.code if run else None})


class PeriodOut(BaseModel):
    """A search over some days; lists have one item a stall. `cluster` numbers hot places from 1, null for none."""

    model_config = ConfigDict(populate_by_name=True)

    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    level: float = Field(description="称为高发的 q 上限 / q up to which places are called")
    standing: list[Class] = Field(alias="class")
    visits: list[int]
    observed: list[int]
    expected: list[float]
    p: list[float]
    q: list[float]
    cluster: list[int | None]


class PeriodsOut(BaseModel):
    """The whole span first, then its periods; `stalls` are the codes that all lists follow."""

    market: str
    input_hash: str
    stalls: list[str]
    periods: list[PeriodOut]
    density: list[float] = Field(
        description="全部日期原始发现数的密度,最高为 1;只是图画,未按走访校正 / raw density, a picture only"
    )

    @classmethod
    def of(cls, run: Searched, found: list[dict[str, Any]], density: list[float]) -> "PeriodsOut":
        """Build from a search, its periods, and the picture of the raw counts."""
        return cls.model_validate(
            {
                "market": run.given.market,
                "input_hash": run.given.digest,
                "stalls": run.given.stalls,
                "periods": found,
                "density": density,
            }
        )


class RunIn(BaseModel):
    """Which days to search and keep; the last 180 if nothing is said."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first_day: date | None = Field(None, alias="from")
    last_day: date | None = Field(None, alias="to")
    by: Period = Period.MONTH
    list_size: int = Field(50, ge=0, le=100_000)
    random_share: float = Field(0.2, ge=0, le=1)
    seed: int = Field(1, ge=0, le=2**31)

    @property
    def wishes(self) -> Wishes:
        """What is wanted beside the hot spots."""
        return Wishes(self.by, self.list_size, self.random_share, self.seed)


class RunOut(BaseModel):
    """A kept run in short."""

    model_config = ConfigDict(populate_by_name=True)

    code: str
    market: str
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    by: Period
    list_size: int
    random_share: float
    seed: int
    method_version: str
    input_hash: str
    visits: int
    events: int
    hot_stalls: int
    hot_places: int
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, run: HotspotRun) -> "RunOut":
        """Build from the domain's value."""
        short = {
            name: getattr(run, name)
            for name in (
                "code",
                "market",
                "method_version",
                "input_hash",
                "visits",
                "events",
                "hot_stalls",
                "hot_places",
                "created_at",
                "created_by",
            )
        }
        days = {"from": run.span.first, "to": run.span.last}
        return cls.model_validate(short | days | asdict(run.wishes))


class RunPage(BaseModel):
    """Kept runs, newest first, and where the next ones are."""

    items: list[RunOut]
    next: str | None


class KeptRunOut(BaseModel):
    """A kept run, with what was told then."""

    run: RunOut
    answer: HotspotsOut

    @classmethod
    def of(cls, kept: KeptRun) -> "KeptRunOut":
        """Build from the answer as it was kept."""
        return cls(run=RunOut.of(kept.run), answer=HotspotsOut.of(kept.answer, kept.run))


class RunCheckOut(BaseModel):
    """Whether a kept run comes out again by the method that is here."""

    code: str
    method_version: str = Field(description="现在的方法版本 / the method that is here")
    input_intact: bool = Field(description="存档的输入与摘要相符 / the kept input is that of its digest")
    same: bool = Field(description="重算结果与存档一致 / searched again, the answer is the same")
    differs: list[str]

    @classmethod
    def of(cls, check: RunCheck) -> "RunCheckOut":
        """Build from the answer."""
        return cls(
            code=check.run.code,
            method_version=check.method_version,
            input_intact=check.input_intact,
            same=check.same,
            differs=list(check.differs),
        )
