"""Map tiles over HTTP: the same on both databases, cut to size, and without a name."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient

from gridmap.model.map_tiles import EXTENT, Tile
from gridmap.services import map_tiles as service
from gridmap.services import markets
from gridmap.spatial import map_tiles
from gridmap.store.session import Database
from tests import worlds
from tests.callers import token_of
from tests.spatial.test_map_tiles import read_back
from tests.two_halls import OTHER, OWN, SECRET, World, two_halls

DAY = datetime.now(UTC).date()


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[World]:
    with two_halls(database, database_url, tmp_path) as opened:
        opened.client.headers["Authorization"] = f"Bearer {token_of(database, 'planner')}"
        yield opened


def tile_at(z: int, lon: float = worlds.LON + 0.0001, lat: float = worlds.LAT + 0.00005) -> Tile:
    x, y = map_tiles.to_tile(np.array([[lon, lat]]), Tile(z, 0, 0))[0] / EXTENT
    return Tile(z, int(x), int(y))


def path(tile: Tile, layer: str, *, plan: str = "current", building: str = "-", level: int = 0) -> str:
    return f"/tiles/{plan}/{building}/{level}/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"


def features(client: TestClient, url: str, layer: str, folder: Path) -> list[tuple[Any, dict[str, Any]]]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    return read_back(answer.content, layer, folder) if answer.content else []


def same_place(shape: Any, lonlat: Any, tile: Tile) -> bool:
    wanted = shapely.transform(lonlat, lambda xy: map_tiles.to_tile(xy, tile))
    return shapely.hausdorff_distance(shape.boundary, wanted.boundary) < 2


@pytest.mark.parametrize("building", ["-", "main"])
def test_stalls_are_those_of_the_register_with_their_zones(world: World, tmp_path: Path, building: str) -> None:
    tile = tile_at(17)
    plan = world.plans[OWN][0]
    listed = world.client.get(f"/api/v1/markets/{OWN}/stalls?level=1").json()["features"]
    zones = {r["stall"]: r["zone"] for r in world.client.get(f"/api/v1/plans/{plan}/assignment").json()["items"]}
    colours = {z["zone"]: z["colour"] for z in world.client.get(f"/api/v1/plans/{plan}").json()["zones"]}
    found = features(world.client, path(tile, "stalls", plan=plan, building=building, level=1), "stalls", tmp_path)
    told = {values["stall"]: values for _, values in found}
    assert len(found) == len(told) == len(listed) == 8
    for shape, values in found:
        (feature,) = [f for f in listed if f["properties"]["stall"] == values["stall"]]
        assert same_place(shape, shapely.geometry.shape(feature["geometry"]), tile)
        zone = zones[values["stall"]]
        assert values == {
            "market": OWN, "stall": values["stall"], "building": "main", "kind": "stall", "zone": zone,
            "colour": colours[zone], "let": True,
        }  # fmt: skip


def test_zones_and_floors_of_all_plans_in_force(world: World, tmp_path: Path) -> None:
    tile = tile_at(17)
    found = features(world.client, path(tile, "zones"), "zones", tmp_path)
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    for market in (OWN, OTHER):
        shapes = world.client.get(f"/api/v1/plans/{world.plans[market][0]}/zones").json()["features"]
        wanted |= {(market, f["properties"]["zone"]): f for f in shapes if f["properties"]["level"] == 0}
    assert Counter((v["market"], v["zone"]) for _, v in found) == Counter(wanted.keys())
    for shape, values in found:
        feature = wanted[values["market"], values["zone"]]
        assert values["merchants"] == feature["properties"]["zone_merchants"]
        assert values["colour"] == feature["properties"]["colour"]
        assert not values["answered"]
        assert same_place(shape, shapely.geometry.shape(feature["geometry"]), tile)
    floors = features(world.client, path(tile, "levels"), "levels", tmp_path)
    assert [(v["market"], v["building"], v["label"]) for _, v in floors] == [
        (OTHER, "main", "1F"),
        (OWN, "main", "1F"),
    ]


def test_markets_are_points_with_counts(world: World, tmp_path: Path) -> None:
    found = features(world.client, path(tile_at(9), "markets"), "markets", tmp_path)
    assert [(v["market"], v["merchants"], v["stalls"]) for _, v in found] == [(OTHER, 16, 16), (OWN, 16, 16)]
    only = features(world.client, path(tile_at(9), "markets", plan=world.plans[OWN][1]), "markets", tmp_path)
    assert [v["market"] for _, v in only] == [OWN]
    assert features(world.client, path(tile_at(9, lon=10), "markets"), "markets", tmp_path) == []


def test_far_away_shapes_are_counted_and_none_is_lost(world: World, tmp_path: Path) -> None:
    found = features(world.client, path(tile_at(9), "stalls"), "cells", tmp_path)
    assert sum(v["stalls"] for _, v in found) == 16


@pytest.mark.parametrize("limit", ["MOST_SHAPES", "MOST_BYTES"])
def test_a_tile_that_is_too_full_is_counted_instead(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(service, limit, 7)
    found = features(world.client, path(tile_at(17), "stalls"), "cells", tmp_path)
    assert sum(v["stalls"] for _, v in found) == 16
    assert len(found) > 1


def test_draft_is_for_those_who_see_drafts_and_nobody_reads_a_name(world: World) -> None:
    for role in ("viewer", "member", "planner", "api"):
        headers = {"Authorization": f"Bearer {token_of(world.database, role, f'market:{OWN}')}"}
        for layer in ("stalls", "zones", "levels", "markets"):
            url = path(tile_at(17), layer)
            own = world.client.get(url, headers=headers)
            assert own.status_code == 200
            assert SECRET.encode() not in own.content
            assert OTHER.encode() not in own.content
            assert OWN.encode() in own.content
            draft = world.client.get(path(tile_at(17), layer, plan=world.plans[OWN][1]), headers=headers)
            assert draft.status_code == (404 if role in ("viewer", "api") else 200)
            hidden = world.client.get(path(tile_at(17), layer, plan=world.plans[OTHER][0]), headers=headers)
            assert hidden.status_code == 404
    assert world.client.get(path(tile_at(17), "zones"), headers={"Authorization": ""}).status_code == 401


def test_viewer_reads_no_loads_and_no_small_counts(world: World, tmp_path: Path) -> None:
    markets.add_market(world.database, worlds.few_merchants("nook", 3))
    world.client.headers["Authorization"] = f"Bearer {token_of(world.database, 'viewer')}"
    zones = features(world.client, path(tile_at(17), "zones"), "zones", tmp_path)
    assert zones
    assert all("merchants" not in values for _, values in zones)
    counts = {v["market"]: v.get("merchants") for _, v in features(
        world.client, path(tile_at(9), "markets"), "markets", tmp_path)}  # fmt: skip
    assert counts == {OWN: 16, OTHER: 16, "nook": None}


@pytest.mark.parametrize("all_plans", [True, False])
def test_tag_holds_until_something_is_written(world: World, all_plans: bool) -> None:
    url = path(tile_at(17), "stalls", plan="current" if all_plans else world.plans[OWN][0])
    first = world.client.get(url)
    again = world.client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    written = world.client.post(f"/api/v1/markets/{OWN}/members", json={"member_id": "W777", "name": "新来"})
    assert written.status_code == 201, written.text
    later = world.client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200
    viewer = {"Authorization": f"Bearer {token_of(world.database, 'viewer')}"}
    assert world.client.get(url, headers=viewer).headers["etag"] != later.headers["etag"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/tiles/current/-/0/stalls/3/8/0.mvt", 404),
        ("/tiles/current/-/0/stalls/3/-1/0.mvt", 422),
        ("/tiles/current/-/0/names/3/1/1.mvt", 422),
        ("/tiles/nowhere/-/0/stalls/3/1/1.mvt", 404),
        ("/tiles/current/-/0/stalls/99/1/1.mvt", 422),
    ],
)
def test_faulty_addresses_are_problems(world: World, url: str, status: int) -> None:
    answer = world.client.get(url)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
