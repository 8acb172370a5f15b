"""What the desk shows first: one market, the plan to look at, and the stalls of one level, read in one go."""

from dataclasses import dataclass
from datetime import date

from gridmap.errors import NotFoundError
from gridmap.model.duty import Plan
from gridmap.model.kinds import PlanState
from gridmap.model.overview import LevelSummary, MarketSummary, TradingStall
from gridmap.model.places import Connector
from gridmap.model.rights import SYSTEM
from gridmap.services import markets, plans
from gridmap.services.plans import PlanDetail
from gridmap.store import audit
from gridmap.store.session import Database


@dataclass(frozen=True, slots=True)
class Opening:
    """
    A market as the desk opens it.

    `level` is an ordinal, of one building or, where `building` is None, of all; None where the market has no level.
    """

    market: MarketSummary
    plans: list[Plan]
    levels: list[LevelSummary]
    connectors: list[Connector]
    plan: PlanDetail | None
    building: str | None
    level: int | None
    stalls: list[TradingStall]


@dataclass(frozen=True, slots=True)
class OpeningAsk:
    """What an address asks for: codes, and the ordinal of a level; None leaves the choice to the desk."""

    market: str | None = None
    building: str | None = None
    level: int | None = None
    plan: str | None = None


def read_version(database: Database) -> int:
    """Return the version of the database: what is read from now on is at least as new."""
    with database.acting(SYSTEM).reading() as connection:
        return audit.head(connection)[0]


def open_desk(database: Database, ask: OpeningAsk, day: date) -> Opening | None:
    """
    Return what the desk shows first; None if the caller sees no market.

    Without a market it is the first by code; without a plan the one in force, else the newest draft; without a level
    the ground floor, else the lowest above it, else the highest.

    Raises
    ------
    NotFoundError
        If there is no such market or plan, or none that the caller sees.
    """
    name = ask.market if ask.market is not None else _first_market(database, day)
    if name is None:
        return None
    summary = markets.market_summary(database, name, day)
    code = summary.market.code
    listed = plans.list_plans(database, code)
    plan = _plan(summary, listed, ask.plan)
    levels = markets.market_levels(database, code, day)
    building = ask.building if any(each.level.key.building == ask.building for each in levels) else None
    level = _level([each for each in levels if building in (None, each.level.key.building)], ask.level)
    return Opening(
        market=summary,
        plans=listed,
        levels=levels,
        connectors=markets.market_connectors(database, code),
        plan=None if plan is None else plans.show_plan(database, plan),
        building=building,
        level=level,
        stalls=[] if level is None else markets.market_stalls(database, code, day, building=building, ordinal=level),
    )


def _first_market(database: Database, day: date) -> str | None:
    found = markets.list_markets(database, day, limit=1)
    return found[0].market.code if found else None


def _plan(summary: MarketSummary, listed: list[Plan], asked: str | None) -> str | None:
    if asked is not None:
        if asked not in {name for plan in listed for name in (plan.code, plan.uuid)}:
            raise NotFoundError("plan", asked)
        return asked
    if summary.plan is not None:
        return summary.plan
    return next((plan.code for plan in listed if plan.state is PlanState.DRAFT), None)


def _level(levels: list[LevelSummary], asked: int | None) -> int | None:
    ordinals = sorted(each.level.key.ordinal for each in levels)
    if asked in ordinals:
        return asked
    return next((ordinal for ordinal in ordinals if ordinal >= 0), ordinals[-1] if ordinals else None)
