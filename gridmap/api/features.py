"""Places of a market as features: what the API says of levels, connectors and stalls."""

from collections.abc import Iterable, Iterator, Sequence

from shapely import LineString

from gridmap.exchange.features import Feature
from gridmap.model.hours import hours_text
from gridmap.model.overview import LevelSummary, TradingStall
from gridmap.model.places import Connector
from gridmap.services.rights import Mask


def level_features(summaries: Sequence[LevelSummary], mask: Mask) -> Iterator[Feature]:
    """Give levels with their counts."""
    for summary, merchants in zip(summaries, mask.levels(summaries), strict=True):
        yield (
            summary.level.outline_lonlat,
            {
                "building": summary.level.key.building,
                "building_name": summary.building_name,
                "level": summary.level.key.ordinal,
                "label": summary.level.label,
                "stalls": summary.stalls,
                "merchants": merchants,
            },
        )


def connector_features(connectors: Iterable[Connector]) -> Iterator[Feature]:
    """Give connectors as lines from end to end."""
    for connector in connectors:
        yield (
            LineString([connector.from_lonlat, connector.to_lonlat]),
            {
                "code": connector.code,
                "kind": connector.kind,
                "walk_m": connector.walk_m,
                "assumed": connector.assumed,
                "locked": connector.locked,
                "open_hours": hours_text(connector.open_hours),
                "from_building": connector.from_level.building,
                "from_level": connector.from_level.ordinal,
                "to_building": connector.to_level.building,
                "to_level": connector.to_level.ordinal,
            },
        )


def stall_features(stalls: Iterable[TradingStall], mask: Mask) -> Iterator[Feature]:
    """Give stalls with their merchants."""
    for trading in stalls:
        yield (
            trading.stall.place_lonlat,
            {
                "stall": trading.stall.code,
                "building": trading.stall.level.building,
                "level": trading.stall.level.ordinal,
                "kind": trading.stall.kind,
                "name": trading.stall.name,
                "merchants": mask.stall_count(trading),
                "merchant_names": trading.merchant_names,
                "trades": trading.trades,
            },
        )
