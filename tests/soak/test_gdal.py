"""GDAL/OGR, which QGIS reads with, as a client of our GeoJSON: same counts, fields, places and areas as we hold."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely

from gridmap.model.kinds import UnitKind
from gridmap.services import drafts, markets, plans
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params
from gridmap.store.session import Database
from tests import worlds
from tests.callers import author, token_of
from tests.serving import Server

HALL, STALLS = "hall", 240


@pytest.fixture
def served(database: Database, database_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve a market of two levels with a draft; give its address and the draft's. GDAL sends a token."""
    draft = worlds.two_floors_one_stair(HALL, stalls_a_floor=STALLS // 2)
    point = replace(draft.stalls[0], place_lonlat=draft.stalls[0].place_lonlat.centroid, kind=UnitKind.STALL)
    markets.add_market(database, replace(draft, stalls=(point, *draft.stalls[1:])))
    plan = drafts.draft_plan(database, HALL, Params(), author=author(), day=author().now.date())
    key = {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {token_of(database, 'planner')}", "GDAL_HTTP_PROXY": ""}
    server = Server(database_url, tmp_path)
    pyogrio.set_gdal_config_options(key)
    try:
        server.wait()
        yield f"{server.address}/api/v1/markets/{HALL}", f"{server.address}/api/v1/plans/{plan.code}"
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(key))
        server.kill()


def read(address: str) -> Any:
    frame = pyogrio.read_dataframe(address)
    assert frame.crs.to_epsg() == 4326
    areas = frame.geometry[frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    assert areas.is_valid.all()  # a stair straight up is a line without length: OGR reads it and calls it invalid
    return frame


@pytest.mark.soak
def test_ogr_reads_what_we_hold(served: tuple[str, str], database: Database, tmp_path: Path) -> None:
    market, plan = served
    stalls, levels = read(f"{market}/stalls?limit=20000"), read(f"{market}/levels")
    zones, connectors = read(f"{plan}/zones"), read(f"{market}/connectors")
    held = {t.stall.code: t.stall for t in markets.market_stalls(database, HALL, author().now.date())}
    assert set(stalls["stall"]) == set(held)
    assert set(stalls.geometry.geom_type) == {"Polygon", "Point"}
    for code, place in zip(stalls["stall"], stalls.geometry, strict=True):
        assert shapely.hausdorff_distance(place, held[code].place_lonlat) < 2e-9  # a tenth of a millimetre
    assert list(levels["label"]) == ["1F", "2F"]
    assert list(connectors["kind"]) == ["stairs"]
    assert zones.groupby("level")["stalls"].sum().to_dict() == {0: STALLS // 2, 1: STALLS // 2}
    projection = markets.market_summary(database, HALL, author().now.date()).market.projection
    shares_m2 = crs.to_metres(zones.geometry.to_numpy(), projection)
    floors_m2 = crs.to_metres(levels.geometry.to_numpy(), projection)
    assert sum(map(shapely.area, shares_m2)) == pytest.approx(sum(map(shapely.area, floors_m2)), rel=1e-6)
    for name, frame in (("zones", zones), ("levels", levels)):
        for driver, ending in (("GPKG", "gpkg"), ("FlatGeobuf", "fgb")):
            path = tmp_path / f"{name}.{ending}"
            pyogrio.write_dataframe(frame, path, driver=driver)
            again = geopandas.read_file(path)
            assert shapely.equals_exact(
                sorted(again.geometry, key=shapely.to_wkt), sorted(frame.geometry, key=shapely.to_wkt), 0
            ).all()
    assert plans.show_plan(database, plan.rpartition("/")[2]).zones


@pytest.mark.soak
def test_ogr_reads_a_large_market_page_by_page(served: tuple[str, str]) -> None:
    """OGR knows no cursor: whoever reads pages follows `next` himself, and gets every stall once."""
    market, _ = served
    seen: list[str] = []
    while len(seen) % 100 == 0:
        seen += list(read(f"{market}/stalls?limit=100&after={seen[-1] if seen else ''}")["stall"])
    assert len(seen) == len(set(seen)) == STALLS
