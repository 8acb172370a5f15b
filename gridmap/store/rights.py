"""What a connection may reach. Every lookup of a market or plan, and every list of them, passes here.

A connection carries its caller and the action it was opened for. What the caller may not see is not found, just like
what does not exist; what he sees but may not do is refused.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import ForbiddenError, InvalidParameterError
from gridmap.model.kinds import PlanState
from gridmap.model.rights import WHOLE_INSTALLATION, Action, Caller, Scope
from gridmap.store import tables as t

_CALLER, _ACTION = "gridmap_caller", "gridmap_action"


def reach(caller: Caller, action: Action) -> dict[str, Any]:
    """Return the execution options that bind a connection to a caller and an action."""
    return {_CALLER: caller, _ACTION: action}


def caller_of(connection: Connection) -> Caller:
    """Return whom a connection belongs to; KeyError for one that was not opened by `Database`."""
    return connection.get_execution_options()[_CALLER]


def reachable(connection: Connection, action: Action = Action.VIEW) -> sa.ColumnElement[bool]:
    """Condition on `market`: the caller may do this there."""
    scopes = caller_of(connection).scopes(action)
    if any(scope.everything for scope in scopes):
        return sa.true()
    parts = [_inside(scope) for scope in scopes]
    return sa.or_(*parts) if parts else sa.false()


def allowed(connection: Connection) -> sa.ColumnElement[bool]:
    """Condition on `market`: the caller sees it and may do there what the connection was opened for."""
    return reachable(connection) & reachable(connection, connection.get_execution_options()[_ACTION])


def sees_everything(connection: Connection) -> bool:
    """Whether there is no limit to what the caller may see."""
    return any(scope.everything for scope in caller_of(connection).scopes(Action.VIEW))


def plan_reachable(connection: Connection) -> sa.ColumnElement[bool]:
    """Condition on `plan` joined to `market`: the caller may see the plan; a draft needs more than a plan in force."""
    in_force = t.plan.c.state != PlanState.DRAFT
    return reachable(connection) & (in_force | reachable(connection, Action.VIEW_DRAFTS))


def check_action(connection: Connection, market_key: int) -> None:
    """Raise ForbiddenError unless the connection's action is allowed in a market that the caller sees."""
    action: Action = connection.get_execution_options()[_ACTION]
    if (
        action in WHOLE_INSTALLATION
        or action is Action.VIEW
        or any(scope.everything for scope in caller_of(connection).scopes(action))
    ):
        return
    allowed = sa.select(t.market.c.id).where(t.market.c.id == market_key, reachable(connection, action))
    if connection.scalar(allowed) is None:
        raise ForbiddenError(action)


def division_of_new_market(connection: Connection, stated: str | None) -> int | None:
    """
    Return the key of the division that a new market goes to: the one stated, else the only one the caller is for.

    Raises
    ------
    ForbiddenError
        If the caller may not do there what the connection was opened for.
    InvalidParameterError
        If nothing is stated and he is for several divisions.
    """
    action: Action = connection.get_execution_options()[_ACTION]
    scopes = caller_of(connection).scopes(action)
    wanted = connection.scalar(sa.select(t.division.c.id).where(t.division.c.code == stated))
    if any(scope.everything for scope in scopes):
        return wanted
    divisions = sorted({scope.division for scope in scopes if scope.division is not None})
    if not stated and len(divisions) > 1:
        raise InvalidParameterError(
            "division", "", f"请写明行政区划代码:{'、'.join(divisions)}。",
            f"State the division: {', '.join(divisions)}.",
        )  # fmt: skip
    if not stated and divisions:
        return connection.scalar(sa.select(t.division.c.id).where(t.division.c.code == divisions[0]))
    if wanted is None or not any(wanted in connection.scalars(_below(one)) for one in divisions):
        raise ForbiddenError(action)
    return wanted


def check_everywhere(connection: Connection) -> None:
    """Raise ForbiddenError unless the connection's action is allowed without a limit."""
    action: Action = connection.get_execution_options()[_ACTION]
    if not any(scope.everything for scope in caller_of(connection).scopes(action)):
        raise ForbiddenError(action)


def reachable_markets(connection: Connection, action: Action) -> frozenset[str] | None:
    """Return the codes of all markets where the caller may do this; None where there is no limit."""
    if any(scope.everything for scope in caller_of(connection).scopes(action)):
        return None
    return frozenset(connection.scalars(sa.select(t.market.c.code).where(reachable(connection, action))))


def may_in(connection: Connection, action: Action, market: str) -> bool:
    """Whether the caller may do something in a market, by code."""
    codes = reachable_markets(connection, action)
    return codes is None or market in codes


def _inside(scope: Scope) -> sa.ColumnElement[bool]:
    if scope.market is not None:
        return t.market.c.code == scope.market
    return t.market.c.division_id.in_(_below(scope.division))


def _below(division: str | None) -> sa.Select[tuple[int]]:
    """Keys of a division and of all below it."""
    below = sa.select(t.division.c.id).where(t.division.c.code == division).cte(recursive=True)
    child = t.division.alias("child")
    below = below.union(sa.select(child.c.id).where(child.c.parent_id == below.c.id))
    return sa.select(below.c.id)
