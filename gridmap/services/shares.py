"""Zone shapes with the properties that files and the API give them."""

from collections.abc import Iterator
from typing import Any

from gridmap.model.kinds import Role
from gridmap.services.plans import PlanDetail
from gridmap.services.rights import Mask


def zone_shares(detail: PlanDetail, mask: Mask) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Give each zone's share of each level with its properties: zone, market, building, level, counts, member_id."""
    member_of = {a.zone: a.member for a in detail.assignments if a.role is Role.MEMBER}
    told = mask.zones(detail.zones)
    for zone in detail.zones:
        for shape in zone.shapes:
            yield (
                shape.outline_lonlat,
                {
                    "zone": zone.code,
                    "market": detail.plan.market,
                    "building": shape.level.building,
                    "level": shape.level.ordinal,
                    "merchants": told.on(zone.code, shape.level, shape.merchants),
                    "stalls": shape.stalls,
                    "zone_merchants": told.total(zone),
                    "member_id": member_of.get(zone.code),
                    "colour": zone.colour,
                },
            )
