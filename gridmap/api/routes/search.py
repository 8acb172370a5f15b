"""Finding markets, members, stalls and merchants."""

from typing import Annotated

from fastapi import APIRouter, Query

from gridmap.api.access import ViewDep
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.search import HitList, HitOut
from gridmap.services.search import search

router = APIRouter(tags=["查找 search"], route_class=TaggedRoute)


@router.get("/search", responses=problem_responses(422))
def find(
    database: ViewDep,
    now: NowDep,
    q: Annotated[str, Query(min_length=1, max_length=100, pattern=r"\S", examples=["A201"])],
    limit: Annotated[int, Query(ge=1, le=50, description="每类至多 / at most of each kind")] = 8,
) -> HitList:
    """按编号或名称查找;商户名称只给看得到的人 / by code or name; merchants only for those who may read their names."""
    return HitList(items=[HitOut.of(hit) for hit in search(database, q.strip(), now.date(), limit=limit)])
