"""What leaves a database as files: a market with all that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gridmap.model.duty import Assignment, Zone
from gridmap.model.intake import MarketDraft


class ExportFormat(StrEnum):
    """The kinds of files that an export writes."""

    GEOJSON = "geojson"
    GPKG = "gpkg"
    GEOPARQUET = "geoparquet"
    IMDF = "imdf"
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class MarketCopy:
    """
    A market as it is exported, with the zones in force; `posts` counts the people of each organisation.

    `register` says whether merchants are part of it, `own` whether those of the caller's own zones are, `private`
    whether credit codes and members' own stalls are.
    """

    draft: MarketDraft
    posts: Mapping[str, int] = field(default_factory=dict[str, int])
    register: bool = True
    own: bool = False
    private: bool = True

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones in force."""
        return self.draft.zoning.zones if self.draft.zoning is not None else ()

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Who answers for them."""
        return self.draft.zoning.assignments if self.draft.zoning is not None else ()
