"""Who asks, and whether he may: every route declares a decision here, or the application is not built.

A route takes its database from `may(Action.…)`: the database of the caller for that action. `OPEN` routes need nobody,
`SIGNED_IN` ones somebody, whoever it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.routing import Mount, Route

from gridmap.errors import CrossSiteError, UnauthenticatedError
from gridmap.model.rights import POLICY, WHOLE_INSTALLATION, AccountRole, Action, Caller
from gridmap.services import accounts, rights, secrets
from gridmap.store.session import Database

COOKIE, CSRF_HEADER = "gridmap_session", "X-CSRF-Token"
FRAMEWORK_ROUTES = {"/openapi.json", "/assets", "/vendor"}
"""What FastAPI and the built client bring along: the description of the API and files without any data."""
_READS = ("GET", "HEAD", "OPTIONS")
_cookie = APIKeyCookie(
    name=COOKIE, auto_error=False, scheme_name="session", description="登录后的会话;写操作另带 X-CSRF-Token / session"
)
_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="gridmap token create 所得的令牌 / a token")


def _caller(
    request: Request,
    session: Annotated[str | None, Depends(_cookie)],
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Say who asks; a write under a cookie must also carry the check value of its session."""
    database: Database = request.app.state.database
    now = datetime.now(UTC)
    if token is not None:
        return accounts.caller_of_token(database, token.credentials, now=now)
    if session is None or "authorization" in request.headers:
        raise UnauthenticatedError
    caller = accounts.caller_of_session(database, session, now=now)
    if request.method not in _READS and not secrets.same(
        request.headers.get(CSRF_HEADER, ""), secrets.csrf_of(session)
    ):
        raise CrossSiteError
    return caller


def _caller_if_any(
    request: Request,
    session: Annotated[str | None, Depends(_cookie)],
    token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller | None:
    """Say who asks, None for a stranger."""
    try:
        return _caller(request, session, token)
    except UnauthenticatedError:
        return None


def is_somebody(request: Request) -> bool:
    """Whether a request comes from somebody who is signed in, as far as its headers say; no route needs to be known."""
    database: Database = request.app.state.database
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    now = datetime.now(UTC)
    try:
        if scheme:
            accounts.caller_of_token(database, token if scheme.lower() == "bearer" else "", now=now)
        else:
            accounts.caller_of_session(database, request.cookies.get(COOKIE, ""), now=now)
    except UnauthenticatedError:
        return False
    return True


CallerDep = Annotated[Caller, Depends(_caller)]
CallerIfAnyDep = Annotated[Caller | None, Depends(_caller_if_any)]


@dataclass(frozen=True)
class May:
    """The decision that a route is for whoever may do something; gives the database of the caller."""

    action: Action

    def __call__(self, request: Request, caller: CallerDep) -> Database:
        """Give the caller's database, or refuse."""
        return rights.acting(request.app.state.database, caller, self.action)


@dataclass(frozen=True)
class SignedIn:
    """The decision that a route is for everybody who is signed in; gives the database of the caller."""

    def __call__(self, request: Request, caller: CallerDep) -> Database:
        """Give the caller's database."""
        return request.app.state.database.acting(caller)


@dataclass(frozen=True)
class Open:
    """The decision that a route is open to everybody; gives a database in which nothing can be seen."""

    def __call__(self, request: Request) -> Database:
        """Give a database that shows no market."""
        return request.app.state.database.acting(Caller("nobody"))


Decision = May | SignedIn | Open
ViewDep = Annotated[Database, Depends(May(Action.VIEW))]
SignedInDep = Annotated[Database, Depends(SignedIn())]
OpenDep = Annotated[Database, Depends(Open())]


@dataclass(frozen=True)
class RouteDecision:
    """One row of the table role x route x scope."""

    method: str
    path: str
    decision: Decision


def decisions(app: FastAPI) -> list[RouteDecision]:
    """
    Return what was decided for each method and path, read from the application itself.

    Raises
    ------
    LookupError
        If a route has no decision, or more than one.
    """
    found: list[RouteDecision] = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            path = str(context.path)
            made = {call for call in _calls(route.dependant) if isinstance(call, May | SignedIn | Open)}
            if len(made) != 1:
                raise LookupError(f"{route.methods} {path}: needs one decision, has {len(made)}")
            (decision,) = made
            found += [RouteDecision(method, path, decision) for method in sorted(route.methods or ())]
        elif not isinstance(route, Route | Mount) or route.path not in FRAMEWORK_ROUTES:
            raise LookupError(f"{route} has no decision")
    return found


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def table(app: FastAPI) -> str:
    """Return the table role x route as Markdown, made from the application itself; docs/rights.md holds a copy."""
    heads = " | ".join(AccountRole)
    lines = [f"| 接口 route | {heads} |", f"|---{'|---' * len(AccountRole)}|"]
    for row in sorted(decisions(app), key=lambda row: (row.path, row.method)):
        if row.method != "HEAD":
            cells = " | ".join(_cell(row.decision, role) for role in AccountRole)
            lines.append(f"| `{row.method} {row.path}` | {cells} |")
    return "\n".join(lines)


def _cell(decision: Decision, role: AccountRole) -> str:
    if isinstance(decision, Open):
        return "公开"
    if isinstance(decision, SignedIn):
        return "✓"
    if decision.action not in POLICY[role]:
        return "—"
    return "全部" if decision.action in WHOLE_INSTALLATION else "范围内"
