"""The arithmetic of duty: how many members a number of merchants needs, and what a member then has to do.

`cap` is the number of merchants that one member looks after. Yuyuan's rule is 50; applied elsewhere it is a what-if.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from gridmap.errors import InvalidParameterError

STANDARD_CAP = 50
"""一名网格员联系 50 户: Yuyuan's rule."""
STANDARD_CYCLE_DAYS = 14
"""两周一次走访: Yuyuan's rule."""
WORKING_DAYS_A_WEEK = 5
WEEKS_A_YEAR = 52


@dataclass(frozen=True, slots=True)
class Staffing:
    """
    Members against merchants, as if every member could look after any merchant.

    Attributes
    ----------
    need, gap
        Members needed under the cap, and how many of them are missing; a negative gap is a surplus.
    covered, uncovered
        Merchants that the members there are can look after under the cap, and the others.
    least_cap
        The smallest cap under which the members there are suffice; None without members.
    """

    merchants: int
    members: int
    cap: int
    need: int
    gap: int
    covered: int
    uncovered: int
    least_cap: int | None


@dataclass(frozen=True, slots=True)
class NoCrossing:
    """The same where no zone, so no member, may serve two markets; `least_cap` None if markets outnumber members."""

    markets: int
    need: int
    gap: int
    least_cap: int | None


@dataclass(frozen=True, slots=True)
class OneMore:
    """What one more member would be worth in one market: the greatest load before and after, merchants newly covered.

    `load` is None where the market has merchants but nobody yet.
    """

    market: str
    merchants: int
    members: int
    need: int
    load: int | None
    load_then: int
    covered_more: int


def pooled(merchants: int, members: int, cap: int = STANDARD_CAP) -> Staffing:
    """Compare members with merchants of one pool; InvalidParameterError for a negative number or a cap below 1."""
    _check(merchants=merchants, members=members, cap=cap)
    need = -(-merchants // cap)
    covered = min(merchants, cap * members)
    least_cap = -(-merchants // members) if members else (None if merchants else 0)
    return Staffing(merchants, members, cap, need, need - members, covered, merchants - covered, least_cap)


def no_crossing(sizes: Sequence[int], members: int, cap: int = STANDARD_CAP) -> NoCrossing:
    """
    Compare members with merchants where every member serves one market only.

    Parameters
    ----------
    sizes
        Merchants of each market.
    members
        Members of all markets; they may be placed freely.

    Returns
    -------
    need
        The sum of ceil(size / cap); `least_cap` by bisection, for that sum falls as the cap grows.
    """
    for size in sizes:
        _check(merchants=size, members=members, cap=cap)
    need = _need(sizes, cap)
    return NoCrossing(len(sizes), need, need - members, _least_cap(sizes, members))


def equal_markets(merchants: int, markets: int) -> list[int]:
    """Share merchants out over markets as evenly as whole numbers allow, the larger ones first."""
    _check(merchants=merchants, members=0, cap=1)
    if markets < 1:
        raise _refused("markets", markets)
    share, rest = divmod(merchants, markets)
    return [share + (i < rest) for i in range(markets)]


def need_bounds(merchants: int, markets: int, cap: int = STANDARD_CAP) -> tuple[int, int]:
    """Return the least and the greatest need of markets of any sizes: ceil(n/cap), and that + markets - 1."""
    least = pooled(merchants, 0, cap).need
    return least, least + markets - 1 if merchants else 0


def worth_of_one_more(markets: Sequence[tuple[str, int, int]], cap: int = STANDARD_CAP) -> list[OneMore]:
    """
    Say for each market what one more member would change; where it helps most comes first.

    Parameters
    ----------
    markets
        Name, merchants and members of each.
    """
    found: list[OneMore] = []
    for name, merchants, members in markets:
        now, then = pooled(merchants, members, cap), pooled(merchants, members + 1, cap)
        more = then.covered - now.covered
        found.append(OneMore(name, merchants, members, now.need, now.least_cap, then.least_cap or 0, more))
    return sorted(found, key=_urgency)


def _urgency(one: OneMore) -> tuple[float, int, str]:
    relief = float("inf") if one.load is None else one.load - one.load_then
    return -one.covered_more, int(-min(relief, one.merchants)), one.market


def visits_per_working_day(load: Fraction | float, cycle_days: int = STANDARD_CYCLE_DAYS) -> Fraction:
    """Return the visits that a member with `load` merchants makes each working day to see all once a cycle."""
    _check_positive("cycle_days", cycle_days)
    return Fraction(load) * 7 / (cycle_days * WORKING_DAYS_A_WEEK)


def cycle_working_days(load: Fraction | float, visits_a_day: float) -> int:
    """Return the whole working days in which a member sees all merchants once at no more than so many a day."""
    _check_positive("limit", visits_a_day)
    return ceil(Fraction(load) / Fraction(visits_a_day))


def visits_a_year(merchants: int, cycle_days: int = STANDARD_CYCLE_DAYS) -> int:
    """Return the visits of a year of 52 weeks in which every merchant is seen once a cycle."""
    _check_positive("cycle_days", cycle_days)
    return merchants * (WEEKS_A_YEAR * 7 // cycle_days)


def _need(sizes: Sequence[int], cap: int) -> int:
    return sum(-(-size // cap) for size in sizes)


def _least_cap(sizes: Sequence[int], members: int) -> int | None:
    if sum(size > 0 for size in sizes) > members:
        return None
    low, high = 0, max(sizes, default=0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _need(sizes, middle) <= members else (middle, high)
    return high


def _check(*, merchants: int, members: int, cap: int) -> None:
    for name, value, least in (("merchants", merchants, 0), ("members", members, 0), ("cap", cap, 1)):
        if value < least:
            raise _refused(name, value)


def _check_positive(name: str, value: float) -> None:
    if not 0 < value < float("inf"):
        raise _refused(name, value)


def _refused(name: str, value: float) -> InvalidParameterError:
    lowest = 0 if name in ("merchants", "members") else 1
    return InvalidParameterError(name, str(value), f"须不小于 {lowest}。", f"Give {lowest} or more.")


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """Share a whole number out in proportion to weights, by largest remainder; the sum is exact."""
    scale = sum(weights)
    exact = [total * weight / scale for weight in weights]
    shares = [int(x) for x in exact]
    by_rest = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_rest[: total - sum(shares)]:
        shares[i] += 1
    return shares


def members_by_market(sizes: Sequence[int], members: int) -> list[int]:
    """
    Place members in markets so that the greatest load of a member is the least possible.

    Every market gets what the least cap without crossing asks for, and what is left goes where the load is greatest;
    where markets outnumber members the largest markets come first.
    """
    cap = _least_cap(sizes, members)
    if cap is None:
        largest = sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))[:members]
        return [int(i in largest) for i in range(len(sizes))]
    counts = [-(-size // cap) if cap else 0 for size in sizes]
    for _ in range(members - sum(counts)):
        counts[max(range(len(sizes)), key=lambda i: (sizes[i] / counts[i] if counts[i] else 0.0, -i))] += 1
    return counts
