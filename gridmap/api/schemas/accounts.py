"""Shapes of sessions, one-time links, accounts, tokens and the audit log on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from gridmap.model.accounts import Account, AuditLine, Link, LinkPurpose, Token
from gridmap.model.rights import AccountRole, Action, Caller, Grant
from gridmap.services.audit import Verdict


class SignInIn(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64, examples=["admin"])
    password: str = Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})


class GrantOut(BaseModel):
    """A role inside a scope."""

    role: AccountRole
    scope: str = Field(examples=["all", "market:yuyuan-01", "division:310101"])

    @classmethod
    def of(cls, grant: Grant) -> "GrantOut":
        """Build from the domain's value."""
        return cls(role=grant.role, scope=str(grant.scope))


class SessionOut(BaseModel):
    """Who is signed in, and what may be done somewhere."""

    name: str | None
    grants: list[GrantOut]
    actions: list[Action]
    csrf: str | None = Field(description="写操作须带的 X-CSRF-Token;用令牌时为空 / null with a token")
    public_url: str | None = Field(description="他人可打开的网址,未设置时为空 / address for others, null if not set")

    @classmethod
    def of(cls, caller: Caller | None, csrf: str | None, public_url: str = "") -> "SessionOut":
        """Build from the domain's value; from None for a stranger."""
        if caller is None:
            return cls(name=None, grants=[], actions=[], csrf=None, public_url=None)
        return cls(
            name=caller.name.partition(":")[2],
            grants=[GrantOut.of(grant) for grant in caller.grants],
            actions=[action for action in Action if caller.scopes(action)],
            csrf=csrf,
            public_url=public_url.rstrip("/") or None,
        )


class LinkIn(BaseModel):
    """A one-time link's secret."""

    model_config = ConfigDict(extra="forbid")

    link: str = Field(min_length=1, max_length=100)


class UseLinkIn(LinkIn):
    """A one-time link's secret, and the new password."""

    password: str = Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})


class LinkOut(BaseModel):
    """Whose link it is and what for."""

    account: str
    purpose: LinkPurpose
    expires_at: datetime

    @classmethod
    def of(cls, link: Link) -> "LinkOut":
        """Build from the domain's value."""
        return cls(account=link.account, purpose=link.purpose, expires_at=link.expires_at)


class AccountIn(BaseModel):
    """A new account: a role, in each of the scopes."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64, examples=["lin"])
    role: AccountRole
    scopes: list[str] = Field(default=["all"], min_length=1, max_length=100, examples=[["market:demo"]])
    member: str | None = Field(default=None, max_length=64, description="网格员编号 / whose account it is")


class AccountOut(BaseModel):
    """An account without its secrets."""

    name: str
    grants: list[GrantOut]
    member: str | None
    disabled: bool
    has_password: bool
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, account: Account) -> "AccountOut":
        """Build from the domain's value."""
        return cls(
            name=account.name,
            grants=[GrantOut.of(grant) for grant in account.grants],
            member=account.member,
            disabled=account.disabled,
            has_password=account.has_password,
            created_at=account.created_at,
            created_by=account.created_by,
        )


class AccountList(BaseModel):
    """All accounts by name."""

    items: list[AccountOut]
    next: str | None


class NewLinkOut(BaseModel):
    """The address of a one-time link; it is shown this once."""

    account: str
    link: str = Field(
        description="打开此地址设置密码,24 小时内有效,只能用一次 / sets a password, once, within 24 hours"
    )


class TokenOut(BaseModel):
    """A token without its secret."""

    name: str
    role: AccountRole
    scope: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> "TokenOut":
        """Build from the domain's value."""
        return cls(
            name=token.name,
            role=token.grant.role,
            scope=str(token.grant.scope),
            created_at=token.created_at,
            created_by=token.created_by,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
        )


class TokenList(BaseModel):
    """All tokens by name."""

    items: list[TokenOut]
    next: str | None


class TokenIn(BaseModel):
    """A new token: a role in one scope, for some days or without end."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64, examples=["dispatch"])
    role: AccountRole = AccountRole.API
    scope: str = Field(default="all", max_length=200, examples=["market:demo"])
    days: int | None = Field(default=None, ge=1, le=3650, description="有效天数;空为不限 / days it is good for")


class NewTokenOut(BaseModel):
    """A token with its secret; it is shown this once."""

    name: str
    token: str = Field(description="令牌,只显示这一次 / shown this once")


class AuditLineOut(BaseModel):
    """One line of the audit log."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    hash: str

    @classmethod
    def of(cls, line: AuditLine) -> "AuditLineOut":
        """Build from the domain's value."""
        return cls(
            seq=line.seq,
            at=line.at,
            actor=line.actor,
            action=line.action,
            subject=line.subject,
            detail=line.detail,
            hash=line.digest,
        )


class AuditPage(BaseModel):
    """Lines of the audit log in order, and where the next ones are."""

    items: list[AuditLineOut]
    next: str | None


class VerdictOut(BaseModel):
    """What checking the chain of the audit log found."""

    ok: bool
    lines: int
    head: str = Field(description="请另处记下,以后作 anchor 核对 / note it down elsewhere, to check against later")
    faults: list[str]

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictOut":
        """Build from the domain's value."""
        return cls(ok=not verdict.faults, lines=verdict.lines, head=verdict.head, faults=list(verdict.faults))
