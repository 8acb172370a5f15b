"""Files to files: what is read, what is reported, what is written."""

import csv
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridmap.errors import InfeasibleError, InputRefusedError, InvalidParameterError
from gridmap.services.partition_files import PartitionDone, PartitionFiles, partition_files
from gridmap.spatial import crs
from gridmap.spatial.partition.params import Params

LON, LAT = 121.49, 31.23
EIGHTS = Params(target=8, tolerance=0.25)
PROJECTION = crs.local_projection(LON, LAT)


def hall(
    wide: int = 8, deep: int = 4, *, levels: int = 1, market: str = "m1", prefix: str = "S", east_m: float = 0.0
) -> gpd.GeoDataFrame:
    """Levels of stalls 3 m wide with an aisle of 2 m between every two rows."""
    rows = [
        {
            "stall_id": f"{prefix}{level}{x:02d}{y:02d}",
            "market": market,
            "building": "A",
            "level": level,
            "merchants": 1,
            "geometry": shapely.box(east_m + 3 * x, 5 * y, east_m + 3 * x + 3, 5 * y + 3),
        }
        for level in range(levels)
        for x in range(wide)
        for y in range(deep)
    ]
    return gpd.GeoDataFrame(rows, crs=PROJECTION)


def write_csv(path: Path, heading: str, *rows: str) -> Path:
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return path


def stairs(frame: gpd.GeoDataFrame, path: Path) -> Path:
    """Links between stalls side by side, and a stair at the first stall of each level."""
    place = {(int(r.level), int(r.stall_id[-4:-2]), int(r.stall_id[-2:])): r.stall_id for r in frame.itertuples()}
    rows = [
        f"{code},{place[level, x + dx, y + dy]},{3 * dx + 5 * dy}"
        for (level, x, y), code in place.items()
        for dx, dy in ((1, 0), (0, 1))
        if (level, x + dx, y + dy) in place
    ]
    rows += [f"{place[level, 0, 0]},{place[level + 1, 0, 0]},12" for level in range(max(key[0] for key in place))]
    return write_csv(path, "from,to,walk_m", *rows)


def run(tmp_path: Path, frame: gpd.GeoDataFrame, params: Params = EIGHTS, **files: Path) -> PartitionDone:
    frame.to_parquet(tmp_path / "stalls.parquet")
    return partition_files(PartitionFiles(tmp_path / "stalls.parquet", **files), tmp_path / "out", params)


def assignment(folder: Path) -> dict[str, str]:
    with (folder / "assignment.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({row["stall_id"] for row in rows}) == len(rows)
    return {row["stall_id"]: row["zone"] for row in rows}


def metric(report: dict[str, Any], key: str) -> float:
    return next(m["value"] for m in report["metrics"] if m["key"] == key)


def test_two_levels_joined_by_a_stair_from_files_to_files(tmp_path: Path) -> None:
    frame = hall(levels=2)
    done = run(tmp_path, frame, links=stairs(frame, tmp_path / "links.csv"))
    out = tmp_path / "out"
    zone_of = assignment(out)
    assert set(zone_of) == set(frame.stall_id)
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report == json.loads(json.dumps(done.report))
    assert (metric(report, "in_band_pct"), metric(report, "contiguous_pct"), metric(report, "zones")) == (100, 100, 8)
    assert report["markets"] == [
        {"market": "m1", "merchants": 64, "zones": 8, "admits": True, "short": 0, "least_cap": 8}
    ]
    assert {"seed", "parameters", "input_hash", "version", "solve_cpu_s", "quarantined"} <= report.keys()
    assert sorted(set(zone_of.values())) == ["101", "102", "103", "104", "201", "202", "203", "204"]


def test_shares_cover_each_floor_and_every_stall_lies_in_its_own_zone(tmp_path: Path) -> None:
    frame = hall(levels=2)
    floor = shapely.box(-2, -2, 26, 20)
    levels = gpd.GeoDataFrame({"market": "m1", "building": "A", "level": [0, 1]}, geometry=[floor] * 2, crs=PROJECTION)
    levels.to_crs(4326).to_file(tmp_path / "levels.geojson", driver="GeoJSON")
    run(tmp_path, frame, levels=tmp_path / "levels.geojson")
    zone_of = assignment(tmp_path / "out")
    parts = gpd.read_file(tmp_path / "out" / "zones.geojson").to_crs(PROJECTION)
    expected = {"zone", "market", "building", "level", "merchants", "stalls", "zone_merchants", "member_id", "geometry"}
    assert set(parts.columns) == expected
    for level, shares in parts.groupby("level"):
        assert shares.area.sum() == pytest.approx(floor.area, rel=1e-6)
        assert shapely.union_all(shares.geometry.to_numpy()).area == pytest.approx(floor.area, rel=1e-6)
        shape = dict(zip(shares.zone, shares.geometry, strict=True))
        for stall in frame[frame.level == level].itertuples():
            assert stall.geometry.difference(shape[zone_of[stall.stall_id]]).area < 1e-4
    assert parts.merchants.sum() == parts.stalls.sum() == len(frame)


def test_without_links_levels_stay_apart_and_the_missing_link_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, hall(levels=2))
    (piece,) = done.report["loose_pieces"]
    assert piece["stalls"] == 32
    assert {piece["missing_link"]["from"][1], piece["missing_link"]["to"][1]} == {"0", "1"}


def test_zones_of_several_markets_differ_in_the_file_and_cross_none(tmp_path: Path) -> None:
    frame = gpd.pd.concat([hall(), hall(market="m2", prefix="T", east_m=200)], ignore_index=True)
    run(tmp_path, frame)
    zone_of = assignment(tmp_path / "out")
    market = dict(zip(frame.stall_id, frame.market, strict=True))
    assert all(zone.startswith(f"{market[stall]}-1") for stall, zone in zone_of.items())


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "parquet", "csv", "order"])
def test_the_same_stalls_in_another_file_or_order_give_the_same_zones(tmp_path: Path, kind: str) -> None:
    frame = hall().to_crs(4326)
    if kind == "csv":
        frame.geometry = shapely.centroid(frame.geometry)
    done = run(tmp_path, frame)
    other = tmp_path / f"other.{'parquet' if kind == 'order' else kind}"
    if kind in ("parquet", "order"):
        shuffled = frame.sample(frac=1, random_state=3) if kind == "order" else frame.to_crs(32651)
        shuffled.to_parquet(other)
    elif kind == "csv":
        frame.assign(lon=frame.geometry.x, lat=frame.geometry.y).drop(columns="geometry").to_csv(other, index=False)
    else:
        frame.to_file(other)
    again = partition_files(PartitionFiles(other), tmp_path / "again", EIGHTS)
    first, second = assignment(tmp_path / "out"), assignment(tmp_path / "again")
    if kind == "order":  # to the byte; the other forms round coordinates
        assert first == second
        assert done.report["input_hash"] == again.report["input_hash"]
    assert len(first) == len(second) == 32
    assert metric(again.report, "in_band_pct") == 100


def test_faulty_rows_are_told_with_their_number_and_the_rest_is_shared_out(tmp_path: Path) -> None:
    good = [f"S{i},0,1,{LON + i * 3e-5},{LAT}" for i in range(16)]
    bad = [
        f"S3,0,1,{LON},{LAT}",
        f",0,1,{LON},{LAT}",
        f"X1,first,1,{LON},{LAT}",
        f"X2,0,-4,{LON},{LAT}",
        f"X3,0,1,nan,{LAT}",
        f"X4,0,1,{LON},95",
    ]
    stalls = write_csv(tmp_path / "stalls.csv", "stall_id,level,merchants,lon,lat", *good, *bad)
    rows = [*(f"S{i},S{i + 1},3" for i in range(15)), "S1,S99,3", "S1,S2,-3", "S1,S2,far"]
    links = write_csv(tmp_path / "links.csv", "from,to,walk_m", *rows)
    done = partition_files(PartitionFiles(stalls, links), tmp_path / "out", EIGHTS)
    told = [(row.file, row.row, row.field) for row in done.rejected]
    assert sorted(told) == [
        ("links.csv", 17, "to"), ("links.csv", 18, "walk_m"), ("links.csv", 19, "walk_m"),
        ("stalls.csv", 18, "stall_id"), ("stalls.csv", 19, "stall_id"), ("stalls.csv", 20, "level"),
        ("stalls.csv", 21, "merchants"), ("stalls.csv", 22, "lon"), ("stalls.csv", 23, "geometry"),
    ]  # fmt: skip
    assert "row 5" in next(row.reason for row in done.rejected if row.row == 18)
    assert len(assignment(tmp_path / "out")) == 16
    assert len(done.report["quarantined"]) == 9


def test_a_stall_on_a_level_that_is_not_there_off_its_floor_or_crossing_itself_is_set_aside(tmp_path: Path) -> None:
    frame = hall()
    frame.loc[0, "level"] = 7
    frame.loc[1, "geometry"] = shapely.box(80, 0, 83, 3)
    frame.loc[2, "geometry"] = shapely.Polygon([(6, 20), (9, 23), (9, 20), (6, 23)])
    frame["geometry"] = frame.geometry
    outline = gpd.GeoDataFrame(
        {"building": ["A"], "level": [0]}, geometry=[shapely.box(-2, -2, 26, 25)], crs=PROJECTION
    )
    outline.to_crs(4326).to_file(tmp_path / "levels.geojson")
    done = run(tmp_path, frame, levels=tmp_path / "levels.geojson")
    assert sorted((row.row, row.field) for row in done.rejected) == [(1, "level"), (2, "geometry"), (3, "geometry")]
    assert len(assignment(tmp_path / "out")) == 29


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("stalls.csv", ""),
        ("stalls.csv", "stall_id,lon,lat\nS1,121,31\n"),
        ("stalls.csv", "stall_id,level,lon,lat\nS1,0,121,99\n"),
        ("stalls.geojson", "{"),
        ("stalls.geojson", '{"type": "Point", "coordinates": [1, 2]}'),
        ("stalls.geojson", '{"type": "FeatureCollection"}'),
        ("stalls.parquet", "no parquet"),
        ("stalls.gpkg", "no geopackage"),
        ("stalls.docx", "?"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_is_written(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputRefusedError) as caught:
        partition_files(PartitionFiles(tmp_path / name), tmp_path / "out", EIGHTS)
    assert caught.value.file == name
    assert not (tmp_path / "out").exists()


def test_a_web_address_in_a_file_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    hall().to_crs(4326).to_file(tmp_path / "stalls.geojson")
    document = json.loads((tmp_path / "stalls.geojson").read_text(encoding="utf-8"))
    document["crs"] = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}}
    (tmp_path / "stalls.geojson").write_text(json.dumps(document), encoding="utf-8")
    done = partition_files(PartitionFiles(tmp_path / "stalls.geojson"), tmp_path / "out", EIGHTS)
    assert len(assignment(tmp_path / "out")) == 32
    assert any("crs" in note for note in done.notes)


def test_a_cap_that_too_few_members_cannot_keep_leaves_only_the_report(tmp_path: Path) -> None:
    frame = gpd.pd.concat([hall(), hall(market="m2", prefix="T", east_m=200)], ignore_index=True)
    run(tmp_path, frame)
    members = write_csv(tmp_path / "members.csv", "member_id,stall_id,capacity", "P1,S00000,8", "P2,,", "P3,T00000,8")
    for params, files in ((Params(cap=8, zones=3), {}), (Params(cap=8), {"members": members})):
        with pytest.raises(InfeasibleError) as caught:
            run(tmp_path, frame, params, **files)
        assert caught.value.tightest_market in ("m1", "m2")
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.json"]
        report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
        assert not report["feasible"]
        assert report["least_cap"] == {"pooled": 22, "no_crossing": 32}
        first, second = report["markets"]
        assert first == {
            "market": "m1",
            "merchants": 32,
            "need": 4,
            "have": 2,
            "short": 2,
            "least_cap": 16,
            "least_cap_with_one_more": 11,
        }
        assert (second["have"], second["short"], second["least_cap"]) == (1, 3, 32)
        assert second["least_cap_with_one_more"] == 16


def test_a_zone_that_no_member_can_bear_is_left_without_one_and_told(tmp_path: Path) -> None:
    members = write_csv(tmp_path / "members.csv", "member_id,stall_id,capacity", "P1,S00000,3", "P2,S00703,20")
    report = run(tmp_path, hall(), members=members).report
    features = json.loads((tmp_path / "out" / "zones.geojson").read_text(encoding="utf-8"))["features"]
    given = {f["properties"]["zone"]: f["properties"]["member_id"] for f in features}
    assert set(given.values()) == {None, "P2"}
    assert report["zones_without_member"] == sorted(zone for zone, member in given.items() if member is None)


def test_a_column_of_visit_minutes_is_shared_out_instead_of_merchants(tmp_path: Path) -> None:
    frame = hall()
    frame["visit_minutes"] = np.where(frame["stall_id"].str[2:4].astype(int) < 4, 12.5, 2.5)
    params = Params(target=60, tolerance=0.25)
    frame.to_parquet(tmp_path / "stalls.parquet")
    files = PartitionFiles(tmp_path / "stalls.parquet", load="visit_minutes")
    report = partition_files(files, tmp_path / "out", params).report
    values = {metric["key"]: metric for metric in report["metrics"]}
    assert (values["merchants"]["value"], values["zones"]["value"], values["in_band_pct"]["value"]) == (32, 4, 100)
    assert {values[key]["unit"] for key in ("load_min", "load_max")} == {report["load_unit"]} == {"visit_minutes"}
    features = json.loads((tmp_path / "out" / "zones.geojson").read_text(encoding="utf-8"))["features"]
    assert sum(feature["properties"]["merchants"] for feature in features) == 32
    with pytest.raises(InputRefusedError):
        partition_files(PartitionFiles(tmp_path / "stalls.parquet", load="minutes"), tmp_path / "other", params)


def test_merchants_count_by_trade_and_an_unlisted_trade_is_told(tmp_path: Path) -> None:
    frame = hall()
    frame["trade"] = np.where(frame["stall_id"].str[2:4].astype(int) < 4, "餐饮", "服装")
    trades = write_csv(tmp_path / "trades.csv", "trade,load", "餐饮,2.5", "百货,1.5")
    done = run(tmp_path, frame, Params(target=14, tolerance=0.2), trades=trades)
    assert done.report["load_unit"] == "workload"
    assert any("服装" in note for note in done.notes)
    loads = dict.fromkeys(assignment(tmp_path / "out").values(), 0.0)
    for code, zone in assignment(tmp_path / "out").items():
        loads[zone] += 2.5 if int(code[2:4]) < 4 else 1.0
    assert all(11.2 <= load <= 16.8 for load in loads.values())


def test_members_get_the_zone_that_holds_their_own_stall(tmp_path: Path) -> None:
    members = write_csv(tmp_path / "members.csv", "member_id,stall_id,capacity", "P1,S00000,8", "P2,,", "P3,S00703,8")
    run(tmp_path, hall(), members=members)
    zone_of = assignment(tmp_path / "out")
    parts = gpd.read_file(tmp_path / "out" / "zones.geojson")
    member_of = dict(zip(parts.zone, parts.member_id, strict=True))
    assert (member_of[zone_of["S00000"]], member_of[zone_of["S00703"]]) == ("P1", "P3")


def test_a_previous_plan_keeps_its_zones_and_names_and_forgets_stalls_that_are_gone(tmp_path: Path) -> None:
    frame = hall()
    run(tmp_path, frame)
    before = assignment(tmp_path / "out")
    previous = write_csv(
        tmp_path / "previous.csv", "stall_id,zone", *(f"{s},{z}" for s, z in before.items()), "GONE,101"
    )
    frame = frame.drop(index=[0, 5]).reset_index(drop=True)
    done = run(tmp_path, frame, previous=previous)
    after = assignment(tmp_path / "out")
    assert after == {stall: before[stall] for stall in after}
    assert sum("3 stalls of the previous plan are gone" in note for note in done.notes) == 1
    assert metric(done.report, "moved_pct") == 0


def test_locks_need_a_previous_plan_and_unknown_constraints_are_told(tmp_path: Path) -> None:
    rows = ["lock,S00000,", "together,S00001,g", "together,S00101,g", "knot,S00002,g", "wall,S00003,", "lock,S9,"]
    constraints = write_csv(tmp_path / "constraints.csv", "kind,stall_id,group", *rows)
    with pytest.raises(InvalidParameterError):
        run(tmp_path, hall(), constraints=constraints)
    write_csv(constraints, "kind,stall_id,group", *rows[1:])
    done = run(tmp_path, hall(), constraints=constraints)
    assert [(row.row, row.field) for row in done.rejected] == [(6, "stall_id"), (4, "kind"), (5, "group")]
    zone_of = assignment(tmp_path / "out")
    assert zone_of["S00001"] == zone_of["S00101"]


def test_a_group_heavier_than_a_zone_is_named_with_its_stalls(tmp_path: Path) -> None:
    group = [f"S0{x:02d}{y:02d}" for x in range(4) for y in range(4)]
    rows = [f"together,{code},g" for code in group]
    constraints = write_csv(tmp_path / "constraints.csv", "kind,stall_id,group", *rows)
    done = run(tmp_path, hall(), constraints=constraints)
    assert done.report["heavy_groups"] == [{"stall_ids": sorted(group), "merchants": 16}]
    assert done.report["heavy_stalls"] == []
    zone_of = assignment(tmp_path / "out")
    assert [code for code in zone_of if zone_of[code] == zone_of[group[0]]] == sorted(group)


def test_a_group_in_two_markets_cannot_share_a_zone_and_is_named(tmp_path: Path) -> None:
    frame = pd.concat([hall(), hall(market="m2", prefix="T", east_m=100)], ignore_index=True)
    rows = ["together,S00000,g", "together,T00000,g", "together,S00001,near", "together,S00002,near"]
    constraints = write_csv(tmp_path / "constraints.csv", "kind,stall_id,group", *rows)
    done = run(tmp_path, gpd.GeoDataFrame(frame, crs=PROJECTION), constraints=constraints)
    assert done.report["groups_apart"] == [["S00000", "T00000"]]
    assert metric(done.report, "crossing_zones") == 0


def test_a_file_with_a_heading_and_no_stalls_gives_an_empty_plan(tmp_path: Path) -> None:
    stalls = write_csv(tmp_path / "stalls.csv", "stall_id,level,lon,lat")
    done = partition_files(PartitionFiles(stalls), tmp_path / "out", Params())
    assert done.report["markets"] == []
    assert assignment(tmp_path / "out") == {}
    assert json.loads((tmp_path / "out" / "zones.geojson").read_text(encoding="utf-8"))["features"] == []


def test_a_market_of_three_merchants_is_one_zone_and_the_report_says_what_it_lacks(tmp_path: Path) -> None:
    done = run(tmp_path, hall(3, 1), Params())
    assert set(assignment(tmp_path / "out").values()) == {"101"}
    (market,) = done.report["markets"]
    assert (market["merchants"], market["zones"], market["admits"], market["short"]) == (3, 1, False, 42)
    assert metric(done.report, "compactness_pct") > 50


def test_a_previous_plan_of_which_nothing_is_left_is_no_plan_at_all(tmp_path: Path) -> None:
    previous = write_csv(tmp_path / "previous.csv", "stall_id,zone", "GONE1,101", "GONE2,102")
    done = run(tmp_path, hall(), previous=previous)
    assert any("2 stalls of the previous plan are gone" in note for note in done.notes)
    assert metric(done.report, "in_band_pct") == 100
    assert not done.report.get("changes")


def test_a_vacant_market_and_a_stall_of_two_hundred_merchants_are_told(tmp_path: Path) -> None:
    frame = gpd.pd.concat([hall(), hall(market="m2", prefix="T", east_m=200)], ignore_index=True)
    frame.loc[frame.market == "m2", "merchants"] = 0
    frame.loc[9, "merchants"] = 200
    done = run(tmp_path, frame)
    assert done.report["heavy_stalls"] == [{"stall_id": frame.stall_id[9], "merchants": 200}]
    assert [(m["market"], m["admits"]) for m in done.report["markets"]] == [("m1", True), ("m2", False)]
    assert len(set(assignment(tmp_path / "out").values())) > 1
    assert np.isfinite(metric(done.report, "inertia_m2"))
