"""A city to ask questions about: the yardstick's place with merchants, zones and members, in a database."""

import csv
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import shapely
from contenders import make_place
from tables import ROOT, YARDSTICK

sys.path.insert(0, str(ROOT))
from gridmap.model.intake import IntakeFiles
from gridmap.services import drafts, plans, register
from gridmap.services.plans import Author
from gridmap.spatial.partition.params import Params
from gridmap.store import markets, stalls
from gridmap.store.session import Database

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
AUTHOR = Author("bench", NOW)


@dataclass(frozen=True, slots=True)
class Asked:
    """A point on a floor."""

    market: str
    building: str
    level: int
    lon: float
    lat: float


def prepare(database: Database, name: str, folder: Path, seed: int = 1, *, apart_m: float = 0.0) -> None:
    """
    Import a place of the yardstick with a member for every 50 merchants; zone and publish each of its markets.

    The yardstick lays all markets on one spot; `apart_m` lays them out in a square with so many metres between.
    """
    place = make_place(YARDSTICK, name, folder, seed, members=1.0)
    if apart_m:
        _lay_apart(place / "stalls.parquet", apart_m)
    frame = gpd.read_parquet(place / "stalls.parquet")
    of_merchant = np.repeat(frame["stall_id"].to_numpy(), frame["merchants"].to_numpy())
    _table(place / "merchants.csv", ("stall_id", "name"), [(s, f"商户{i}") for i, s in enumerate(of_merchant)])
    with (place / "members.csv").open(newline="") as lines:
        people = [(row["member_id"], f"成员{row['member_id']}", row["stall_id"], 55) for row in csv.DictReader(lines)]
    _table(place / "people.csv", ("member_id", "name", "stall_id", "capacity"), people)
    files = IntakeFiles(
        stalls=place / "stalls.parquet",
        merchants=place / "merchants.csv",
        links=place / "links.csv",
        members=place / "people.csv",
    )
    report = register.import_markets(database, register.Intake(files), today=TODAY)
    print(f"{name}: {report.accepted}", flush=True)
    for market in market_codes(database):
        plan = drafts.draft_plan(database, market, Params(), author=AUTHOR, day=TODAY)
        plans.publish_plan(database, plan.code, TODAY, today=TODAY)


def market_codes(database: Database) -> list[str]:
    """Return the codes of all markets."""
    with database.reading() as connection:
        return [summary.market.code for summary in markets.summaries(connection, TODAY)]


def random_points(database: Database, n: int, rng: np.random.Generator) -> list[Asked]:
    """Choose points in stalls all over the city, each stall as likely as any other."""
    with database.reading() as connection:
        found = [(m, t.stall) for m in market_codes(database) for t in stalls.trading_stalls(connection, m, TODAY)]
    asked: list[Asked] = []
    for i in rng.integers(len(found), size=n):
        market, stall = found[int(i)]
        west, south, east, north = shapely.bounds(stall.place_lonlat)
        lon, lat = float(rng.uniform(west, east)), float(rng.uniform(south, north))
        asked.append(Asked(market, stall.level.building, stall.level.ordinal, lon, lat))
    return asked


def _lay_apart(path: Path, apart_m: float) -> None:
    frame = gpd.read_parquet(path)
    nth, names = frame["market"].factorize()
    side = int(np.ceil(np.sqrt(len(names))))
    east, north = apart_m * (nth % side), apart_m * (nth // side)
    moved = shapely.transform(
        frame.geometry.to_numpy(),
        lambda xy: (
            xy
            + np.repeat(np.column_stack([east, north]), shapely.get_num_coordinates(frame.geometry.to_numpy()), axis=0)
        ),
    )
    frame.set_geometry(gpd.GeoSeries(moved, crs=frame.crs)).to_parquet(path)


def _table(path: Path, heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(heads)
        writer.writerows(rows)
