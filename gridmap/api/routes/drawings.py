"""Markets, levels and stalls drawn by hand: looked at, put into force, taken back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from gridmap.api.access import May
from gridmap.api.deps import AuthorDep, NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of, wanted_version
from gridmap.api.schemas.drawings import DrawingIn, DrawingsOut, DrawnOut, MarketIn
from gridmap.api.schemas.imports import ImportOut
from gridmap.model.imports import ImportRecord
from gridmap.model.rights import Action
from gridmap.services import drawings, imports
from gridmap.store.session import Database

router = APIRouter(tags=["绘图 drawings"], route_class=TaggedRoute)
DrawDep = Annotated[Database, Depends(May(Action.LAY_OUT))]
IfMatch = Annotated[str | None, Header(description="上次读取所得的 ETag / the ETag of what was read")]
DECIDING = problem_responses(404, 409, 412, 422, 428)


@router.post("/markets", status_code=201, responses=problem_responses(400, 409, 422))
def create_market(
    database: Annotated[Database, Depends(May(Action.MAKE_MARKET))],
    author: AuthorDep,
    body: MarketIn,
    response: Response,
) -> ImportOut:
    """画一个新市场:楼层轮廓先入库,铺位随后画或导入 / draw a market: its levels; stalls come later."""
    record = drawings.create_market(database, body.new(), author=author)
    response.headers["Location"] = f"/api/v1/markets/{record.market}"
    return _tagged(record, response)


@router.get("/markets/{market}/drawings", responses=problem_responses(404))
def list_drawings(market: str, database: DrawDep, response: Response) -> DrawingsOut:
    """一个市场的绘图记录,新的在前 / what was drawn in a market, newest first."""
    version, found = drawings.list_drawings(database, market)
    response.headers["ETag"] = tag_of(version)
    return DrawingsOut(
        version=version, items=[ImportOut.model_validate(record, from_attributes=True) for record in found]
    )


@router.post("/markets/{market}/drawings", responses=problem_responses(400, 404, 412, 422, 428))
def draw(
    market: str,
    database: DrawDep,
    author: AuthorDep,
    now: NowDep,
    body: DrawingIn,
    response: Response,
    if_match: IfMatch = None,
) -> DrawnOut:
    """画、移、转、改、撤、改号;`store` 为真才入库(须带 If-Match)/ checked, and put into force if `store` is true."""
    order = body.order(now.date())
    if body.store:
        drawn = drawings.draw(database, market, order, author=author, version=wanted_version(if_match))
    else:
        drawn = drawings.check_drawing(database, market, order)
    response.headers["ETag"] = tag_of(drawn.version)
    return DrawnOut.of(drawn)


@router.post("/drawings/{record}/undo", responses=DECIDING)
def undo_drawing(
    record: str, database: DrawDep, author: AuthorDep, response: Response, if_match: IfMatch = None
) -> ImportOut:
    """撤销一次绘图,登记恢复原状;新画的市场整个移除 / take a drawing back; a market that was drawn goes as a whole."""
    version = wanted_version(if_match)
    market = imports.market_of_import(database, record)
    return _tagged(drawings.undo_drawing(database, market, record, author=author, version=version), response)


@router.post("/drawings/{record}/redo", responses=DECIDING)
def redo_drawing(
    record: str, database: DrawDep, author: AuthorDep, response: Response, if_match: IfMatch = None
) -> ImportOut:
    """重做一次已撤销的绘图 / put a drawing that was taken back into force again."""
    version = wanted_version(if_match)
    market = imports.market_of_import(database, record)
    return _tagged(drawings.redo_drawing(database, market, record, author=author, version=version), response)


def _tagged(record: ImportRecord, response: Response) -> ImportOut:
    response.headers["ETag"] = tag_of(record.version)
    return ImportOut.model_validate(record, from_attributes=True)
