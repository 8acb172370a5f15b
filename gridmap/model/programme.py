"""What a place is generated from: the account's figures, and the parameters that are our own invention."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gridmap.model.facts import Closed, Figure
from gridmap.model.kinds import Layout, MarketKind, Role
from gridmap.model.organisations import Formed, Relation, Side, Tier
from gridmap.model.stations import StationKind

Count = str | int
"""The key of a figure, or a number of our own choosing."""


@dataclass(frozen=True)
class Division(Closed):
    """行政区划, from the top down; the code is that of GB/T 2260."""

    code: str
    name: str
    kind: Literal["city", "district", "county"]


@dataclass(frozen=True)
class Site(Closed):
    """A part of a place around which markets lie: a street office, a town."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Generator(Closed):
    """
    How markets are drawn. All of it is invented: the accounts have no floor plans.

    `markets`, `merchants` and `floor_m2` stand here only where the account has no figure to take; `spread` is the
    sigma of the log-normal sizes of markets; `levels` are drawn from with equal chance; `double` is the share of
    merchants who have two stalls, `vacant` the share of stalls without anybody.
    """

    seed: int
    sites: tuple[Site, ...]
    names: tuple[str, ...]
    opened: date
    layout: Layout = Layout.BUILDING
    kind: MarketKind = MarketKind.MARKET
    markets: int | None = None
    merchants: int | None = None
    floor_m2: float | None = None
    m2_per_merchant: float = 20.0
    spacing_m: float = 100.0
    spread: float = 0.35
    least: int = 20
    levels: tuple[tuple[int, ...], ...] = ((0,),)
    two_houses: float = 0.0
    double: float = 0.0
    vacant: float = 0.04
    food_stalls: int = 0
    homes: int = 0
    offices: int = 0


@dataclass(frozen=True)
class MemberRule(Closed):
    """Members of the markets; with `leaders` one of each market's members leads it, with `operators` it has one."""

    count: Count
    leaders: bool = False
    operators: bool = True
    account_zones: bool = False
    """The account gives every member a zone of his own: a plan `account` is published."""


@dataclass(frozen=True)
class Opened(Closed):
    """So many organisations were formed on a day."""

    on: date
    count: int


@dataclass(frozen=True)
class OrganisationRule(Closed):
    """
    A series of organisations; `{n}` in code and name is their number, `{site}` the name of their site.

    Attributes
    ----------
    count
        How many; one for each site if left out and `by_site` is set.
    parent, line_parent
        Code of the leading parent and of the second one; `site` is the organisation of the market's site.
    guided_every
        Each n-th is led by `parent` and only guided by its site's organisation, the others are led by that.
    serves
        Markets are shared out over the series: `feeds` each to one in turn, `near` one its own and the others attached
        to the nearest of their site.
    bound_to_street
        The organisation's area is the street with everything on it.
    """

    tier: Tier
    code: str
    name: str
    count: Count = 1
    by_site: bool = False
    parent: str = ""
    line_parent: str = ""
    line_relation: Relation = Relation.GUIDE
    parent_side: Side = Side.BLOCK
    guided_every: int = 0
    formed: Formed | None = None
    opened: tuple[Opened, ...] = ()
    serves: Literal["", "feeds", "near"] = ""
    bound_to_street: bool = False


@dataclass(frozen=True)
class PostRule(Closed):
    """People who hold a role in the organisations of a tier, shared out as evenly as possible."""

    role: Role
    count: Count
    over: Tier


@dataclass(frozen=True)
class StationRule(Closed):
    """Stations: so many, or one for each site or market; `areas` gives each market to the station of its site."""

    kind: StationKind
    name: str
    count: Count = 1
    each: Literal["", "site", "market"] = ""
    venue: MarketKind | None = None
    areas: bool = False


@dataclass(frozen=True)
class TallyRule(Closed):
    """Things that are only counted; `over_stations` shares the number out over the stations that have areas."""

    subject: str
    category: str
    count: Count
    as_of: date | None = None
    organisation: str | None = None
    over_stations: bool = False
    in_markets: bool | None = None


@dataclass(frozen=True)
class AwardRule(Closed):
    """Awards to stalls or markets, from a day, for some months if they end."""

    kind: str
    count: Count
    to: Literal["stall", "market"]
    level: str = ""
    since: date | None = None
    months: int | None = None


@dataclass(frozen=True)
class Trade(Closed):
    """A trade; `stated` if the account names it, else ours."""

    name: str
    stated: bool = False


@dataclass(frozen=True)
class Programme(Closed):
    """Everything about one place."""

    code: str
    name: str
    merchant_word: str
    divisions: tuple[Division, ...]
    figures: tuple[Figure, ...]
    rows: dict[str, str]
    generator: Generator
    members: MemberRule
    account_year: int | None = None
    own_standard: bool = False
    """The ratio 1:50 and the fortnight are this place's own rule (Yuyuan), not a what-if."""
    organisations: tuple[OrganisationRule, ...] = ()
    posts: tuple[PostRule, ...] = ()
    stations: tuple[StationRule, ...] = ()
    tallies: tuple[TallyRule, ...] = ()
    awards: tuple[AwardRule, ...] = ()
    displays: Count = 0
    trades: tuple[Trade, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        keys = [figure.key for figure in self.figures]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise ValueError(f"figure {min(twice)} stands twice")
        strange = {row for figure in self.figures for row in figure.rows} - set(self.rows)
        if strange:
            raise ValueError(f"row {min(strange)} is not in [rows]")
        for count in self._counts():
            self.count(count)
        if self.generator.markets is None:
            self.count("markets")
        if self.generator.merchants is None:
            self.count("merchants")

    def figure(self, key: str) -> Figure:
        """Return a figure; ValueError if there is none of that key."""
        for figure in self.figures:
            if figure.key == key:
                return figure
        raise ValueError(f"there is no figure {key!r}")

    def count(self, count: Count) -> int:
        """Return a count: a number of ours, or the value of a figure; ValueError if it has no whole value."""
        if isinstance(count, int):
            return count
        value = self.figure(count).value
        if value is None or value != int(value) or value < 0:
            raise ValueError(f"figure {count!r} has no whole value that could be generated")
        return int(value)

    @property
    def markets(self) -> int:
        """How many markets are drawn."""
        return self.count("markets") if self.generator.markets is None else self.generator.markets

    @property
    def merchants(self) -> int:
        """How many merchants are drawn, in all markets."""
        return self.count("merchants") if self.generator.merchants is None else self.generator.merchants

    def _counts(self) -> Iterator[Count]:
        rules = (*self.posts, *self.stations, *self.tallies, *self.awards, *self.organisations)
        yield from (self.members.count, self.displays, *(rule.count for rule in rules))
