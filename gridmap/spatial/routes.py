"""Visits of a cycle: which stall on which day, and in what order, so that each day's round is short.

A round begins and ends at the entrance. An assignment levels the days and puts overdue stalls first (`_days_first`);
which of the days that this leaves open a stall gets, and the order within each, is a routing problem with a capacity
for each day, solved by VROOM (Coupey, Nicod, Varnier: local search over rounds, github.com/VROOM-Project/vroom).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import vroom
from scipy.optimize import linear_sum_assignment

from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray

NO_DAY = -1
OVERDUE = -1
FLOOR_CHANGE_M = 20.0
"""What going from a stall to one on another floor counts beside the walk itself, so that floors keep together."""
EFFORT = 2
"""How long VROOM searches, 1 to 5: 5 takes seven times as long as 2 and shortens rounds by 0.1 % (docs/routes.md)."""
_TIE_M = 0.01
"""By up to so much walks are made longer at random, since VROOM may give any of several rounds equally short."""
_MOST = 2_000_000_000
"""VROOM takes whole numbers; the largest from each place and for each day must add up to less than 2**32."""


@dataclass(frozen=True)
class Visits:
    """
    The stalls of a zone that are to be visited, and the days for it.

    Attributes
    ----------
    walk_m
        Shape (w, n+1, n+1), walks between places, once for each way the market can be open; place 0 is the entrance,
        place i+1 stall i; symmetric, inf where there is no way.
    level_of
        Shape (n,), the floor of each stall.
    due
        Shape (n,), the last day on which a stall is in time, as an index of days; below 0: overdue.
    ways_of_day
        Shape (d,), which of the w matrices holds on each day.
    """

    walk_m: FloatArray
    level_of: IntArray
    due: IntArray
    ways_of_day: IntArray

    def reached(self) -> BoolArray:
        """Say which stalls can be reached from the entrance on which days, shape (n, d)."""
        return np.isfinite(self.walk_m[self.ways_of_day, 0, 1:]).T


@dataclass(frozen=True)
class VisitDays:
    """
    A plan of visits.

    `day` shape (n,), the day of each stall, `NO_DAY` where it can be reached on none; `nth` (n,), its place in the
    round of that day, from 0; `walk_m` (d,), metres of each round, from the entrance and back.
    """

    day: IntArray
    nth: IntArray
    walk_m: FloatArray

    @classmethod
    def of(cls, visits: Visits, day: IntArray, nth: IntArray) -> "VisitDays":
        """Measure the rounds of a plan."""
        plan = cls(day, nth, np.zeros(len(visits.ways_of_day)))
        walk_m = [round_m(visits.walk_m[ways], plan.round_of(d)) for d, ways in enumerate(visits.ways_of_day.tolist())]
        return cls(day, nth, np.array(walk_m, dtype=np.float64))

    def round_of(self, day: int) -> IntArray:
        """Return the stalls of a day in the order in which they are visited."""
        stalls = np.flatnonzero(self.day == day)
        return stalls[np.argsort(self.nth[stalls])]


def visit_days(visits: Visits, rng: np.random.Generator, effort: int = EFFORT) -> VisitDays:
    """
    Give every stall a day and a place in that day's round; the same visits and seed give the same plan.

    Every stall that can be reached on some day is visited once. Before all else the days are level: their stalls differ
    by one at most, unless stalls can be reached on some days only. Then overdue stalls come first: none that is not
    overdue has an earlier day, unless no overdue one can be reached on it. Then as few of the others as possible are
    late, by as few days. Only then rounds are short. In a round the stalls of a floor follow each other.

    Parameters
    ----------
    rng
        Chooses among plans that are equally short.
    effort
        As `EFFORT`.

    Returns
    -------
    plan
        About 0.1 s of CPU for 50 stalls and 10 days; more than linear in the stalls.
    """
    day = np.full(len(visits.due), NO_DAY, dtype=np.int64)
    nth = np.zeros(len(visits.due), dtype=np.int64)
    days = np.arange(len(visits.ways_of_day))
    reached = visits.reached()
    stalls = np.flatnonzero(reached.any(axis=1))
    if stalls.size:
        may = np.zeros_like(reached)
        due = np.maximum(visits.due[stalls], OVERDUE)
        first = _days_first(reached[stalls], due)
        may[stalls] = _days_open(reached[stalls], due, first)
        loads = np.bincount(first, minlength=len(days))
        rounds = _rounds(visits, may, loads, _costs(visits, rng), effort)
        if sum(map(len, rounds)) < len(stalls):  # the search left one out: keep to the days that are known to work
            may[stalls] = first[:, None] == days
            rounds = _rounds(visits, may, loads, _costs(visits, rng), effort)
        for d, found in enumerate(_in_order(visits, rounds, may)):
            one_way = _directed(found, visits.due)  # first, for floors put together both ways differ
            tidy = _directed(_floors_together(one_way, visits.level_of), visits.due)
            day[tidy], nth[tidy] = d, np.arange(len(tidy))
    return VisitDays.of(visits, day, nth)


def round_m(walk_m: FloatArray, stalls: IntArray) -> float:
    """Measure a round in metres from the entrance by some stalls and back; `walk_m` shape (n+1, n+1) as in `Visits`."""
    places = np.concatenate([[0], stalls + 1, [0]])
    return float(walk_m[places[:-1], places[1:]].sum())


def _days_first(reached: BoolArray, due: IntArray) -> IntArray:
    """
    Assign days by level loads, then few days late, then early; walks do not count yet. Shape (n,).

    The k-th stall of a day costs k: the sum is least where days are level. Days late are squared, so that what is due
    earlier is not later than what is due later; what is overdue is late on any day and thereby first.
    """
    n, days = reached.shape
    slots = -(-n // days) if reached.all() else n
    late = np.maximum(np.arange(days) - due[:, None], 0)
    wish = np.arange(days) + (n * days + 1.0) * late**2
    outweighs = n * wish.max() + 1
    wish[~reached] = np.inf
    cost = wish[:, :, None] + outweighs * np.arange(slots)
    _, taken = linear_sum_assignment(cost.reshape(n, days * slots))
    return np.asarray(taken // slots, dtype=np.int64)


def _days_open(reached: BoolArray, due: IntArray, first: IntArray) -> BoolArray:
    """
    Say which days each stall may have without harm to what `_days_first` reached, shape (n, d).

    Stalls due on one day share the days up to that one, or, where they cannot all be in time, up to the last that
    `first` gave to one of them; before that one no stall due later may come, unless `first` left room for it.
    """
    days = np.arange(reached.shape[1])
    open_, may = np.ones(len(days), dtype=np.bool_), np.zeros_like(reached)
    for by in np.unique(due):
        mine = due == by
        last = max(int(by), int(first[mine].max()))
        may[mine] = reached[mine] & open_ & (days <= last)
        if last > by:
            open_ &= (days >= last) | np.isin(days, first[due > by])
    return may


def _costs(visits: Visits, rng: np.random.Generator) -> IntArray:
    """Return what going from place to place costs, shape (w, n+1, n+1), in whole numbers."""
    cost_m = visits.walk_m.copy()
    cost_m[:, 1:, 1:] += FLOOR_CHANGE_M * (visits.level_of[:, None] != visits.level_of)
    ties_m = np.triu(rng.uniform(0, _TIE_M, size=cost_m.shape[1:]), 1)
    cost_m += ties_m + ties_m.T
    most_m = cost_m.max(initial=1.0, where=np.isfinite(cost_m))
    legs = cost_m.shape[1] + 2 * len(visits.ways_of_day)
    return np.rint(np.minimum(cost_m, most_m) * (_MOST / (most_m * legs))).astype(np.int64)


def _rounds(visits: Visits, may: BoolArray, loads: IntArray, costs: IntArray, effort: int) -> list[IntArray]:
    """Return the stalls of each day's round in order: as many a day as `loads` says, each on a day that it may have."""
    stalls = np.flatnonzero(may.any(axis=1))
    windows, window_of = np.unique(may[stalls], axis=0, return_inverse=True)
    problem = vroom.Input()
    for ways, cost in enumerate(costs):
        problem.set_durations_matrix(str(ways), cost)
    for day in np.flatnonzero(loads).tolist():
        problem.add_vehicle(
            vroom.Vehicle(
                day, start=0, end=0, profile=str(visits.ways_of_day[day]), capacity=[int(loads[day])],
                skills=set(np.flatnonzero(windows[:, day]).tolist()),
            )
        )  # fmt: skip
    for stall, window in zip(stalls.tolist(), window_of.tolist(), strict=True):
        problem.add_job(vroom.Job(stall, location=stall + 1, delivery=vroom.Amount([1]), skills={window}))
    solved: dict[str, Any] = problem.solve(effort, nb_threads=1).to_dict()
    found = {route["vehicle"]: [step["id"] for step in route["steps"] if step["type"] == "job"]
             for route in solved["routes"]}  # fmt: skip
    return [np.array(found.get(day, ()), dtype=np.int64) for day in range(len(loads))]


def _in_order(visits: Visits, rounds: list[IntArray], may: BoolArray) -> list[IntArray]:
    """Where days can change rounds at no cost, let them go by the stalls' order; so that it is not left to chance."""
    days = np.arange(len(rounds))
    order = sorted(days.tolist(), key=lambda d: min(rounds[d], default=len(may)))
    size = np.array([len(found) for found in rounds])
    cost = np.full((len(days), len(days)), np.inf)
    for rank, d in enumerate(order):
        length_m = np.array([round_m(walk_m, rounds[d]) for walk_m in visits.walk_m])[visits.ways_of_day]
        fits = may[rounds[d]].all(axis=0) & (size == size[d]) & (np.abs(length_m - length_m[d]) < _TIE_M)
        cost[rank, fits] = -rank * days[fits]
    _, day_of = linear_sum_assignment(cost)
    placed = dict(zip(day_of.tolist(), order, strict=True))
    return [rounds[placed[d]] for d in days.tolist()]


def _floors_together(stalls: IntArray, level_of: IntArray) -> IntArray:
    """Put the stalls of each floor behind its first one; seldom anything to do, changing floors being dear."""
    levels, first = np.unique(level_of[stalls], return_index=True)
    return stalls[np.argsort(first[np.searchsorted(levels, level_of[stalls])], kind="stable")]


def _directed(stalls: IntArray, due: IntArray) -> IntArray:
    """Of a round's two directions, equally long, take the one that meets what is due earlier."""
    back = stalls[::-1]
    return back if tuple(due[back]) < tuple(due[stalls]) or (
        tuple(due[back]) == tuple(due[stalls]) and tuple(back) < tuple(stalls)
    ) else stalls  # fmt: skip
