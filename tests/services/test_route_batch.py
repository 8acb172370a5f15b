"""Rounds of many zones on several processes: the same as one by one, and none lost."""

from gridmap.services import route_batch, routes
from gridmap.store.session import Database
from tests.services.test_routes import HALL, MONDAY, hall, on


def test_processes_give_what_one_after_the_other_gives(database: Database) -> None:
    hall(database)
    asked = routes.Asked(MONDAY, on(MONDAY))
    (whole,) = route_batch.units_of(database, [HALL], asked)
    units = [route_batch.Unit(HALL, (zone,)) for zone in whole.zones]
    alone = [
        one
        for unit in units
        for _, found in route_batch.routes_of_units(database, [unit], asked, workers=1)
        for one in found
    ]
    shared = [one for _, found in route_batch.routes_of_units(database, units, asked, workers=2) for one in found]
    assert sorted(shared, key=lambda one: one.zone) == alone == routes.routes_of_market(database, HALL, asked)
