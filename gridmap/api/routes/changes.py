"""The change feed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from gridmap.api.access import ViewDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.changes import ChangeOut, ChangePageOut
from gridmap.services import changes

router = APIRouter(tags=["变更 changes"], route_class=TaggedRoute)


@router.get("/changes", responses=problem_responses(404, 422))
def list_changes(
    request: Request,
    database: ViewDep,
    since: Annotated[
        int | None, Query(ge=0, le=2**53, description="上次的 cursor;不带则只给出起点 / left out: only where to begin")
    ] = None,
    market: Annotated[str | None, Query(max_length=64)] = None,
    kind: Annotated[list[Annotated[str, Query(max_length=40)]] | None, Query(max_length=50)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> ChangePageOut:
    """自上次以来的变更,按提交先后,不漏不重 / what changed since, in the order of commits, none missed or repeated."""
    page = changes.changes_since(database, since, limit=limit, market=market, kinds=kind or ())
    again = request.url.include_query_params(since=page.cursor).replace(scheme="", netloc="")
    return ChangePageOut(
        items=[ChangeOut.model_validate(change, from_attributes=True) for change in page.changes],
        cursor=page.cursor,
        more=page.more,
        next=str(again),
    )
