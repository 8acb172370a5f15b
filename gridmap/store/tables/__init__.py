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
from gridmap.store.tables.changes import change, change_head
from gridmap.store.tables.duty import (
    assignment,
    member,
    plan,
    plan_edit,
    zone,
    zone_share,
    zone_share_outline,
    zone_stall,
)
from gridmap.store.tables.field import absence, field_record, shift, site_rule
from gridmap.store.tables.hotspots import hotspot_run
from gridmap.store.tables.imports import quarantine, register_change, register_import, register_import_file
from gridmap.store.tables.organisations import (
    award,
    figure,
    left_out,
    left_out_outline,
    organisation,
    organisation_area,
    organisation_market,
    organisation_parent,
    place,
    place_market,
    post,
    stall_display,
    station,
    station_market,
    station_point,
    tally,
    trade,
)
from gridmap.store.tables.places import (
    building,
    connector,
    division,
    level,
    level_outline,
    market,
    stall,
    stall_past,
    stall_past_place,
    stall_place,
)
from gridmap.store.tables.register import merchant, merchant_past, occupancy
from gridmap.store.tables.roads import road, road_line, road_source
from gridmap.store.tables.trades import trade_list, trade_list_entry

__all__ = [
    "absence", "account", "account_grant", "account_session", "api_token", "assignment", "audit", "audit_head", "award",
    "building", "change", "change_head", "connector", "division", "field_record", "figure", "hotspot_run", "left_out",
    "left_out_outline", "level", "level_outline", "market", "member", "merchant", "merchant_past", "metadata",
    "occupancy", "one_time_link", "organisation", "organisation_area", "organisation_market", "organisation_parent",
    "place", "place_market", "plan", "plan_edit", "post", "quarantine", "register_change", "register_import",
    "register_import_file", "road", "road_line", "road_source", "shift", "sign_in_attempt", "site_rule", "stall",
    "stall_display", "stall_past", "stall_past_place", "stall_place", "station", "station_market", "station_point",
    "tally", "trade", "trade_list", "trade_list_entry", "zone", "zone_share", "zone_share_outline", "zone_stall",
]  # fmt: skip
