"""Rounds of many zones at once, on several processes: each takes some zones of a market and reads what they need."""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from gridmap.model.ids import ZoneCode
from gridmap.model.rights import Caller
from gridmap.model.routes import ZoneRoutes
from gridmap.services.routes import Asked, market_visits, zone_routes
from gridmap.store import plans
from gridmap.store.session import Database, open_database

ZONES_A_UNIT = 25
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """Some zones of a market, for one process at a time."""

    market: str
    zones: tuple[ZoneCode, ...]


def units_of(database: Database, markets: Sequence[str], asked: Asked) -> list[Unit]:
    """Cut the zones in force in some markets into units, the largest first so that no process has to wait long."""
    units: list[Unit] = []
    with database.reading() as connection:
        for market in markets:
            plan = plans.plan_in_force(connection, market, asked.day)
            zones = tuple(plans.zone_stalls(connection, plan)) if plan else ()
            units += [Unit(market, zones[n : n + ZONES_A_UNIT]) for n in range(0, len(zones), ZONES_A_UNIT)]
    return sorted(units, key=lambda unit: -len(unit.zones))


def routes_of_units(
    database: Database, units: Sequence[Unit], asked: Asked, *, workers: int
) -> Iterator[tuple[Unit, list[ZoneRoutes]]]:
    """
    Plan units as they get done, in no order; rounds are those of `routes_of_market`, however many processes there are.

    A process that dies takes nothing with it but its time: what it had not handed in is given out anew, three times.
    """
    if workers == 1 or len(units) == 1:
        for unit in units:
            yield unit, _of_unit(database, unit, asked)
        return
    left = list(units)
    for nth in range(_TRIES):
        try:
            for unit, found in _shared_out(database, left, asked, workers):
                left.remove(unit)
                yield unit, found
            return
        except BrokenProcessPool:
            if nth + 1 == _TRIES:
                raise


def _shared_out(
    database: Database, units: Sequence[Unit], asked: Asked, workers: int
) -> Generator[tuple[Unit, list[ZoneRoutes]]]:
    url = database.engine.url.render_as_string(hide_password=False)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _open, (url, database.caller))
    try:
        waiting: dict[Future[list[ZoneRoutes]], Unit] = {pool.submit(_of_unit_there, u, asked): u for u in list(units)}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


_opened: list[Database] = []
"""The database of a worker process, opened once."""


def _open(url: str, caller: Caller) -> None:
    _opened.append(open_database(url).acting(caller))


def _of_unit_there(unit: Unit, asked: Asked) -> list[ZoneRoutes]:
    return _of_unit(_opened[0], unit, asked)


def _of_unit(database: Database, unit: Unit, asked: Asked) -> list[ZoneRoutes]:
    visits = market_visits(database, unit.market, asked)
    return [zone_routes(visits, zone, asked) for zone in unit.zones]
