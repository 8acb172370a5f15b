"""What a person does with the five places: list them, load one."""

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import numpy as np
import shapely

from gridmap.errors import AlreadyRunningError
from gridmap.exchange.place_files import PLACES, PLACES_DIR, read_place
from gridmap.model.duty import Assignment, Member, Zone
from gridmap.model.ids import MarketCode, MemberCode, StallCode
from gridmap.model.kinds import PlanState, Role, UnitKind
from gridmap.model.overview import TradingStall
from gridmap.model.programme import Programme
from gridmap.model.rights import Action
from gridmap.services import markets, plans
from gridmap.services.place_bodies import Bodies, place_bodies
from gridmap.services.place_markets import MarketWorld, place_markets
from gridmap.services.plans import Author
from gridmap.spatial.partition.params import Params
from gridmap.store import audit, rights
from gridmap.store import markets as market_store
from gridmap.store import members as member_store
from gridmap.store import organisations as organisation_store
from gridmap.store import places as place_store
from gridmap.store import plans as plan_store
from gridmap.store import stalls as stall_store
from gridmap.store import stations as station_store
from gridmap.store.places import PlaceKeys, PlaceMarket
from gridmap.store.session import Connection, Database

ACCOUNT, STANDARD = "account", "1-50"
"""Names of the plans: one zone a member, as the account has it; and Yuyuan's standard."""
DRAFTS_UP_TO = 20
"""A place with more markets than this gets its `1-50` drafts when somebody asks for them."""
_LOOKS, _LOOK_S = 10, 0.05
PlanNames = dict[MarketCode, set[tuple[str, PlanState]]]


class Drafts(StrEnum):
    """For which markets a draft `1-50` is made at loading."""

    FEW = "few"  # where the place has no more than DRAFTS_UP_TO markets
    ALL = "all"
    NONE = "none"


Progress = Callable[[str, int, int], None]
"""What is being done, how many of how many."""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """
    A place in the list.

    `missing` counts the plans that loading still has to make: more than none where it is under way (`loading`), or was
    interrupted; of `plans` in all.
    """

    code: str
    name: str
    markets: int
    merchants: int
    loaded: bool
    loading: bool = False
    plans: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did; nothing was written where the place was there with all its plans."""

    place: str
    written: bool
    markets: int
    plans: int


def list_places(database: Database, folder: Path = PLACES_DIR) -> list[PlaceLine]:
    """
    Return the five places and how far each is loaded.

    Whoever may not load places is told only of those that are there and whose markets he sees, all of them.
    """
    programmes = [read_place(name, folder) for name in PLACES]
    busy = {p.code: not free for p in programmes for free in [_is_free(database, p.code)]}
    with database.reading() as connection:
        loads = rights.reachable_markets(connection, Action.MANAGE_PLACES) is None
        visible = rights.reachable_markets(connection, Action.VIEW)
        lines: list[PlaceLine] = []
        for p in programmes:
            named = place_store.plan_names(connection, p.code) if place_store.is_loaded(connection, p.code) else None
            if loads or (named is not None and (visible is None or set(named) <= visible)):
                lines.append(_line(p, named, loading=busy[p.code]))
        return lines


def _is_free(database: Database, name: str) -> bool:
    with database.alone(_lock(name)) as free:
        return free


def _line(programme: Programme, named: PlanNames | None, *, loading: bool) -> PlaceLine:
    plans_a_market = len(_wanted(programme, Drafts.FEW))
    missing = plans_a_market * programme.markets if named is None else len(_missing(programme, named, Drafts.FEW))
    return PlaceLine(
        code=programme.code,
        name=programme.name,
        markets=programme.markets,
        merchants=programme.merchants,
        loaded=named is not None,
        loading=loading,
        plans=plans_a_market * programme.markets,
        missing=missing,
    )


def load_place(
    database: Database,
    name: str,
    *,
    author: Author,
    folder: Path = PLACES_DIR,
    drafts: Drafts = Drafts.FEW,
    progress: Progress = lambda _what, _done, _of: None,
) -> Loaded:
    """
    Generate a place and write it in one transaction, then draft and publish its plans, market by market.

    What is there stays as it is; an interrupted loading is completed by the next one. Only one loading of a place goes
    on at a time, over all processes.

    Parameters
    ----------
    drafts
        For which markets a draft `1-50` is made; a city takes a minute for all of them.

    Raises
    ------
    NotFoundError
        If there is no such place.
    InputRefusedError
        If its file is faulty; nothing is written.
    AlreadyExistsError
        If one of its markets' codes is taken by another market.
    AlreadyRunningError
        If somebody is loading it.
    """
    programme = read_place(name, folder)
    day = author.now.date()
    with _alone(database, name):
        with database.reading() as connection:
            there = place_store.is_loaded(connection, name)
        if not there:
            worlds = place_markets(programme)
            _write(database, programme, worlds, place_bodies(programme, worlds, day), progress)
        made = _make_plans(database, programme, author, drafts=drafts, progress=progress)
    return Loaded(name, not there, programme.markets, made)


@contextmanager
def _alone(database: Database, name: str) -> Generator[None]:
    """Hold the lock of a place's loading; whoever only looks whether it is held lets go within a moment."""
    for _ in range(_LOOKS):
        with database.alone(_lock(name)) as alone:
            if alone:
                yield
                return
        time.sleep(_LOOK_S)
    raise AlreadyRunningError("place", name)


def _lock(name: str) -> str:
    return f"place-{name}"


def _write(
    database: Database, programme: Programme, worlds: list[MarketWorld], bodies: Bodies, progress: Progress
) -> None:
    with database.writing() as connection:
        audit.describe(connection, "place.load", programme.code)
        place = place_store.insert_place(connection, programme)
        division = place_store.ensure_divisions(connection, programme.divisions)
        market_keys: dict[MarketCode, int] = {}
        for done, world in enumerate(worlds, start=1):
            code = markets.write_market(
                connection, world.draft, staff=_with_homes(world, programme), division_id=division
            )
            market_keys[code] = market_store.market_id(connection, code)
            progress("market", done, len(worlds))
        place_store.insert_place_markets(
            connection,
            place,
            [
                PlaceMarket(w.draft.market.code, programme.generator.sites[w.site].name, w.area_m2, w.parent)
                for w in worlds
            ],
            market_keys,
        )
        organisations = organisation_store.insert_organisations(connection, place, bodies.organisations)
        organisation_store.insert_parents(connection, organisations, bodies.parents)
        organisation_store.insert_ties(connection, organisations, market_keys, bodies.ties)
        organisation_store.insert_office_members(connection, bodies.staff)
        organisation_store.insert_posts(connection, organisations, market_keys, bodies.posts)
        stations = station_store.insert_stations(connection, place, bodies.stations, market_keys)
        station_store.insert_areas(connection, stations, market_keys, bodies.areas)
        asked = {(a.market, a.stall) for a in bodies.awards} | set(bodies.displays)
        stalls = _stall_keys(connection, market_keys, {m for m, stall in asked if m is not None and stall is not None})
        keys = PlaceKeys(place, market_keys, organisations, stations, stalls)
        place_store.insert_left_out(connection, keys, [place for w in worlds for place in w.left_out])
        place_store.insert_tallies(connection, keys, bodies.tallies)
        place_store.insert_awards(connection, keys, bodies.awards)
        place_store.insert_displays(connection, keys, bodies.displays, programme.generator.opened)


def _stall_keys(
    connection: Connection, market_keys: dict[MarketCode, int], asked: Iterable[MarketCode]
) -> dict[tuple[MarketCode, StallCode], int]:
    return {
        (market, stall): key
        for market in sorted(asked)
        for stall, key in stall_store.stall_keys(connection, market_keys[market]).items()
    }


def _with_homes(world: MarketWorld, programme: Programme) -> list[Member]:
    """Give members stalls of their own, spread over the market, unless their zones are to decide where these are."""
    if programme.members.account_zones:
        return list(world.staff)
    homes = [stall.code for stall in world.draft.stalls if stall.kind is UnitKind.STALL]
    own = [member for member in world.staff if member.role is not Role.OPERATOR]
    step = len(homes) / max(len(own), 1)
    settled = {member.code: homes[int((i + 0.5) * step)] for i, member in enumerate(own)}
    return [_settled(member, settled.get(member.code)) for member in world.staff]


def _settled(member: Member, home: StallCode | None) -> Member:
    return Member(member.code, member.name, member.role, member.office_contact, member.capacity, home)


def _wanted(programme: Programme, drafts: Drafts) -> list[str]:
    """Return the names of the plans that each market of a place gets."""
    few = programme.markets <= DRAFTS_UP_TO
    standard = [STANDARD] if drafts is Drafts.ALL or (drafts is Drafts.FEW and few) else []
    return ([ACCOUNT] if programme.members.account_zones else []) + standard


def _missing(programme: Programme, named: PlanNames, drafts: Drafts) -> list[tuple[MarketCode, str]]:
    """Return the plans that are not there yet, market by market; `account` is there once it has been published."""
    wanted = _wanted(programme, drafts)
    return [
        (code, name)
        for code, there in named.items()
        for name in wanted
        if name not in {n for n, state in there if n != ACCOUNT or state is not PlanState.DRAFT}
    ]


def _make_plans(database: Database, programme: Programme, author: Author, *, drafts: Drafts, progress: Progress) -> int:
    """Make the plans that are missing; return how many were."""
    with database.reading() as connection:
        missing = _missing(programme, place_store.plan_names(connection, programme.code), drafts)
    for done, (code, name) in enumerate(missing, start=1):
        if name == ACCOUNT:
            _publish_account(database, code, author, author.now.date())
        else:
            _draft(database, code, name, Params(), author)
        progress("plan", done, len(missing))
    return len(missing)


def _draft(database: Database, market: MarketCode, name: str, params: Params, author: Author) -> str:
    from gridmap.services import drafts

    plan = drafts.draft_plan(database, market, params, author=author, day=author.now.date())
    with database.writing() as connection:
        plan_store.set_plan_name(connection, plan.code, name)
        audit.describe(connection, "plan.name", plan.code, name=name)
    return plan.code


def _publish_account(database: Database, market: MarketCode, author: Author, day: date) -> None:
    """Give every member of a market a zone of his own with his stall in the middle of it, and put that in force."""
    staff = [m for m in markets.market_members(database, market) if m.role in (Role.MEMBER, Role.LEADER)]
    if not staff:
        return
    code = _draft(database, market, ACCOUNT, Params(zones=len(staff)), author)
    zones = plans.show_plan(database, code).zones
    with database.reading() as connection:  # not the use case: nobody is shown the merchants' names
        trading = {stall.stall.code: stall for stall in stall_store.trading_stalls(connection, market, day)}
    pairs = list(zip(staff, zones, strict=True))
    homes: dict[MemberCode, StallCode] = {m.code: _middle(zone, trading) for m, zone in pairs}
    with database.writing() as connection:
        market_key = market_store.lock_market(connection, market)
        member_store.set_homes(connection, market, homes)
        plan_store.replace_assignments(
            connection, code, [Assignment(zone.code, member.code, Role.MEMBER) for member, zone in pairs]
        )
        market_store.touch_market(connection, market_key)
        audit.describe(connection, "plan.assign", code)
    plans.publish_plan(database, code, day, today=day)


def _middle(zone: Zone, trading: dict[StallCode, TradingStall]) -> StallCode:
    """Return the let stall nearest to the middle of a zone."""
    let = [code for code in zone.stalls if trading[code].stall.kind is UnitKind.STALL]
    xy = shapely.get_coordinates(shapely.centroid([trading[code].stall.place_lonlat for code in let]))
    return let[int(np.argmin(np.hypot(*(xy - xy.mean(axis=0)).T)))]
