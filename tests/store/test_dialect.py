"""The spatial index is used on both databases: proved by the query plan."""

import sqlalchemy as sa

from gridmap.services import markets
from gridmap.store import dialect, tables
from gridmap.store.session import Database
from tests import worlds

BOX = (121.4899, 31.2249, 121.49005, 31.22505)


def test_box_query_uses_the_spatial_index(database: Database) -> None:
    markets.add_market(database, worlds.two_floors_one_stair(stalls_a_floor=2000))
    with database.reading() as connection:
        if dialect.kind_of(connection) == "postgresql":
            connection.exec_driver_sql("ANALYZE stall_place")
        place = tables.stall_place.c.place
        query = sa.select(tables.stall_place.c.stall_id).where(dialect.in_box(connection, place, BOX))
        plan = dialect.explain(connection, query)
    expected = {"sqlite": "VIRTUAL TABLE INDEX", "postgresql": "idx_stall_place_place"}
    assert expected[dialect.kind_of(database.engine)] in plan, plan
    assert "Seq Scan" not in plan


def test_versions_name_both_parts(database: Database) -> None:
    with database.reading() as connection:
        text = dialect.versions(connection)
    assert ("SpatiaLite" in text) or ("PostGIS" in text)
