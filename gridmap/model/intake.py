"""What an import brings in, and what it has to say about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from gridmap.model.duty import Member, Zoning
from gridmap.model.ids import MemberCode
from gridmap.model.organisations import LedgerOrganisation
from gridmap.model.places import Building, Connector, Level, Market, Stall
from gridmap.model.register import Merchant, Occupancy
from gridmap.model.register_changes import RegisterEvent

CONTROL_LIMIT_M = 2.0
"""A stall is about 3 m wide: beyond this merchants would be put into their neighbours' places."""
Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
InputRole = Literal[
    "levels", "stalls", "merchants", "connectors", "links", "organisations", "members", "plans", "zones",
    "assignments", "trades", "records", "events", "roads",
]  # fmt: skip


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


def _no_columns() -> Mapping[str, Mapping[str, str]]:
    return MappingProxyType({})


def _no_readings() -> Mapping[InputRole, "Reading"]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class IntakeFiles:
    """The files of one import; at least one is given.

    `everything` is taken for each role that it holds and no other file is given for; `readings` say how to read a role.
    `datum_accepted`: layers that lie apart as datums do have been looked at, and are meant so.
    """

    levels: Path | None = None
    stalls: Path | None = None
    merchants: Path | None = None
    connectors: Path | None = None
    links: Path | None = None
    organisations: Path | None = None
    members: Path | None = None
    everything: Path | None = None
    readings: Mapping[InputRole, "Reading"] = field(default_factory=_no_readings)
    datum_accepted: bool = False
    trades: str = ""
    """The list that merchants' trades are held against: a file, or a place whose account names them; '': none."""

    @property
    def paths(self) -> dict[InputRole, Path]:
        """The files that are given for a single role."""
        paths: dict[InputRole, Path | None] = {
            "levels": self.levels,
            "stalls": self.stalls,
            "merchants": self.merchants,
            "connectors": self.connectors,
            "links": self.links,
            "organisations": self.organisations,
            "members": self.members,
        }
        return {role: path for role, path in paths.items() if path is not None}


@dataclass(frozen=True, slots=True)
class Reading:
    """How one file is to be read, as far as it does not say so itself, or says it wrongly.

    `level` is the ordinal of rows that name none; `columns` say which heading means what (our word -> heading); `sheet`
    is the one of a workbook that is read; `datum` None is that of the import; `crs` is the coordinate system of a file
    that names none. A drawing's `layers` are `NAME` or `NAME@LEVEL`; `control` is a table of control points by which it
    is placed, missed by no more than `control_limit_m`.
    """

    level: int | None = None
    columns: Mapping[str, str] = field(default_factory=_nothing)
    sheet: str | None = None
    datum: Datum | None = None
    crs: str | None = None
    layers: tuple[str, ...] = ()
    control: Path | None = None
    control_limit_m: float = CONTROL_LIMIT_M
    placement: Literal["similarity", "affine"] = "similarity"

    @property
    def given(self) -> tuple[str, ...]:
        """The columns that the file may lack because of this."""
        return () if self.level is None else ("level",)


AS_IT_SAYS = Reading()


@dataclass(frozen=True, slots=True)
class Repaired:
    """Something that was mended so that a row could go in; `row` is None where `what` counts many rows."""

    file: str
    row: int | None
    field: str
    what: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that did not go in, and how to mend it.

    `row` counts as people do: in a table as the spreadsheet shows it (the header is row 1), in a GeoJSON file, a
    GeoPackage or the like the number of the feature from 1.
    """

    file: str
    row: int
    field: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Doubted:
    """Something in a row that went in all the same, and that somebody should look at; `row` None: in the file."""

    file: str
    row: int | None
    field: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FileCount:
    """One file's rows: `rows = accepted + quarantined + set_aside + refused`, so that nothing is lost unseen.

    `set_aside` rows are sound but not needed (a note says why), such as the second direction of a link; `refused` rows
    belong to a market that stays out as a whole.
    """

    file: str
    role: InputRole
    rows: int
    accepted: int
    quarantined: int
    set_aside: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """How much of each kind is in the draft; `merchants` counts merchants, `occupancies` their places."""

    levels: int = 0
    stalls: int = 0
    merchants: int = 0
    connectors: int = 0
    occupancies: int = 0
    members: int = 0
    organisations: int = 0
    zones: int = 0


@dataclass(frozen=True, slots=True)
class MarketOutcome:
    """How one market of an import fared; `refused` says why it stayed out as a whole ('' if it went in)."""

    market: str
    accepted: Accepted
    refused: str = ""
    remedy: str = ""
    record: str = ""
    """Code of the import that was kept, '' if there is none."""
    changes: tuple[RegisterEvent, ...] = ()
    """What it changes in a market that was there already."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What went in, what was mended, what stayed out, and how the files were read."""

    market: str
    """Its code, '' for an import of several markets."""
    accepted: Accepted
    datum: str
    """wgs84, cgcs2000, gcj02 or bd09: what the files were said to be in; the draft is always WGS84."""
    datums: Mapping[str, str] = field(default_factory=_nothing)
    """File name -> what that file was said to be in."""
    repaired: tuple[Repaired, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    doubts: tuple[Doubted, ...] = ()
    encoding: Mapping[str, str] = field(default_factory=_nothing)
    """File name -> encoding found out."""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=_no_columns)
    """File name -> our word -> the heading in the file."""
    notes: tuple[str, ...] = ()
    files: tuple[FileCount, ...] = ()
    markets: tuple[MarketOutcome, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every row of the files is in, or not needed."""
        return not self.quarantined and not any(market.refused for market in self.markets)


@dataclass(frozen=True, slots=True)
class MarketDraft:
    """A whole market, checked and ready to be written in one transaction."""

    market: Market
    buildings: tuple[Building, ...] = ()
    levels: tuple[Level, ...] = ()
    connectors: tuple[Connector, ...] = ()
    stalls: tuple[Stall, ...] = ()
    merchants: tuple[Merchant, ...] = ()
    occupancies: tuple[Occupancy, ...] = ()
    members: tuple[Member, ...] = ()
    organisations: tuple[LedgerOrganisation, ...] = ()
    leaders: tuple[MemberCode, ...] = ()
    """Who leads a market that is there already."""
    zoning: Zoning | None = None
