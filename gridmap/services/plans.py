"""What a person does with plans: publish one, list them, look at one. `drafts` makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridmap.errors import InvalidParameterError, LaterChange, PlanStateError, StaleVersionError
from gridmap.model.duty import Assignment, Member, Plan, Zone
from gridmap.model.edits import PlanEdit, edit_as_json
from gridmap.model.ids import PlanCode
from gridmap.model.kinds import PlanState
from gridmap.model.places import LevelKey
from gridmap.store import audit, changes, markets, members, plan_edits, plans
from gridmap.store.session import Connection, Database

MOST_LATER_CHANGES = 100
"""So many edits of others are told to somebody who comes too late, the newest."""


@dataclass(frozen=True)
class Author:
    """Who does something, and when."""

    name: str
    now: datetime


@dataclass(frozen=True)
class PlanDetail:
    """A plan with its zones and who answers for them."""

    plan: Plan
    zones: list[Zone]
    assignments: list[Assignment]
    members: dict[str, Member]
    labels: dict[LevelKey, str]


def publish_plan(
    database: Database, name: str, first_day: date, *, today: date, expected_version: str | None = None
) -> Plan:
    """
    Put a draft in force from a day; the plan in force until then ends.

    A published plan that would only start on that day or later is withdrawn, unless it has been in force: history is
    not rewritten.

    Raises
    ------
    PlanStateError
        If the plan is not a draft.
    StaleVersionError
        If it changed since the caller read it (`expected_version`, see `Plan.version`).
    InvalidParameterError
        If the day lies before the first day of a plan that has been in force.
    """
    with database.writing() as connection:
        plan, _, market_key = locked_draft(connection, name, expected_version)
        put_in_force(connection, plan, market_key, first_day, today=today)
        audit.describe(connection, "plan.publish", plan.code, first_day=first_day.isoformat())
        return plans.plan(connection, plan.code)


def put_in_force(connection: Connection, plan: Plan, market_key: int, first_day: date, *, today: date) -> None:
    """Publish a draft as part of a larger transaction of the caller, who holds the market's lock."""
    for other in plans.plans(connection, plan.market):
        if other.valid_from is None or (other.valid_to is not None and other.valid_to <= first_day):
            continue
        if first_day <= other.valid_from <= today:
            raise InvalidParameterError(
                "from",
                first_day.isoformat(),
                f"方案 {other.code} 自 {other.valid_from} 起生效,请选之后的日期。",
                f"Plan {other.code} has been in force since {other.valid_from}; choose a later day.",
            )
        end = max(first_day, other.valid_from)
        plans.set_validity(connection, other.code, PlanState.ENDED, other.valid_from, end)
        changes.note(connection, "plan", other.code, "ended", market_key=market_key)
    plans.set_validity(connection, plan.code, PlanState.PUBLISHED, first_day, None)
    markets.touch_market(connection, market_key)
    changes.note(connection, "plan", plan.code, "published", market_key=market_key, covers=["zone"])


def list_plans(database: Database, market: str, *, at: date | None = None) -> list[Plan]:
    """Return a market's plans, newest first; with a day, only the one in force then, if any."""
    with database.reading() as connection:
        return [plan for plan in plans.plans(connection, market) if at is None or plan.is_in_force(at)]


def get_plan(database: Database, name: str) -> Plan:
    """Return a plan, by code or UUID, without its zones."""
    with database.reading() as connection:
        return plans.plan(connection, name)


def show_plan(database: Database, name: str, *, at: date | None = None) -> PlanDetail:
    """Return a plan, by code or UUID, with its zones and who answers for them: ever, or on a day."""
    with database.reading() as connection:
        plan = plans.plan(connection, name)
        assignments = plans.assignments(connection, name)
        return PlanDetail(
            plan=plan,
            zones=plans.zones(connection, name),
            assignments=assignments if at is None else answering(plan, assignments, at),
            members={member.code: member for member in members.members(connection, plan.market)},
            labels={
                summary.level.key: summary.level.label
                for summary in markets.levels(connection, plan.market, plan.created_at.date())
            },
        )


def answering(plan: Plan, assignments: Sequence[Assignment], day: date) -> list[Assignment]:
    """
    Return who answers in a plan on a day; before it begins, as at its beginning, and afterwards, as at its end.

    In a draft it is whoever is proposed.
    """
    first, end = plan.valid_from, plan.valid_to
    if first is None or first == end:  # a draft, or one that was withdrawn before it began
        return [a for a in assignments if (a.valid_from, a.valid_to) == (first, end)]
    day = max(first, day if end is None else min(day, end - timedelta(days=1)))
    return [
        a
        for a in assignments
        if a.valid_from is not None and a.valid_from <= day and (a.valid_to is None or a.valid_to > day)
    ]


def plan_in_force(database: Database, market: str, day: date) -> PlanCode | None:
    """Return the code of the plan in force for a market on a day, if any."""
    with database.reading() as connection:
        return plans.plan_in_force(connection, market, day)


def latest_draft(database: Database, market: str) -> PlanCode:
    """Return the market's newest draft; PlanStateError if it has none."""
    drafts = [plan.code for plan in list_plans(database, market) if plan.state is PlanState.DRAFT]
    if not drafts:
        raise PlanStateError(market, "-", PlanState.DRAFT)
    return drafts[0]


def locked_draft(connection: Connection, name: str, expected_version: str | None) -> tuple[Plan, int, int]:
    """
    Return a draft that nobody else can change until the transaction ends, with its key and its market's.

    Raises
    ------
    StaleVersionError
        If it changed since the caller read it (`expected_version`, see `Plan.version`).
    PlanStateError
        If the plan is no draft.
    """
    market_key = markets.lock_market(connection, plans.plan(connection, name).market)
    plan = plans.plan(connection, name)
    check_version(connection, plan, expected_version)
    if plan.state is not PlanState.DRAFT:
        raise PlanStateError(plan.code, plan.state, PlanState.DRAFT)
    return plan, plans.plan_key(connection, name), market_key


def check_version(connection: Connection, plan: Plan, expected: str | None) -> None:
    """Raise StaleVersionError, with what others did, unless this is the plan as the caller read it; None is any."""
    if expected is None or expected == plan.version:
        return
    uuid, _, revision = expected.rpartition(".")
    since: list[PlanEdit] = []
    if uuid == plan.uuid and revision.isascii() and revision.isdigit() and len(revision) < 10:
        key = plans.plan_key(connection, plan.code)
        since = plan_edits.edits(connection, key, since_revision=int(revision))[-MOST_LATER_CHANGES:]
    changes = tuple(LaterChange(e.revision, e.by, e.at.isoformat(), edit_as_json(e.edit)) for e in since)
    raise StaleVersionError("plan", plan.code, str(plan.revision), changes)
