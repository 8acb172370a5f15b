"""Rows that stayed out of imports: looked at, mended and let in, or dropped."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from gridmap.api.access import May
from gridmap.api.deps import AfterParam, AuthorDep, next_url
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of, wanted_version
from gridmap.api.schemas.imports import MendedOut, MendIn, QuarantinedOut, QuarantinePage
from gridmap.model.imports import QuarantinedRow, RowState
from gridmap.model.rights import Action
from gridmap.services import quarantine
from gridmap.store.session import Database

router = APIRouter(tags=["导入 imports"], route_class=TaggedRoute)
RegisterDep = Annotated[Database, Depends(May(Action.EDIT_REGISTER))]
IfMatch = Annotated[str | None, Header(description="GET 该行所得的 ETag / the ETag of the row")]
DECIDING = problem_responses(404, 409, 412, 422, 428)


@router.get("/markets/{market}/quarantine", responses=problem_responses(404, 422))
def list_rows(
    request: Request,
    market: str,
    database: RegisterDep,
    state: Annotated[Literal["open", "mended", "dropped", "all"], Query(description="默认待处理 / open ones")] = "open",
    after: AfterParam = "",
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> QuarantinePage:
    """未入库的行,及原因和改法,早的在前 / rows that stayed out with reason and remedy, the oldest first."""
    wanted = None if state == "all" else RowState(state)
    found = quarantine.list_rows(database, market, state=wanted, after=after, limit=limit + 1)
    more = next_url(request, found[limit - 1].code) if len(found) > limit else None
    return QuarantinePage(items=[QuarantinedOut.of(row) for row in found[:limit]], next=more)


@router.get("/quarantine/{row}", responses=problem_responses(404))
def get_row(row: str, database: RegisterDep, response: Response) -> QuarantinedOut:
    """一行:各列的值、原因、改法 / one row with its values."""
    return _tagged(quarantine.show_row(database, quarantine.market_of_row(database, row), row), response)


@router.post("/quarantine/{row}/mend", responses=DECIDING)
def mend_row(
    row: str, given: MendIn, database: RegisterDep, author: AuthorDep, response: Response, if_match: IfMatch = None
) -> MendedOut:
    """改正并入库,自成一条导入;仍有误则留下,说明原因 / mend and let in; if still faulty it stays, with its reason."""
    version = wanted_version(if_match)
    market = quarantine.market_of_row(database, row)
    done = quarantine.mend_row(database, market, row, given.values, author=author, version=version)
    return MendedOut.of(done, _tagged(done.row, response))


@router.post("/quarantine/{row}/drop", responses=DECIDING)
def drop_row(
    row: str, database: RegisterDep, author: AuthorDep, response: Response, if_match: IfMatch = None
) -> QuarantinedOut:
    """放弃一行,值和决定留有记录 / leave a row out for good."""
    version = wanted_version(if_match)
    market = quarantine.market_of_row(database, row)
    return _tagged(quarantine.drop_row(database, market, row, author=author, version=version), response)


def _tagged(row: QuarantinedRow, response: Response) -> QuarantinedOut:
    response.headers["ETag"] = tag_of(row.version)
    return QuarantinedOut.of(row)
