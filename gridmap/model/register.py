"""Who trades where, and since when."""

from dataclasses import dataclass
from datetime import date

from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.provenance import Verification


@dataclass(frozen=True, slots=True)
class Merchant:
    """
    A sole trader or a firm. `uscc` is the unified social credit code, if known.

    `source` is where the record comes from: one of `provenance.Source`, or in a ledger's own words; '' if not stated.
    """

    code: MerchantCode
    name: str
    trade: str = ""
    uscc: str | None = None
    source: str = ""
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A merchant in a stall from the first day to the day before `valid_to`."""

    merchant: MerchantCode
    stall: StallCode
    valid_from: date
    valid_to: date | None = None
