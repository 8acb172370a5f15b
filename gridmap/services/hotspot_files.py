"""`gridmap hotspots`: events, visits and stalls in files to hot spots in files, without a database."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gridmap.exchange.findings import Fault, Findings
from gridmap.exchange.frames import refused
from gridmap.exchange.hotspot_files import Records, read_events, read_visits
from gridmap.exchange.hotspot_results import write_hotspots
from gridmap.exchange.partition_files import StallTable, read_links, read_stalls
from gridmap.model.hotspots import Period, Wishes
from gridmap.model.intake import Quarantined
from gridmap.services.hotspot_listing import listing_rows, listing_told, period_starts, trends_told
from gridmap.services.hotspot_report import report_of, rows_of
from gridmap.services.partition_report import rows_told
from gridmap.spatial import crs
from gridmap.spatial.adjacency import links_of
from gridmap.spatial.arrays import FloatArray, IntArray, Places
from gridmap.spatial.hotspots.counts import Counts
from gridmap.spatial.hotspots.find import Hotspots, Settings, find_hotspots
from gridmap.spatial.hotspots.listing import inspection_list
from gridmap.spatial.hotspots.trends import place_trends
from gridmap.spatial.walking import WalkGraph

Say = Callable[[str], None]


@dataclass(frozen=True)
class HotspotFiles:
    """The files of one call."""

    events: Path
    visits: Path
    stalls: Path
    links: Path | None = None


@dataclass(frozen=True)
class HotspotsDone:
    """What was written: `report` is the content of report.json, `rejected` the rows that were left out."""

    report: dict[str, Any]
    rejected: tuple[Quarantined, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Input:
    """Everything that was read; `order` sorts stalls by code, `counts` is in that order."""

    stalls: StallTable
    places_lonlat: Places
    order: IntArray
    counts: Counts
    events: Records
    visits: Records


def hotspot_files(
    files: HotspotFiles, out: Path, settings: Settings, wishes: Wishes | None = None, *, say: Say = lambda _: None
) -> HotspotsDone:
    """
    Find the hot spots of the stalls of a file and write hotspots.csv, hotspots.geojson and report.json.

    Parameters
    ----------
    files
        What to read.
    out
        Folder to write to; made if missing. Nothing is written unless all has been read.
    settings
        How hot spots are looked for.
    wishes
        What is wanted beside the hot spots; the usual if not given.
    say
        Told what is being done, for people who wait.

    Raises
    ------
    InputRefusedError
        If a file cannot be used; nothing is written.
    """
    findings, wishes = Findings(), wishes or Wishes()
    say("读取文件 / reading")
    given = _read(files, findings)
    say("检验 / testing")
    found = find_hotspots(given.counts, settings)
    _remark(given, findings)
    stalls, order, counts = given.stalls, given.order, given.counts
    rng = np.random.default_rng(wishes.seed)
    listing = inspection_list(
        counts,
        found,
        size=wishes.list_size,
        random_share=wishes.random_share,
        rng=rng,
        empty=stalls.merchants[order] <= 0,
    )
    report: dict[str, Any] = {"input_hash": _input_hash(given), "seed": wishes.seed}
    report |= report_of(stalls, order, counts, found)
    report |= {"events": _told(given.events, given), "visits": _told(given.visits, given)}
    report["listing"] = listing_told(stalls, order, counts, listing, wishes.random_share)
    report["trends"] = _trends(given, found, wishes.by)
    report |= rows_told(findings)
    write_hotspots(
        out,
        rows_of(stalls, order, counts, found),
        given.places_lonlat,
        listed=listing_rows(stalls, order, counts, found, listing),
        report=report,
    )
    return HotspotsDone(report, tuple(findings.quarantined), tuple(findings.notes))


def _trends(given: _Input, found: Hotspots, by: Period) -> dict[str, Any] | None:
    """Follow the hot places by week or month; None where visits or events have no days."""
    if not (given.events.dated and given.visits.dated):
        return None
    first = date.fromordinal(int(min(given.visits.day.min(), given.events.day.min())))
    last = date.fromordinal(int(max(given.visits.day.max(), given.events.day.max())))
    starts = period_starts(first, last, by)
    edges = np.array([start.toordinal() for start in starts])
    place: IntArray = np.empty(len(given.stalls), dtype=np.int64)
    place[given.order] = np.arange(len(given.stalls))
    tables: list[FloatArray] = []
    for records in (given.visits, given.events):
        table = np.zeros((len(given.stalls), len(starts)))
        np.add.at(table, (place[records.stall], np.searchsorted(edges, records.day, side="right") - 1), records.number)
        tables.append(table)
    market = given.counts.market
    trends = place_trends(tables[0], tables[1], market, found.place, spread=found.spread, level=found.settings.level)
    return trends_told(trends, [start.isoformat() for start in starts])


def _read(files: HotspotFiles, findings: Findings) -> _Input:
    stalls, places_lonlat = read_stalls(files.stalls, findings)
    if not len(stalls):
        raise refused(files.stalls, "没有任何铺位", "there is no stall in it")
    visits = read_visits(files.visits, stalls, findings)
    events = _after_first_visit(read_events(files.events, stalls, findings), visits, findings)
    order = np.argsort(stalls.stall_id.astype(str), kind="stable")
    place = np.empty(len(stalls), dtype=np.int64)
    place[order] = np.arange(len(stalls))
    walks = None
    if files.links is not None:
        links = read_links(files.links, stalls, findings)
        walks = WalkGraph.from_links(len(stalls), links_of(place[links.ends], links.walk_m, "level"))
    market = np.unique(stalls.market.astype(str), return_inverse=True)[1].astype(np.int64)
    counts = Counts(
        _metres(stalls, places_lonlat)[order],
        _levels(stalls)[order],
        market[order],
        visits.by_stall(len(stalls))[order],
        events.by_stall(len(stalls))[order],
        walks,
    )
    return _Input(stalls, places_lonlat, order, counts, events, visits)


def _after_first_visit(events: Records, visits: Records, findings: Findings) -> Records:
    """Leave out events from before anybody is known to have looked: there is nothing to hold them against."""
    if not (events.dated and visits.dated):
        return events
    first = int(visits.day.min())
    early = events.day < first
    for i in np.flatnonzero(early):
        findings.reject(
            events.file,
            int(events.row[i]),
            Fault(
                "date",
                date.fromordinal(int(events.day[i])).isoformat(),
                f"早于第一次走访({date.fromordinal(first)}),当时没有走访记录",
                f"before the first visit on record ({date.fromordinal(first)})",
                "请补上当时的走访,或去掉此行",
                "Add the visits of that time, or leave the row out",
            ),
        )
    return events.only(~early)


def _metres(stalls: StallTable, places_lonlat: Places) -> FloatArray:
    """Middles of the stalls, shape (n, 2), in a projection of each market's own."""
    lonlat = shapely.get_coordinates(shapely.centroid(places_lonlat))
    xy_m = np.empty_like(lonlat)
    for market in np.unique(stalls.market.astype(str)):
        mine = stalls.market == market
        lon, lat = lonlat[mine].T
        x_m, y_m = crs.metres_of(lon, lat, crs.local_projection(float(np.median(lon)), float(np.median(lat))))
        xy_m[mine] = np.column_stack([x_m, y_m])
    return xy_m


def _levels(stalls: StallTable) -> IntArray:
    """Number the levels of all buildings of all markets."""
    keys = [
        np.unique(values, return_inverse=True)[1].astype(np.int64)
        for values in (stalls.market.astype(str), stalls.building.astype(str), stalls.level)
    ]
    return np.unique(np.column_stack(keys), axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def _remark(given: _Input, findings: Findings) -> None:
    """Say in words what a reader of the table must know."""
    counts = given.counts
    unseen = float(counts.events[counts.visits <= 0].sum())
    if unseen:
        findings.note(
            "有 {n} 起问题发生在没有走访记录的铺位,计入发现数但不参与检验",
            "{n} events are at stalls without a visit: shown, but no rate can be made of them",
            int(unseen),
        )
    unvisited = int((counts.visits <= 0).sum())
    if unvisited:
        findings.note(
            "有 {n} 个铺位未走访,情况不明", "{n} stalls were never visited: nothing is known of them", unvisited
        )
    vacant = int((given.stalls.merchants[given.events.stall] <= 0).sum())
    if vacant:
        findings.note(
            "有 {n} 起问题发生在空置铺位,照常计入", "{n} events are at vacant stalls and count as any other", vacant
        )
    early = _before_own_visit(given)
    if early:
        findings.note(
            "有 {n} 起问题早于该铺位的第一次走访,照常计入",
            "{n} events are older than the first visit to their own stall and count as any other",
            early,
        )
    total = float(counts.events.sum())
    if total < 1:
        findings.note("没有可用的问题记录,无从判断高发", "there is no event to go by")
    elif total == 1:
        findings.note("只有一起问题,无从判断高发", "a single event says nothing about a place")
    elif float(counts.events.max()) >= 0.5 * total and len(counts) > 2:
        code = given.stalls.stall_id[given.order][int(counts.events.argmax())]
        share = 100.0 * float(counts.events.max()) / total
        findings.note(
            f"铺位 {code} 占全部问题的 {share:.0f}%:这是一个铺位的问题,不是一片地方的问题",
            f"stall {code} has {share:.0f} % of all events: a matter of that stall, not of a place",
        )
    if float(counts.visits.sum()) <= 0:
        findings.note("没有可用的走访记录,全部暂不判定", "there is no visit to go by: nothing can be told")


def _before_own_visit(given: _Input) -> int:
    if not (given.events.dated and given.visits.dated):
        return 0
    first: IntArray = np.full(len(given.stalls), np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(first, given.visits.stall, given.visits.day)
    own = first[given.events.stall]
    return int(((given.events.day < own) & (own < np.iinfo(np.int64).max)).sum())


def _told(records: Records, given: _Input) -> dict[str, Any]:
    days = records.day[records.day >= 0]
    return {
        "rows": records.rows,
        "left_out": records.rows - len(records.stall),
        "counted": int(records.number.sum()),
        "stalls": len(np.unique(records.stall[records.number > 0])),
        "of_stalls": len(given.stalls),
        "first_day": date.fromordinal(int(days.min())).isoformat() if len(days) else None,
        "last_day": date.fromordinal(int(days.max())).isoformat() if len(days) else None,
    }


def _input_hash(given: _Input) -> str:
    """Digest of what was tested, whatever the order of the rows."""
    counts = given.counts
    digest = hashlib.sha256("\n".join(given.stalls.stall_id[given.order].astype(str)).encode())
    for values in (counts.level, counts.market, counts.visits, counts.events):
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(np.round(counts.xy_m, 3).tobytes())
    if counts.walks is not None:
        for values in (counts.walks.starts, counts.walks.ends):
            digest.update(np.ascontiguousarray(values).tobytes())
        digest.update(np.round(counts.walks.walk_m, 3).tobytes())
    return digest.hexdigest()
