"""`gridmap routes`: rounds of visits for the zones of a market or of many."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, calendar, database, now, out, print_json, print_table, steps
from gridmap.errors import InvalidParameterError, NotFoundError
from gridmap.exchange.route_tables import REASON_WORDS, stops_table, unplanned_table
from gridmap.model.routes import Unplanned, ZoneRoutes
from gridmap.services import route_batch, routes
from gridmap.services.coverage import markets_asked
from gridmap.spatial.routes import EFFORT
from gridmap.store.session import Database

SHOWN = 40


def routes_command(
    market: Annotated[str | None, typer.Argument(help="市场编号 / market code")] = None,
    place: Annotated[str | None, typer.Option(help="地点;all 为全部市场 / a place, or all markets")] = None,
    zone: Annotated[str | None, typer.Option(help="只要此责任区 / only this zone")] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="从此日起,默认今天 / from this day on, today")
    ] = None,
    entrance: Annotated[str | None, typer.Option(help="起止铺位 / stall where rounds begin and end")] = None,
    target: Annotated[
        Path | None, typer.Option("--out", help="目录:写 routes.csv、unplanned.csv / folder for the tables")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="进程数 / processes")] = os.cpu_count() or 1,
    effort: Annotated[int, typer.Option(min=1, max=5, help="搜索力度 / how long to search")] = EFFORT,
    seed: Annotated[int, typer.Option(min=0, help="随机种子 / seed")] = routes.SEED,
    as_json: JsonOption = False,
) -> None:
    """走访路线:两周内每铺一次,逾期在先,每日路线短 / rounds of visits: every stall once a cycle, overdue ones first."""
    opened, moment = database(), now()
    asked = routes.Asked((day or moment).date(), moment, calendar(), entrance, seed, effort)
    codes = markets_asked(opened, market, place)
    if (zone or entrance) and len(codes) != 1:
        raise InvalidParameterError(
            "zone" if zone else "entrance", zone or entrance or "", "请给出市场。", "Give a market."
        )
    if zone is not None:
        found = routes.routes_of_market(opened, codes[0], asked, zone)
    else:
        found = _many(opened, codes, asked, workers)
    if target is not None:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in (("routes.csv", stops_table(found)), ("unplanned.csv", unplanned_table(found))):
            (target / name).write_text(text, encoding="utf-8", newline="")
    if as_json:
        print_json(as_object(found))
    else:
        _print(found)


def as_object(found: list[ZoneRoutes]) -> dict[str, Any]:
    """Return the totals, and each zone in short, as one JSON object."""
    lost = [reason for one in found for _, reason in one.unplanned]
    return {
        "zones": len(found),
        "stalls": sum(one.stalls for one in found),
        "visited": sum(one.visited for one in found),
        "planned": sum(len(r.stops) for one in found for r in one.rounds),
        "unplanned": {reason: lost.count(reason) for reason in Unplanned if reason in lost},
        "walk_m": round(sum(r.walk_m for one in found for r in one.rounds), 1),
        "by_zone": [
            {
                "market": one.market, "zone": one.zone, "member": one.member, "start": one.start,
                "start_kind": one.start_kind, "stalls": one.stalls, "visited": one.visited,
                "unplanned": len(one.unplanned),
                "rounds": [
                    {"day": r.day, "stops": [s.stall for s in r.stops], "walk_m": round(r.walk_m, 1)}
                    for r in one.rounds
                ],
            }
            for one in found
        ],
    }  # fmt: skip


def _many(opened: Database, codes: list[str], asked: routes.Asked, workers: int) -> list[ZoneRoutes]:
    units = route_batch.units_of(opened, codes, asked)
    if not units:
        raise NotFoundError("plan", ",".join(codes[:3]))
    zones, done = sum(len(unit.zones) for unit in units), 0
    found: list[ZoneRoutes] = []
    with steps({"routes": "走访路线 / rounds"}) as report:
        for unit, planned in route_batch.routes_of_units(opened, units, asked, workers=workers):
            found += planned
            done += len(unit.zones)
            report("routes", done, zones)
    return sorted(found, key=lambda one: (one.market, one.zone))


def _print(found: list[ZoneRoutes]) -> None:
    stalls, stops = sum(one.stalls for one in found), sum(len(r.stops) for one in found for r in one.rounds)
    walk_km = sum(r.walk_m for one in found for r in one.rounds) / 1000
    out.print(f"{len(found):,} 个责任区,{stalls:,} 个铺位,已排 {stops:,} 次走访,步行共 {walk_km:,.1f} 公里")
    lost = [reason for one in found for _, reason in one.unplanned]
    for reason in (reason for reason in Unplanned if reason in lost):
        out.print(f"未排:{REASON_WORDS[reason]} {lost.count(reason):,} 个铺位")
    print_table(
        ["责任区 zone", "网格员", "铺位", "已走访", "未排", "起止 start", "首日 first day", "铺位", "米"],
        [_row(one) for one in found[:SHOWN]],
    )
    if len(found) > SHOWN:
        out.print(f"……共 {len(found):,} 个责任区,全部见 --out 或 --json / all of them by --out or --json")
    if len(found) == 1:
        for one_day in found[0].rounds:
            out.print(
                f"{one_day.day} {one_day.walk_m:.0f} 米:{'、'.join(s.stall for s in one_day.stops)}", markup=False
            )


def _row(one: ZoneRoutes) -> list[object]:
    first = one.rounds[0] if one.rounds else None
    return [
        one.zone, one.member or "-", one.stalls, one.visited, len(one.unplanned), one.start or "-",
        first.day if first else "-", len(first.stops) if first else 0, round(first.walk_m) if first else 0,
    ]  # fmt: skip
