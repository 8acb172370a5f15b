"""The register on any day: who traded where, what a stall or a merchant was, how many came and went."""

from dataclasses import replace
from datetime import date

from gridmap.errors import InvalidParameterError
from gridmap.model.history import MerchantHistory, StallHistory, Trading, TurnoverReport
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.rights import Action
from gridmap.services import rights
from gridmap.services.turnover import months_of, turnover, vacant_stalls
from gridmap.store import audit, history, markets
from gridmap.store import tables as t
from gridmap.store.session import Database

LONGEST_YEARS = 20


def on_day(database: Database, at: date | None, today: date) -> tuple[Database, date]:
    """
    Return the database in which a day may be looked at, and the day.

    Today is for everybody. Of other days is told whoever sees the register: from the counts of two days, each of them
    large, follows what one merchant did.

    Raises
    ------
    ForbiddenError
        If the caller sees the register nowhere; where he does not see it, markets are not found, or refused.
    """
    if at is None or at == today:
        return database, today
    return rights.acting(database, database.caller, Action.VIEW_REGISTER), at


def trading_on(
    database: Database, market: str, day: date, *, after: tuple[str, str] = ("", ""), limit: int | None = None
) -> list[Trading]:
    """Return who trades where on a day, by stall and merchant; that names were read goes into the audit log."""
    with database.reading() as connection:
        found = history.trading_on(connection, markets.market_id(connection, market), day, after=after, limit=limit)
    rights.note_register_read(database, market, (each.stall for each in found), day)
    return found


def stall_history(database: Database, market: str, stall: str) -> StallHistory:
    """
    Return what a stall was and who traded in it, ever.

    Raises
    ------
    NotFoundError
        If there is no such market, or it never had such a stall (code or UUID).
    """
    with database.reading() as connection:
        known = markets.market(connection, market)
        key = markets.market_id(connection, market)
        code = StallCode(history.code_of(connection, t.stall, key, stall))
        states = history.stall_timelines(connection, key, {code})[code]
        found = StallHistory(known.code, code, states, tuple(history.trading(connection, key, stall=code)))
    _note(database, known.code, f"stall {code}")
    return found


def merchant_history(database: Database, market: str, merchant: str) -> MerchantHistory:
    """
    Return what a merchant was called and where he traded, ever; his credit code only for who may take it out.

    Raises
    ------
    NotFoundError
        If there is no such market, or it never had such a merchant (code or UUID).
    """
    with database.reading() as connection:
        known = markets.market(connection, market)
        key = markets.market_id(connection, market)
        code = MerchantCode(history.code_of(connection, t.merchant, key, merchant))
        states = history.merchant_timelines(connection, key, {code})[code]
        found = MerchantHistory(known.code, code, states, tuple(history.trading(connection, key, merchant=code)))
    _note(database, known.code, f"merchant {code}")
    if rights.allowed_there(database, Action.EXPORT_REGISTER, market):
        return found
    bare = tuple(replace(dated, value=replace(dated.value, uscc=None)) for dated in found.states)
    return replace(found, states=bare)


def market_turnover(database: Database, market: str, first: date, end: date) -> TurnoverReport:
    """
    Say how many merchants came and went from a day to the day before another, in all and by month.

    Raises
    ------
    InvalidParameterError
        If the period is empty or longer than 20 years.
    NotFoundError
        If there is no such market.
    """
    if not first < end or end.year - first.year > LONGEST_YEARS:
        raise InvalidParameterError(
            "to", end.isoformat(), f"须晚于 {first.isoformat()},至多 {LONGEST_YEARS} 年。",
            f"It is later than {first.isoformat()}, by {LONGEST_YEARS} years at most.",
        )  # fmt: skip
    with database.reading() as connection:
        known = markets.market(connection, market)
        key = markets.market_id(connection, market)
        occupancies = history.occupancy_timelines(connection, key)
        spans = history.stall_spans(connection, key)
    return TurnoverReport(
        known.code,
        turnover(occupancies, spans, first, end),
        tuple(turnover(occupancies, spans, one, other) for one, other in months_of(first, end)),
        tuple(vacant_stalls(occupancies, spans, end)),
    )


def _note(database: Database, market: str, about: str) -> None:
    """Put into the audit log whose history was read: it names merchants of many years."""
    with database.writing() as connection:
        audit.describe(connection, "register.history", market, about=about)
