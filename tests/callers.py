"""Tokens and accounts for tests that ask over HTTP."""

from datetime import UTC, datetime

from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts
from gridmap.services.plans import Author
from gridmap.store.session import Database

PASSWORD = "not-a-secret-7Q"


def author() -> Author:
    return Author("test", datetime.now(UTC))


def token_of(database: Database, role: str, scope: str = "all", *, name: str = "") -> str:
    """Make a token with a role inside a scope."""
    grant = Grant(AccountRole(role), accounts.scope_of(database, scope))
    return accounts.create_token(database, name or f"{role} {scope}".replace(":", " "), grant, author=author())


def account_of(
    database: Database, name: str, role: str, scope: str = "all", *, member: str | None = None
) -> accounts.SignedIn:
    """Make an account with a password and sign it in."""
    grants = [Grant(AccountRole(role), accounts.scope_of(database, scope))]
    link = accounts.create_account(database, name, grants, author=author(), member=member)
    return accounts.use_link(database, link, PASSWORD, now=datetime.now(UTC))
