"""Stations and organisations by a market: in it, of its area, near it; not of markets that the caller does not see."""

from datetime import date

import pytest
import sqlalchemy as sa
from shapely import Point

from gridmap.model.ids import MarketCode
from gridmap.model.kinds import Role
from gridmap.model.market_bodies import BodyKind
from gridmap.model.rights import AccountRole, Action, Caller, Grant, Scope
from gridmap.model.stations import Station, StationKind
from gridmap.services import markets, organisations
from gridmap.store import tables as t
from gridmap.store.session import Database
from gridmap.store.stations import insert_areas, insert_stations
from tests import worlds
from tests.worlds import LAT, LON

DAY = date(2026, 11, 21)


@pytest.fixture
def bodies(database: Database) -> Database:
    """Two halls in one spot, stations in and round them, an organisation that serves one, with a guide."""
    for code in ("here", "there"):
        markets.add_market(database, worlds.two_floors_one_stair(code))
    markets.add_members(database, "here", worlds.members_at("1F-001"))
    south = LAT - 0.0006
    stations = [
        Station("in", StationKind.SERVICE_STATION, "站内", MarketCode("here")),
        Station("area", StationKind.SERVICE_CENTRE, "片区站"),
        Station("near", StationKind.MEDIATION, "邻站", place_lonlat=Point(LON, south)),
        Station("far", StationKind.MEDIATION, "远站", place_lonlat=Point(LON + 1, south)),
        Station("other", StationKind.SERVICE_STATION, "他站", MarketCode("there"), place_lonlat=Point(LON, south)),
    ]
    with database.writing() as connection:
        rows = connection.execute(sa.select(t.market.c.code, t.market.c.id))
        keys = {MarketCode(row.code): row.id for row in rows}
        connection.execute(sa.insert(t.place).values(
            id=1, uuid="p", code="p", name="地", city="市", own_standard=False, merchant_word="商户",
        ))  # fmt: skip
        insert_areas(connection, insert_stations(connection, 1, stations, keys), keys, {"here": "area"})
        for number, (code, ended) in enumerate([("branch", None), ("gone", date(2026, 1, 1))], start=1):
            connection.execute(sa.insert(t.organisation).values(
                id=number, uuid=f"o{number}", code=code, place_id=1, name=f"支部{code}", tier="branch",
                valid_from=None, valid_to=ended, source="",
            ))  # fmt: skip
            connection.execute(
                sa.insert(t.organisation_market).values(
                    organisation_id=number, market_id=keys[MarketCode("here")], tie="own"
                )
            )
        member = connection.scalar(sa.select(t.member.c.id))
        connection.execute(sa.insert(t.post).values(member_id=member, role="guide", organisation_id=1))
    return database


def test_what_stands_by_a_market(bodies: Database) -> None:
    found = organisations.list_bodies(bodies, "here", DAY)
    assert [(b.kind, b.code) for b in found] == [
        (BodyKind.STATION, "area"), (BodyKind.STATION, "in"), (BodyKind.STATION, "near"), (BodyKind.STATION, "other"),
        (BodyKind.ORGANISATION, "branch"),
    ]  # fmt: skip
    assert [b.code for b in found if b.point_lonlat is not None] == ["near", "other"]
    assert found[2].point_lonlat is not None
    assert found[2].point_lonlat.coords[0] == pytest.approx((LON, LAT - 0.0006))
    assert [(o.name, o.role, o.office_contact) for o in found[-1].officers] == [("网格员1", Role.GUIDE, "0573-8400000")]


def test_stations_of_markets_that_one_does_not_see_are_left_out(bodies: Database) -> None:
    caller = Caller("user:v", (Grant(AccountRole.VIEWER, Scope(market="here")),))
    seen = organisations.list_bodies(bodies.acting(caller, Action.VIEW), "here", DAY)
    assert [b.code for b in seen] == ["area", "in", "near", "branch"]
