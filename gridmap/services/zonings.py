"""The plan in force that a new market brings along from where it was exported."""

from dataclasses import replace

from gridmap.model.duty import Plan, Zoning
from gridmap.model.ids import MarketCode, PlanCode
from gridmap.model.rights import Action
from gridmap.store import audit, changes, markets, plans
from gridmap.store.session import Connection


def write_zoning(connection: Connection, market: MarketCode, zoning: Zoning) -> Plan:
    """Write it, in force as it was, as part of a larger transaction of the caller, who has just added the market."""
    key = markets.market_id(connection, market)
    number = plans.next_number(connection, key)
    plan = replace(zoning.plan, code=PlanCode(f"{market}-p{number}"), market=market)
    zone_keys = plans.insert_zones(connection, plans.insert_plan(connection, plan, number), market, zoning.zones)
    plans.insert_assignments(connection, zone_keys, zoning.assignments)
    changes.note(
        connection, "plan", plan.code, "published", market_key=key, needs=Action.VIEW, covers=["zone", "assignment"]
    )
    audit.describe(connection, "plan.import", plan.code, zones=len(zoning.zones), input_hash=plan.input_hash)
    return plan
