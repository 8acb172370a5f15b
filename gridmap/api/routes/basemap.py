"""The basemap that the installation has chosen, if any."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from gridmap.api.access import SignedInDep
from gridmap.api.deps import SettingsDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute

router = APIRouter(tags=["地图瓦片 map tiles"], route_class=TaggedRoute)


class BasemapOut(BaseModel):
    """Where a map's background comes from; without a `url` the maps draw their own."""

    url: str | None = Field(description="含 {z} {x} {y} / with {z} {x} {y}")
    datum: Literal["wgs84", "gcj02"]
    credit: str


@router.get("/basemap", responses=problem_responses(422))
def get_basemap(_: SignedInDep, settings: SettingsDep) -> BasemapOut:
    """设置中的底图 / the basemap of the settings."""
    return BasemapOut(url=settings.basemap_url or None, datum=settings.basemap_datum, credit=settings.basemap_credit)
