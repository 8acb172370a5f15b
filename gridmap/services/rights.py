"""Who may do what: the one gate between the doors and everything that reads or writes.

A door never uses the database of the program itself: it asks `acting` for the database of a caller and an action. From
there on the store looks up markets and plans within what the caller may reach (`store.rights`), whatever the route.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmap.errors import ForbiddenError
from gridmap.model.duty import MetricValue, Plan, Zone
from gridmap.model.kinds import UnitKind
from gridmap.model.overview import LevelSummary, TradingStall
from gridmap.model.places import LevelKey
from gridmap.model.rights import SYSTEM, Action, Caller
from gridmap.services.disclosure import ZoneCounts, is_small, untold_parts, zone_counts
from gridmap.store import audit, markets, rights, rosters
from gridmap.store.session import Database

_LOADS = {"load_min", "load_max"}


def acting(database: Database, caller: Caller, action: Action) -> Database:
    """
    Return the database as a caller may use it for an action.

    Raises
    ------
    ForbiddenError
        If the caller may not do this anywhere. Where he may do it only in some markets, the others are not found.
    """
    if not caller.scopes(action):
        raise ForbiddenError(action)
    return database.acting(caller, action)


def allow(database: Database, caller: Caller, action: Action, market: str) -> bool:
    """Whether a caller may do something in a market, by code."""
    with database.acting(caller).reading() as connection:
        codes = rights.reachable_markets(connection, action)
    return codes is None or market in codes


def allow_here(database: Database, action: Action, market: str) -> bool:
    """Whether the caller of a database may do something in a market that he sees, by code or UUID."""
    with database.reading() as connection:
        return rights.may_in(connection, action, markets.market(connection, market).code)


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the register a caller is shown, by market code; `markets` None: of all."""

    markets: frozenset[str] | None

    def of(self, market: str) -> "Mask":
        """Return what is shown of one market."""
        return Mask(self.markets is None or market in self.markets)


@dataclass(frozen=True, slots=True)
class Mask:
    """Shows names and small counts, or hides them; of `own` stalls, of the zones that the caller answers for, never."""

    register: bool
    own: frozenset[str] = frozenset()

    def count(self, merchants: int) -> int | None:
        """Return a count of merchants, None where it is small enough to point at a person."""
        return None if not self.register and is_small(merchants) else merchants

    def stall_count(self, trading: TradingStall) -> int | None:
        """Return the merchants of a stall, None where they are hidden."""
        return trading.merchants if trading.stall.code in self.own else self.count(trading.merchants)

    def levels(self, summaries: Sequence[LevelSummary]) -> list[int | None]:
        """Return the merchants of a market's levels, None where one could be found from what else is told."""
        counts = {summary.level.key: summary.merchants for summary in summaries}
        untold = frozenset[LevelKey]() if self.register else untold_parts(counts)
        return [None if level in untold else merchants for level, merchants in counts.items()]

    def zones(self, zones: Sequence[Zone]) -> ZoneCounts:
        """Return what is told of the merchants of a plan's zones."""
        return ZoneCounts() if self.register else zone_counts(zones)

    def metrics(self, plan: Plan) -> list[MetricValue]:
        """Return a plan's figures, without the loads of single zones where those may have to stay untold."""
        return [
            metric
            for metric in plan.metrics
            if self.register
            or metric.unit != "merchants"
            or (metric.key not in _LOADS and self.count(int(metric.value)) is not None)
        ]

    def stall(self, trading: TradingStall) -> TradingStall:
        """Return a stall without the names of its merchants and the one on its sign, where these are not shown."""
        if self.register or trading.stall.code in self.own:
            return trading
        sign = "" if trading.stall.kind is UnitKind.STALL else trading.stall.name
        return replace(trading, merchant_names=(), trades=(), stall=replace(trading.stall, name=sign))


def shown(database: Database) -> Shown:
    """Return what of the register the caller of a database is shown."""
    with database.reading() as connection:
        return Shown(rights.reachable_markets(connection, Action.VIEW_REGISTER))


def mask_of(database: Database, market: str, day: date | None = None) -> Mask:
    """
    Return what of a market's register the caller of a database is shown; the market by code or UUID.

    On a day, if one is given, a member is also shown the merchants of the zones that he answers for.
    """
    with database.reading() as connection:
        code = markets.market(connection, market).code
        codes = rights.reachable_markets(connection, Action.VIEW_REGISTER)
        if codes is None or code in codes:
            return Mask(register=True)
        member = database.caller.member
        if day is None or member is None or not rights.may_in(connection, Action.VIEW_OWN_REGISTER, code):
            return Mask(register=False)
        return Mask(register=False, own=rosters.own_stalls(connection, member, code, day))


def allowed_there(database: Database, action: Action, market: str) -> bool:
    """Whether the caller of a database may do something more in a market that he sees; by code or UUID."""
    with database.reading() as connection:
        return rights.may_in(connection, action, markets.market(connection, market).code)


def note_register_read(database: Database, market: str, stalls: Iterable[str], day: date) -> None:
    """
    Put into the audit log that the caller read names of merchants outside his own zones; once a market and day.

    Parameters
    ----------
    stalls
        Codes of the stalls whose merchants were named.
    """
    caller, named = database.caller, frozenset(stalls)
    if not named or caller == SYSTEM:
        return
    with database.reading() as connection:
        subject = f"{markets.market(connection, market).code} {day}"
        if caller.member is not None and named <= rosters.own_stalls(connection, caller.member, market, day):
            return
        if audit.has_line(connection, caller.name, "register.read", subject):
            return
    with database.writing() as connection:
        audit.describe(connection, "register.read", subject)
