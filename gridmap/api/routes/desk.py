"""The desk's first answer: everything for its first picture in one document, kept while nothing changes."""

import gzip
import hashlib
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gridmap.api.access import ViewDep
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of
from gridmap.api.features import connector_features, level_features, stall_features
from gridmap.api.schemas.desk import DeskOut
from gridmap.api.schemas.markets import MarketDetailOut
from gridmap.api.schemas.plans import PlanDetailOut
from gridmap.exchange.features import Feature, collection_text, json_text
from gridmap.services import desk, rights
from gridmap.services.desk import Opening, OpeningAsk
from gridmap.services.kept import Kept
from gridmap.services.rights import Mask
from gridmap.services.shares import zone_shares
from gridmap.store.session import Commits

router = APIRouter(tags=["工作台 desk"], route_class=TaggedRoute)
CENTIMETRE = 7
"""Decimals of a degree that a picture needs."""
_kept: Kept[tuple[Commits, str], bytes] = Kept(size=16)

CodeParam = Annotated[str | None, Query(max_length=200)]
LevelParam = Annotated[int | None, Query(ge=-100, le=300)]


@router.get("/desk", response_class=Response, responses={200: {"model": DeskOut}, **problem_responses(404, 422)})
def open_desk(
    request: Request,
    database: ViewDep,
    now: NowDep,
    market: CodeParam = None,
    building: CodeParam = None,
    level: LevelParam = None,
    plan: CodeParam = None,
) -> Response:
    """工作台首屏所需,一次取齐 / what the desk shows first, in one answer; the codes of its address choose."""
    day, ask = now.date(), OpeningAsk(market, building, level, plan)
    version = desk.read_version(database)
    tag = hashlib.sha256(repr((version, day, database.caller, ask)).encode()).hexdigest()[:32]

    def written() -> bytes:
        opening = desk.open_desk(database, ask, day)
        if opening is None:
            parts = _NOTHING
        else:
            parts = _parts(opening, rights.mask_of(database, opening.market.market.code, day))
        text = "{" + ",".join(f'"{name}":{part}' for name, part in parts.items()) + "}"
        return gzip.compress(text.encode(), compresslevel=4, mtime=0)

    packed = _kept.get((database.commits, tag), written)
    headers = {"ETag": tag_of(tag), "Content-Type": "application/json"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), headers=headers)
    return Response(packed, headers={**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


def _parts(opening: Opening, mask: Mask) -> dict[str, str]:
    """Write each part of the document; features go in as they are written, without a detour over values."""
    plan = opening.plan
    return {
        "market": MarketDetailOut.with_plans(opening.market, opening.plans, mask).model_dump_json(),
        "levels": _collection(level_features(opening.levels, mask)),
        "connectors": _collection(connector_features(opening.connectors)),
        "building": json_text(opening.building),
        "level": json_text(opening.level),
        "stalls": _collection(stall_features(opening.stalls, mask)),
        "plan": "null" if plan is None else PlanDetailOut.with_zones(plan, mask).model_dump_json(),
        "shapes": _collection(() if plan is None else zone_shares(plan, mask)),
        "zone_stalls": json_text({} if plan is None else {zone.code: zone.stalls for zone in plan.zones}),
    }


def _collection(features: Iterable[Feature]) -> str:
    return collection_text(features, decimals=CENTIMETRE)


_NOTHING = {
    **dict.fromkeys(("market", "building", "level", "plan"), "null"),
    **dict.fromkeys(("levels", "connectors", "stalls", "shapes"), _collection(())),
    "zone_stalls": "{}",
}
