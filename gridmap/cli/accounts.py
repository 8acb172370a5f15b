"""`gridmap user`, `gridmap token`, `gridmap audit`: who may use the database, and what was done with it."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, author, database, err, now, out, print_json, print_table
from gridmap.config import settings
from gridmap.model.accounts import Account
from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts
from gridmap.services import audit as log

users = typer.Typer(help="账号 / accounts of people", no_args_is_help=True, add_completion=False)
tokens = typer.Typer(help="令牌 / tokens of machines", no_args_is_help=True, add_completion=False)
audits = typer.Typer(help="操作记录 / the audit log", no_args_is_help=True, add_completion=False)
_SCOPE = "范围:all、market:编号、division:编号 / all, market:CODE or division:CODE"
NameOption = Annotated[str, typer.Option("--name", help="名称 / name")]
RoleOption = Annotated[AccountRole, typer.Option("--role", help="角色 / role")]


@users.command("create")
def create_user(
    name: NameOption,
    role: RoleOption,
    scope: Annotated[list[str] | None, typer.Option(help=_SCOPE)] = None,
    member: Annotated[str | None, typer.Option(help="网格员编号 / whose account it is")] = None,
    as_json: JsonOption = False,
) -> None:
    """新建账号,打印设置密码的一次性链接 / make an account and print the link that sets its password."""
    opened = database()
    grants = [Grant(role, accounts.scope_of(opened, text)) for text in scope or ["all"]]
    _print_link(name, accounts.create_account(opened, name, grants, author=author(), member=member), as_json)


@users.command("list")
def list_users(as_json: JsonOption = False) -> None:
    """全部账号 / all accounts."""
    found = accounts.list_accounts(database())
    if as_json:
        print_json({"users": [_summary(account) for account in found]})
        return
    rows: list[list[object]] = [
        [a.name, ", ".join(f"{g.role} {g.scope}" for g in a.grants) or "-", a.member or "-", _state(a)] for a in found
    ]
    print_table(["账号 name", "角色与范围 role, scope", "网格员 member", "状态 state"], rows)


@users.command("disable")
def disable_user(name: str) -> None:
    """停用账号,立即退出其登录 / switch an account off; its sessions end at once."""
    accounts.switch_account(database(), name, disabled=True)
    out.print(f"已停用 / disabled: {name}", markup=False)


@users.command("enable")
def enable_user(name: str) -> None:
    """恢复账号 / switch an account on again."""
    accounts.switch_account(database(), name, disabled=False)
    out.print(f"已恢复 / enabled: {name}", markup=False)


@users.command("reset")
def reset_user(name: str, as_json: JsonOption = False) -> None:
    """打印重设密码的一次性链接 / print a link by which the owner sets a new password."""
    _print_link(name, accounts.reset_password(database(), name, now=now()), as_json)


@tokens.command("create")
def create_token(
    name: NameOption,
    role: RoleOption,
    scope: Annotated[str, typer.Option(help=_SCOPE)] = "all",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="有效天数,默认不限 / days it is good for")] = None,
    as_json: JsonOption = False,
) -> None:
    """新建令牌,只显示这一次 / make a token; it is printed this once."""
    opened, who = database(), author()
    grant = Grant(role, accounts.scope_of(opened, scope))
    until: datetime | None = who.now + timedelta(days=days) if days else None
    token = accounts.create_token(opened, name, grant, author=who, expires_at=until)
    if as_json:
        print_json({"name": name, "role": role, "scope": str(grant.scope), "expires_at": until, "token": token})
        return
    err.print("令牌只显示这一次,请妥善保存 / the token is shown this once", markup=False)
    out.print(token, markup=False)


@tokens.command("list")
def list_tokens(as_json: JsonOption = False) -> None:
    """全部令牌,不含令牌本身 / all tokens, without their secrets."""
    found = accounts.list_tokens(database())
    keys = ["name", "role", "scope", "expires_at", "revoked_at"]
    rows: list[list[object]] = [[t.name, t.grant.role, t.grant.scope, t.expires_at, t.revoked_at] for t in found]
    if as_json:
        print_json({"tokens": [dict(zip(keys, map(_plain, row), strict=True)) for row in rows]})
        return
    headings = ["名称 name", "角色 role", "范围 scope", "到期 expires", "撤销 revoked"]
    print_table(headings, [["-" if value is None else value for value in row] for row in rows])


@tokens.command("revoke")
def revoke_token(name: str) -> None:
    """撤销令牌,立即失效 / make a token stop working."""
    accounts.revoke_token(database(), name, now=now())
    out.print(f"已撤销 / revoked: {name}", markup=False)


@audits.callback()
def _group() -> None:
    """操作记录 / the audit log."""


@audits.command("verify")
def verify(
    anchor: Annotated[str | None, typer.Option(help="以前核对所得的“行号:摘要” / SEQ:DIGEST noted earlier")] = None,
    as_json: JsonOption = False,
) -> None:
    """核对操作记录,指出被改动的行 / check the chain of the audit log and name what was changed."""
    verdict = log.verify(database(), anchor=anchor)
    if as_json:
        print_json({"lines": verdict.lines, "head": verdict.head, "faults": list(verdict.faults)})
    else:
        for fault in verdict.faults:
            out.print(f"✗ {fault}", markup=False)
        if not verdict.faults:
            out.print(f"✓ {verdict.lines} 行,未被改动 / lines, unchanged", markup=False)
        out.print(f"请另处记下 / note down elsewhere: {verdict.head}", markup=False)
    if verdict.faults:
        raise typer.Exit(1)


def sign_in_address() -> str:
    """Return the address of the sign-in page as the settings have it."""
    chosen = settings()
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    return f"{(chosen.public_url or f'http://{host}:{chosen.port}').rstrip('/')}/sign-in"


def _print_link(name: str, secret: str, as_json: bool) -> None:
    link = f"{sign_in_address()}#{secret}"
    if as_json:
        print_json({"name": name, "link": link})
        return
    err.print("打开链接设置密码,24 小时内有效,只能用一次 / sets a password, once, within 24 hours", markup=False)
    out.print(link, markup=False)


def _state(account: Account) -> str:
    if account.disabled:
        return "停用 disabled"
    return "正常 active" if account.has_password else "未设密码 no password yet"


def _summary(account: Account) -> dict[str, object]:
    return {
        "name": account.name,
        "grants": [{"role": grant.role, "scope": str(grant.scope)} for grant in account.grants],
        "member": account.member,
        "disabled": account.disabled,
        "has_password": account.has_password,
    }


def _plain(value: object) -> object:
    return value if value is None else str(value)
