"""Zone codes that people say: 101, 102, ... on 1F, 201 on 2F, B101 on B1; the building first if there are several."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.sums import sums_of


def zone_codes(
    problem: Problem, zone_of: IntArray, buildings: Sequence[str], markets: Sequence[str] | None = None
) -> list[str]:
    """
    Name zones by their main level and their place on it.

    A zone's main level is the one with most of its merchants, the lower one of two alike. On a level zones are numbered
    in rows from the top of the map to the bottom, and from left to right; two digits, or as many as the largest level
    needs. A building's code goes before it where a market has several, and the market's where `markets` is given.

    Parameters
    ----------
    problem
        Stalls.
    zone_of
        Shape (n,), zone of each stall, 0..k-1, each used.
    buildings, markets
        Codes by the numbers in `problem.building` and `problem.market`. Markets are needed only where the codes of
        several must differ in one list.

    Returns
    -------
    codes
        k codes, unique in each market (in all, with `markets`).
    """
    zones = int(zone_of.max()) + 1 if len(zone_of) else 0
    main = [_main_level(problem, np.flatnonzero(zone_of == z)) for z in range(zones)]
    middle_m = _middles(problem, zone_of, zones)
    on_level: dict[tuple[int, int, int], list[int]] = {}
    for zone, level in enumerate(main):
        on_level.setdefault(level, []).append(zone)
    codes = [""] * zones
    for (market, building, ordinal), members in on_level.items():
        digits = _digits(on_level, market)
        prefix = _prefix(problem, market, building, buildings, markets)
        for number, zone in enumerate(_reading_order(members, middle_m), start=1):
            codes[zone] = f"{prefix}{_floor(ordinal)}{number:0{digits}d}"
    return codes


def matched_zones(problem: Problem, zone_of: IntArray) -> IntArray:
    """
    Match zones to those of the previous plan so that as many merchants as possible keep theirs.

    Returns
    -------
    previous
        Shape (k,), previous zone of each zone, each at most once; -1 for a new zone.
    """
    zones = int(zone_of.max()) + 1 if len(zone_of) else 0
    matched = np.full(zones, -1, dtype=np.int64)
    known = problem.previous >= 0
    for market in np.unique(problem.market[known]):
        stalls = np.flatnonzero(known & (problem.market == market))
        now, now_of = np.unique(zone_of[stalls], return_inverse=True)
        old, old_of = np.unique(problem.previous[stalls], return_inverse=True)
        shared = np.zeros((len(now), len(old)))
        np.add.at(shared, (now_of, old_of), problem.weight[stalls] + 1e-3)
        rows, columns = linear_sum_assignment(-shared)
        keep = shared[rows, columns] > 0
        matched[now[rows[keep]]] = old[columns[keep]]
    return matched


def carried_codes(
    matched: IntArray, previous_codes: Sequence[str], fresh: Sequence[str], market: IntArray
) -> list[str]:
    """
    Give matched zones their previous code, and the others their fresh one, changed where it is taken.

    Parameters
    ----------
    matched
        Shape (k,), previous zone or -1.
    previous_codes
        Codes by previous zone.
    fresh
        k codes by `zone_codes`.
    market
        Shape (k,), market of each zone: codes are unique in a market.
    """
    taken = {(int(m), previous_codes[int(old)]) for m, old in zip(market, matched, strict=True) if old >= 0}
    codes: list[str] = []
    for zone, old in enumerate(matched):
        code, number = previous_codes[int(old)] if old >= 0 else fresh[zone], 2
        while old < 0 and (int(market[zone]), code) in taken:
            code, number = f"{fresh[zone]}-{number}", number + 1
        taken.add((int(market[zone]), code))
        codes.append(code)
    return codes


def _main_level(problem: Problem, stalls: IntArray) -> tuple[int, int, int]:
    """Market, building and ordinal of the level with most merchants, then stalls; the lower of two alike."""
    found: dict[tuple[int, int], tuple[float, int]] = {}
    for stall in stalls:
        key = int(problem.building[stall]), int(problem.ordinal[stall])
        merchants, count = found.get(key, (0.0, 0))
        found[key] = merchants + float(problem.weight[stall]), count + 1
    building, ordinal = min(found, key=lambda key: (-found[key][0], -found[key][1], key[1], key[0]))
    return int(problem.market[stalls[0]]), building, ordinal


def _middles(problem: Problem, zone_of: IntArray, zones: int) -> FloatArray:
    count = np.bincount(zone_of, minlength=zones)
    return np.column_stack([sums_of(zone_of, axis, zones) / count for axis in problem.xy_m.T])


def _reading_order(members: list[int], middle_m: FloatArray) -> list[int]:
    """Order zones as a page is read: rows as high as a zone is wide if they filled the level evenly."""
    x_m, y_m = middle_m[members, 0], middle_m[members, 1]
    width_m, height_m = float(np.ptp(x_m)), float(np.ptp(y_m))
    rows = max(1, round(np.sqrt(len(members) * height_m / width_m)) if width_m > 0 else len(members))
    row = np.minimum((y_m.max() - y_m) / max(height_m, 1e-9) * rows, rows - 1).astype(np.int64)
    return [members[i] for i in np.lexsort((np.array(members), x_m, row))]


def _floor(ordinal: int) -> str:
    """Return the floor as people say it: ordinal 0 is 1, -1 is B1."""
    return str(ordinal + 1) if ordinal >= 0 else f"B{-ordinal}"


def _digits(on_level: dict[tuple[int, int, int], list[int]], market: int) -> int:
    return max(2, *(len(str(len(zones))) for key, zones in on_level.items() if key[0] == market))


def _prefix(
    problem: Problem, market: int, building: int, buildings: Sequence[str], markets: Sequence[str] | None
) -> str:
    several = len(np.unique(problem.building[problem.market == market])) > 1
    parts = ([markets[market]] if markets is not None else []) + ([buildings[building]] if several else [])
    return "".join(f"{part}-" for part in parts)
