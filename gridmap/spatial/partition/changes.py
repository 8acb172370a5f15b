"""Who changes zone when a plan is made again, and why."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.names import matched_zones
from gridmap.spatial.partition.params import Band
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.sums import sums_of


class Reason(StrEnum):
    """Why a stall has another zone than before; the first that holds."""

    GIVEN_UP = "zone_given_up"
    NEW_ZONE = "new_zone"
    TOO_MANY = "old_zone_too_heavy"
    TOO_FEW = "new_zone_too_light"
    HANDED_ON = "handed_on"


@dataclass(frozen=True, slots=True)
class Change:
    """One stall that changes: its place in the problem, the zone now, the zone before, and why."""

    stall: int
    zone: int
    previous: int
    why: Reason


def changes(problem: Problem, zone_of: IntArray, band: Band) -> list[Change]:
    """
    List the stalls whose zone is not the one that their previous zone became.

    A zone goes on as the previous one with which it shares most merchants. `HANDED_ON` are stalls that had to go since
    their zone took others on: a zone next to it needed help.
    """
    if not len(problem.previous):
        return []
    matched = matched_zones(problem, zone_of)
    known = problem.previous >= 0
    load = sums_of(problem.previous[known], problem.weight[known], int(problem.previous.max(initial=-1)) + 1)
    goes_on = set(matched[matched >= 0].tolist())
    found: list[Change] = []
    for stall in np.flatnonzero(known & (matched[zone_of] != problem.previous)).tolist():
        zone, before = int(zone_of[stall]), int(problem.previous[stall])
        now = int(matched[zone])
        if before not in goes_on:
            why = Reason.GIVEN_UP
        elif now < 0:
            why = Reason.NEW_ZONE
        elif load[before] > band.high:
            why = Reason.TOO_MANY
        elif load[now] < band.low:
            why = Reason.TOO_FEW
        else:
            why = Reason.HANDED_ON
        found.append(Change(stall, zone, before, why))
    return found
