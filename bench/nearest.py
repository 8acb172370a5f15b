"""Who is responsible here: answers from memory beside the nearest-neighbour search of PostGIS, in one run.

    .venv/bin/python bench/nearest.py [--place E] [--rounds 5] [--queries 10000]

The place (120 markets, 131,000 stalls, a member for every 50 merchants) is imported, zoned and published in a private
PostGIS. Asked are random points on the floors. The peer, `ORDER BY place <-> point LIMIT 1` among the members of the
building and level, knows neither zones nor walks: it answers an easier question. Rounds take turns, shown are medians;
bench/results/nearest.json holds them.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import psycopg
from duty_http import cpu_per_request
from duty_place import NOW, TODAY, Asked, market_codes, prepare, random_points
from tables import print_table, write_results

from gridmap.services.duty import DutyDesk, Spot
from gridmap.services.duty_batch import Places, Question, answer_all, who_all
from gridmap.store import members, stalls
from gridmap.store.migrations.run import upgrade
from gridmap.store.session import Database, open_database
from tests.postgis import start_cluster

KNN = """SELECT member_id, place <-> ST_SetSRID(ST_MakePoint(%s, %s), 4326) FROM knn
WHERE market = %s AND building = %s AND level = %s
ORDER BY place <-> ST_SetSRID(ST_MakePoint(%s, %s), 4326) LIMIT 1"""
LATERAL = """SELECT asked.id, near.member_id, near.far FROM asked
LEFT JOIN LATERAL (SELECT member_id, {table}.place <-> asked.place AS far FROM {table}
WHERE market = asked.market AND building = asked.building AND level = asked.level
ORDER BY {table}.place <-> asked.place LIMIT 1) near ON true"""
ANYWHERE = """SELECT asked.id, near.member_id, near.far FROM asked
LEFT JOIN LATERAL (SELECT member_id, spatial.place <-> asked.place AS far FROM spatial
ORDER BY spatial.place <-> asked.place LIMIT 1) near ON true"""
PEERS = {
    "PostGIS lateral join": LATERAL.format(table="spatial"),
    "PostGIS lateral join, level index": LATERAL.format(table="knn"),
    "PostGIS lateral join, levels mixed up": ANYWHERE,
}
"""The join that walks the spatial index by distance; the same with an index on market, building and level besides,
which makes of each question a sort of the few members of its level; and the first without any question of level, which
answers with members of other floors."""

Table = list[dict[str, object]]


def main() -> None:
    """Prepare the place, ask, print and write the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--place", default="E")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--queries", type=int, default=10_000)
    chosen = options.parse_args()
    cluster = start_cluster()
    if cluster is None:
        sys.exit("PostgreSQL with PostGIS is needed: apt-get install postgresql-15-postgis-3")
    try:
        url = cluster.create("bench")
        database = open_database(url)
        upgrade(database)
        with tempfile.TemporaryDirectory() as folder:
            prepare(database, chosen.place, Path(folder) / "place")
        asked = random_points(database, chosen.queries, np.random.default_rng(1))
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as peer:
            _fill(peer, database, asked)
            tables = {
                "one question in process, microseconds": one_by_one(database, peer, asked, chosen.rounds),
                f"a batch of {len(asked)} in process, seconds": batches(database, peer, asked, chosen.rounds),
            }
        tables["one question over HTTP, server CPU"] = cpu_per_request(database, url, asked, min(3, chosen.rounds))
        database.close()
    finally:
        cluster.stop()
    for title, rows in tables.items():
        print_table(f"{chosen.place}: {title}", rows)
    write_results("nearest", {chosen.place: tables})


def one_by_one(database: Database, peer: psycopg.Connection, asked: Sequence[Asked], rounds: int) -> Table:
    """Ask each question on its own: point, building, level and moment in, member, metres and reason out."""
    desk = DutyDesk(database)
    cursor = peer.cursor()

    def ours(a: Asked) -> object:
        return desk.who(a.market, lon=a.lon, lat=a.lat, building=a.building, ordinal=a.level, at=NOW)

    def knn(a: Asked) -> object:
        return cursor.execute(KNN, (a.lon, a.lat, a.market, a.building, a.level, a.lon, a.lat), prepare=True).fetchone()

    _times_us(ours, asked), _times_us(knn, asked)  # memory is filled, statements are prepared
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append(_times_us(ours, asked))
        theirs.append(_times_us(knn, asked))
    rows: Table = []
    for name, times in (("gridmap, from memory", mine), ("PostGIS KNN through psycopg", theirs)):
        p50, p99 = (median(float(np.percentile(t, q)) for t in times) for q in (50, 99))
        rows.append({"answered by": name, "p50": p50, "p99": p99})
    for row in rows:
        row |= {f"{q} / KNN's": float(str(row[q])) / float(str(rows[1][q])) for q in ("p50", "p99")}
    return rows


def batches(database: Database, peer: psycopg.Connection, asked: Sequence[Asked], rounds: int) -> Table:
    """Ask all at once: member, metres and reason of each; and whole answers, as HTTP gives them."""
    questions = [Question(a.market, Spot(None, a.lon, a.lat, a.building, a.level), NOW) for a in asked]
    lon, lat = np.array([a.lon for a in asked]), np.array([a.lat for a in asked])
    places = Places([a.market for a in asked], [a.building for a in asked], [a.level for a in asked], lon, lat)
    contenders: dict[str, Callable[[], object]] = {
        "gridmap: member, metres, reason": lambda: who_all(DutyDesk(database), places, NOW),
        "gridmap: whole answers": lambda: answer_all(DutyDesk(database), questions),
    }
    contenders |= {name: partial(_joined, peer, query) for name, query in PEERS.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds + 1):  # the first round warms up
        for name, work in contenders.items():
            times[name].append(_seconds(work))
    wall_s = {name: median(seconds[1:]) for name, seconds in times.items()}
    return [
        {"answered by": name, "wall_s": s} | {f"{peer} / this": wall_s[peer] / s for peer in PEERS}
        for name, s in wall_s.items()
    ]


def _joined(peer: psycopg.Connection, query: str) -> object:
    return peer.execute(query.encode()).fetchall()


def _fill(peer: psycopg.Connection, database: Database, asked: Sequence[Asked]) -> None:
    """Give the peer its members by place, and the questions of the batch, both with a spatial index."""
    place = "place geometry(Point, 4326), market text, building text, level int"
    peer.execute(f"CREATE TABLE knn (member_id text, {place})")
    peer.execute(f"CREATE TABLE asked (id int, {place})")
    with peer.cursor() as cursor:
        for market in market_codes(database):
            cursor.executemany(
                "INSERT INTO knn VALUES (%s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s, %s, %s)",
                _members_of(database, market),
            )
        cursor.executemany(
            "INSERT INTO asked VALUES (%s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s, %s, %s)",
            [(i, a.lon, a.lat, a.market, a.building, a.level) for i, a in enumerate(asked)],
        )
    for statement in ("CREATE TABLE spatial AS SELECT * FROM knn", "CREATE INDEX ON spatial USING gist (place)",
                      "CREATE INDEX ON knn USING gist (place)", "CREATE INDEX ON knn (market, building, level)",
                      "ANALYZE knn", "ANALYZE spatial", "ANALYZE asked"):  # fmt: skip
        peer.execute(statement)


def _members_of(database: Database, market: str) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        at = {t.stall.code: t.stall for t in stalls.trading_stalls(connection, market, TODAY)}
        people = members.members(connection, market)
    homes = [(m.code, at[m.home_stall]) for m in people if m.home_stall is not None]
    return [
        (code, s.place_lonlat.centroid.x, s.place_lonlat.centroid.y, market, s.level.building, s.level.ordinal)
        for code, s in homes
    ]


def _times_us(ask: Callable[[Asked], object], asked: Sequence[Asked]) -> np.ndarray:
    times = np.empty(len(asked))
    for i, question in enumerate(asked):
        started = time.perf_counter_ns()
        ask(question)
        times[i] = time.perf_counter_ns() - started
    return times / 1000


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
