"""What follows a publication: taking back one that has not begun, and taking an earlier plan up again."""

from datetime import date

from gridmap.errors import InvalidParameterError, PlanStateError
from gridmap.model.duty import Plan
from gridmap.model.kinds import PlanState
from gridmap.services.basis import plan_basis
from gridmap.services.drafts import insert_copy
from gridmap.services.plans import Author, check_version, put_in_force
from gridmap.store import audit, changes, markets, plans
from gridmap.store.session import Database


def withdraw_plan(database: Database, name: str, *, today: date, expected_version: str | None = None) -> Plan:
    """
    Take back a publication that has not begun: the plan is a draft again, and the one before it goes on.

    Raises
    ------
    PlanStateError
        If the plan is not published for a day to come.
    InvalidParameterError
        If it has been in force already: history is not rewritten.
    StaleVersionError
        If it changed since the caller read it.
    """
    with database.writing() as connection:
        market_key = markets.lock_market(connection, plans.plan(connection, name).market)
        plan = plans.plan(connection, name)
        check_version(connection, plan, expected_version)
        first_day = plan.valid_from
        if first_day is None or plan.valid_to == first_day:
            raise PlanStateError(plan.code, plan.state, PlanState.PUBLISHED)
        if first_day <= today:
            raise InvalidParameterError(
                "plan",
                plan.code,
                f"该方案自 {first_day} 起已经生效,不能撤回;请发布另一方案,或恢复历史方案。",
                f"It has been in force since {first_day}. Publish another plan, or roll back to an earlier one.",
            )
        plans.make_draft(connection, plan)
        for other in plans.plans(connection, plan.market):
            if other.valid_to == first_day and other.valid_from is not None and other.valid_from < first_day:
                plans.go_on(connection, other, plan.valid_to)
                changes.note(connection, "plan", other.code, "changed", market_key=market_key, covers=["assignment"])
        markets.touch_market(connection, market_key)
        changes.note(connection, "plan", plan.code, "withdrawn", market_key=market_key)
        audit.describe(connection, "plan.withdraw", plan.code, first_day=first_day.isoformat())
        return plans.plan(connection, plan.code)


def roll_back(
    database: Database,
    name: str,
    first_day: date,
    *,
    author: Author,
    expected_version: str | None = None,
) -> Plan:
    """
    Take an earlier plan up again from a day: a copy of it, with the members who answered in it last, is put in force.

    The earlier plan stays as it was; the new one names it as its origin. Stalls that have come since are in no zone.

    Raises
    ------
    PlanStateError
        If the plan was never published.
    InvalidParameterError
        If the day lies before the first day of a plan that has been in force.
    StaleVersionError
        If the earlier plan changed since the caller read it.
    """
    today = author.now.date()
    with database.reading() as connection:
        plan_basis(connection, plans.plan(connection, name).market, today)  # made before anybody has to wait for it
    with database.writing() as connection:
        market_key = markets.lock_market(connection, plans.plan(connection, name).market)
        origin = plans.plan(connection, name)
        check_version(connection, origin, expected_version)
        if origin.state is PlanState.DRAFT:
            raise PlanStateError(origin.code, origin.state, PlanState.ENDED)
        copy = insert_copy(connection, origin, market_key, author=author)
        put_in_force(connection, copy, market_key, first_day, today=today)
        audit.describe(connection, "plan.roll-back", copy.code, origin=origin.code, first_day=first_day.isoformat())
        return plans.plan(connection, copy.code)
