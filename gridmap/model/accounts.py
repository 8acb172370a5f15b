"""Accounts, tokens and one-time links as values. Secrets are never part of them: only their hashes are stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gridmap.model.rights import Grant


class LinkPurpose(StrEnum):
    """What a one-time link is for; all of them set a password."""

    FIRST_ADMIN = "first-admin"
    FIRST_PASSWORD = "first-password"
    PASSWORD_RESET = "password-reset"


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in."""

    name: str
    grants: tuple[Grant, ...]
    created_at: datetime
    created_by: str
    uuid: str = ""
    disabled: bool = False
    has_password: bool = False
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A machine's key, without the key."""

    name: str
    grant: Grant
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link as its holder sees it."""

    account: str
    purpose: LinkPurpose
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit log; `digest` covers all of it and the line before."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """
    Which lines of the audit log are wanted; what is empty or None is not looked at.

    `actor` and `subject` are parts of words, whatever their case; `action` is one (`account.reset`) or a group of them
    (`account`); `since` is included, `until` is not.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERY_LINE = AuditFilter()
