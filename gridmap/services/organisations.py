"""Organisations of a place under their two parents, and its stations, each with what it carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gridmap.model.ids import MarketCode, MemberCode
from gridmap.model.kinds import Role
from gridmap.model.market_bodies import MarketBody
from gridmap.model.organisations import MarketTie, Organisation, Parent, Side
from gridmap.model.stations import Station
from gridmap.store import market_bodies, place_counts, place_records, places, posts
from gridmap.store.session import Database


@dataclass(frozen=True, slots=True)
class OrganisationLoad:
    """
    An organisation with its parents, whom it serves, and how many merchants come together in it.

    `through_block` and `through_line` count the merchants of the markets that it and those below it serve, going down
    by parents of that side; `through_primary` by primary parents, through which totals count. A market that several
    below it serve counts once.
    """

    organisation: Organisation
    parents: tuple[Parent, ...]
    markets: tuple[MarketCode, ...]
    guides: tuple[MemberCode, ...]
    merchants: int
    through_primary: int
    through_block: int
    through_line: int


@dataclass(frozen=True, slots=True)
class StationLoad:
    """
    A station with the markets of its area, or the one that it stands in, and their merchants.

    `entities` are those that are only counted, by kind: entities on a register are no merchants of a market.
    """

    station: Station
    markets: tuple[MarketCode, ...]
    merchants: int
    entities: Mapping[str, int]


def list_organisations(database: Database, place: str, day: date) -> list[OrganisationLoad]:
    """
    Return a place's organisations by code with what they carry on a day.

    Raises
    ------
    NotFoundError
        If there is no such place, or the caller may not see all of its markets.
    """
    with database.reading() as connection:
        key = places.visible_place(connection, place)
        merchants = {m.market: m.merchants for m in place_counts.market_counts(connection, key, day)}
        organisations = place_records.organisations(connection, key)
        parents = place_records.parents(connection, key)
        ties = place_records.ties(connection, key)
        held = posts.posts_of_place(connection, key)
    in_office = [p for p in held if p.role is Role.GUIDE and _holds(p.valid_from, p.valid_to, day)]
    own = _served(ties)
    below = {
        "primary": _below(own, [p for p in parents if p.primary]),
        Side.BLOCK: _below(own, [p for p in parents if p.side is Side.BLOCK]),
        Side.LINE: _below(own, [p for p in parents if p.side is Side.LINE]),
    }

    def total(served: Mapping[str, frozenset[MarketCode]], code: str) -> int:
        return sum(merchants.get(market, 0) for market in served.get(code, ()))

    return [
        OrganisationLoad(
            organisation=o,
            parents=tuple(p for p in parents if p.organisation == o.code),
            markets=tuple(sorted(own.get(o.code, ()))),
            guides=tuple(sorted(p.member for p in in_office if p.organisation == o.code)),
            merchants=total(own, o.code),
            through_primary=total(below["primary"], o.code),
            through_block=total(below[Side.BLOCK], o.code),
            through_line=total(below[Side.LINE], o.code),
        )
        for o in organisations
        if _holds(o.valid_from, o.valid_to, day)
    ]


def list_stations(database: Database, place: str, day: date) -> list[StationLoad]:
    """Return a place's stations by code with what they carry on a day; errors as in `list_organisations`."""
    with database.reading() as connection:
        key = places.visible_place(connection, place)
        merchants = {m.market: m.merchants for m in place_counts.market_counts(connection, key, day)}
        stations = place_records.stations(connection, key)
        areas = place_records.areas(connection, key)
        tallies = place_records.tallies(connection, key)
    found: list[StationLoad] = []
    for station in stations:
        markets = {market for market, of in areas.items() if of == station.code}
        if station.market is not None:
            markets.add(station.market)
        counted = {t.category: t.count for t in tallies if t.station == station.code and t.subject == "entity"}
        load = sum(merchants.get(market, 0) for market in markets)
        found.append(StationLoad(station, tuple(sorted(markets)), load, counted))
    return found


def list_bodies(database: Database, market: str, day: date) -> list[MarketBody]:
    """
    Return the stations and organisations by a market, by code or UUID, on a day.

    Raises
    ------
    NotFoundError
        If there is no such market, or the caller may not see it.
    """
    with database.reading() as connection:
        return market_bodies.bodies(connection, market, day)


def _served(ties: Sequence[MarketTie]) -> dict[str, frozenset[MarketCode]]:
    served: dict[str, set[MarketCode]] = {}
    for tie in ties:
        served.setdefault(tie.organisation, set()).add(tie.market)
    return {code: frozenset(markets) for code, markets in served.items()}


def _below(own: Mapping[str, frozenset[MarketCode]], parents: Sequence[Parent]) -> dict[str, frozenset[MarketCode]]:
    """Return the markets that each organisation and all below it serve; a circle of parents ends where it began."""
    children: dict[str, list[str]] = {}
    for parent in parents:
        children.setdefault(parent.parent, []).append(parent.organisation)
    found: dict[str, frozenset[MarketCode]] = {}
    for code in {*own, *children}:
        seen, last = {code}, [code]
        while last:
            last = [child for above in last for child in children.get(above, ()) if child not in seen]
            seen.update(last)
        found[code] = frozenset().union(*(own.get(each, frozenset()) for each in seen))
    return found


def _holds(first: date | None, end: date | None, day: date) -> bool:
    return (first is None or first <= day) and (end is None or end > day)
