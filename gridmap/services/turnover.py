"""Turnover and vacancy from occupancies: pure counting, nothing is read or written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from gridmap.model.history import StallSpan, Turnover, VacantStall
from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.timelines import Timeline

Occupancies = Mapping[tuple[MerchantCode, StallCode], Timeline[None]]
Days = tuple[int, int]
"""From a day to the day before another, as ordinals."""
_FOREVER: Days = (date.min.toordinal(), date.max.toordinal())


def turnover(occupancies: Occupancies, spans: Iterable[StallSpan], first: date, end: date) -> Turnover:
    """
    Count who came and went from `first` to the day before `end`.

    A merchant is in the market on the days on which he has a stall there; he opens on the first of such a run of days
    and closes on the first day after it. `first` itself is in the period: who opens on it opens in it.
    """
    start, stop = first.toordinal(), end.toordinal()
    runs = [run for mine in _by(occupancies, 0).values() for run in mine]
    stands = _standing(spans)
    let = {stall: mine for stall, mine in _by(occupancies, 1).items() if stall in stands}
    stood = sum(_within(run, start, stop) for mine in stands.values() for run in mine)
    traded = sum(_within(common, start, stop) for stall, mine in let.items() for common in _common(mine, stands[stall]))
    last = stop - 1
    here = {stall for stall, mine in stands.items() if _any_on(mine, last)}
    return Turnover(
        first=first, end=end,
        opens=sum(start <= run[0] < stop for run in runs),
        closes=sum(start <= run[1] < stop for run in runs),
        moves=_moves(occupancies, start, stop),
        stock_before=sum(run[0] < start <= run[1] for run in runs),
        stock_after=sum(run[0] <= last < run[1] for run in runs),
        stock_average=sum(_within(run, start, stop) for run in runs) / (stop - start),
        stalls_after=len(here),
        vacant_after=sum(not _any_on(let.get(stall, []), last) for stall in here),
        vacancy_rate=1 - traded / stood if stood else None,
    )  # fmt: skip


def vacant_stalls(occupancies: Occupancies, spans: Iterable[StallSpan], end: date) -> Iterator[VacantStall]:
    """Give the stalls that stand without a merchant on the day before `end`, by code, and since when."""
    last = end.toordinal() - 1
    let = _by(occupancies, 1)
    for stall, mine in sorted(_standing(spans).items()):
        if _any_on(mine, last) and not _any_on(let.get(stall, []), last):
            left = [run[1] for run in let.get(stall, []) if run[1] <= last]
            yield VacantStall(StallCode(stall), date.fromordinal(max(left)) if left else None)


def months_of(first: date, end: date) -> Iterator[tuple[date, date]]:
    """Cut a period at the first days of months."""
    while first < end:
        turn = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(turn, end)
        first = turn


def _by(occupancies: Occupancies, which: int) -> dict[str, list[Days]]:
    """Return the runs of days on which a merchant (0) or a stall (1) has an occupancy, joined where they touch."""
    found: dict[str, list[Days]] = defaultdict(list)
    for pair, timeline in occupancies.items():
        found[pair[which]] += [_days(dated.valid_from, dated.valid_to) for dated in timeline]
    return {thing: _joined(runs) for thing, runs in found.items()}


def _standing(spans: Iterable[StallSpan]) -> dict[str, list[Days]]:
    found: dict[str, list[Days]] = defaultdict(list)
    for span in spans:
        found[span.stall].append(_days(span.valid_from, span.valid_to))
    return {stall: _joined(runs) for stall, runs in found.items()}


def _days(first: date | None, end: date | None) -> Days:
    return (first.toordinal() if first else _FOREVER[0], end.toordinal() if end else _FOREVER[1])


def _joined(runs: Iterable[Days]) -> list[Days]:
    joined: list[Days] = []
    for run in sorted(run for run in runs if run[0] < run[1]):
        if joined and run[0] <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], run[1]))
        else:
            joined.append(run)
    return joined


def _common(one: Sequence[Days], other: Sequence[Days]) -> Iterator[Days]:
    for a in one:
        for b in other:
            if max(a[0], b[0]) < min(a[1], b[1]):
                yield max(a[0], b[0]), min(a[1], b[1])


def _within(run: Days, start: int, stop: int) -> int:
    return max(0, min(run[1], stop) - max(run[0], start))


def _any_on(runs: Iterable[Days], day: int) -> bool:
    return any(run[0] <= day < run[1] for run in runs)


def _moves(occupancies: Occupancies, start: int, stop: int) -> int:
    """Count the days on which a merchant of the market leaves a stall and takes another."""
    taken: set[tuple[str, int]] = set()
    left: set[tuple[str, int]] = set()
    for (merchant, _stall), timeline in occupancies.items():
        for run in _joined(_days(dated.valid_from, dated.valid_to) for dated in timeline):
            taken.add((merchant, run[0]))
            left.add((merchant, run[1]))
    return sum(start <= day < stop for _, day in taken & left)
