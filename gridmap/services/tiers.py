"""A plan of visits by tiers of risk, where the full cycle cannot be met."""

import re
from collections.abc import Sequence

from gridmap.errors import InvalidParameterError
from gridmap.spatial import tiers
from gridmap.spatial.tiers import Tier, VisitPlan

_TIER = re.compile(r"([^::]{1,40})[::](\d{1,9})(?:[::](\d{1,5}))?")


def visit_plan(named: Sequence[str], *, limit_a_day: int, within_days: int) -> VisitPlan:
    """
    Share a day's visits out among tiers; errors as in `spatial.tiers.visit_plan`.

    Parameters
    ----------
    named
        Each tier as `name:merchants:cycle`, the cycle in working days; without a cycle it gets what is left.
    """
    return tiers.visit_plan([_tier(text) for text in named], limit_a_day, within_days)


def _tier(text: str) -> Tier:
    found = _TIER.fullmatch(text.strip())
    if found is None:
        raise InvalidParameterError(
            "tier", text, "写法:名称:户数:周期(工作日),如 高:300:20;不写周期的档分得余下的次数。",
            "Write name:merchants:cycle in working days, such as high:300:20; without a cycle it gets what is left.",
        )  # fmt: skip
    return Tier(found[1], int(found[2]), int(found[3]) if found[3] else None)
