"""Signing in and out, and the one-time links that set a password."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response

from gridmap.api.access import COOKIE, CallerIfAnyDep, OpenDep, SignedInDep
from gridmap.api.deps import NowDep, SettingsDep
from gridmap.api.errors import problem_responses
from gridmap.api.schemas.accounts import LinkIn, LinkOut, SessionOut, SignInIn, UseLinkIn
from gridmap.config import Settings
from gridmap.services import accounts, secrets

router = APIRouter(tags=["登录 session"])


@router.post("/session", responses=problem_responses(400, 401, 422, 429))
def sign_in(body: SignInIn, database: OpenDep, now: NowDep, request: Request, response: Response) -> SessionOut:
    """登录 / sign in; the session is a cookie that scripts cannot read."""
    address = request.client.host if request.client else ""
    opened = accounts.sign_in(database, body.name, body.password, address=address, now=now)
    return _opened(request, response, opened)


@router.get("/session", responses=problem_responses(403, 422))
def get_session(
    _: OpenDep,
    caller: CallerIfAnyDep,
    response: Response,
    settings: SettingsDep,
    session: Annotated[str | None, Cookie(alias=COOKIE)] = None,
) -> SessionOut:
    """当前登录的是谁;没有登录时 name 为空 / who is signed in, null for nobody, and the check value for writes."""
    response.headers["Cache-Control"] = "no-store"
    by_cookie = session is not None and caller is not None and caller.name.startswith("user:")
    csrf = secrets.csrf_of(session) if by_cookie and session else None
    return SessionOut.of(caller, csrf, settings.public_url)


@router.delete("/session", status_code=204, responses=problem_responses(401, 403, 422))
def sign_out(
    database: SignedInDep, response: Response, session: Annotated[str | None, Cookie(alias=COOKIE)] = None
) -> None:
    """退出登录 / sign out."""
    if session is not None:
        accounts.sign_out(database, session)
    response.delete_cookie(COOKIE, path="/")


@router.post("/links/look", responses=problem_responses(400, 410, 422))
def look_at_link(body: LinkIn, database: OpenDep, now: NowDep) -> LinkOut:
    """这个一次性链接给谁用 / whose one-time link this is; it is not used up by looking."""
    return LinkOut.of(accounts.look_at_link(database, body.link, now=now))


@router.post("/links/use", responses=problem_responses(400, 410, 422))
def use_link(body: UseLinkIn, database: OpenDep, now: NowDep, request: Request, response: Response) -> SessionOut:
    """用一次性链接设置密码并登录 / set a password by a one-time link, and sign in."""
    return _opened(request, response, accounts.use_link(database, body.link, body.password, now=now))


def _opened(request: Request, response: Response, opened: accounts.SignedIn) -> SessionOut:
    settings: Settings = request.app.state.settings
    response.set_cookie(
        COOKIE,
        opened.secret,
        max_age=int(accounts.SESSION.total_seconds()),
        path="/",
        secure="https" in (request.url.scheme, settings.public_url.partition(":")[0]),
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"
    return SessionOut.of(opened.caller, opened.csrf, settings.public_url)
