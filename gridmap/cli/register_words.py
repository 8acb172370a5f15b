"""Changes of a register on the terminal."""

from collections.abc import Sequence

from gridmap.cli.console import out
from gridmap.model.intake import ImportReport
from gridmap.model.register_changes import EventKind, RegisterEvent

KINDS = {
    EventKind.OPEN: "入驻 opens",
    EventKind.CLOSE: "退场 closes",
    EventKind.MOVE: "迁铺 moves",
    EventKind.RENAME: "更名 new names",
    EventKind.TRADE: "经营范围变更 new trades",
    EventKind.CREDIT_CODE: "信用代码变更 credit codes",
    EventKind.STALL_ADD: "新增铺位 new stalls",
    EventKind.STALL_CHANGE: "铺位变更 changed stalls",
    EventKind.STALL_END: "铺位撤销 ended stalls",
    EventKind.STALL_CODE: "铺位改号 new numbers",
    EventKind.LEVEL: "楼层变更 levels",
    EventKind.CONNECTOR: "连通点变更 connectors",
    EventKind.LEDGER: "来源与核实 source and verification",
    EventKind.ORGANISATION: "组织 organisations",
    EventKind.MEMBER: "网格员变更 members",
}
_SHOWN = 20


def tell_changes(found: ImportReport, dry_run: bool) -> None:
    """Print what a list changes in each market that was there already."""
    for market in found.markets:
        if market.changes:
            tell_events(market.changes, market.market)
        if market.record and not dry_run:
            out.print(f"导入记录 / record: {market.record}", markup=False)
        elif not market.refused and not market.changes and not dry_run:
            out.print(f"{market.market}: 没有变动 / nothing to change", markup=False)


def tell_events(events: Sequence[RegisterEvent], market: str) -> None:
    """Print events, counted by kind and then the first ones of each."""
    by_kind = {kind: [event for event in events if event.kind is kind] for kind in EventKind}
    counts = ", ".join(f"{KINDS[kind]} {len(found)}" for kind, found in by_kind.items() if found)
    out.print(f"{market} 的变动 / changes: {counts}", markup=False)
    for kind, found in by_kind.items():
        for event in found[:_SHOWN]:
            out.print(f"  {KINDS[kind]}: {event_line(event)}", markup=False)
        if len(found) > _SHOWN:
            out.print(f"  {KINDS[kind]}: … 另有 / more: {len(found) - _SHOWN}", markup=False)


def event_line(event: RegisterEvent) -> str:
    """Return one event in a line."""
    who = f"{event.name}({event.merchant})" if event.merchant else ""
    where = "、".join(event.stalls)
    if event.from_stalls:
        where = f"{'、'.join(event.from_stalls)} → {where}"
    what = f"“{event.before}” → “{event.after}”" if event.before or event.after else ""
    day = event.day.isoformat() if event.day else ""
    return " ".join(part for part in (who, where, what, day) if part)
