"""Shapes of organisations and stations on the wire; counts of merchants are null where they are not shown."""

from datetime import date

from pydantic import BaseModel, Field

from gridmap.model.kinds import Role
from gridmap.model.market_bodies import BodyKind, MarketBody
from gridmap.model.organisations import Formed, Parent, Relation, Side, Tier
from gridmap.model.stations import StationKind
from gridmap.services.organisations import OrganisationLoad, StationLoad
from gridmap.services.rights import Mask


class ParentOut(BaseModel):
    """One parent: of the block (属地) or the line (部门)."""

    organisation: str
    side: Side
    relation: Relation
    primary: bool = Field(description="合计只经主隶属 / totals count through this one only")

    @classmethod
    def of(cls, parent: Parent) -> "ParentOut":
        """Build from the domain's value."""
        return cls(organisation=parent.parent, side=parent.side, relation=parent.relation, primary=parent.primary)


class OrganisationOut(BaseModel):
    """An organisation with its parents and what comes together in it."""

    code: str
    name: str
    tier: Tier
    formed: Formed | None
    since: date | None
    parents: list[ParentOut]
    markets: list[str] = Field(description="直接联系的市场 / markets that it serves itself")
    guides: list[str]
    merchants: int | None = Field(description="这些市场的户数 / merchants of these markets")
    through_primary: int | None = Field(description="连同下级,按主隶属 / with all below it, by primary parents")
    through_block: int | None = Field(description="连同下级,按块(镇街)/ by the block")
    through_line: int | None = Field(description="连同下级,按条(部门)/ by the line")

    @classmethod
    def of(cls, found: OrganisationLoad, mask: Mask) -> "OrganisationOut":
        """Build from the domain's value."""
        o = found.organisation
        return cls(
            code=o.code,
            name=o.name,
            tier=o.tier,
            formed=o.formed,
            since=o.valid_from,
            parents=[ParentOut.of(parent) for parent in found.parents],
            markets=list(found.markets),
            guides=list(found.guides),
            merchants=mask.count(found.merchants),
            through_primary=mask.count(found.through_primary),
            through_block=mask.count(found.through_block),
            through_line=mask.count(found.through_line),
        )


class OrganisationList(BaseModel):
    """A place's organisations by code."""

    items: list[OrganisationOut]
    next: str | None = None


class OfficerOut(BaseModel):
    """Who holds a post: public duty data."""

    name: str
    role: Role
    office_contact: str


class BodyOut(BaseModel):
    """A station or an organisation by a market."""

    kind: BodyKind
    code: str
    name: str
    what: StationKind | Tier = Field(description="站点类型或组织层级 / kind of station, or tier of organisation")
    lon: float | None = Field(description="登记的位置,没有则为空 / where it stands, if that is on record")
    lat: float | None
    officers: list[OfficerOut]

    @classmethod
    def of(cls, body: MarketBody) -> "BodyOut":
        """Build from the domain's value."""
        point = body.point_lonlat
        return cls(
            kind=body.kind, code=body.code, name=body.name, what=body.what,
            lon=None if point is None else point.x, lat=None if point is None else point.y,
            officers=[OfficerOut.model_validate(officer, from_attributes=True) for officer in body.officers],
        )  # fmt: skip


class BodyList(BaseModel):
    """Stations, then organisations, each by code."""

    items: list[BodyOut]


class StationOut(BaseModel):
    """A station with what it carries."""

    code: str
    name: str
    kind: StationKind
    lon: float | None = Field(description="登记的位置,没有则为空 / where it stands, if that is on record")
    lat: float | None
    markets: list[str] = Field(description="所在或片区内的市场 / the market it stands in, or those of its area")
    merchants: int | None
    entities: dict[str, int] = Field(description="只计数的登记主体 / entities that are only counted, by kind")

    @classmethod
    def of(cls, found: StationLoad, mask: Mask) -> "StationOut":
        """Build from the domain's value."""
        s = found.station
        return cls(
            code=s.code,
            name=s.name,
            kind=s.kind,
            lon=None if s.place_lonlat is None else s.place_lonlat.x,
            lat=None if s.place_lonlat is None else s.place_lonlat.y,
            markets=list(found.markets),
            merchants=mask.count(found.merchants),
            entities=dict(found.entities),
        )


class StationList(BaseModel):
    """A place's stations by code."""

    items: list[StationOut]
    next: str | None = None
