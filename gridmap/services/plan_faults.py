"""What is wrong with a plan's zones: told, not forbidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gridmap.model.duty import Plan
from gridmap.model.edits import ZoneState
from gridmap.model.ids import StallCode, ZoneCode
from gridmap.model.kinds import Role
from gridmap.services.basis import NO_ZONE, PlanBasis
from gridmap.spatial.arrays import IntArray
from gridmap.spatial.partition.network import components
from gridmap.spatial.partition.params import Band
from gridmap.spatial.partition.sums import sums_of


class Fault(StrEnum):
    """A kind of fault."""

    IN_PIECES = "in-pieces"  # 不连片
    OVER = "over"  # 超出上限
    UNDER = "under"  # 低于下限
    EMPTY = "empty"  # 没有铺位
    NO_MEMBER = "no-member"  # 责任区无网格员
    NO_ZONE = "no-zone"  # 有铺位未划入


@dataclass(frozen=True, slots=True)
class PlanFault:
    """One fault of a zone, or of stalls in no zone (`zone` None); `count` is pieces, merchants or stalls."""

    fault: Fault
    zone: ZoneCode | None
    count: int
    stalls: tuple[StallCode, ...] = ()


def band_of(plan: Plan) -> Band:
    """Return the band by which a plan's zones are judged."""
    low, high = (float(plan.parameters.get(f"band_{end}") or 0.0) for end in ("low", "high"))
    return Band(low, float(plan.parameters.get("target") or (low + high) / 2), high)


def zone_indices(basis: PlanBasis, zones: Mapping[ZoneCode, ZoneState]) -> IntArray:
    """Return the zone of each stall, shape (n,), numbered in the order of `zones`; -1 for none."""
    zone_of: IntArray = np.full(len(basis.stalls), NO_ZONE, dtype=np.int64)
    for z, zone in enumerate(zones.values()):
        zone_of[[basis.index[stall] for stall in zone.stalls if stall in basis.index]] = z
    return zone_of


def plan_faults(basis: PlanBasis, zones: Mapping[ZoneCode, ZoneState], band: Band) -> list[PlanFault]:
    """List the faults of zones by code, then that of stalls in no zone."""
    zone_of = zone_indices(basis, zones)
    pieces = _pieces(basis, zone_of, len(zones))
    loads = sums_of(zone_of[zone_of >= 0], basis.problem.weight[zone_of >= 0], len(zones))
    found: list[PlanFault] = []
    for z, (code, zone) in enumerate(zones.items()):
        load = int(loads[z])
        if not zone.stalls:
            found.append(PlanFault(Fault.EMPTY, code, 0))
            continue
        if pieces[z] > 1:
            found.append(PlanFault(Fault.IN_PIECES, code, int(pieces[z])))
        if load > band.high + 1e-9:
            found.append(PlanFault(Fault.OVER, code, load))
        elif load < band.low - 1e-9:
            found.append(PlanFault(Fault.UNDER, code, load))
        if not any(member.role is Role.MEMBER for member in zone.members):
            found.append(PlanFault(Fault.NO_MEMBER, code, load))
    left_out = np.flatnonzero(zone_of == NO_ZONE).tolist()
    if left_out:
        codes = tuple(basis.stalls[i].stall.code for i in left_out)
        found.append(PlanFault(Fault.NO_ZONE, None, len(codes), codes))
    return sorted(found, key=lambda fault: (fault.zone is None, fault.zone or ""))


def _pieces(basis: PlanBasis, zone_of: IntArray, zones: int) -> IntArray:
    ends = basis.problem.ends
    inside = (zone_of[ends[:, 0]] == zone_of[ends[:, 1]]) & (zone_of[ends[:, 0]] >= 0)
    piece = components(len(zone_of), ends[inside])
    _, first = np.unique(piece, return_index=True)
    owners = zone_of[first]
    return np.bincount(owners[owners >= 0], minlength=zones)
