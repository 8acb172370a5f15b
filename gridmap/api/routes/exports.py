"""A market as a file."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Response

from gridmap.api.access import ViewDep
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.exchange.exports import MEDIA_TYPE, SUFFIX
from gridmap.model.exports import ExportFormat
from gridmap.services import exports
from gridmap.spatial.crs import Datum

router = APIRouter(prefix="/markets", tags=["市场 markets"])
_FILE = {"schema": {"type": "string", "format": "binary"}}
_FEATURES = {"schema": {"type": "object", "required": ["type", "features"]}}
_CONTENT = dict.fromkeys(sorted({*MEDIA_TYPE.values()}), _FILE) | {MEDIA_TYPE[ExportFormat.GEOJSON]: _FEATURES}


@router.get(
    "/{market}/export",
    response_class=Response,
    responses={200: {"content": _CONTENT, "description": "文件 / a file"}, **problem_responses(404, 422)},
)
def export_market(
    market: str,
    database: ViewDep,
    now: NowDep,
    form: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.GEOJSON,
    at: Annotated[date | None, Query(description="某日的状况,默认含全部历史 / as of a day")] = None,
    datum: Annotated[Datum, Query(description="坐标基准 / what the coordinates refer to")] = Datum.WGS84,
) -> Response:
    """导出市场;看不到的不在其中 / the market as a file; what the caller is not shown is not in it."""
    with tempfile.TemporaryDirectory(prefix="gridmap-export-") as folder:
        path = Path(folder) / f"market{SUFFIX[form]}"
        done = exports.export_market(database, market, form, path, now=now, at=at, datum=datum)
        name = f"{done.market}{SUFFIX[form]}"  # a code: letters, digits and hyphens
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return Response(path.read_bytes(), media_type=MEDIA_TYPE[form], headers=headers)
