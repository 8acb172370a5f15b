"""The venues of an IMDF archive: one is one market; of several each is a market of its own."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

import shapely

from gridmap.exchange.geojson import Record
from gridmap.exchange.imdf_labels import label_of, text_of


class Venues:
    """Which venue a level belongs to: the one whose area holds most of it, else the nearest."""

    def __init__(self, venues: Sequence[Record], levels: Sequence[Record]) -> None:
        self._venues = venues
        self._codes = dict(zip((venue.id for venue in venues), _codes(venues), strict=True))
        self._home = {level.id: self._nearest(level) for level in levels}

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return len(self._venues) > 1

    def name_of(self, level: Record) -> str:
        """Return the name of a level's venue."""
        venue = self._home.get(level.id)
        return label_of(venue.properties.get("name")) if venue is not None else ""

    def market_of(self, level: Record | None) -> dict[str, object]:
        """Return the cell `market` of what lies on a level; none where the whole archive is one market."""
        venue = self._home.get(level.id) if level is not None else None
        return {"market": self._codes[venue.id]} if venue is not None and self.several else {}

    def _nearest(self, level: Record) -> Record | None:
        if len(self._venues) < 2 or level.place is None:
            return next(iter(self._venues), None)

        def worse(venue: Record) -> tuple[float, float]:
            if venue.place is None:
                return 0.0, float("inf")
            shared = shapely.area(shapely.intersection(venue.place, level.place))
            return -float(shared), float(shapely.distance(venue.place, level.place))

        return min(self._venues, key=worse)


def _codes(venues: Sequence[Record]) -> list[str]:
    """Give each venue the code of its market: made from its Latin name if no other has it, else from its id."""
    names = [_latin(venue.properties.get("name")) for venue in venues]
    often = Counter(names)
    return [
        name if name and often[name] == 1 else f"venue-{re.sub('[^a-z0-9]', '', venue.id.lower())[:8]}"
        for name, venue in zip(names, venues, strict=True)
    ]


def _latin(label: object) -> str:
    """Return the first text of a label that has Latin letters, as the code of a market may be written."""
    texts = cast("Mapping[object, object]", label).values() if isinstance(label, dict) else [label]
    made = (re.sub("[^a-z0-9]+", "-", text_of(text).lower()).strip("-")[:64].strip("-") for text in texts)
    return next((code for code in made if re.search("[a-z]", code)), "")
