"""Accounts, their grants, sessions, one-time links, tokens of machines, and the count of failed sign-ins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridmap.errors import AlreadyExistsError, NotFoundError
from gridmap.model.accounts import Account, Link, LinkPurpose, Token
from gridmap.model.rights import AccountRole, Caller, Grant, Scope
from gridmap.store import tables as t
from gridmap.store.markets import market_id


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    key: int
    name: str
    password_hash: str | None
    disabled: bool


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins in a row for one name or address."""

    count: int
    last_at: datetime


def insert_account(connection: Connection, account: Account) -> int:
    """Add an account without a password; AlreadyExistsError if its name is taken. Returns its key."""
    if connection.scalar(sa.select(t.account.c.id).where(t.account.c.name == account.name)) is not None:
        raise AlreadyExistsError("account", account.name)
    key = connection.execute(
        sa.insert(t.account).values(
            uuid=account.uuid,
            name=account.name,
            member_id=_member_key(connection, account.member),
            disabled=account.disabled,
            created_at=account.created_at,
            created_by=account.created_by,
        )
    ).inserted_primary_key
    assert key is not None
    add_grants(connection, key[0], account.grants)
    return key[0]


def add_grants(connection: Connection, account_key: int, grants: tuple[Grant, ...]) -> None:
    """Give an account roles inside scopes; NotFoundError for a strange market or division."""
    for grant in grants:
        connection.execute(
            sa.insert(t.account_grant).values(
                account_id=account_key, role=grant.role, **_scope_keys(connection, grant.scope)
            )
        )


def _member_key(connection: Connection, member: str | None) -> int | None:
    if member is None:
        return None
    key = connection.scalar(sa.select(t.member.c.id).where(t.member.c.code == member))
    if key is None:
        raise NotFoundError("member", member)
    return key


def _scope_keys(connection: Connection, scope: Scope) -> dict[str, int | None]:
    keys: dict[str, int | None] = {"market_id": None, "division_id": None}
    if scope.market is not None:
        keys["market_id"] = market_id(connection, scope.market)
    if scope.division is not None:
        keys["division_id"] = connection.scalar(sa.select(t.division.c.id).where(t.division.c.code == scope.division))
        if keys["division_id"] is None:
            raise NotFoundError("division", scope.division)
    return keys


def credentials(connection: Connection, name: str) -> Credentials | None:
    """Return what a sign-in under a name is checked against; None if there is no such account."""
    row = connection.execute(sa.select(t.account).where(t.account.c.name == name)).one_or_none()
    return None if row is None else Credentials(row.id, row.name, row.password_hash, row.disabled)


def account_key(connection: Connection, name: str) -> int:
    """Return the key of an account by name or UUID; NotFoundError if there is none."""
    key = connection.scalar(sa.select(t.account.c.id).where((t.account.c.name == name) | (t.account.c.uuid == name)))
    if key is None:
        raise NotFoundError("account", name)
    return key


def accounts(connection: Connection, *, only: int | None = None) -> list[Account]:
    """Return accounts by name with their grants."""
    query = sa.select(t.account, t.member.c.code.label("member")).select_from(t.account.outerjoin(t.member))
    if only is not None:
        query = query.where(t.account.c.id == only)
    grants: dict[int, list[Grant]] = {}
    for row in connection.execute(_grants()):
        grants.setdefault(row.account_id, []).append(_grant(row))
    return [
        Account(
            name=row.name,
            grants=tuple(grants.get(row.id, ())),
            created_at=row.created_at,
            created_by=row.created_by,
            uuid=row.uuid,
            disabled=row.disabled,
            has_password=row.password_hash is not None,
            member=row.member,
        )
        for row in connection.execute(query.order_by(t.account.c.name))
    ]


def _grants() -> sa.Select[Any, Any, Any, Any]:
    return (
        sa.select(
            t.account_grant.c.account_id,
            t.account_grant.c.role,
            t.market.c.code.label("market"),
            t.division.c.code.label("division"),
        )
        .select_from(
            t.account_grant.outerjoin(t.market, t.account_grant.c.market_id == t.market.c.id).outerjoin(
                t.division, t.account_grant.c.division_id == t.division.c.id
            )
        )
        .order_by(t.account_grant.c.id)
    )


def _grant(row: Any) -> Grant:
    return Grant(AccountRole(row.role), Scope(market=row.market, division=row.division))


def set_password(connection: Connection, key: int, password_hash: str) -> None:
    """Set the hash of an account's password and end its sessions."""
    connection.execute(sa.update(t.account).where(t.account.c.id == key).values(password_hash=password_hash))
    end_sessions(connection, key)


def set_disabled(connection: Connection, key: int, disabled: bool) -> None:
    """Switch an account off or on again; off also ends its sessions and links."""
    connection.execute(sa.update(t.account).where(t.account.c.id == key).values(disabled=disabled))
    if disabled:
        end_sessions(connection, key)
        connection.execute(sa.delete(t.one_time_link).where(t.one_time_link.c.account_id == key))


def administrators(connection: Connection) -> int:
    """Return how many accounts can sign in as administrator of everything."""
    query = (
        sa.select(sa.func.count(sa.distinct(t.account.c.id)))
        .select_from(t.account.join(t.account_grant))
        .where(
            t.account_grant.c.role == AccountRole.ADMIN,
            t.account_grant.c.market_id.is_(None),
            t.account_grant.c.division_id.is_(None),
            t.account.c.disabled.is_(False),
            t.account.c.password_hash.is_not(None),
        )
    )
    return connection.scalar(query) or 0


def insert_session(connection: Connection, key: int, secret_hash: str, *, now: datetime, until: datetime) -> None:
    """Open a session and clear away those that are over."""
    connection.execute(sa.delete(t.account_session).where(t.account_session.c.expires_at <= now))
    connection.execute(
        sa.insert(t.account_session).values(account_id=key, secret_hash=secret_hash, created_at=now, expires_at=until)
    )


def end_session(connection: Connection, secret_hash: str) -> bool:
    """End one session; False if there is no such session (any more)."""
    ended = connection.execute(sa.delete(t.account_session).where(t.account_session.c.secret_hash == secret_hash))
    return ended.rowcount == 1


def end_sessions(connection: Connection, key: int) -> None:
    """End all sessions of an account."""
    connection.execute(sa.delete(t.account_session).where(t.account_session.c.account_id == key))


def caller_of_session(connection: Connection, secret_hash: str, now: datetime) -> Caller | None:
    """Return who a session belongs to; None if it is over, unknown, or its account is disabled."""
    row = connection.execute(
        sa.select(t.account.c.id, t.account.c.name, t.member.c.code.label("member"))
        .select_from(t.account_session.join(t.account).outerjoin(t.member, t.account.c.member_id == t.member.c.id))
        .where(
            t.account_session.c.secret_hash == secret_hash,
            t.account_session.c.expires_at > now,
            t.account.c.disabled.is_(False),
        )
    ).one_or_none()
    if row is None:
        return None
    grants = connection.execute(_grants().where(t.account_grant.c.account_id == row.id))
    return Caller(f"user:{row.name}", tuple(_grant(grant) for grant in grants), row.member)


def insert_link(
    connection: Connection, key: int, purpose: LinkPurpose, secret_hash: str, *, now: datetime, until: datetime
) -> None:
    """Add a one-time link; earlier ones of the account stop working."""
    connection.execute(sa.delete(t.one_time_link).where(t.one_time_link.c.account_id == key))
    connection.execute(
        sa.insert(t.one_time_link).values(
            account_id=key, secret_hash=secret_hash, purpose=purpose, created_at=now, expires_at=until
        )
    )


def usable_link(connection: Connection, secret_hash: str, now: datetime) -> tuple[int, Link] | None:
    """Return a link that can still be used, with its account's key."""
    row = connection.execute(
        sa.select(t.account.c.id, t.account.c.name, t.one_time_link.c.purpose, t.one_time_link.c.expires_at)
        .join_from(t.one_time_link, t.account)
        .where(
            t.one_time_link.c.secret_hash == secret_hash,
            t.one_time_link.c.used_at.is_(None),
            t.one_time_link.c.expires_at > now,
            t.account.c.disabled.is_(False),
        )
    ).one_or_none()
    return None if row is None else (row.id, Link(row.name, LinkPurpose(row.purpose), row.expires_at))


def use_link(connection: Connection, secret_hash: str, now: datetime) -> bool:
    """Mark a link as used; False if somebody else was quicker."""
    used = connection.execute(
        sa.update(t.one_time_link)
        .where(t.one_time_link.c.secret_hash == secret_hash, t.one_time_link.c.used_at.is_(None))
        .values(used_at=now)
    )
    return used.rowcount == 1


def hold_failures(connection: Connection, subject_hashes: Iterable[str], now: datetime) -> None:
    """Make other sign-ins for these wait until the transaction ends; a count of 0 is begun where there is none.

    A row that is not there yet cannot be locked: without it the first attempts at once would all count as the first.
    """
    begin = sa.text(
        "INSERT INTO sign_in_attempt (subject_hash, failures, last_at) VALUES (:subject, 0, :now) "
        "ON CONFLICT DO NOTHING"
    ).bindparams(sa.bindparam("now", type_=t.sign_in_attempt.c.last_at.type))
    for subject in subject_hashes:
        connection.execute(begin, {"subject": subject, "now": now})
        failures(connection, subject, hold=True)


def failures(connection: Connection, subject_hash: str, *, hold: bool = False) -> Failures | None:
    """Return the failed sign-ins in a row for a name or address; held, nobody else counts until the commit."""
    query = sa.select(t.sign_in_attempt).where(t.sign_in_attempt.c.subject_hash == subject_hash)
    row = connection.execute(query.with_for_update() if hold else query).one_or_none()
    return None if row is None else Failures(row.failures, row.last_at)


def set_failures(connection: Connection, subject_hash: str, count: int, now: datetime) -> None:
    """Remember how often a sign-in failed; 0 forgets it."""
    if not count:
        connection.execute(sa.delete(t.sign_in_attempt).where(t.sign_in_attempt.c.subject_hash == subject_hash))
        return
    upsert = sa.text(
        "INSERT INTO sign_in_attempt (subject_hash, failures, last_at) VALUES (:subject, :count, :now) "
        "ON CONFLICT (subject_hash) DO UPDATE SET failures = :count, last_at = :now"
    ).bindparams(sa.bindparam("now", type_=t.sign_in_attempt.c.last_at.type))
    connection.execute(upsert, {"subject": subject_hash, "count": count, "now": now})


def end_failures(connection: Connection, subject_hash: str) -> None:
    """Clear away a count that was begun but has counted nothing."""
    nothing = (t.sign_in_attempt.c.subject_hash == subject_hash) & (t.sign_in_attempt.c.failures == 0)
    connection.execute(sa.delete(t.sign_in_attempt).where(nothing))


def forget_failures(connection: Connection, before: datetime) -> None:
    """Clear away counts that no longer matter."""
    connection.execute(sa.delete(t.sign_in_attempt).where(t.sign_in_attempt.c.last_at < before))


def insert_token(connection: Connection, token: Token, secret_hash: str) -> None:
    """Add a machine's token; AlreadyExistsError if its name is taken."""
    if connection.scalar(sa.select(t.api_token.c.id).where(t.api_token.c.name == token.name)) is not None:
        raise AlreadyExistsError("token", token.name)
    connection.execute(
        sa.insert(t.api_token).values(
            name=token.name,
            secret_hash=secret_hash,
            role=token.grant.role,
            created_at=token.created_at,
            created_by=token.created_by,
            expires_at=token.expires_at,
            **_scope_keys(connection, token.grant.scope),
        )
    )


def tokens(connection: Connection) -> list[Token]:
    """Return all tokens by name, the revoked ones too."""
    return [_token(row) for row in connection.execute(_tokens().order_by(t.api_token.c.name))]


def revoke_token(connection: Connection, name: str, now: datetime) -> None:
    """Make a token stop working; NotFoundError unless one of that name still works."""
    changed = connection.execute(
        sa.update(t.api_token)
        .where(t.api_token.c.name == name, t.api_token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if changed.rowcount == 0:
        raise NotFoundError("token", name)


def caller_of_token(connection: Connection, secret_hash: str, now: datetime) -> Caller | None:
    """Return who a token belongs to; None if it is unknown, over or revoked."""
    row = connection.execute(_tokens().where(t.api_token.c.secret_hash == secret_hash)).one_or_none()
    if row is None:
        return None
    token = _token(row)
    if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    return Caller(f"token:{token.name}", (token.grant,))


def _tokens() -> sa.Select[Any]:
    return sa.select(t.api_token, t.market.c.code.label("market"), t.division.c.code.label("division")).select_from(
        t.api_token.outerjoin(t.market, t.api_token.c.market_id == t.market.c.id).outerjoin(
            t.division, t.api_token.c.division_id == t.division.c.id
        )
    )


def _token(row: Any) -> Token:
    return Token(row.name, _grant(row), row.created_at, row.created_by, row.expires_at, row.revoked_at)
