"""A market out of the database into one file that `gridmap import --from` reads back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gridmap.errors import InvalidParameterError
from gridmap.exchange.exports import write_export
from gridmap.model.duty import Zoning
from gridmap.model.exports import ExportFormat, MarketCopy
from gridmap.model.ids import StallCode
from gridmap.model.intake import MarketDraft
from gridmap.model.rights import Action
from gridmap.services import rights
from gridmap.services.rights import Mask
from gridmap.spatial import crs
from gridmap.spatial.arrays import places_of
from gridmap.spatial.crs import Datum
from gridmap.store import audit, exports, markets, members, organisation_ledger, plans, stalls
from gridmap.store.session import Connection, Database


@dataclass(frozen=True, slots=True)
class Exported:
    """What went into the file; `left_out` counts occupancies whose stalls stand no longer."""

    market: str
    levels: int
    stalls: int
    merchants: int
    occupancies: int
    connectors: int
    members: int
    zones: int
    left_out: int


def export_market(
    database: Database,
    market: str,
    form: ExportFormat,
    path: Path,
    *,
    now: datetime,
    at: date | None = None,
    datum: Datum = Datum.WGS84,
) -> Exported:
    """
    Write a market into a file.

    What the caller is not shown is not in it: without sight of the register no merchant and no name on a sign (a member
    has those of his own zones); credit codes and members' own stalls only for who may take them out. That names of
    merchants leave is in the audit log before they do.

    Parameters
    ----------
    form
        GeoJSON, GeoPackage, GeoParquet, IMDF, xlsx or CSV.
    at
        The day whose state is wanted; without it the whole register with the occupancies that have ended.
    datum
        What the coordinates refer to: WGS84 unless said otherwise, whatever the market's files were in. Read it back
        with the same.

    Raises
    ------
    NotFoundError
        If there is no such market, or the caller does not see it.
    InvalidParameterError
        If the format cannot hold an outline, or is WGS84 by its standard (IMDF) and another datum is asked for.
    """
    if form is ExportFormat.IMDF and datum is not Datum.WGS84:
        raise InvalidParameterError("datum", datum, "IMDF 只用 WGS84。", "IMDF is in WGS84 by its standard.")
    mask = rights.mask_of(database, market, at or now.date())
    private = rights.allowed_there(database, Action.EXPORT_REGISTER, market)
    with database.reading() as connection:
        copy, left_out = _copy(connection, market, at, now.date(), mask=mask, private=private)
    draft = copy.draft
    if draft.occupancies:
        with database.writing() as connection:
            audit.describe(
                connection, "register.export", draft.market.code,
                format=form.value, merchants=len(draft.merchants), at=at.isoformat() if at else None,
            )  # fmt: skip
    write_export(_in_datum(copy, datum), form, path, now=now)
    return Exported(
        draft.market.code, len(draft.levels), len(draft.stalls), len(draft.merchants), len(draft.occupancies),
        len(draft.connectors), len(draft.members), len(copy.zones), left_out,
    )  # fmt: skip


def _in_datum(copy: MarketCopy, datum: Datum) -> MarketCopy:
    """Return the same market with every place in another datum."""
    if datum is Datum.WGS84:
        return copy
    draft = copy.draft
    stalls_there = crs.shift_places(places_of([s.place_lonlat for s in draft.stalls]), Datum.WGS84, datum)
    there: Callable[[Any], Any] = lambda place: crs.shift_places(place, Datum.WGS84, datum)  # noqa: E731
    shifted = replace(
        draft,
        levels=tuple(replace(level, outline_lonlat=there(level.outline_lonlat)) for level in draft.levels),
        stalls=tuple(replace(s, place_lonlat=p) for s, p in zip(draft.stalls, stalls_there, strict=True)),
        connectors=tuple(
            replace(c, from_lonlat=there(c.from_lonlat), to_lonlat=there(c.to_lonlat)) for c in draft.connectors
        ),
    )
    if draft.zoning is not None:
        zones = tuple(
            replace(zone, shapes=tuple(replace(s, outline_lonlat=there(s.outline_lonlat)) for s in zone.shapes))
            for zone in draft.zoning.zones
        )
        shifted = replace(shifted, zoning=replace(draft.zoning, zones=zones))
    return replace(copy, draft=shifted)


def _copy(
    connection: Connection, name: str, at: date | None, today: date, *, mask: Mask, private: bool
) -> tuple[MarketCopy, int]:
    day = at or today
    market = markets.market(connection, name)
    standing = tuple(mask.stall(trading).stall for trading in stalls.trading_stalls(connection, name, day))
    codes = {stall.code for stall in standing}
    trading = [o for o in exports.occupancies(connection, name, at) if mask.register or o.stall in mask.own]
    here = tuple(occupancy for occupancy in trading if occupancy.stall in codes)
    who = {occupancy.merchant for occupancy in here}
    entries = organisation_ledger.ledger(connection, markets.market_id(connection, name)) if mask.register else {}
    serving = tuple(organisation_ledger.serving(entries))
    people = members.office_members(connection, [entry.code for entry in serving])
    draft = MarketDraft(
        market=market,
        buildings=tuple(markets.buildings(connection, name)),
        levels=tuple(summary.level for summary in markets.levels(connection, name, day)),
        connectors=tuple(markets.connectors(connection, name)),
        stalls=standing,
        merchants=tuple(m for m in exports.merchants(connection, name) if m.code in who),
        occupancies=here,
        members=tuple(m for m in (*members.members(connection, name), *people) if mask.register or not m.organisation),
        organisations=serving,
        zoning=_zoning(connection, name, day, codes),
    )
    copy = MarketCopy(
        draft,
        posts=organisation_ledger.post_counts(connection),
        register=mask.register,
        own=bool(mask.own),
        private=private,
    )
    return copy, len(trading) - len(here)


def _zoning(connection: Connection, name: str, day: date, standing: Collection[StallCode]) -> Zoning | None:
    """Return the plan in force on a day with its zones, as far as their stalls stand."""
    code = plans.plan_in_force(connection, name, day)
    if code is None:
        return None
    zones = tuple(
        replace(zone, stalls=tuple(stall for stall in zone.stalls if stall in standing))
        for zone in plans.zones(connection, code)
    )
    return Zoning(plans.plan(connection, code), zones, tuple(plans.assignments(connection, code)))
