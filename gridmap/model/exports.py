"""What leaves a database as files: a market with all that belongs to it."""

from dataclasses import dataclass
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
class OrganisationLine:
    """An organisation that serves a market; `posts` counts the people who hold a post in it."""

    code: str
    name: str
    tier: str
    formed: str
    tie: str
    parent: str
    posts: int


@dataclass(frozen=True, slots=True)
class MarketCopy:
    """
    A market as it is exported, with the zones in force.

    `register` says whether merchants are part of it, `own` whether those of the caller's own zones are, `private`
    whether credit codes and members' own stalls are.
    """

    draft: MarketDraft
    zones: tuple[Zone, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    organisations: tuple[OrganisationLine, ...] = ()
    register: bool = True
    own: bool = False
    private: bool = True
