"""Where to cut a zone in two: along a line that a planner drew, or so that both parts are about as heavy."""

from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.ops import split

from gridmap.errors import InvalidParameterError
from gridmap.spatial.arrays import BoolArray, FloatArray, IntArray
from gridmap.spatial.partition.network import components
from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.problem import PER_STALL, Problem
from gridmap.spatial.partition.solve import solve

SEED = 1
"""Cutting the same zone twice gives the same halves."""


def part_of(problem: Problem, stalls: IntArray) -> Problem:
    """Return the problem of some of the stalls, in this order, with the links among them; without members' stalls."""
    place = np.full(problem.stalls, -1, dtype=np.int64)
    place[stalls] = np.arange(len(stalls))
    ends = place[problem.ends].reshape(-1, 2)
    inside = (ends >= 0).all(axis=1)
    per_stall = ("weight", "xy_m", "ordinal", "building", "market", *PER_STALL)
    taken = {name: getattr(problem, name)[stalls] for name in per_stall if len(getattr(problem, name))}
    home = place[problem.home[problem.home >= 0]]
    return replace(problem, **taken, ends=ends[inside], walk_m=problem.walk_m[inside], home=home[home >= 0])


def beyond_line(xy_m: FloatArray, line_m: FloatArray) -> BoolArray:
    """
    Say which points lie to the left of a line, which goes on straight at both ends.

    Parameters
    ----------
    xy_m
        Shape (n, 2).
    line_m
        Shape (v, 2), v >= 2, the corners of the line.

    Raises
    ------
    InvalidParameterError
        If the line crosses itself or has no length, so that it has no two sides.
    """
    around = np.concatenate([xy_m, line_m])
    reach_m = 10.0 * float(np.ptp(around, axis=0).max()) + 1.0
    corners = line_m[np.r_[True, (np.diff(line_m, axis=0) != 0).any(axis=1)]]
    if len(corners) < 2:
        raise _not_a_line("线没有长度。", "The line has no length.")
    first, last = (_longer(corners[1], corners[0], reach_m), _longer(corners[-2], corners[-1], reach_m))
    whole = LineString(np.vstack([first, corners, last]))
    middle = around.mean(axis=0)
    field = shapely.box(*(middle - reach_m / 2), *(middle + reach_m / 2))
    sides = [part for part in split(field, whole).geoms if isinstance(part, Polygon)]
    if len(sides) != 2 or not whole.is_simple:
        raise _not_a_line("线不能与自身相交。", "The line must not cross itself.")
    along = corners[1] - corners[0]
    step_m = 1e-6 * reach_m * np.array([-along[1], along[0]]) / np.hypot(*along)
    seat = shapely.Point((corners[0] + corners[1]) / 2 + step_m)
    left = sides[0] if shapely.distance(sides[0], seat) <= shapely.distance(sides[1], seat) else sides[1]
    return np.asarray(shapely.intersects_xy(left, xy_m[:, 0], xy_m[:, 1]), dtype=np.bool_)


def half_of(zone: Problem) -> BoolArray:
    """
    Cut a zone into two parts about as heavy, each in one piece if the zone is: the partition engine with two zones.

    A zone that is in pieces itself is cut across its longer side instead.

    Raises
    ------
    InvalidParameterError
        If the zone has fewer than two stalls.
    """
    if zone.stalls < 2:
        raise InvalidParameterError(
            "zone", str(zone.stalls), "责任区不足两个铺位,无法拆分。", "A zone needs two stalls to be split."
        )
    if components(zone.stalls, zone.ends).max() == 0:
        return solve(zone, Params(zones=2, seed=SEED)).zone_of == 1
    spread = zone.xyz_m - zone.xyz_m.mean(axis=0)
    axis = np.linalg.svd(spread, full_matrices=False)[2][0]
    order = np.lexsort((np.arange(zone.stalls), np.round(spread @ axis, 3)))
    load = np.cumsum(zone.weight[order]) if zone.weight.any() else np.arange(1, zone.stalls + 1)
    first = 1 + int(np.argmin(np.abs(load[:-1] - load[-1] / 2)))
    half = np.zeros(zone.stalls, dtype=np.bool_)
    half[order[first:]] = True
    return half


def leaving_part(weight: FloatArray, side: BoolArray) -> BoolArray:
    """
    Say which of two parts becomes the new zone: the one with fewer merchants, then stalls; else without the first.

    Raises
    ------
    InvalidParameterError
        If one part is empty.
    """
    if side.all() or not side.any():
        raise _not_a_line("线没有把责任区分成两部分。", "The line does not divide the zone.")
    here, there = (float(weight[side].sum()), int(side.sum())), (float(weight[~side].sum()), int((~side).sum()))
    if here == there:
        return ~side if side[0] else side
    return side if here < there else ~side


def _longer(before: FloatArray, end: FloatArray, reach_m: float) -> FloatArray:
    along = end - before
    return end + along / np.hypot(*along) * reach_m


def _not_a_line(why_zh: str, why_en: str) -> InvalidParameterError:
    return InvalidParameterError("line", "-", why_zh, why_en)
