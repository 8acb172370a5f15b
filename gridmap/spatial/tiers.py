"""Visits by tiers of risk, where a member or a station cannot see everybody once a cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from gridmap.errors import InvalidParameterError, TiersShortError
from gridmap.spatial.staffing import cycle_working_days, shared_out


@dataclass(frozen=True, slots=True)
class Tier:
    """So many merchants of one risk, all to be seen once in `cycle_days` working days; None: as often as is left."""

    name: str
    merchants: int
    cycle_days: int | None = None


@dataclass(frozen=True, slots=True)
class TierPlan:
    """
    What a tier is given.

    Attributes
    ----------
    visits_a_day
        Whole visits each working day; over all tiers they add up to the limit.
    cycle_days
        Working days in which all of the tier are seen once at that pace; None if it gets no visit.
    chance_in_turn, chance_at_random
        Probability that one merchant of the tier is seen within the days asked about: visited in turn, starting
        anywhere; and drawn anew each day, so that nobody can know when it is his turn.
    """

    tier: Tier
    visits_a_day: int
    cycle_days: int | None
    chance_in_turn: float
    chance_at_random: float


@dataclass(frozen=True)
class VisitPlan:
    """
    A plan for all tiers.

    `full_cycle_days` are the working days of one round without tiers. The chances are those of a merchant taken
    anywhere.
    """

    merchants: int
    limit_a_day: int
    within_days: int
    full_cycle_days: int
    tiers: tuple[TierPlan, ...]
    chance_in_turn: float
    chance_at_random: float


def visit_plan(tiers: Sequence[Tier], limit_a_day: int, within_days: int) -> VisitPlan:
    """
    Share a day's visits out among tiers.

    A tier with a cycle gets as many as that takes; what is left goes to the others by their size, by largest remainder,
    or, if there is none, to the tiers in order, which are then seen sooner than asked.

    Parameters
    ----------
    limit_a_day
        Visits each working day.
    within_days
        Working days within which the chances hold.

    Raises
    ------
    TiersShortError
        If the tiers with a cycle alone need more visits than there are.
    InvalidParameterError
        If there is no tier, or a number makes no sense.
    """
    _check(tiers, limit_a_day, within_days)
    visits = [0 if t.cycle_days is None else ceil(t.merchants / t.cycle_days) for t in tiers]
    if sum(visits) > limit_a_day:
        raise TiersShortError(sum(visits), limit_a_day)
    rest = [i for i, t in enumerate(tiers) if t.cycle_days is None] or list(range(len(tiers)))
    for i, more in zip(rest, shared_out(limit_a_day - sum(visits), [tiers[i].merchants for i in rest]), strict=True):
        visits[i] += more
    planned = tuple(_planned(t, v, within_days) for t, v in zip(tiers, visits, strict=True))
    merchants = sum(t.merchants for t in tiers)
    return VisitPlan(
        merchants=merchants,
        limit_a_day=limit_a_day,
        within_days=within_days,
        full_cycle_days=cycle_working_days(merchants, limit_a_day),
        tiers=planned,
        chance_in_turn=sum(p.chance_in_turn * p.tier.merchants for p in planned) / merchants,
        chance_at_random=sum(p.chance_at_random * p.tier.merchants for p in planned) / merchants,
    )


def _planned(tier: Tier, visits: int, within_days: int) -> TierPlan:
    share = min(1.0, visits / tier.merchants)
    return TierPlan(
        tier=tier,
        visits_a_day=visits,
        cycle_days=cycle_working_days(tier.merchants, visits) if visits else None,
        chance_in_turn=min(1.0, visits * within_days / tier.merchants),
        chance_at_random=1.0 - (1.0 - share) ** within_days,
    )


def _check(tiers: Sequence[Tier], limit_a_day: int, within_days: int) -> None:
    numbers = [("limit", limit_a_day), ("within", within_days)]
    numbers += [("tier", t.merchants) for t in tiers]
    numbers += [("tier", t.cycle_days) for t in tiers if t.cycle_days is not None]
    if not tiers:
        raise InvalidParameterError("tier", "", "请至少给出一档。", "Give at least one tier.")
    for name, value in numbers:
        if value < 1:
            raise InvalidParameterError(name, str(value), "须不小于 1。", "Give 1 or more.")
