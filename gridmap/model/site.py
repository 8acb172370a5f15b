"""Rules that a site may set for itself: for a market, for a division with all below it, or for everything."""

from dataclasses import dataclass

from gridmap.model.field_records import RecordKind


@dataclass(frozen=True, slots=True)
class SiteRules:
    """
    The rules in force for a market. Every default is Yuyuan's, or the plainest reading where it states none.

    `cycle_days`: a stall visited on day 0 is overdue from day `cycle_days + 1` on. `resetting`: records that reset that
    clock. `large_market` says from how many merchants on a market is large; None: the site has not said.
    """

    cycle_days: int = 14
    first_visit_days: int = 3
    resetting: frozenset[RecordKind] = frozenset({RecordKind.VISIT})
    cap: int = 50
    large_market: int | None = None


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What one scope says of the rules; None: nothing, so that the scope above decides."""

    cycle_days: int | None = None
    first_visit_days: int | None = None
    resetting: frozenset[RecordKind] | None = None
    cap: int | None = None
    large_market: int | None = None
