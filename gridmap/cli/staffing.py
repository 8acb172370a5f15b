"""`gridmap staffing`: have we enough members."""

from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, database, now, out, print_json, print_table
from gridmap.errors import InvalidParameterError
from gridmap.services import staffing
from gridmap.services.staffing import Question, StaffingReport
from gridmap.spatial.staffing import STANDARD_CAP, STANDARD_CYCLE_DAYS, NoCrossing


def staffing_command(
    place: Annotated[str | None, typer.Argument(help="示范地点 / a loaded place")] = None,
    merchants: Annotated[int | None, typer.Option(min=0, help="商户数 / merchants")] = None,
    members: Annotated[int | None, typer.Option(min=0, help="网格员数 / members")] = None,
    cap: Annotated[int, typer.Option(min=1, help="每人户数上限 / merchants a member")] = STANDARD_CAP,
    markets: Annotated[int | None, typer.Option(min=1, help="市场数,大小相等 / so many equal markets")] = None,
    helpers: Annotated[int, typer.Option(min=0, help="协助人员(测算)/ helpers, a what-if")] = 0,
    cycle: Annotated[int, typer.Option(min=1, help="走访周期,天 / cycle in days")] = STANDARD_CYCLE_DAYS,
    limit: Annotated[int | None, typer.Option(min=1, help="每人每日走访上限 / visits a day at most")] = None,
    as_json: JsonOption = False,
) -> None:
    """人员缺口测算 / need, gap, least cap: pooled, and with no zone across markets."""
    report = _report(place, merchants, members, cap, markets, helpers, cycle, limit)
    if as_json:
        print_json(as_object(report))
    else:
        _print(report)


def _report(
    place: str | None,
    merchants: int | None,
    members: int | None,
    cap: int,
    markets: int | None,
    helpers: int,
    cycle: int,
    limit: int | None,
) -> StaffingReport:
    if place is not None and (merchants, members, markets) == (None, None, None):
        return staffing.place_staffing(
            database(), place, now().date(), cap=cap, helpers=helpers, cycle_days=cycle, limit_a_day=limit
        )
    if place is not None or merchants is None or members is None:
        raise InvalidParameterError(
            "merchants",
            "" if merchants is None else str(merchants),
            "请给出地点,或同时给出 --merchants 和 --members。",
            "Give a place, or --merchants and --members together.",
        )
    return staffing.compare(Question(merchants, members, cap, markets, helpers), cycle_days=cycle, limit_a_day=limit)


def as_object(report: StaffingReport) -> dict[str, Any]:
    """Return the report as the contract's JSON object, with more beside it."""
    pooled, duty = report.pooled, report.duty
    return {
        "merchants": pooled.merchants,
        "members": pooled.members,
        "cap": pooled.cap,
        "need": pooled.need,
        "gap": pooled.gap,
        "covered": pooled.covered,
        "uncovered": pooled.uncovered,
        "least_cap": pooled.least_cap,
        "no_crossing": _apart(report.no_crossing),
        "equal_markets": _apart(report.equal_markets),
        "need_bounds": list(report.bounds) if report.bounds else None,
        "place": report.place,
        "kind": report.kind,
        "helpers": report.helpers,
        "duty": {
            "load": duty.load,
            "cycle_days": duty.cycle_days,
            "visits_a_day": duty.visits_a_day,
            "visits_a_year": duty.visits_a_year,
            "limit_a_day": duty.limit_a_day,
            "cycle_working_days": duty.cycle_working_days,
        },
        "one_more": [
            {"market": o.market, "merchants": o.merchants, "members": o.members, "need": o.need, "load": o.load,
             "load_then": o.load_then, "covered_more": o.covered_more}
            for o in report.one_more
        ],
        "notes": [note.zh for note in report.notes],
    }  # fmt: skip


def _apart(found: NoCrossing | None) -> dict[str, int | None] | None:
    return None if found is None else {"need": found.need, "gap": found.gap, "least_cap": found.least_cap}


def _print(report: StaffingReport) -> None:
    pooled, unit = report.pooled, report.unit
    share = 100 * pooled.covered / pooled.merchants if pooled.merchants else 100.0
    out.print(f"人员缺口测算({report.kind}){report.place or ''}", markup=False)
    out.print(f"{pooled.merchants:,} {unit},{pooled.members:,} 人,上限每人 {pooled.cap} {unit}")
    rows: list[list[object]] = [["不分市场 pooled", *_line(pooled.need, pooled.gap, pooled.least_cap)]]
    if report.place and report.no_crossing:
        apart = report.no_crossing
        rows.append(["不跨市场 own markets", *_line(apart.need, apart.gap, apart.least_cap)])
    if report.equal_markets:
        equal = report.equal_markets
        rows.append([f"不跨市场,{equal.markets} 个相等 equal", *_line(equal.need, equal.gap, equal.least_cap)])
    print_table(["", "需 need", "缺 gap", "最低上限 least cap"], rows)
    out.print(f"可覆盖 {pooled.covered:,} {unit}({share:.1f}%),未覆盖 {pooled.uncovered:,} {unit}")
    if report.bounds:
        out.print(f"市场大小不等时,需 {report.bounds[0]:,}–{report.bounds[1]:,} 人")
    duty = report.duty
    if duty.load is not None:
        out.print(f"每人 {duty.load:,} {unit};{duty.cycle_days} 天一轮,每个工作日走访 {duty.visits_a_day} {unit}")
    if duty.cycle_working_days is not None:
        out.print(f"每日至多 {duty.limit_a_day} {unit}时,一轮需 {duty.cycle_working_days} 个工作日")
    _print_one_more(report)
    for note in report.notes:
        out.print(note.zh, markup=False)


def _line(need: int, gap: int, least_cap: int | None) -> list[object]:
    missing = f"缺 {gap:,}" if gap > 0 else f"余 {-gap:,}" if gap < 0 else "0"
    return [f"{need:,}", missing, "-" if least_cap is None else f"{least_cap:,}"]


def _print_one_more(report: StaffingReport) -> None:
    if not report.one_more:
        return
    out.print("增加 1 人最见效的市场 / where one more member helps most:")
    print_table(
        ["市场 market", "户 merchants", "人 members", "需 need", "最大负荷 load", "增 1 人后 then", "多覆盖 covered"],
        [
            [o.market, o.merchants, o.members, o.need, "-" if o.load is None else o.load, o.load_then, o.covered_more]
            for o in report.one_more[:10]
        ],
    )
