"""Shapes of the five places on the wire."""

from pydantic import BaseModel, Field

from gridmap.services.place_checks import CheckedRow, PlaceCheck, RowState
from gridmap.services.places import Loaded, PlaceLine
from gridmap.services.published.evidence import Finding


class PlaceOut(BaseModel):
    """A place and how far it is loaded."""

    code: str = Field(examples=["yuyuan"])
    name: str = Field(examples=["豫园小商品市场群"])
    markets: int
    merchants: int
    loaded: bool
    loading: bool = Field(description="正在载入 / somebody is loading it now")
    plans: int = Field(description="载入时编制的方案数 / plans that loading makes")
    missing: int = Field(description="其中还没有的;未在载入而大于 0 时可再次载入补齐 / of these not there yet")

    @classmethod
    def of(cls, line: PlaceLine) -> "PlaceOut":
        """Build from the domain's value."""
        return cls.model_validate(line, from_attributes=True)


class PlaceList(BaseModel):
    """The places in the order in which people know them."""

    items: list[PlaceOut]
    next: str | None


class LoadedOut(BaseModel):
    """What loading did; `written` false: it was there already."""

    place: str
    written: bool
    markets: int
    plans: int = Field(description="新编制的方案数 / plans made")

    @classmethod
    def of(cls, loaded: Loaded) -> "LoadedOut":
        """Build from the domain's value."""
        return cls.model_validate(loaded, from_attributes=True)


class FindingOut(BaseModel):
    """One figure: what is here, what the account has."""

    what: str
    here: str
    account: str
    ok: bool

    @classmethod
    def of(cls, finding: Finding) -> "FindingOut":
        """Build from the domain's value."""
        return cls.model_validate(finding, from_attributes=True)


class CheckedRowOut(BaseModel):
    """One row of the programme; an open one has no findings yet."""

    row: str = Field(examples=["Y01"])
    title: str
    state: RowState
    findings: list[FindingOut]

    @classmethod
    def of(cls, row: CheckedRow) -> "CheckedRowOut":
        """Build from the domain's value."""
        return cls(
            row=row.row, title=row.title, state=row.state, findings=[FindingOut.of(finding) for finding in row.findings]
        )


class PlaceCheckOut(BaseModel):
    """All rows of a place: figures here against those of its account."""

    place: str
    name: str
    ok: bool = Field(description="没有不符的条目;未做的不算 / no row fails; open rows do not")
    rows: list[CheckedRowOut]

    @classmethod
    def of(cls, found: PlaceCheck) -> "PlaceCheckOut":
        """Build from the domain's value."""
        rows = [CheckedRowOut.of(row) for row in found.rows]
        return cls(place=found.place, name=found.name, ok=found.ok, rows=rows)
