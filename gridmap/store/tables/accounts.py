"""Tables of accounts: who signs in, what for, with which session, token or one-time link.

Secrets are stored as hashes only. A grant goes with its market or division: it is never widened to everything.
"""

import sqlalchemy as sa

from gridmap.store.tables.base import UtcDateTime, metadata, personal

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True, info=personal("account")),
    sa.Column("password_hash", sa.String(200), info=personal("account")),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("member.id", ondelete="SET NULL"), info=personal("account")),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
)

account_grant = sa.Table(
    "account_grant",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
    sa.Column("division_id", sa.Integer, sa.ForeignKey("division.id", ondelete="CASCADE")),
    sa.Index("account_grant_account", "account_id"),
    sa.CheckConstraint("market_id IS NULL OR division_id IS NULL", name="account_grant_scope"),
)

account_session = sa.Table(
    "account_session",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("account_session_account", "account_id"),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("market_id", sa.Integer, sa.ForeignKey("market.id", ondelete="CASCADE")),
    sa.Column("division_id", sa.Integer, sa.ForeignKey("division.id", ondelete="CASCADE")),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.String(100), nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("revoked_at", UtcDateTime),
    sa.CheckConstraint("market_id IS NULL OR division_id IS NULL", name="api_token_scope"),
)

one_time_link = sa.Table(
    "one_time_link",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
    sa.Index("one_time_link_account", "account_id"),
)

sign_in_attempt = sa.Table(
    "sign_in_attempt",
    metadata,
    sa.Column("subject_hash", sa.String(64), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
)
