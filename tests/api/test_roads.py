"""Roads over HTTP: brought in, asked for by box, and on map tiles that never grow too large."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from gridmap.model.map_tiles import Tile
from gridmap.services import map_tiles as service
from gridmap.services.kept import Kept
from gridmap.store.session import Database
from tests.api.test_map_tiles import features, path, tile_at
from tests.callers import token_of
from tests.roads_world import ALONG, LAT, LON, feature, geojson, two_streets
from tests.two_halls import OWN, World, two_halls

BOX = f"{LON - 0.01},{LAT - 0.01},{LON + 0.01},{LAT + 0.01}"


@pytest.fixture
def world(database: Database, database_url: str, tmp_path: Path) -> Iterator[World]:
    with two_halls(database, database_url, tmp_path) as opened:
        opened.client.headers["Authorization"] = f"Bearer {token_of(database, 'planner')}"
        yield opened


def send(world: World, file: Path, *, query: str = "", **said: str) -> Any:
    sent = {"file": (file.name, file.read_bytes())}
    return world.client.post(f"/api/v1/roads/imports{query}", files=sent, data=said)


def test_roads_come_in_and_are_found_by_box(world: World, tmp_path: Path) -> None:
    answer = send(world, two_streets(tmp_path))
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == {"main": 1, "lane": 1}
    assert send(world, two_streets(tmp_path)).json()["unchanged"]
    found = world.client.get("/api/v1/roads", params={"bbox": BOX, "zoom": 18})
    assert found.headers["content-type"].startswith("application/geo+json")
    assert found.json()["left_off"] == 0
    assert [f["properties"] for f in found.json()["features"]] == [
        {"code": "S1", "name": "人民路", "kind": "main", "width_m": 24.0},
        {"code": "S2", "name": "小弄", "kind": "lane", "width_m": None},
    ]
    assert found.json()["features"][0]["geometry"]["coordinates"] == [[round(v, 9) for v in p] for p in ALONG]
    (source,) = world.client.get("/api/v1/roads/sources").json()["items"]
    assert (source["name"], source["roads"], source["datum"]) == ("streets", 2, "wgs84")
    assert world.client.delete("/api/v1/roads/sources/streets").status_code == 204
    assert world.client.get("/api/v1/roads", params={"bbox": BOX, "zoom": 18}).json()["features"] == []
    assert world.client.delete("/api/v1/roads/sources/streets").status_code == 404


def test_a_dry_run_and_a_faulty_file_write_nothing(world: World, tmp_path: Path) -> None:
    assert send(world, two_streets(tmp_path), query="?dry_run=true").json()["accepted"] == {"main": 1, "lane": 1}
    bad = geojson(tmp_path / "bad.geojson", [feature([(121, 31), (121, 31)], kind="街道")])
    for refused in (send(world, bad), send(world, two_streets(tmp_path, "roads.pdf")), send(world, bad, source="a/b")):
        assert refused.status_code == 422, refused.text
        assert refused.headers["content-type"] == "application/problem+json"
    assert world.client.get("/api/v1/roads/sources").json()["items"] == []


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "122,31,121,32", "nan,1,2,3", "121,31,122,32,1"])
def test_a_faulty_box_is_a_problem(world: World, box: str) -> None:
    answer = world.client.get("/api/v1/roads", params={"bbox": box})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_roads_lie_on_tiles_for_whoever_sees_a_market(world: World, tmp_path: Path) -> None:
    send(world, two_streets(tmp_path))
    world.client.headers["Authorization"] = f"Bearer {token_of(world.database, 'viewer', f'market:{OWN}')}"
    for z, names in ((17, ["人民路", "小弄"]), (14, ["人民路"]), (5, [])):
        tile = tile_at(z)
        found = features(world.client, path(tile, "roads"), "roads", tmp_path)
        assert [values["name"] for _, values in found] == names
    found = features(world.client, path(tile_at(17), "roads"), "roads", tmp_path)
    assert {values["kind"] for _, values in found} == {"main", "lane"}
    assert all(shape.geom_type in ("LineString", "MultiLineString") for shape, _ in found)
    assert found[0][1]["width_m"] == 24


def grid(n: int) -> list[dict[str, Any]]:
    """Zigzag streets of all kinds, as many of each, close together."""
    kinds = ["main", "street", "lane", "footway"]
    return [
        feature(
            [(LON + 1e-5 * j, LAT + 1e-5 * i + (j % 2) * 5e-6) for j in range(60)], kind=kinds[i % 4], name=f"第{i}路"
        )
        for i in range(n)
    ]


def limit(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    """Set a limit of tiles, and forget those that were made under another."""
    monkeypatch.setattr(service, name, value)
    monkeypatch.setattr(service, "_tiles", Kept(size=16))


def test_lesser_roads_give_way_where_a_tile_would_grow_too_large(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(world, geojson(tmp_path / "grid.geojson", grid(80))).status_code == 200
    tile: Tile = tile_at(17, LON + 0.0002, LAT + 0.0002)
    url = path(tile, "roads")
    whole = world.client.get(url).content
    limit(monkeypatch, "MOST_BYTES", len(whole) * 4 // 5)
    kept = features(world.client, url, "roads", tmp_path)
    assert {values["kind"] for _, values in kept} == {"main", "street", "lane"}
    limit(monkeypatch, "MOST_SHAPES", 25)
    assert {v["kind"] for _, v in features(world.client, url, "roads", tmp_path)} == {"main"}
    limit(monkeypatch, "MOST_SHAPES", 5)
    counted = features(world.client, url, "cells", tmp_path)
    assert sum(values["roads"] for _, values in counted) == 20
    assert all(isinstance(shape, shapely.Point) for shape, _ in counted)
