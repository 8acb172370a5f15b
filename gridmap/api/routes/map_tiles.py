"""Map tiles for maps of a city, as Mapbox Vector Tiles."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gridmap.api.access import ViewDep
from gridmap.api.deps import NowDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute, tag_of
from gridmap.errors import NotFoundError
from gridmap.model.map_tiles import MOST_ZOOM, Tile, TileAsk, TileLayer
from gridmap.services.map_tiles import map_tile, tile_version

router = APIRouter(prefix="/tiles", tags=["地图瓦片 map tiles"], route_class=TaggedRoute)
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
IN_FORCE, ALL_BUILDINGS = "current", "-"
MVT = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "description": "MVT"}}
Number = Annotated[int, Path(ge=0, lt=2**MOST_ZOOM)]


@router.get(
    "/{plan}/{building}/{level}/{layer}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={**MVT, **problem_responses(404)},
)
def get_map_tile(
    request: Request,
    database: ViewDep,
    now: NowDep,
    plan: Annotated[str, Path(max_length=80, description="方案;current 为各市场现行方案 / a plan, or all in force")],
    building: Annotated[str, Path(max_length=64, description="楼栋;- 为全部 / a building, or all")],
    level: Annotated[int, Path(ge=-100, le=300, description="楼层序号,一层为 0 / ordinal, 1F is 0")],
    layer: TileLayer,
    z: Annotated[int, Path(ge=0, le=MOST_ZOOM)],
    x: Number,
    y: Number,
) -> Response:
    """一块瓦片,不超过 200 kB;过密处改为分格计数(图层 cells) / a tile; counts in cells where shapes are too many."""
    tile = Tile(z, x, y)
    if not tile.exists:
        raise NotFoundError("tile", f"{z}/{x}/{y}")
    ask = TileAsk(
        plan=None if plan == IN_FORCE else plan,
        building=None if building == ALL_BUILDINGS else building,
        level=level,
        layer=layer,
        tile=tile,
    )
    version = tile_version(database, ask, now.date())
    tag = tag_of(version)
    known = request.headers.get("if-none-match", "")
    content = b"" if tag in known else map_tile(database, ask, now.date(), version=version)
    return Response(content, media_type=MEDIA_TYPE, headers={"ETag": tag})
