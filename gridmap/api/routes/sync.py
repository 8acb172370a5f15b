"""Records from the field: sent by devices, read by those who work there."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from gridmap.api.access import May
from gridmap.api.deps import NowDep, SettingsDep, next_url, start_of
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.field_records import (
    ReceiptOut,
    RecordOut,
    RecordPage,
    RecordsImportedOut,
    SyncIn,
    SyncOut,
)
from gridmap.exchange.field_records import RecordDefaults
from gridmap.model.field_records import RecordKind
from gridmap.model.rights import Action
from gridmap.services import field_records, record_files
from gridmap.services.field_records import Sending
from gridmap.store.field_records import RecordFilter
from gridmap.store.session import Database

router = APIRouter(tags=["走访记录 field records"], route_class=TaggedRoute)
_LIST = {"schema": {"type": "string", "format": "binary"}}
LIST_BODY = {"requestBody": {"required": True, "content": {
    "text/csv": _LIST, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _LIST,
}}}  # fmt: skip

LIST_NAME = r"^[^/\\\x00]+\.(csv|tsv|txt|xlsx|xls|ods|dbf)$"


async def _bytes_of(request: Request) -> bytes:
    return await request.body()


@router.post("/sync", responses=problem_responses(400))
def sync(
    body: SyncIn, database: Annotated[Database, Depends(May(Action.RECORD))], now: NowDep, settings: SettingsDep
) -> SyncOut:
    """平板同步:逐条回执,可重复、可乱序 / take in what a device sends, each record with a receipt."""
    oldest = now - timedelta(days=settings.keep_records_days)
    sending = Sending(body.device, [record.sent() for record in body.records], now, oldest)
    return SyncOut(receipts=[ReceiptOut.of(receipt) for receipt in field_records.sync(database, sending)])


@router.get("/markets/{market}/records", responses=problem_responses(404, 422))
def list_records(
    request: Request,
    market: str,
    database: Annotated[Database, Depends(May(Action.VIEW_OWN_REGISTER))],
    now: NowDep,
    stall: Annotated[str | None, Query(max_length=64)] = None,
    kind: Annotated[list[RecordKind] | None, Query(description="可重复 / may be repeated")] = None,
    first: Annotated[date | None, Query(alias="from", description="自此日起 / from this day")] = None,
    last: Annotated[date | None, Query(alias="to", description="至此日止(含)/ to this day, included")] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> RecordPage:
    """走访、巡查、联系、问题、诉求;网格员只见本人负责的铺位 / records of a market; a member's own stalls only."""
    zone = now.tzinfo
    wanted = RecordFilter(
        stall, frozenset(kind) if kind else None, start_of(first, zone), start_of(last, zone, days=1), after
    )
    found = field_records.list_records(database, market, wanted, day=now.date(), limit=limit + 1)
    more = next_url(request, str(found[limit - 1][0])) if len(found) > limit else None
    return RecordPage(items=[RecordOut.of(record) for _, record in found[:limit]], next=more)


@router.post("/markets/{market}/records/import", openapi_extra=LIST_BODY, responses=problem_responses(404, 422))
def import_records(
    market: str,
    database: Annotated[Database, Depends(May(Action.RECORD))],
    now: NowDep,
    settings: SettingsDep,
    body: Annotated[bytes, Depends(_bytes_of)],
    kind: Annotated[RecordKind | None, Query(description="未写类型的行 / kind of rows that name none")] = None,
    filename: Annotated[str, Query(max_length=100, pattern=LIST_NAME, description="文件名 / name")] = "records.csv",
) -> RecordsImportedOut:
    """导入走访、巡查、联系清单:好的入库,有问题的逐行说明;可重复 / bring a list in; faulty rows stay out."""
    defaults = RecordDefaults(settings.zone, market, kind)
    with TemporaryDirectory() as folder:
        path = Path(folder) / filename
        path.write_bytes(body)
        oldest = now - timedelta(days=settings.keep_records_days)
        return RecordsImportedOut.of(record_files.import_records(database, path, defaults, now=now, oldest=oldest))
