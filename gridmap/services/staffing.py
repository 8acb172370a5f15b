"""Have we enough members: for numbers, or for a place with its own markets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from gridmap.errors import InvalidParameterError, Language, NotFoundError
from gridmap.model.facts import Figure
from gridmap.model.rights import Action
from gridmap.spatial import staffing
from gridmap.spatial.staffing import NoCrossing, OneMore, Staffing
from gridmap.store import place_counts, places, rights
from gridmap.store.session import Database

WHAT_IF = "按豫园标准测算"
OWN_STANDARD = "本系统推算"
ALL_MARKETS = "all"
"""Stands for a place: every market that the caller sees."""
_RESTS_ON = ("merchants", "members", "markets", "activists")


@dataclass(frozen=True, slots=True)
class Question:
    """Numbers to be compared; `markets` equal ones, none for one pool; `helpers` are a what-if on top of members."""

    merchants: int
    members: int
    cap: int = staffing.STANDARD_CAP
    markets: int | None = None
    helpers: int = 0


@dataclass(frozen=True, slots=True)
class Duty:
    """What the ratio and the cycle ask of one member, and what cycle a limit of visits a day allows."""

    load: float | None
    cycle_days: int
    visits_a_day: float | None
    visits_a_year: int
    limit_a_day: int | None = None
    cycle_working_days: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that belongs to an answer; `counts`: merchants could be found from it."""

    zh: str
    en: str
    counts: bool = False

    def text(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class StaffingReport:
    """
    The answer. `no_crossing` uses equal markets, or a place's own ones, in which case `equal_markets` stands beside it.

    `kind` says on a screen whether the standard is the place's own or a what-if; `bounds` are the least and greatest
    need of so many markets of any sizes; `figures` are those of the place's account on which the answer rests;
    `market_names` names the markets of `one_more`.
    """

    pooled: Staffing
    kind: str
    duty: Duty
    own_standard: bool = False
    no_crossing: NoCrossing | None = None
    equal_markets: NoCrossing | None = None
    bounds: tuple[int, int] | None = None
    place: str | None = None
    place_name: str = ""
    unit: str = "户"
    helpers: int = 0
    one_more: tuple[OneMore, ...] = ()
    market_names: Mapping[str, str] = field(default_factory=dict[str, str])
    figures: tuple[Figure, ...] = ()
    notes: tuple[Note, ...] = ()


def compare(
    question: Question, *, cycle_days: int = staffing.STANDARD_CYCLE_DAYS, limit_a_day: int | None = None
) -> StaffingReport:
    """Compare numbers; InvalidParameterError for a number that makes no sense."""
    if question.helpers < 0:
        raise InvalidParameterError("helpers", str(question.helpers), "须不小于 0。", "Give 0 or more.")
    members = question.members + question.helpers
    pooled = staffing.pooled(question.merchants, members, question.cap)
    apart, bounds = None, None
    if question.markets is not None:
        sizes = staffing.equal_markets(question.merchants, question.markets)
        apart = staffing.no_crossing(sizes, members, question.cap)
        bounds = staffing.need_bounds(question.merchants, question.markets, question.cap)
    return StaffingReport(
        pooled=pooled,
        kind=WHAT_IF,
        duty=_duty(question.merchants, members, cycle_days, limit_a_day),
        no_crossing=apart,
        equal_markets=apart,
        bounds=bounds,
        helpers=question.helpers,
    )


def place_staffing(
    database: Database,
    place: str,
    day: date,
    *,
    cap: int = staffing.STANDARD_CAP,
    helpers: int = 0,
    cycle_days: int = staffing.STANDARD_CYCLE_DAYS,
    limit_a_day: int | None = None,
) -> StaffingReport:
    """
    Compare a place's members with its merchants, market by market; `ALL_MARKETS`: all markets that the caller sees.

    Raises
    ------
    NotFoundError
        If the place is not loaded, or the caller may not see all of its markets.
    """
    with database.reading() as connection:
        row = None if place == ALL_MARKETS else places.place_row(connection, place)
        counted = place_counts.market_counts(connection, row.id if row else None, day)
        figures = places.figures(connection, row.id) if row else []
        visible = rights.reachable_markets(connection, Action.VIEW)
    if visible is not None and not {m.market for m in counted} <= visible:
        raise NotFoundError("place", place)
    sizes = [(m.market, m.merchants, m.members) for m in counted]
    total, members = sum(m.merchants for m in counted), sum(m.members for m in counted)
    question = Question(total, members, cap, len(sizes) or None, helpers)
    report = compare(question, cycle_days=cycle_days, limit_a_day=limit_a_day)
    own = bool(row and row.own_standard) and cap == staffing.STANDARD_CAP and not helpers
    return replace(
        report,
        kind=OWN_STANDARD if own else WHAT_IF,
        own_standard=own,
        no_crossing=staffing.no_crossing([n for _, n, _ in sizes], members + helpers, cap),
        place=place,
        place_name=row.name if row else "",
        one_more=tuple(staffing.worth_of_one_more(sizes, cap)),
        market_names={m.market: m.name for m in counted},
        figures=tuple(figure for figure in figures if figure.key in _RESTS_ON),
        notes=(*(_account_notes(counted, cap) if row else _mixed_notes(counted)), *_helper_notes(helpers)),
    )


def _account_notes(counted: Sequence[place_counts.MarketCount], cap: int) -> list[Note]:
    leaders = sum(m.leaders for m in counted)
    if not leaders:
        return []
    merchants, members = sum(m.merchants for m in counted), sum(m.members for m in counted)
    without = staffing.pooled(merchants, members - leaders, cap)
    return [
        Note(
            f"网格长是否在内原文未列明:不计 {leaders} 名网格长则为 {without.members} 人,缺 {without.gap} 人。",
            f"The account does not say whether leaders are among the members: without the {leaders} leaders there "
            f"are {without.members}, {without.gap} missing.",
            counts=True,
        )
    ]


def _mixed_notes(counted: Sequence[place_counts.MarketCount]) -> list[Note]:
    sources = len({m.place for m in counted})
    if sources < 2:
        return []
    return [
        Note(
            f"这些市场来自 {sources} 处,“户”的口径可能不同(铺位、商铺、登记主体):合计只供参考,不作编制依据。",
            f"These markets come from {sources} sources, which may count different things (stalls, shops, registered "
            "entities): do not use the sum as a staffing figure.",
        )
    ]


def _helper_notes(helpers: int) -> list[Note]:
    if not helpers:
        return []
    return [
        Note(
            f"含 {helpers} 名协助人员,仅为测算:原文未说明其承担走访。",
            f"With {helpers} helpers, a what-if: the account does not say that they call on merchants.",
        )
    ]


def _duty(merchants: int, members: int, cycle_days: int, limit_a_day: int | None) -> Duty:
    yearly = staffing.visits_a_year(merchants, cycle_days)
    if not members:
        return Duty(None, cycle_days, None, yearly, limit_a_day)
    load = Fraction(merchants, members)
    working_days = staffing.cycle_working_days(load, limit_a_day) if limit_a_day is not None else None
    a_day = round(float(staffing.visits_per_working_day(load, cycle_days)), 1)
    return Duty(round(float(load), 1), cycle_days, a_day, yearly, limit_a_day, working_days)
