"""Drawings placed on the ground: a similarity or an affine map from control points, with what it misses them by.

A similarity (turn, one scale, shift) has four numbers and needs two points; an affine map (also stretch and skew) has
six and needs three. With no point to spare nothing is checked: the misses are zero whatever was typed. Both are least
squares in metres; the similarity in closed form (Horn 1987 in the plane, as one complex number).
"""

from dataclasses import dataclass
from typing import Literal, TypeVar, overload

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.spatial import crs
from gridmap.spatial.arrays import FloatArray, Places

Method = Literal["similarity", "affine"]
LEAST_POINTS: dict[Method, int] = {"similarity": 2, "affine": 3}
THIN = 0.01
"""Points that lie in a strip thinner than this share of its length say nothing of the other direction."""
SAME_M = 0.01
Shape = TypeVar("Shape", bound=BaseGeometry)


@dataclass(frozen=True)
class Placement:
    """
    A map from a drawing to metres of a projection.

    Attributes
    ----------
    matrix
        Shape (2, 3): x_m, y_m = matrix @ (x, y, 1).
    residuals_m
        Shape (n,), how far each control point is missed.
    mirrored
        The drawing would fit far better, or only, as seen in a mirror.
    """

    method: Method
    matrix: FloatArray
    projection: str
    residuals_m: FloatArray
    mirrored: bool

    @property
    def metres_per_unit(self) -> float:
        """Scale of the drawing, the mean of both directions."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    @property
    def turn_degrees(self) -> float:
        """How far the drawing is turned, anti-clockwise."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))

    @property
    def rms_m(self) -> float:
        """Root of the mean square of the misses."""
        return float(np.sqrt(np.mean(self.residuals_m**2)))


def degenerate_points(xy: FloatArray, *, least: float = 0.0) -> Literal["same", "line"] | None:
    """Say that all points are one place (within `least`), or lie on one line; None if they spread over the plane."""
    centred = xy - xy.mean(axis=0)
    length, width = np.linalg.svd(centred, compute_uv=False)[:2] if len(xy) > 1 else (0.0, 0.0)
    if length <= least or length <= 1e-9 * max(float(np.abs(xy).max(initial=0.0)), 1e-300):
        return "same"
    return "line" if width < THIN * length else None


def fit_placement(xy: FloatArray, lonlat: FloatArray, method: Method) -> Placement:
    """
    Find the map that carries control points of a drawing to where they are.

    Parameters
    ----------
    xy
        Shape (n, 2), units of the drawing; not all the same, for an affine map not on one line.
    lonlat
        Shape (n, 2), where they are, degrees; n is at least `LEAST_POINTS[method]`.

    Returns
    -------
    placement
        Least squares in metres of a projection centred on the points.
    """
    lon, lat = lonlat.mean(axis=0)
    projection = crs.local_projection(float(lon), float(lat))
    target = np.column_stack(crs.metres_of(lonlat[:, 0], lonlat[:, 1], projection))
    if method == "affine":
        matrix = _affine(xy, target)
        mirrored = float(np.linalg.det(matrix[:, :2])) < 0
        return Placement(method, matrix, projection, _misses(matrix, xy, target), mirrored)
    matrix, turned = _similarity(xy, target), _similarity(xy * [1.0, -1.0], target)
    misses, turned_misses = _misses(matrix, xy, target), _misses(turned, xy * [1.0, -1.0], target)
    better = float(np.sqrt(np.mean(turned_misses**2))), float(np.sqrt(np.mean(misses**2)))
    mirrored = len(xy) > 2 and better[0] < 0.2 * better[1] and better[1] > SAME_M
    return Placement(method, matrix, projection, misses, mirrored)


def worst_point(xy: FloatArray, lonlat: FloatArray, method: Method) -> tuple[int, float]:
    """Return the control point without which the others agree best, and the largest miss that is left then (metres)."""
    left = []
    for i in range(len(xy)):
        others = np.arange(len(xy)) != i
        left.append(float(fit_placement(xy[others], lonlat[others], method).residuals_m.max()))
    best = int(np.argmin(left))
    return best, left[best]


@overload
def place(drawn: Shape, placement: Placement) -> Shape: ...
@overload
def place(drawn: Places, placement: Placement) -> Places: ...
def place(drawn: Shape | Places, placement: Placement) -> Shape | Places:
    """Carry geometries of a drawing (one, or shape (n,)) to longitude and latitude."""
    matrix = placement.matrix

    def carry(xy: FloatArray) -> FloatArray:
        x, y = (xy @ matrix[:, :2].T + matrix[:, 2]).T
        return np.column_stack(crs.lonlat_of(x, y, placement.projection))

    return shapely.transform(drawn, carry)


def _similarity(xy: FloatArray, target: FloatArray) -> FloatArray:
    drawn, there = xy[:, 0] + 1j * xy[:, 1], target[:, 0] + 1j * target[:, 1]
    drawn_mid, there_mid = drawn.mean(), there.mean()
    centred = drawn - drawn_mid
    turn = np.vdot(centred, there - there_mid) / np.vdot(centred, centred).real
    shift = there_mid - turn * drawn_mid
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def _affine(xy: FloatArray, target: FloatArray) -> FloatArray:
    middle = xy.mean(axis=0)
    design = np.column_stack([xy - middle, np.ones(len(xy))])  # centred: drawings lie millions of units off the origin
    solution: FloatArray = np.asarray(np.linalg.lstsq(design, target, rcond=None)[0].T, dtype=np.float64)
    solution[:, 2] -= solution[:, :2] @ middle
    return solution


def _misses(matrix: FloatArray, xy: FloatArray, target: FloatArray) -> FloatArray:
    missed: FloatArray = xy @ matrix[:, :2].T + matrix[:, 2] - target
    return np.hypot(missed[:, 0], missed[:, 1])
