"""What is done with accounts: made, signed in and out, given a password by a one-time link, switched off; tokens."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from gridmap.errors import (
    BadSignInError,
    InvalidParameterError,
    LinkUnusableError,
    NotFoundError,
    ThrottledError,
    UnauthenticatedError,
)
from gridmap.model.accounts import Account, Link, LinkPurpose, Token
from gridmap.model.rights import AccountRole, Caller, Grant, Scope
from gridmap.services import secrets
from gridmap.services.plans import Author
from gridmap.store import accounts, audit, markets
from gridmap.store.session import Connection, Database

FIRST_ADMINISTRATOR = "admin"
SESSION = timedelta(hours=12)
LINK = timedelta(hours=24)
FREE_FAILURES, FREE_FAILURES_OF_ADDRESS = 5, 30
"""Failed sign-ins in a row before the next one has to wait: for one name, and from one address."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the secret goes into the cookie and is not kept here."""

    secret: str
    caller: Caller
    until: datetime

    @property
    def csrf(self) -> str:
        """The check value for writes."""
        return secrets.csrf_of(self.secret)


def create_account(
    database: Database, name: str, grants: Sequence[Grant], *, author: Author, member: str | None = None
) -> str:
    """
    Make an account and return the secret of the link by which its owner sets a password.

    Raises
    ------
    AlreadyExistsError
        If the name is taken.
    NotFoundError
        If a grant names a strange market or division, or there is no such member.
    """
    _check_name("name", name)
    account = Account(name, tuple(grants), author.now, author.name, uuid=str(uuid4()), member=member)
    with database.writing() as connection:
        key = accounts.insert_account(connection, account)
        audit.describe(connection, "account.create", name, grants=[f"{g.role} {g.scope}" for g in grants])
        return _new_link(connection, key, LinkPurpose.FIRST_PASSWORD, author.now)


def first_administrator(database: Database, *, now: datetime) -> str | None:
    """
    Return the secret of a link for the first administrator; None once an administrator has a password.

    None, too, while another server that starts at the same moment makes one.
    """
    with database.reading() as connection:
        if accounts.administrators(connection):
            return None
    with database.alone("first-administrator") as mine:
        return _first_link(database, now) if mine else None


def _first_link(database: Database, now: datetime) -> str | None:
    with database.writing() as connection:
        if accounts.administrators(connection):
            return None
        known = accounts.credentials(connection, FIRST_ADMINISTRATOR)
        if known is None:
            grants = (Grant(AccountRole.ADMIN),)
            account = Account(FIRST_ADMINISTRATOR, grants, now, database.caller.name, uuid=str(uuid4()))
            key = accounts.insert_account(connection, account)
        else:
            key = known.key
        audit.describe(connection, "account.first-administrator", FIRST_ADMINISTRATOR)
        return _new_link(connection, key, LinkPurpose.FIRST_ADMIN, now)


def has_administrator(database: Database) -> bool:
    """Whether somebody can sign in as administrator of everything."""
    with database.reading() as connection:
        return accounts.administrators(connection) > 0


def list_accounts(database: Database) -> list[Account]:
    """Return all accounts by name."""
    with database.reading() as connection:
        return accounts.accounts(connection)


def show_account(database: Database, name: str) -> Account:
    """Return one account by name or UUID."""
    with database.reading() as connection:
        return accounts.accounts(connection, only=accounts.account_key(connection, name))[0]


def switch_account(database: Database, name: str, *, disabled: bool) -> Account:
    """Switch an account off, which ends its sessions and links, or on again; the last administrator stays on."""
    with database.writing() as connection:
        key = accounts.account_key(connection, name)
        had = accounts.administrators(connection)
        accounts.set_disabled(connection, key, disabled)
        if disabled and had and not accounts.administrators(connection):
            raise InvalidParameterError(
                "account", name, "这是最后一位管理员,不能停用。", "This is the last administrator and stays on."
            )
        account = accounts.accounts(connection, only=key)[0]
        audit.describe(connection, "account.disable" if disabled else "account.enable", account.name)
        return account


def reset_password(database: Database, name: str, *, now: datetime) -> str:
    """Return the secret of a link by which the owner sets a new password; the old one works until then."""
    with database.writing() as connection:
        key = accounts.account_key(connection, name)
        account = accounts.accounts(connection, only=key)[0]
        if account.disabled:
            raise InvalidParameterError("account", name, "账号已停用。", "The account is disabled.")
        audit.describe(connection, "account.reset", account.name)
        return _new_link(connection, key, LinkPurpose.PASSWORD_RESET, now)


def look_at_link(database: Database, secret: str, *, now: datetime) -> Link:
    """Return whose link this is and what for; LinkUnusableError if it cannot be used (any more)."""
    with database.reading() as connection:
        found = accounts.usable_link(connection, secrets.digest(secret), now)
    if found is None:
        raise LinkUnusableError
    return found[1]


def use_link(database: Database, secret: str, password: str, *, now: datetime) -> SignedIn:
    """Set a password by a one-time link, which then is used up, and sign its owner in."""
    link = look_at_link(database, secret, now=now)
    password_hash = secrets.hash_password(password, link.account)
    with _as_user(database, link.account).writing() as connection:
        found = accounts.usable_link(connection, secrets.digest(secret), now)
        if found is None or not accounts.use_link(connection, secrets.digest(secret), now):
            raise LinkUnusableError
        accounts.set_password(connection, found[0], password_hash)
        accounts.set_failures(connection, _subject("name", link.account), 0, now)
        audit.describe(connection, "account.password", link.account, by=link.purpose)
        return _open_session(connection, found[0], now)


def sign_in(database: Database, name: str, password: str, *, address: str, now: datetime) -> SignedIn:
    """
    Open a session for whoever knows name and password.

    After some failures in a row the next attempt has to wait, longer each time: for the name, wherever it is tried
    from, and for the address, whichever name it tries. Only hashes of both are kept, and no longer than a day.

    Raises
    ------
    BadSignInError
        If there is no such account, it is disabled, it has no password yet, or the password is wrong.
    ThrottledError
        If the next attempt has to wait.
    """
    limits = {_subject("name", name): FREE_FAILURES, _subject("address", address): FREE_FAILURES_OF_ADDRESS}
    with database.reading() as connection:
        _check_waiting(connection, limits, now)
        known = accounts.credentials(connection, name)
    matches = secrets.password_matches(password, known.password_hash if known else None)
    with _as_user(database, known.name if known else "?").writing() as connection:
        accounts.hold_failures(connection, limits, now)
        _check_waiting(connection, limits, now)
        if known is not None and matches and not known.disabled:
            accounts.set_failures(connection, _subject("name", name), 0, now)
            accounts.end_failures(connection, _subject("address", address))
            audit.describe(connection, "account.sign-in", known.name)
            return _open_session(connection, known.key, now)
        for subject in limits:
            failed = accounts.failures(connection, subject)
            accounts.set_failures(connection, subject, failed.count + 1 if failed else 1, now)
        accounts.forget_failures(connection, now - _FORGOTTEN)
        if known is not None:
            audit.describe(connection, "account.sign-in-refused", known.name)
    raise BadSignInError


def sign_out(database: Database, secret: str) -> None:
    """End a session."""
    with database.writing() as connection:
        if accounts.end_session(connection, secrets.digest(secret)):
            audit.describe(connection, "account.sign-out", database.caller.name.removeprefix("user:"))


def caller_of_session(database: Database, secret: str, *, now: datetime) -> Caller:
    """Return who a session belongs to; UnauthenticatedError if it is over or unknown."""
    with database.reading() as connection:
        caller = accounts.caller_of_session(connection, secrets.digest(secret), now)
    if caller is None:
        raise UnauthenticatedError
    return caller


def caller_of_token(database: Database, secret: str, *, now: datetime) -> Caller:
    """Return who a token belongs to; UnauthenticatedError if it is over, revoked or unknown."""
    with database.reading() as connection:
        caller = accounts.caller_of_token(connection, secrets.digest(secret), now)
    if caller is None:
        raise UnauthenticatedError
    return caller


def create_token(
    database: Database, name: str, grant: Grant, *, author: Author, expires_at: datetime | None = None
) -> str:
    """Make a token for a machine and return it: it is shown this once and only its hash is kept."""
    _check_name("name", name)
    secret = secrets.TOKEN_PREFIX + secrets.new_secret()
    token = Token(name, grant, author.now, author.name, expires_at)
    with database.writing() as connection:
        accounts.insert_token(connection, token, secrets.digest(secret))
        audit.describe(connection, "token.create", name, grant=f"{grant.role} {grant.scope}")
    return secret


def list_tokens(database: Database) -> list[Token]:
    """Return all tokens by name, the revoked ones too."""
    with database.reading() as connection:
        return accounts.tokens(connection)


def revoke_token(database: Database, name: str, *, now: datetime) -> Token:
    """Make a token stop working; NotFoundError unless one of that name still works."""
    with database.writing() as connection:
        accounts.revoke_token(connection, name, now)
        audit.describe(connection, "token.revoke", name)
        return next(token for token in accounts.tokens(connection) if token.name == name)


def scope_of(database: Database, text: str) -> Scope:
    """
    Read a scope: `all`, `market:CODE`, `division:CODE`, or the bare code of a market.

    Raises
    ------
    NotFoundError
        If there is no such market.
    """
    kind, _, code = text.partition(":")
    if text == "all":
        return Scope()
    if kind == "division" and code:
        return Scope(division=code)
    code = code if kind == "market" else text
    with database.reading() as connection:
        return Scope(market=markets.market(connection, code).code)


def _check_name(field: str, name: str) -> None:
    if not (1 <= len(name) <= 64) or name != name.strip() or not name.isprintable() or ":" in name or "/" in name:
        raise InvalidParameterError(
            field, name, "名称 1 到 64 个字符,不含冒号和斜杠。", "Use 1 to 64 characters without colon or slash."
        )


def _as_user(database: Database, name: str) -> Database:
    """Return the database for what the program does on behalf of somebody who is not signed in yet."""
    return database.acting(Caller(f"user:{name}"))


def _new_link(connection: Connection, key: int, purpose: LinkPurpose, now: datetime) -> str:
    secret = secrets.new_secret()
    accounts.insert_link(connection, key, purpose, secrets.digest(secret), now=now, until=now + LINK)
    return secret


def _open_session(connection: Connection, key: int, now: datetime) -> SignedIn:
    secret = secrets.new_secret()
    accounts.insert_session(connection, key, secrets.digest(secret), now=now, until=now + SESSION)
    caller = accounts.caller_of_session(connection, secrets.digest(secret), now)
    if caller is None:
        raise NotFoundError("account", str(key))
    return SignedIn(secret, caller, now + SESSION)


def _subject(kind: str, value: str) -> str:
    return secrets.digest(f"{kind}:{(_network(value) if kind == 'address' else value).casefold()}")


def _network(address: str) -> str:
    """Return what one caller holds: an IPv4 address, or the /64 of an IPv6 one, of which he may use any."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))


def _check_waiting(connection: Connection, limits: dict[str, int], now: datetime) -> None:
    for subject, free in limits.items():
        failed = accounts.failures(connection, subject)
        if failed is None or failed.count < free:
            continue
        wait = min(_FIRST_WAIT * 2 ** min(failed.count - free, 16), _LONGEST_WAIT)
        left = failed.last_at + wait - now
        if left > timedelta(0):
            raise ThrottledError(int(left.total_seconds()) + 1)
