"""A cycle of visits as it goes on: planned at its start, and anew on each day on which something was missed."""

from dataclasses import dataclass

import numpy as np

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.routes import EFFORT, NO_DAY, OVERDUE, VisitDays, Visits, visit_days

_UNPLANNED = -2


@dataclass(frozen=True)
class Progress:
    """
    What has happened to the stalls of a cycle; days are indices of the cycle's days, as in `Visits`.

    Attributes
    ----------
    begun
        Shape (n,), the first day on which a stall is to be visited at all; 0 or less: from the start.
    done
        Shape (n,), the first day at whose start a stall has been visited in this cycle; the number of days, or more,
        where it has not been.
    today
        The day that is planned for: 0..d-1.
    """

    begun: IntArray
    done: IntArray
    today: int

    def left(self, day: int) -> IntArray:
        """Return the stalls that are still to be visited when a day begins."""
        return np.flatnonzero((self.begun <= day) & (self.done > day))


def visit_cycle(visits: Visits, progress: Progress, *, seed: int = 1, effort: int = EFFORT) -> VisitDays:
    """
    Plan the rest of a cycle.

    The plan of the first day stands as long as it is kept. On a day at whose start a stall was missed, or has come in,
    the stalls that are left are planned anew over the days that are left: what was missed counts as overdue and comes
    first, the rest is levelled. All days from the first to today are gone through, so that a plan that was kept is
    found again and need not be stored.

    Parameters
    ----------
    visits
        Of the whole cycle; `due` as indices of its days.

    Returns
    -------
    plan
        Days before today have no stalls, and neither has a stall that had been visited when today began.
    """
    day = np.full(len(visits.due), _UNPLANNED, dtype=np.int64)
    nth, late = np.zeros(len(day), dtype=np.int64), visits.due < 0
    for d in range(progress.today + 1):
        left = progress.left(d)
        missed = left[(day[left] >= 0) & (day[left] < d)]
        late[missed] = True
        if missed.size or (day[left] == _UNPLANNED).any():
            due = np.where(late[left], OVERDUE, visits.due[left] - d)
            found = visit_days(_rest(visits, left, due, d), np.random.default_rng(seed), effort)
            day[left] = np.where(found.day == NO_DAY, NO_DAY, found.day + d)
            nth[left] = found.nth
    still = np.zeros(len(day), dtype=np.bool_)
    still[progress.left(progress.today)] = True
    return VisitDays.of(visits, np.where(still, day, NO_DAY), nth)


def _rest(visits: Visits, stalls: IntArray, due: IntArray, first: int) -> Visits:
    """Return some stalls and the days from one on."""
    places = np.concatenate([[0], stalls + 1])
    ways_of_day = visits.ways_of_day[first:]
    return Visits(visits.walk_m[:, places][:, :, places], visits.level_of[stalls], due, ways_of_day)
