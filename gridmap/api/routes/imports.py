"""Imports into the register: files looked at before they go in, proposals decided on, imports taken back."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response

from gridmap.api.access import May
from gridmap.api.deps import AuthorDep, NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of, wanted_version
from gridmap.api.geojson import feature_collection
from gridmap.api.routes.markets import GEOJSON
from gridmap.api.schemas.imports import ImportDetailOut, ImportListOut, ImportOut, ImportReportOut, previewed
from gridmap.api.uploads import Uploads
from gridmap.exchange.reports import report_json
from gridmap.model.ids import MarketCode
from gridmap.model.imports import ImportRecord
from gridmap.model.rights import Action
from gridmap.services import imports, register
from gridmap.store.session import Database

router = APIRouter(tags=["导入 imports"], route_class=TaggedRoute)
RegisterDep = Annotated[Database, Depends(May(Action.EDIT_REGISTER))]
UploadsDep = Annotated[Uploads, Depends()]
IfMatch = Annotated[str | None, Header(description="GET 导入所得的 ETag / the ETag of the import")]
DECIDING = problem_responses(404, 409, 412, 422, 428)


@router.get("/markets/{market}/imports", responses=problem_responses(404))
def list_imports(market: str, database: RegisterDep) -> ImportListOut:
    """一个市场的全部导入记录,新的在前 / a market's imports, newest first."""
    found = imports.list_imports(database, market)
    return ImportListOut(items=[ImportOut.model_validate(record, from_attributes=True) for record in found])


@router.post("/markets/{market}/imports", status_code=201, responses=problem_responses(400, 404, 413, 422))
def propose_import(
    market: str, database: RegisterDep, author: AuthorDep, sent: UploadsDep, response: Response
) -> ImportDetailOut:
    """把清单存为待确认:先看列的对应、存疑和变动,确认才入库 / files kept as a proposal: looked at before it goes in."""
    with sent.intake() as intake:
        record = imports.propose(database, intake, market, author=author)
    detail = imports.show_import(database, record.market, record.code)
    response.headers["ETag"] = tag_of(record.version)
    return ImportDetailOut.of(detail)


@router.post("/imports", responses=problem_responses(400, 404, 409, 413, 422))
def import_files(
    database: Annotated[Database, Depends(May(Action.MAKE_MARKET))],
    author: AuthorDep,
    now: NowDep,
    sent: UploadsDep,
    market: Annotated[
        str | None, Query(max_length=64, description="不写则按文件的 market 列 / without it the column decides")
    ] = None,
    dry_run: Annotated[
        bool, Query(description="只检查,不写入(默认) / check only, as long as nothing else is said")
    ] = True,
) -> ImportReportOut:
    """新市场:先检查,`dry_run=false` 才入库 / new markets in: checked first, written with `dry_run=false`."""
    today = now.date()
    with sent.intake(dry_run=dry_run) as intake:
        if market is None:
            found = register.import_markets(database, intake, today=today, now=author.now)
        else:
            found = register.import_market(database, intake, MarketCode(market), today=today, now=author.now)
    return ImportReportOut.model_validate(report_json(found))


@router.post(
    "/imports/preview", response_class=Response, responses={**GEOJSON, **problem_responses(400, 404, 413, 422)}
)
def preview_import(
    database: RegisterDep,
    now: NowDep,
    sent: UploadsDep,
    market: Annotated[str | None, Query(max_length=64, description="不写则按文件的 market 列")] = None,
) -> Response:
    """文件入库后的楼层与铺位图形,不写入 / floors and stalls as they would be with these files; nothing is written."""
    with sent.intake(dry_run=True) as intake:
        drafts = register.preview_markets(database, intake, market=market, today=now.date())
    return feature_collection(feature for draft in drafts for feature in previewed(draft))


@router.get("/imports/{record}", responses=problem_responses(404))
def get_import(record: str, database: RegisterDep, response: Response) -> ImportDetailOut:
    """一次导入:如何读取、文件、变动、未入库的行 / one import: how it was read, its changes, rows that stayed out."""
    detail = imports.show_import(database, imports.market_of_import(database, record), record)
    response.headers["ETag"] = tag_of(detail.record.version)
    return ImportDetailOut.of(detail)


def _step(name: str, take: Callable[..., ImportRecord], words: str) -> None:
    """Add the route of one step of an import."""

    def decide(
        record: str,
        database: RegisterDep,
        author: AuthorDep,
        response: Response,
        if_match: IfMatch = None,
    ) -> ImportOut:
        version = wanted_version(if_match)
        market = imports.market_of_import(database, record)
        done = take(database, market, record, author=author, version=version)
        response.headers["ETag"] = tag_of(done.version)
        return ImportOut.model_validate(done, from_attributes=True)

    told: dict[str, Any] = {"name": f"{name}_import", "description": words, "responses": DECIDING}
    router.post(f"/imports/{{record}}/{name}", **told)(decide)


_step(
    "apply", imports.apply_import,
    "确认一份待确认的清单,全部入库或一概不动 / put a proposed list into force, all of it or nothing.",
)  # fmt: skip
_step(
    "drop", imports.drop_import,
    "放弃一份待确认的清单,记录保留 / give a proposed list up; it stays on record.",
)  # fmt: skip
_step(
    "undo", imports.undo_import,
    "撤销一次导入,登记恢复原状;新建市场的导入则整个移除市场 / take an import back; a new market goes as a whole.",
)  # fmt: skip
