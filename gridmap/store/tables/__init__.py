"""One set of tables for both databases. Created by the migrations, described here for queries."""

from gridmap.store.tables.accounts import (
    account,
    account_grant,
    account_session,
    api_token,
    one_time_link,
    sign_in_attempt,
)
from gridmap.store.tables.audit import audit, audit_head
from gridmap.store.tables.base import metadata
from gridmap.store.tables.duty import assignment, member, plan, zone, zone_share, zone_share_outline, zone_stall
from gridmap.store.tables.places import building, connector, division, level, level_outline, market, stall, stall_place
from gridmap.store.tables.register import merchant, occupancy

__all__ = [
    "account", "account_grant", "account_session", "api_token", "assignment", "audit", "audit_head", "building",
    "connector", "division", "level", "level_outline", "market", "member", "merchant", "metadata", "occupancy",
    "one_time_link", "plan", "sign_in_attempt", "stall", "stall_place", "zone", "zone_share", "zone_share_outline",
    "zone_stall",
]  # fmt: skip
