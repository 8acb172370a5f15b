"""Where trouble gathers, corrected for visits made."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from gridmap.api.access import May
from gridmap.api.deps import NowDep, SettingsDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.geojson import COLLECTION_SCHEMA, MEDIA_TYPE, feature_collection
from gridmap.api.schemas.hotspots import HotspotsOut
from gridmap.model.rights import Action
from gridmap.services import hotspots
from gridmap.store.session import Database

router = APIRouter(prefix="/hotspots", tags=["问题高发 hot spots"], route_class=TaggedRoute)
FieldDep = Annotated[Database, Depends(May(Action.VIEW_REGISTER))]


@router.get(
    "",
    response_model=HotspotsOut,
    responses={200: {"content": {MEDIA_TYPE: {"schema": COLLECTION_SCHEMA}}}, **problem_responses(404, 422)},
)
def get_hotspots(
    request: Request,
    database: FieldDep,
    settings: SettingsDep,
    now: NowDep,
    market: Annotated[str, Query(max_length=64, examples=["demo"], description="市场 / a market")],
    first: Annotated[date | None, Query(alias="from", description="首日,默认截止日前 180 天 / first day")] = None,
    last: Annotated[date | None, Query(alias="to", description="截止日,默认今天 / last day, today")] = None,
    seed: Annotated[int, Query(ge=0, le=2**31)] = 1,
) -> HotspotsOut | Response:
    """问题高发之处:现场问题数与走访次数相比,分楼层检验 / hot spots of a market; JSON, or GeoJSON by Accept."""
    span = hotspots.span_of(first, last, now.astimezone(settings.zone).date())
    found = hotspots.hotspots(database, market, span=span, zone=settings.zone, seed=seed)
    if MEDIA_TYPE in request.headers.get("accept", ""):
        answer = feature_collection(zip(found.places_lonlat, found.rows, strict=True))
        answer.headers["Vary"] = "Accept"
        return answer
    return HotspotsOut.of(found)
