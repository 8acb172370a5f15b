"""Roads: lines of streets that maps draw below the markets."""

from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Query, Response, UploadFile

from gridmap.api.access import May, ViewDep
from gridmap.api.deps import AuthorDep
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.geojson import feature_collection
from gridmap.api.routes.markets import GEOJSON
from gridmap.api.schemas.roads import RoadSourceList, RoadSourceOut, RoadsReportOut, road_properties
from gridmap.api.uploads import saved
from gridmap.errors import InvalidParameterError
from gridmap.model.intake import Datum, Reading
from gridmap.model.map_tiles import MOST_ZOOM
from gridmap.model.rights import Action
from gridmap.services import roads
from gridmap.services.roads import RoadIntake
from gridmap.store.session import Database

router = APIRouter(tags=["道路 roads"], route_class=TaggedRoute)
RoadsDep = Annotated[Database, Depends(May(Action.MANAGE_ROADS))]
_NUMBER = r"-?\d{1,3}(\.\d{1,20})?"


@router.get("/roads", response_class=Response, responses={**GEOJSON, **problem_responses(422)})
def get_roads(
    database: ViewDep,
    bbox: Annotated[
        str,
        Query(
            pattern=f"^{_NUMBER}(,{_NUMBER}){{3}}$",
            description="西,南,东,北 / west,south,east,north",
            examples=["121.48,31.22,121.50,31.24"],
        ),
    ],
    zoom: Annotated[int, Query(ge=0, le=MOST_ZOOM, description="缩放级别:小路近看才给 / lanes only when near")] = 17,
) -> Response:
    """框内的道路(GeoJSON),至多 2,000 条,余数见 `left_off` / roads in a box; how many more there are."""
    seen = roads.roads_in(database, [float(part) for part in bbox.split(",")], zoom)
    features = ((road.line_lonlat, road_properties(road)) for road in seen.roads)
    return feature_collection(features, extra={"left_off": seen.left_off})


@router.get("/roads/sources")
def list_road_sources(database: ViewDep) -> RoadSourceList:
    """道路的来源 / where the roads come from."""
    return RoadSourceList(items=[RoadSourceOut.of(source) for source in roads.list_sources(database)])


@router.post("/roads/imports", responses=problem_responses(400, 413, 422))
def import_roads(
    database: RoadsDep,
    author: AuthorDep,
    file: Annotated[
        UploadFile | None, File(description="道路中心线:GeoJSON、Shapefile(zip)、GeoPackage、OSM / middle lines")
    ] = None,
    source: Annotated[
        str, Form(max_length=100, pattern=r"^[^\x00]*$", description="来源,默认文件名;同名的整体取代 / its name")
    ] = "",
    datum: Annotated[Datum, Form()] = "wgs84",
    crs: Annotated[str, Form(max_length=40, pattern=r"^[^\x00]*$", description="未注明坐标系时的 EPSG 编号")] = "",
    accept_datum: Annotated[bool, Form(description="已核对:位置如此 / it is meant so")] = False,
    dry_run: Annotated[bool, Query(description="只检查,不写入 / check only")] = False,
) -> RoadsReportOut:
    """导入道路,取代同一来源原有的;同一文件再导入没有变动 / roads in, in the place of what their source held."""
    if file is None:
        raise InvalidParameterError("file", "-", "请上传道路文件。", "Send a file of roads.")
    with TemporaryDirectory(prefix="gridmap-roads-") as folder:
        path = saved(file, FilePath(folder) / "file")
        reading = Reading(crs=crs or None)
        asked = RoadIntake(path, source, datum, reading, datum_accepted=accept_datum, dry_run=dry_run)
        return RoadsReportOut.of(roads.import_roads(database, asked, author=author))


@router.delete("/roads/sources/{source}", status_code=204, responses=problem_responses(404))
def drop_road_source(source: Annotated[str, Path(max_length=100)], database: RoadsDep) -> None:
    """删去一个来源的全部道路 / remove all roads of a source."""
    roads.drop_source(database, source)
