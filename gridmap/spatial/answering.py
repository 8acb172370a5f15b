"""Who answers for each stall of a market, worked out for all stalls at once.

In a zone the first of its own people answers; where a zone has nobody, the market's office does, and then whoever does
another zone and is nearest. A stall in no zone goes to the nearest first and to the office then.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan

import numpy as np

from gridmap.model.answers import Reason, Responsible
from gridmap.model.duty import Member
from gridmap.model.kinds import Role
from gridmap.spatial.arrays import FloatArray, IntArray

NOBODY = -1
NO_ZONE = -1
NO_PLACE = -1
Walks = Callable[[IntArray], FloatArray]
"""Metres from some stalls (s,) to all, shape (s, n); inf where there is no way."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be asked, in a role and for a reason; he is looked for at `stall`, -1 if nowhere."""

    member: Member
    role: Role
    reason: Reason
    stall: int


@dataclass(frozen=True)
class Staff:
    """
    Everybody who may be asked, in the order of asking.

    `zones` has the people of each zone by its index; `office` those of the market; `elsewhere` whoever does a zone,
    with the zone's index.
    """

    zones: tuple[tuple[Candidate, ...], ...]
    office: tuple[Candidate, ...]
    elsewhere: tuple[tuple[int, Candidate], ...]


class AnswerTable:
    """
    The first answer for every stall, and all others on demand.

    Attributes
    ----------
    candidates
        Shape (c,), everybody who comes first somewhere.
    first
        Shape (n,), index into `candidates`, -1 where there is nobody to ask.
    walk_m
        Shape (n,), from the stall to where that one is looked for, in tenths of a metre; nan where there is no way.
    """

    def __init__(self, zone_of: IntArray, staff: Staff, walks: Walks) -> None:
        self._zone_of, self._staff = zone_of, staff
        self._row: dict[int, int] = {}
        self._walk_m = self._measured(walks, len(zone_of))
        office = [(NO_ZONE, candidate) for candidate in staff.office]
        self._pool = sorted([*office, *staff.elsewhere], key=lambda item: item[1].member.code)
        self._pool_m = self._all_walks([candidate for _, candidate in self._pool], len(zone_of))
        self.candidates: list[Candidate] = []
        self.first: IntArray = np.full(len(zone_of), NOBODY, dtype=np.int64)
        self.walk_m: FloatArray = np.full(len(zone_of), np.nan)
        for zone in (NO_ZONE, *range(len(staff.zones))):
            self._answer_zone(zone, np.flatnonzero(zone_of == zone))

    def answers(self, stall: int, at_most: int | None = None) -> list[Responsible]:
        """
        Return who answers for a stall, and then everybody else who could, by walking distance.

        Each person once; those to whom there is no way come last, then by code.
        """
        if self.first[stall] == NOBODY:
            return []
        zone = int(self._zone_of[stall])
        first = self.candidates[int(self.first[stall])]
        if at_most == 1:
            walk_m = float(self.walk_m[stall])
            return [Responsible(first.member, first.role, first.reason, None if isnan(walk_m) else walk_m)]
        own = self._staff.zones[zone] if zone != NO_ZONE else ()
        known = {first.member.code}
        others: list[Responsible] = []
        for candidate in (*own, *self._by_distance(zone, stall)):
            if candidate.member.code not in known:
                known.add(candidate.member.code)
                others.append(self._responsible(candidate, stall))
            if at_most is not None and len(others) >= at_most + len(own):
                break
        others.sort(key=lambda r: (r.walk_m is None, r.walk_m or 0.0, r.member.code))
        return [self._responsible(first, stall), *others][:at_most]

    def _measured(self, walks: Walks, n: int) -> FloatArray:
        everybody = [c for zone in self._staff.zones for c in zone] + list(self._staff.office)
        everybody += [c for _, c in self._staff.elsewhere]
        stalls = np.unique(np.array([c.stall for c in everybody if c.stall != NO_PLACE], dtype=np.int64))
        self._row = {int(stall): row for row, stall in enumerate(stalls)}
        return walks(stalls) if len(stalls) else np.empty((0, n))

    def _all_walks(self, candidates: Sequence[Candidate], n: int) -> FloatArray:
        """Tenths of metres from each candidate to each stall, inf where there is no way: shape (c, n)."""
        rows = [self._row.get(candidate.stall, len(self._walk_m)) for candidate in candidates]
        known_m = np.vstack([self._walk_m, np.full((1, n), np.inf)])
        return np.asarray(np.round(known_m[rows], 1), dtype=np.float64)

    def _answer_zone(self, zone: int, stalls: IntArray) -> None:
        if not len(stalls):
            return
        own = self._staff.zones[zone] if zone != NO_ZONE else ()
        ahead = own + self._staff.office if zone != NO_ZONE else ()
        elsewhere = [c for other, c in self._staff.elsewhere if other != zone]
        if ahead:
            self._put(ahead[0], stalls)
        elif elsewhere:
            self._put_nearest(elsewhere, stalls)
        elif self._staff.office:
            self._put(self._staff.office[0], stalls)

    def _put_nearest(self, candidates: Sequence[Candidate], stalls: IntArray) -> None:
        by_code = sorted(candidates, key=lambda c: c.member.code)
        walk_m = np.stack([_tenths(self._walk_of(c, stalls)) for c in by_code])
        nearest = np.where(np.isnan(walk_m), np.inf, walk_m).argmin(axis=0)
        for i in np.unique(nearest):
            self._put(by_code[i], stalls[nearest == i])

    def _put(self, candidate: Candidate, stalls: IntArray) -> None:
        self.first[stalls] = len(self.candidates)
        self.candidates.append(candidate)
        self.walk_m[stalls] = _tenths(self._walk_of(candidate, stalls))

    def _walk_of(self, candidate: Candidate, stalls: IntArray) -> FloatArray:
        if candidate.stall == NO_PLACE:
            return np.full(len(stalls), np.inf)
        return self._walk_m[self._row[candidate.stall], stalls]

    def _by_distance(self, zone: int, stall: int) -> Iterator[Candidate]:
        """Office and members of other zones, nearest first, then by code."""
        for i in np.argsort(self._pool_m[:, stall], kind="stable").tolist():
            if zone == NO_ZONE or self._pool[i][0] != zone:
                yield self._pool[i][1]

    def _responsible(self, candidate: Candidate, stall: int) -> Responsible:
        row = self._row.get(candidate.stall)
        walk_m = inf if row is None else float(self._walk_m[row, stall])
        reached = round(walk_m, 1) if isfinite(walk_m) else None
        return Responsible(candidate.member, candidate.role, candidate.reason, reached)


def _tenths(walk_m: FloatArray) -> FloatArray:
    """Round to tenths of a metre; nan where there is no way."""
    return np.where(np.isfinite(walk_m), np.round(walk_m, 1), np.nan)
