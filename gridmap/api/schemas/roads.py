"""Shapes of roads on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from gridmap.model.roads import Road, RoadSource
from gridmap.services.roads import RoadsReport


class RoadSourceOut(BaseModel):
    """Where roads come from: one file, replaced as a whole by the next one of this name."""

    name: str
    file: str
    datum: str
    roads: int
    brought_at: datetime
    brought_by: str

    @classmethod
    def of(cls, source: RoadSource) -> "RoadSourceOut":
        """Build from the domain's value."""
        return cls.model_validate(source, from_attributes=True)


class RoadSourceList(BaseModel):
    """All sources, by name."""

    items: list[RoadSourceOut]


class RoadMendedOut(BaseModel):
    """Something that was mended so that a row could go in; `row` empty: counted in the words."""

    file: str
    row: int | None
    field: str
    what: str


class RoadRowOut(BaseModel):
    """A row that stayed out, or that somebody should look at."""

    file: str
    row: int | None
    field: str
    value: str
    reason: str
    remedy: str


class RoadsReportOut(BaseModel):
    """What became of a file of roads: rows = accepted + set aside + quarantined."""

    source: str
    file: str
    accepted: dict[str, int] = Field(description="main 主干道、street 街道、lane 里弄、footway 步行道")
    replaced: int = Field(description="被取代的原有道路 / roads that these take the place of")
    unchanged: bool = Field(description="与已有的完全相同,没有写入 / the very same is there already")
    rows: int
    set_aside: int
    datum: str
    encoding: str
    columns: dict[str, str]
    repaired: list[RoadMendedOut]
    quarantined: list[RoadRowOut]
    doubts: list[RoadRowOut]
    notes: list[str]

    @classmethod
    def of(cls, report: RoadsReport) -> "RoadsReportOut":
        """Build from the use case's value."""
        return cls.model_validate(report, from_attributes=True)


def road_properties(road: Road) -> dict[str, Any]:
    """Return what a feature says of a road."""
    return {"code": road.code, "name": road.name, "kind": road.kind, "width_m": road.width_m}
