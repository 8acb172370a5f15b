"""Imports into the register: looked at, proposals decided on, imports taken back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from gridmap.api.access import May
from gridmap.api.deps import AuthorDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of, wanted_version
from gridmap.api.schemas.imports import ImportDetailOut, ImportListOut, ImportOut
from gridmap.model.imports import ImportRecord
from gridmap.model.rights import Action
from gridmap.services import imports
from gridmap.store.session import Database

router = APIRouter(tags=["导入 imports"], route_class=TaggedRoute)
RegisterDep = Annotated[Database, Depends(May(Action.EDIT_REGISTER))]
IfMatch = Annotated[str | None, Header(description="GET 导入所得的 ETag / the ETag of the import")]
DECIDING = problem_responses(404, 409, 412, 422, 428)


@router.get("/markets/{market}/imports", responses=problem_responses(404))
def list_imports(market: str, database: RegisterDep) -> ImportListOut:
    """一个市场的全部导入记录,新的在前 / a market's imports, newest first."""
    found = imports.list_imports(database, market)
    return ImportListOut(items=[ImportOut.model_validate(record, from_attributes=True) for record in found])


@router.get("/imports/{record}", responses=problem_responses(404))
def get_import(record: str, database: RegisterDep, response: Response) -> ImportDetailOut:
    """一次导入:文件、变动、未入库的行 / one import with its files, changes and rows that stayed out."""
    detail = imports.show_import(database, imports.market_of_import(database, record), record)
    response.headers["ETag"] = tag_of(detail.record.version)
    return ImportDetailOut.of(detail)


@router.post("/imports/{record}/apply", responses=DECIDING)
def apply_import(
    record: str, database: RegisterDep, author: AuthorDep, response: Response, if_match: IfMatch = None
) -> ImportOut:
    """确认一份待确认的清单,全部入库或一概不动 / put a proposed list into force, all of it or nothing."""
    version = wanted_version(if_match)
    market = imports.market_of_import(database, record)
    return _told(imports.apply_import(database, market, record, author=author, version=version), response)


@router.post("/imports/{record}/drop", responses=DECIDING)
def drop_import(
    record: str, database: RegisterDep, author: AuthorDep, response: Response, if_match: IfMatch = None
) -> ImportOut:
    """放弃一份待确认的清单,记录保留 / give a proposed list up; it stays on record."""
    version = wanted_version(if_match)
    market = imports.market_of_import(database, record)
    return _told(imports.drop_import(database, market, record, author=author, version=version), response)


@router.post("/imports/{record}/undo", responses=DECIDING)
def undo_import(
    record: str,
    database: Annotated[Database, Depends(May(Action.MANAGE))],
    author: AuthorDep,
    response: Response,
    if_match: IfMatch = None,
) -> ImportOut:
    """撤销一次导入,登记恢复原状;新建市场的导入则整个移除市场 / take an import back; a new market goes as a whole."""
    version = wanted_version(if_match)
    market = imports.market_of_import(database, record)
    return _told(imports.undo_import(database, market, record, author=author, version=version), response)


def _told(record: ImportRecord, response: Response) -> ImportOut:
    response.headers["ETag"] = tag_of(record.version)
    return ImportOut.model_validate(record, from_attributes=True)
