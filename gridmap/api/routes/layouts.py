"""Stalls where none are drawn."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from gridmap.api.access import May
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.geojson import feature_collection
from gridmap.api.routes.markets import GEOJSON
from gridmap.api.schemas.layouts import LayoutIn
from gridmap.model.rights import Action
from gridmap.services import layouts
from gridmap.store.session import Database

router = APIRouter(prefix="/markets", tags=["市场 markets"])


@router.post(
    "/{market}/lay-outs", response_class=Response, responses={**GEOJSON, **problem_responses(400, 404, 409, 422)}
)
def lay_out(
    market: str, database: Annotated[Database, Depends(May(Action.LAY_OUT))], now: NowDep, body: LayoutIn
) -> Response:
    """在区块里画铺位;`store` 为真才入库 / draw numbered stalls in a block of a level, stored only if asked."""
    order, day = body.order_asked(), now.date()
    if body.store:
        laid = layouts.store_layout(database, market, order, day=day, now=now)
    else:
        laid = layouts.preview_layout(database, market, order, day=day)
    return feature_collection(
        (
            stall.place_lonlat,
            {
                "stall": stall.code,
                "building": stall.level.building,
                "level": stall.level.ordinal,
                "kind": stall.kind,
                "name": stall.name,
            },
        )
        for stall in laid
    )
