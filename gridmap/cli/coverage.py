"""`gridmap coverage`: who is not covered, and why."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, calendar, database, now, out, print_json, print_table
from gridmap.config import settings
from gridmap.exchange.coverage_tables import coverage_table
from gridmap.exchange.features import collection_text
from gridmap.model.coverage import (
    GAP_WORDS,
    GAPS,
    MARKET_GAP_WORDS,
    MARKET_GAPS,
    REASONS,
    VISIT_GAP_WORDS,
    VISIT_GAPS,
)
from gridmap.services import coverage
from gridmap.services.coverage import Coverage, MarketCoverage, StallCoverage
from gridmap.spatial.coverage import GapTotals


def coverage_command(
    market: Annotated[str | None, typer.Argument(help="市场编号 / market code")] = None,
    place: Annotated[str | None, typer.Option(help="地点;all 为全部市场 / a place, or all markets")] = None,
    at: Annotated[datetime | None, typer.Option(help="时刻,默认现在 / moment, now if left out")] = None,
    target: Annotated[
        Path | None, typer.Option("--out", help="逐铺位写入 .csv 或 .geojson / every stall, to .csv or .geojson")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """未覆盖的商户,按原因 / merchants that are not covered, by reason."""
    opened = database()
    moment = now() if at is None else at.replace(tzinfo=settings().zone)
    found = coverage.coverage(opened, now=moment, market=market, place=place, calendar=calendar())
    if target is not None:
        _write(target, [stall for one in found.markets for stall in coverage.stalls_of(opened, one)])
    if as_json:
        print_json(as_object(found))
    else:
        _print(found)


def as_object(found: Coverage) -> dict[str, Any]:
    """Return the report as one JSON object, as `GET /api/v1/coverage` has it."""
    return {
        "as_of": found.as_of.isoformat(),
        **_totals(found.totals),
        **_visits(found),
        "lacking": [{"reason": gap, "markets": n} for gap, n in zip(MARKET_GAPS, found.lacking, strict=True)],
        "markets": [{"market": m.market, "members": m.members, "cap": m.cap, **_totals(m.totals), **_visits(m),
                     "lacks": m.lacks} for m in found.markets],
        "staffing": {
            "members": found.staffing.members, "cap": found.staffing.cap, "need": found.staffing.need,
            "gap": found.staffing.gap, "least_cap": found.staffing.least_cap,
            "need_no_crossing": found.no_crossing.need, "least_cap_no_crossing": found.no_crossing.least_cap,
        },
        "one_more": [asdict(one) for one in found.one_more],
    }  # fmt: skip


def _totals(totals: GapTotals) -> dict[str, Any]:
    return {
        "merchants": totals.merchants,
        "covered": totals.covered,
        "uncovered": totals.uncovered,
        "reasons": [
            {"reason": gap, "merchants": totals.having[r], "first": totals.first[r]}
            for r, gap in enumerate(GAPS)
            if totals.having[r]
        ],
    }


def _visits(found: Coverage | MarketCoverage) -> dict[str, Any]:
    told = [{"reason": gap, "merchants": n} for gap, n in zip(VISIT_GAPS, found.overdue, strict=True)]
    reasons = [
        {"reason": gap, "merchants": n, "first": first}
        for gap, n, first in zip(REASONS, found.every.having, found.every.first, strict=True)
        if n
    ]
    every = {"merchants": found.every.merchants, "none": found.every.covered, "reasons": reasons}
    return {"overdue": told, "visits_recorded": found.recorded, "every_reason": every}


def _write(target: Path, stalls: list[StallCoverage]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "market": s.market, "stall": s.stall, "building": s.level.building, "level": s.level.ordinal,
            "zone": s.zone, "member": s.member, "merchants": s.merchants, "uncovered": s.uncovered,
            "reasons": [str(gap) for gap in s.gaps], "overdue": [str(gap) for gap in s.overdue],
            "market_lacks": [str(gap) for gap in s.lacks],
        }
        for s in stalls
    ]  # fmt: skip
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".csv":
        text = coverage_table(rows)
    else:
        text = collection_text(zip((s.place_lonlat for s in stalls), rows, strict=True))
    target.write_text(text, encoding="utf-8", newline="")


def _print(found: Coverage) -> None:
    totals, staff = found.totals, found.staffing
    share = 100 * totals.covered / totals.merchants if totals.merchants else 100.0
    out.print(f"{found.as_of:%Y-%m-%d %H:%M}:{totals.merchants:,} 户,已覆盖 {totals.covered:,} 户({share:.1f}%)")
    print_table(
        ["原因 reason", "户 merchants", "首要 first"],
        [
            [" / ".join(GAP_WORDS[gap]), f"{totals.having[r]:,}", f"{totals.first[r]:,}"]
            for r, gap in enumerate(GAPS)
            if totals.having[r]
        ],
    )
    for gap, n in zip(VISIT_GAPS, found.overdue, strict=True):
        out.print(f"{' / '.join(VISIT_GAP_WORDS[gap])}:{n:,} 户")
    if found.overdue[0] and not found.recorded:
        out.print("尚无走访记录,老商户全部计为逾期 / no visit on record yet: all but new merchants count as overdue")
    for gap, n in zip(MARKET_GAPS, found.lacking, strict=True):
        if n:
            out.print(f"{' / '.join(MARKET_GAP_WORDS[gap])}:{n:,} 个市场 markets")
    missing = f"缺 {staff.gap:,}" if staff.gap > 0 else f"余 {-staff.gap:,}"
    out.print(f"{staff.members:,} 名网格员,上限每人 {staff.cap} 户:需 {staff.need:,} 人,{missing} 人;最低上限 "
              f"{staff.least_cap if staff.least_cap is not None else '-'}")  # fmt: skip
    if len(found.markets) > 1:
        print_table(
            ["市场 market", "户", "未覆盖 uncovered", "网格员 members"],
            [[m.market, f"{m.totals.merchants:,}", f"{m.totals.uncovered:,}", m.members] for m in found.markets],
        )
