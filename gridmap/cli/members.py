"""`gridmap members`: who is on duty, who is away, who is proposed for zones without anybody."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import typer

from gridmap.cli.console import JsonOption, database, now, out, print_json, print_table
from gridmap.errors import InvalidParameterError
from gridmap.model.absences import Absence
from gridmap.model.hours import hours_from_text
from gridmap.model.ids import MemberCode
from gridmap.model.kinds import Role
from gridmap.services import absences, assignments, members, proposals
from gridmap.services.absences import AbsenceDetail
from gridmap.services.assignments import Wanted
from gridmap.services.proposals import StaffProposal

app = typer.Typer(help="网格员 / members", no_args_is_help=True, add_completion=False)
MarketArgument = Annotated[str, typer.Argument(help="市场编号 / market code")]
_DAY = ["%Y-%m-%d"]
FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=_DAY, help="自此日起,默认今天 / from this day, today")
]


@app.command("list")
def list_members(market: MarketArgument, as_json: JsonOption = False) -> None:
    """一个市场今日在任的人 / everybody on duty in a market today."""
    found = members.list_members(database(), market, now().date())
    if as_json:
        print_json({
            "members": [
                {"member_id": d.member.code, "name": d.member.name, "role": d.member.role, "zones": d.zones,
                 "posts": d.posts, "away": d.away, "stands_in": d.stands_in, "covers": d.covers}
                for d in found
            ]
        })  # fmt: skip
        return
    print_table(
        ["编号 member", "姓名 name", "角色 role", "责任区 zones", "实际由谁 stands in"],
        [[d.member.code, d.member.name, d.member.role, ", ".join([*d.zones, *d.posts]) or "-",
          (d.stands_in or "无人代管 nobody") if d.away else ""] for d in found],
    )  # fmt: skip


@app.command("assign")
def assign(
    market: MarketArgument,
    plan: Annotated[str | None, typer.Option(help="方案,默认现行方案 / plan, the one in force")] = None,
    first_day: FromOption = None,
    apply: Annotated[bool, typer.Option("--apply", help="采用提名 / apply what is proposed")] = False,
    as_json: JsonOption = False,
) -> None:
    """为无人的责任区提名网格员,--apply 采用 / propose members for zones without one; --apply gives them the zones."""
    opened, day = database(), _day(first_day)
    found = proposals.propose(opened, market, day, plan=plan)
    if apply and found.proposals:
        pairs = [Wanted(one.zone, one.member) for one in found.proposals]
        proposals.apply(opened, market, pairs, day, plan=found.plan)
    if as_json:
        print_json(_proposal(found, applied=apply))
    else:
        _tell(found, apply)


@app.command("away")
def away(
    member: Annotated[str, typer.Argument(help="网格员编号 / member code")],
    days: Annotated[int, typer.Option(min=1, max=absences.LONGEST_DAYS, help="天数 / days")] = 1,
    cover: Annotated[str | None, typer.Option(help="代管人 / who covers")] = None,
    first_day: FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记请假和代管人,立即生效 / a member is away, and who covers; it holds at once."""
    first = _day(first_day)
    named = MemberCode(cover) if cover else None
    absence = Absence(str(uuid4()), MemberCode(member), first, first + timedelta(days=days), named)
    _show(absences.add_absence(database(), absence, today=now().date()), as_json)


@app.command("back")
def back(
    absence: Annotated[str, typer.Argument(help="请假的 UUID / the UUID of the absence")],
    first_day: FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """提前回岗 / an absence ends early."""
    _show(absences.end_absence(database(), absence, _day(first_day), today=now().date()), as_json)


@app.command("end")
def end(
    member: Annotated[str, typer.Argument(help="网格员编号 / member code")],
    reason: Annotated[str, typer.Option(help="原因 / why")],
    first_day: FromOption = None,
) -> None:
    """离任;其责任区和任职同时结束 / a member leaves office; his zones and posts end with it."""
    found = members.end_member(database(), member, _day(first_day), reason)
    out.print(f"{found.member.code} 离任 / leaves on {found.member.valid_to}", markup=False)


@app.command("post")
def post(
    market: MarketArgument,
    member: Annotated[str, typer.Argument(help="网格员编号 / member code")],
    role: Annotated[Role, typer.Argument(help="网格长 leader、指导员 guide、联络员 liaison、开办者 operator / role")],
    first_day: FromOption = None,
    over: Annotated[bool, typer.Option("--end", help="自此日起不再担任 / the role ends on that day")] = False,
) -> None:
    """任命或结束网格长、指导员、联络员、开办者 / give or end a role for a market as a whole."""
    change = members.end_post if over else members.give_post
    found = change(database(), market, member, role, _day(first_day))
    held = [p for p in found.posts if p.valid_to is None or p.valid_to > now().date()]
    told = ", ".join(f"{p.role} {p.market or p.organisation}" for p in held) or "-"
    out.print(f"{found.member.code}: {told}", markup=False)


@app.command("hours")
def hours(
    text: Annotated[str, typer.Argument(help="如 mon-fri 08:00-18:00;24/7 为随时 / hours; 24/7: at any time")],
    member: Annotated[str | None, typer.Option(help="一个人的 / of one member")] = None,
    market: Annotated[str | None, typer.Option(help="市场,与 --role 同用 / a market, with --role")] = None,
    role: Annotated[Role | None, typer.Option(help="一种角色的 / of a role")] = None,
) -> None:
    """设定值班时段:一个人的,或一个市场一种角色的 / set hours, of a member or of a role in a market."""
    try:
        shifts = hours_from_text(text)
    except ValueError as error:
        remedy = ("请写成 mon-fri 08:00-18:00。", "Write it as mon-fri 08:00-18:00.")
        raise InvalidParameterError("hours", text, *remedy) from error
    if member is not None and market is None and role is None:
        members.set_member_shifts(database(), member, shifts)
    elif member is None and market is not None and role is not None:
        members.set_role_shifts(database(), market, role, shifts)
    else:
        raise InvalidParameterError(
            "member",
            member or "",
            "请给出 --member,或同时给出 --market 和 --role。",
            "Give --member, or --market and --role together.",
        )
    out.print(f"{member or f'{market} {role}'}: {text.strip()}", markup=False)


@app.command("give")
def give(
    plan: Annotated[str, typer.Argument(help="方案编号 / plan code")],
    zone: Annotated[str, typer.Argument(help="责任区编号 / zone code")],
    member: Annotated[str, typer.Argument(help="网格员编号 / member code")],
    role: Annotated[Role, typer.Option(help="member 或 deputy / role")] = Role.MEMBER,
    first_day: FromOption = None,
    beyond_capacity: Annotated[bool, typer.Option("--beyond-capacity", help="允许超出容量 / beyond capacity")] = False,
) -> None:
    """指派一个责任区 / give one zone to a member."""
    wanted = Wanted(zone, member, role)
    placed = assignments.assign(database(), plan, wanted, _day(first_day), beyond_capacity=beyond_capacity)
    a = placed.assignment
    out.print(f"{placed.plan} {a.zone}: {a.member} ({a.role})  {a.uuid}", markup=False)


def _day(chosen: datetime | None) -> date:
    return chosen.date() if chosen else now().date()


def _show(detail: AbsenceDetail, as_json: bool) -> None:
    a = detail.absence
    if as_json:
        print_json({
            "uuid": a.uuid, "member_id": a.member, "from": a.valid_from, "to": a.valid_to - timedelta(days=1),
            "cover": a.cover, "stands_in": detail.stands_in, "zones": detail.zones,
        })  # fmt: skip
        return
    out.print(f"{a.member} {a.valid_from} – {a.valid_to - timedelta(days=1)}  {a.uuid}", markup=False)
    out.print(f"实际由谁负责 / who does the work: {detail.stands_in or '无人代管 nobody'}", markup=False)


def _proposal(found: StaffProposal, *, applied: bool) -> dict[str, Any]:
    return {
        "plan": found.plan,
        "from": found.first_day,
        "applied": applied,
        "pairs": [
            {"zone": p.zone, "member_id": p.member, "merchants": p.merchants, "capacity": p.capacity,
             "own_stall": p.own_stall, "walk_m": p.walk_m}
            for p in found.proposals
        ],
        "open": [{"zone": o.zone, "merchants": o.merchants, "reason": o.reason} for o in found.open],
        "spare": list(found.spare),
    }  # fmt: skip


def _tell(found: StaffProposal, applied: bool) -> None:
    out.print(f"{'已指派 / assigned' if applied else '提名 / proposed'}: {found.plan}", markup=False)
    print_table(
        ["责任区 zone", "网格员 member", "户 merchants", "本人铺位 own stall", "步行 walk m"],
        [[p.zone, p.member, p.merchants, "✓" if p.own_stall else "", "-" if p.walk_m is None else p.walk_m]
         for p in found.proposals],
    )  # fmt: skip
    for one in found.open:
        out.print(f"✗ 责任区无网格员 / without a member: {one.zone} ({one.merchants} 户, {one.reason})", markup=False)
