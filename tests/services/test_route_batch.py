"""Rounds of many zones on several processes: the same as one by one, and none lost."""

import os
import signal
from multiprocessing import active_children

from gridmap.model.routes import ZoneRoutes
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


def test_processes_that_are_killed_take_nothing_with_them(database: Database) -> None:
    """Both workers get SIGKILL after the first answer: what they had not handed in is planned by new ones."""
    hall(database)
    asked = routes.Asked(MONDAY, on(MONDAY))
    (whole,) = route_batch.units_of(database, [HALL], asked)
    units = [route_batch.Unit(HALL, (zone,)) for zone in whole.zones] * 12
    found: list[ZoneRoutes] = []
    workers: set[int] = set()
    for nth, (_, planned) in enumerate(route_batch.routes_of_units(database, units, asked, workers=2)):
        found += planned
        running = {child.pid for child in active_children() if child.pid is not None}
        if nth == 0:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
        workers |= running
    assert len(workers) == 4, "two were killed, two began anew"
    alone = routes.routes_of_market(database, HALL, asked)
    assert sorted(found, key=lambda one: one.zone) == sorted(alone * 12, key=lambda one: one.zone)
