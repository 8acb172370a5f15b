"""Accounts, tokens and the audit log, for administrators of the whole installation."""

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from gridmap.api.access import May
from gridmap.api.deps import AuthorDep, NowDep, SettingsDep, next_url, start_of
from gridmap.api.errors import problem_responses
from gridmap.api.etags import TaggedRoute
from gridmap.api.schemas.accounts import (
    AccountIn,
    AccountList,
    AccountOut,
    AuditLineOut,
    AuditPage,
    NewLinkOut,
    NewTokenOut,
    TokenIn,
    TokenList,
    TokenOut,
    VerdictOut,
)
from gridmap.model.accounts import AuditFilter
from gridmap.model.rights import Action, Grant
from gridmap.services import accounts, audit
from gridmap.store.session import Database

router = APIRouter(tags=["账号 accounts"], route_class=TaggedRoute)
AccountsDep = Annotated[Database, Depends(May(Action.MANAGE_ACCOUNTS))]
AuditDep = Annotated[Database, Depends(May(Action.READ_AUDIT))]
_Part = Annotated[str, Query(max_length=200, description="含此文字 / holds these words")]


@router.get("/accounts")
def list_accounts(database: AccountsDep) -> AccountList:
    """全部账号 / all accounts by name."""
    return AccountList(items=[AccountOut.of(account) for account in accounts.list_accounts(database)], next=None)


@router.post("/accounts", status_code=201, responses=problem_responses(400, 404, 409, 422))
def create_account(
    body: AccountIn, database: AccountsDep, author: AuthorDep, request: Request, response: Response
) -> NewLinkOut:
    """新建账号,得到设置密码的一次性链接 / make an account; answers with the link that sets its password."""
    grants = [Grant(body.role, accounts.scope_of(database, scope)) for scope in body.scopes]
    secret = accounts.create_account(database, body.name, grants, author=author, member=body.member)
    response.headers["Location"] = f"/api/v1/accounts/{body.name}"
    return _link(request, response, body.name, secret)


@router.get("/accounts/{account}", responses=problem_responses(404))
def get_account(account: str, database: AccountsDep) -> AccountOut:
    """一个账号 / one account."""
    return AccountOut.of(accounts.show_account(database, account))


@router.post("/accounts/{account}/reset", status_code=201, responses=problem_responses(404, 422))
def reset_password(
    account: str, database: AccountsDep, now: NowDep, request: Request, response: Response
) -> NewLinkOut:
    """发放重设密码的链接 / a link by which the owner sets a new password."""
    return _link(request, response, account, accounts.reset_password(database, account, now=now))


@router.post("/accounts/{account}/disable", responses=problem_responses(404, 422))
def disable_account(account: str, database: AccountsDep) -> AccountOut:
    """停用账号,立即退出其登录 / switch an account off; its sessions end at once."""
    return AccountOut.of(accounts.switch_account(database, account, disabled=True))


@router.post("/accounts/{account}/enable", responses=problem_responses(404, 422))
def enable_account(account: str, database: AccountsDep) -> AccountOut:
    """恢复账号 / switch an account on again."""
    return AccountOut.of(accounts.switch_account(database, account, disabled=False))


@router.get("/tokens")
def list_tokens(database: AccountsDep) -> TokenList:
    """全部令牌,不含令牌本身 / all tokens, without their secrets."""
    return TokenList(items=[TokenOut.of(token) for token in accounts.list_tokens(database)], next=None)


@router.post("/tokens", status_code=201, responses=problem_responses(400, 404, 409, 422))
def create_token(body: TokenIn, database: AccountsDep, author: AuthorDep, response: Response) -> NewTokenOut:
    """新建令牌,令牌本身只在此回答一次 / make a token for a machine; this answer alone holds its secret."""
    grant = Grant(body.role, accounts.scope_of(database, body.scope))
    until = author.now + timedelta(days=body.days) if body.days is not None else None
    secret = accounts.create_token(database, body.name, grant, author=author, expires_at=until)
    response.headers["Cache-Control"] = "no-store"
    return NewTokenOut(name=body.name, token=secret)


@router.post("/tokens/{token}/revoke", responses=problem_responses(404))
def revoke_token(token: str, database: AccountsDep, now: NowDep) -> TokenOut:
    """撤销令牌,立即失效 / make a token stop working at once."""
    return TokenOut.of(accounts.revoke_token(database, token, now=now))


@router.get("/audit", responses=problem_responses(422))
def read_audit(
    request: Request,
    database: AuditDep,
    settings: SettingsDep,
    order: Literal["oldest", "newest"] = "oldest",
    actor: _Part = "",
    action: Annotated[str, Query(max_length=40, examples=["account"], description="一种或一类 / one, or a group")] = "",
    subject: _Part = "",
    first: Annotated[date | None, Query(alias="from", description="自此日起 / from this day")] = None,
    last: Annotated[date | None, Query(alias="to", description="至此日止(含)/ to this day, included")] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="从此行之后取起 / start past this line")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AuditPage:
    """操作记录,可按操作人、操作、对象、日期筛选 / the audit log, in order or the newest line first."""
    wanted = AuditFilter(actor, action, subject, start_of(first, settings.zone), start_of(last, settings.zone, days=1))
    lines = audit.read_log(database, after=after, limit=limit + 1, newest=order == "newest", wanted=wanted)
    more = next_url(request, str(lines[limit - 1].seq)) if len(lines) > limit else None
    return AuditPage(items=[AuditLineOut.of(line) for line in lines[:limit]], next=more)


@router.get("/audit/verify", responses=problem_responses(422))
def verify_audit(
    database: AuditDep,
    anchor: Annotated[
        str | None, Query(max_length=100, description="以前核对所得的 行号:摘要 / SEQ:DIGEST noted earlier")
    ] = None,
) -> VerdictOut:
    """核对操作记录,指出被改动的行 / check the chain of the audit log and name what was changed."""
    return VerdictOut.of(audit.verify(database, anchor=anchor))


def _link(request: Request, response: Response, account: str, secret: str) -> NewLinkOut:
    response.headers["Cache-Control"] = "no-store"
    own: str = request.app.state.settings.public_url or str(request.base_url)
    return NewLinkOut(account=account, link=f"{own.rstrip('/')}/sign-in#{secret}")
