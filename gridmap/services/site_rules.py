"""The rules that a site sets for itself: for a market, a division, or everything."""

from gridmap.errors import InvalidParameterError
from gridmap.model.field_records import CLOCK_KINDS
from gridmap.model.rights import Scope
from gridmap.model.site import SiteChange, SiteRules
from gridmap.store import audit, site_rules
from gridmap.store.session import Database


def rules_of(database: Database, market: str) -> SiteRules:
    """Return the rules in force for a market: its own, else those of its divisions, else the built-in ones."""
    with database.reading() as connection:
        return site_rules.rules_of(connection, market)


def said_of(database: Database, scope: Scope) -> SiteChange:
    """Return what one scope itself says."""
    with database.reading() as connection:
        return site_rules.change_of(connection, scope)


def set_rules(database: Database, scope: Scope, change: SiteChange) -> None:
    """
    Write what a market, a division or the whole installation says of the rules; what it leaves out the next decides.

    Raises
    ------
    InvalidParameterError
        If something other than a visit or a contact is to reset the clock, or a number is not positive.
    ForbiddenError
        If the caller may not do this in the whole scope.
    """
    if change.resetting is not None and not change.resetting <= CLOCK_KINDS:
        wrong = ",".join(sorted(change.resetting - CLOCK_KINDS))
        raise InvalidParameterError(
            "resetting", wrong, "只有走访(visit)和联系(contact)可以重新计算走访期限,巡查不能。",
            "Only visit and contact may reset the clock of visits; a patrol never does.",
        )  # fmt: skip
    for name in ("cycle_days", "first_visit_days", "cap", "large_market"):
        value = getattr(change, name)
        if value is not None and not 1 <= value <= 1_000_000:
            raise InvalidParameterError(name, str(value), "应为正整数。", "Give a positive number.")
    with database.writing() as connection:
        site_rules.set_rules(connection, scope, change)
        kinds = None if change.resetting is None else sorted(change.resetting)
        audit.describe(
            connection, "site.rules", str(scope), cycle_days=change.cycle_days, resetting=kinds, cap=change.cap,
            first_visit_days=change.first_visit_days, large_market=change.large_market,
        )  # fmt: skip
