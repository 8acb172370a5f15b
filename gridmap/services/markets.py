"""What a person does with markets: bring one in whole, list them, look at one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

from gridmap.model.duty import Member
from gridmap.model.ids import MarketCode, StallCode
from gridmap.model.intake import MarketDraft
from gridmap.model.overview import LevelSummary, MarketSummary, TradingStall
from gridmap.model.places import Connector
from gridmap.services import rights
from gridmap.services.basis import plan_basis
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.store import audit, market_summaries, markets, members, register, stalls
from gridmap.store.session import Connection, Database


def add_market(database: Database, draft: MarketDraft, *, staff: Sequence[Member] = ()) -> MarketCode:
    """
    Write a whole market in one transaction: all of it goes in, or nothing.

    Raises
    ------
    AlreadyExistsError
        If the market's code, or a member's, is taken.
    """
    with database.writing() as connection:
        return write_market(connection, draft, staff=staff)


def write_market(
    connection: Connection, draft: MarketDraft, *, staff: Sequence[Member] = (), division_id: int | None = None
) -> MarketCode:
    """Write a whole market as part of a larger transaction of the caller."""
    market = draft.market if draft.market.uuid else replace(draft.market, uuid=str(uuid4()))
    key = markets.insert_market(connection, market, division_id)
    building_keys = markets.insert_buildings(connection, key, draft.buildings)
    level_keys = markets.insert_levels(connection, building_keys, draft.levels)
    markets.insert_connectors(connection, key, level_keys, draft.connectors)
    stall_keys = stalls.insert_stalls(connection, key, level_keys, draft.stalls)
    register.insert_merchants(connection, key, draft.merchants, draft.occupancies, stall_keys)
    members.insert_members(connection, market.code, [*draft.members, *staff])
    audit.describe(connection, "market.add", market.code)
    return market.code


def add_members(database: Database, market: str, staff: Sequence[Member]) -> None:
    """Add members to a market, all or none; NotFoundError if a home stall is not in the market."""
    with database.writing() as connection:
        key = markets.lock_market(connection, market)
        members.insert_members(connection, market, staff)
        markets.touch_market(connection, key)
        audit.describe(connection, "members.add", market, members=[member.code for member in staff])


def list_markets(database: Database, day: date, *, after: str = "", limit: int = 1000) -> list[MarketSummary]:
    """Return markets by code with their counts on a day, those after a code."""
    with database.reading() as connection:
        return market_summaries.summaries(connection, day, after=after, limit=limit)


def market_summary(database: Database, market: str, day: date) -> MarketSummary:
    """Return one market, by code or UUID, with its counts on a day."""
    with database.reading() as connection:
        return market_summaries.summaries(connection, day, only=market)[0]


def market_levels(database: Database, market: str, day: date) -> list[LevelSummary]:
    """Return a market's levels with counts."""
    with database.reading() as connection:
        return markets.levels(connection, market, day)


def market_connectors(database: Database, market: str) -> list[Connector]:
    """Return a market's connectors."""
    with database.reading() as connection:
        return markets.connectors(connection, market)


def market_links(database: Database, market: str, day: date) -> tuple[list[StallCode], IntArray, FloatArray]:
    """Return the walkable graph: stalls by code, pairs of their indices, shape (e, 2), and metres, shape (e,)."""
    with database.reading() as connection:
        basis = plan_basis(connection, market, day)
    return [trading.stall.code for trading in basis.stalls], basis.problem.ends, basis.problem.walk_m


def market_members(database: Database, market: str) -> list[Member]:
    """Return a market's members."""
    with database.reading() as connection:
        return members.members(connection, market)


def market_stalls(
    database: Database,
    market: str,
    day: date,
    *,
    building: str | None = None,
    ordinal: int | None = None,
    box_lonlat: tuple[float, float, float, float] | None = None,
    after: str = "",
    limit: int | None = None,
) -> list[TradingStall]:
    """
    Return a market's stalls by code with their merchants on a day, filtered and paged.

    Names of merchants, and those on their signs, are left out for a caller who does not see the register, for a member
    outside the zones that he answers for; reading them elsewhere is noted.
    """
    mask = rights.mask_of(database, market, day)
    with database.reading() as connection:
        found = stalls.trading_stalls(
            connection, market, day, building=building, ordinal=ordinal, box_lonlat=box_lonlat, after=after, limit=limit
        )
    if not mask.register:
        return [mask.stall(trading) for trading in found]
    rights.note_register_read(database, market, (t.stall.code for t in found if t.merchant_names), day)
    return found
