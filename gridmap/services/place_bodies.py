"""What a place has beside its markets: organisations, posts, stations, counted registers, awards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely import Point

from gridmap.model.duty import Member
from gridmap.model.ids import MarketCode, MemberCode, StallCode
from gridmap.model.organisations import MarketTie, Organisation, Parent, Post, Relation, Side, Tie
from gridmap.model.programme import OrganisationRule, PostRule, Programme, StationRule
from gridmap.model.stations import Award, Station, Tally
from gridmap.services.place_markets import MarketWorld
from gridmap.services.place_names import person_names
from gridmap.spatial.staffing import shared_out


@dataclass(frozen=True)
class Bodies:
    """All of it, ready to be written; `areas` gives the station of each market."""

    organisations: tuple[Organisation, ...]
    parents: tuple[Parent, ...]
    ties: tuple[MarketTie, ...]
    staff: tuple[Member, ...]
    posts: tuple[Post, ...]
    stations: tuple[Station, ...]
    areas: dict[str, str]
    tallies: tuple[Tally, ...]
    awards: tuple[Award, ...]
    displays: tuple[tuple[MarketCode, StallCode], ...]


@dataclass(frozen=True)
class _Series:
    """One rule's organisations, with the site of each where it has one."""

    rule: OrganisationRule
    organisations: tuple[Organisation, ...]
    sites: tuple[int, ...]


def place_bodies(programme: Programme, markets: Sequence[MarketWorld], day: date) -> Bodies:
    """Generate it; `day` is the first day of awards whose day the account does not state."""
    rng = np.random.default_rng([programme.generator.seed, 0])
    series = [_series(programme, rule, markets) for rule in programme.organisations]
    staff, posts = _posts(programme, series, rng)
    stations, areas = _stations(programme, markets)
    awards, displays = _awards(programme, markets, day, rng)
    return Bodies(
        organisations=tuple(o for one in series for o in one.organisations),
        parents=tuple(p for one in series for p in _parents(one, series)),
        ties=tuple(tie for one in series for tie in _ties(one, markets)),
        staff=tuple(staff),
        posts=tuple(posts),
        stations=tuple(stations),
        areas=areas,
        tallies=tuple(_tallies(programme, areas)),
        awards=tuple(awards),
        displays=tuple(displays),
    )


def _series(programme: Programme, rule: OrganisationRule, markets: Sequence[MarketWorld]) -> _Series:
    count, sites = programme.count(rule.count), programme.generator.sites
    site_of = [n % len(sites) if n < len(sites) else (7 * n) % len(sites) for n in range(count)]
    days: list[date | None] = [opened.on for opened in rule.opened for _ in range(opened.count)]
    if days and len(days) != count:
        raise ValueError(f"{rule.code}: {len(days)} days for {count} organisations")
    area = None
    if rule.bound_to_street:
        floors = [level.outline_lonlat for world in markets for level in world.draft.levels]
        area = shapely.convex_hull(shapely.union_all(floors))
    made = tuple(
        Organisation(
            code=rule.code.format(n=n + 1),
            name=rule.name.format(n=n + 1, site=sites[site_of[n]].name),
            tier=rule.tier,
            formed=rule.formed,
            valid_from=days[n] if days else None,
            area_lonlat=area,  # pyright: ignore[reportArgumentType] - floors are polygons, so is their hull
        )
        for n in range(count)
    )
    return _Series(rule, made, tuple(site_of))


def _parents(one: _Series, series: Sequence[_Series]) -> Iterator[Parent]:
    rule = one.rule
    by_site = next((s for s in series if s.rule.by_site and s is not one), None)
    for n, organisation in enumerate(one.organisations, start=1):
        if rule.guided_every and by_site is not None:
            bureau = by_site.organisations[one.sites[n - 1]].code
            if n % rule.guided_every:
                yield Parent(organisation.code, bureau, Side.LINE)
            else:
                yield Parent(organisation.code, rule.parent)
                yield Parent(organisation.code, bureau, Side.LINE, Relation.GUIDE, primary=False)
            continue
        if rule.parent:
            yield Parent(organisation.code, rule.parent, rule.parent_side)
        if rule.line_parent:
            yield Parent(organisation.code, rule.line_parent, Side.LINE, rule.line_relation, primary=False)


def _ties(one: _Series, markets: Sequence[MarketWorld]) -> Iterator[MarketTie]:
    if one.rule.serves == "feeds":
        turn = [o for o, n in enumerate(shared_out(len(markets), [1.0] * len(one.organisations))) for _ in range(n)]
        for world, o in zip(markets, turn, strict=True):
            yield MarketTie(one.organisations[o].code, world.draft.market.code, Tie.FEEDS)
    elif one.rule.serves == "near":
        yield from _near(one, markets)


def _near(one: _Series, markets: Sequence[MarketWorld]) -> Iterator[MarketTie]:
    """Each organisation has the largest market of its site that is still free; others go to the nearest of the site."""
    own: dict[int, int] = {}
    for o, site in enumerate(one.sites):
        free = [m for m, world in enumerate(markets) if world.site == site and m not in own]
        own[max(free, key=lambda m: (len(markets[m].draft.merchants), -m))] = o
    for m, world in enumerate(markets):
        if m in own:
            yield MarketTie(one.organisations[own[m]].code, world.draft.market.code, Tie.OWN)
            continue
        hosts = [h for h in own if markets[h].site == world.site]
        nearest = min(hosts, key=lambda h: _apart(markets[h].lonlat, world.lonlat))
        yield MarketTie(one.organisations[own[nearest]].code, world.draft.market.code, Tie.ATTACHED)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return a number that grows with the distance; good enough inside one town."""
    return (0.92 * (one[0] - other[0])) ** 2 + (one[1] - other[1]) ** 2


def _posts(
    programme: Programme, series: Sequence[_Series], rng: np.random.Generator
) -> tuple[list[Member], list[Post]]:
    staff: list[Member] = []
    posts: list[Post] = []
    for rule in programme.posts:
        organisations = [o for one in series if one.rule.tier is rule.over for o in one.organisations]
        people = _people(programme, rule, rng)
        turn = [o for o, n in enumerate(shared_out(len(people), [1.0] * len(organisations))) for _ in range(n)]
        staff += people
        posts += [
            Post(m.code, rule.role, organisation=organisations[o].code) for m, o in zip(people, turn, strict=True)
        ]
    return staff, posts


def _people(programme: Programme, rule: PostRule, rng: np.random.Generator) -> list[Member]:
    names = person_names(rng, programme.count(rule.count))
    return [
        Member(
            MemberCode(f"{programme.code}-{rule.role.value}-{i:02d}"), name, rule.role, f"{programme.name}党群服务站"
        )
        for i, name in enumerate(names, start=1)
    ]


def _stations(programme: Programme, markets: Sequence[MarketWorld]) -> tuple[list[Station], dict[str, str]]:
    stations: list[Station] = []
    areas: dict[str, str] = {}
    for rule in programme.stations:
        made = list(_station_series(programme, rule, markets, start=len(stations) + 1))
        stations += made
        if rule.areas:
            areas |= {world.draft.market.code: made[world.site].code for world in markets}
    return stations, areas


def _station_series(
    programme: Programme, rule: StationRule, markets: Sequence[MarketWorld], start: int
) -> Iterator[Station]:
    sites = programme.generator.sites
    for n in range(programme.count(rule.count)):
        world = markets[n] if rule.each == "market" else None
        point = Point(world.lonlat) if world else Point(sites[n].lon, sites[n].lat) if rule.each == "site" else None
        market_name = world.draft.market.name if world else ""
        yield Station(
            code=f"{programme.code}-s{start + n:02d}",
            kind=rule.kind,
            name=rule.name.format(n=n + 1, site=sites[n % len(sites)].name, market=market_name),
            market=world.draft.market.code if world else None,
            venue=rule.venue,
            place_lonlat=point,
        )


def _tallies(programme: Programme, areas: dict[str, str]) -> Iterator[Tally]:
    stations = list(dict.fromkeys(areas.values()))
    for rule in programme.tallies:
        shares = [(station, 1.0) for station in stations] if rule.over_stations else [(None, 1.0)]
        counts = shared_out(programme.count(rule.count), [weight for _, weight in shares])
        for (station, _), count in zip(shares, counts, strict=True):
            yield Tally(
                rule.subject, rule.category, count, rule.as_of, station, rule.organisation, in_markets=rule.in_markets
            )


def _awards(
    programme: Programme, markets: Sequence[MarketWorld], day: date, rng: np.random.Generator
) -> tuple[list[Award], list[tuple[MarketCode, StallCode]]]:
    first = dict.fromkeys((o.merchant, w.draft.market.code) for w in markets for o in w.draft.occupancies)
    home = {o.merchant: o.stall for w in markets for o in reversed(w.draft.occupancies)}
    shops = [(market, home[merchant]) for merchant, market in first]
    awards: list[Award] = []
    taken = iter(rng.permutation(len(shops)).tolist())
    for rule in programme.awards:
        count = programme.count(rule.count)
        since = rule.since or (day if rule.months else None)
        until = _months_later(since, rule.months) if since and rule.months else None
        for n in range(count):
            market, stall = shops[next(taken)] if rule.to == "stall" else (None, None)
            if rule.to == "market":
                market = markets[(n * 61) % len(markets)].draft.market.code
            awards.append(Award(rule.kind, rule.level, market, stall, since, until))
    return awards, [shops[next(taken)] for _ in range(programme.count(programme.displays))]


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))
