"""Rows about visits and who makes them, judged by the rules of a site that has set none of its own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

import numpy as np

from gridmap.model.coverage import GAPS, Gap
from gridmap.model.field_records import CLOCK_KINDS, RecordKind
from gridmap.model.kinds import Role
from gridmap.model.site import SiteRules
from gridmap.services.coverage_zones import market_gaps
from gridmap.services.duty_days import DutyDay
from gridmap.services.published.evidence import Evidence, Finding, holds, same
from gridmap.spatial.coverage import NEVER, BoolArray, visits_overdue

RULES = SiteRules()
EITHER = SiteRules(resetting=CLOCK_KINDS)
_MORNING = time(10)


def overdue_days(waited: int, *, first: bool = False, rules: SiteRules = RULES) -> int:
    """Count the reason, 0 or 1, of a merchant who has waited so long since a visit, or since he began and none came."""
    begun = np.array([0 if first else -1000])
    visited = np.array([NEVER if first else 0])
    by_cycle, as_first = visits_overdue(begun, visited, waited, rules.cycle_days, rules.first_visit_days)
    return int((as_first if first else by_cycle)[0])


def overdue_after(records: Mapping[int, RecordKind], today: int, rules: SiteRules) -> int:
    """Count, 0 or 1, whether a visit is overdue after records of some kinds on some days; day 0 had a visit."""
    counted = [0, *(on for on, kind in records.items() if kind in rules.resetting)]
    return overdue_days(today - max(counted), rules=rules)


def cycle_rows() -> list[Finding]:
    """Day 14 is in time, day 15 is not."""
    return [
        same("走访周期(天)", RULES.cycle_days, 14),
        same("第 14 天逾期", overdue_days(14), 0),
        same("第 15 天逾期", overdue_days(15), 1),
    ]


def first_visit_rows() -> list[Finding]:
    """A new merchant is due a first visit within the site's days."""
    return [
        same("首访期限(天,站点可改)", RULES.first_visit_days, 3),
        same("第 3 天未首访", overdue_days(3, first=True), 0),
        same("第 4 天未首访", overdue_days(4, first=True), 1),
    ]


def mode_rows() -> list[Finding]:
    """A call on day 13 resets the clock only where the site says that contacts do."""
    called = {13: RecordKind.CONTACT}
    return [
        holds("重新计算期限的记录", _listed(RULES), "visit", ok=RULES.resetting == frozenset({RecordKind.VISIT})),
        same("第 13 天电话联系,第 15 天:默认逾期", overdue_after(called, 15, RULES), 1),
        same("第 13 天电话联系,第 15 天:走访、联系均算时逾期", overdue_after(called, 15, EITHER), 0),
    ]


def patrol_rows() -> list[Finding]:
    """A patrol never resets a visit clock, whatever the site says."""
    patrolled = {13: RecordKind.PATROL}
    return [
        holds("站点可选的记录", _listed(EITHER), "contact、visit", ok=RecordKind.PATROL not in CLOCK_KINDS),
        same("第 13 天巡查,第 15 天:走访逾期", overdue_after(patrolled, 15, EITHER), 1),
    ]


def _listed(rules: SiteRules) -> str:
    return "、".join(sorted(rules.resetting))


def movement_rows(e: Evidence) -> list[Finding]:
    """End one member's assignment: his merchants, and nobody else's, have nobody until another has the zone."""
    day = e.duty_of(e.markets[0].market)
    ended, *others = (a for a in day.roster.assignments if a.role is Role.MEMBER)
    zone = day.zone_of == day.zones.index(ended.zone)
    without = tuple(a for a in day.roster.assignments if a is not ended)
    alone = replace(day, roster=replace(day.roster, assignments=without), lapsed=day.lapsed | {ended.zone})
    taken = replace(ended, member=others[0].member)
    covered = replace(day, roster=replace(day.roster, assignments=(*without, taken)))
    before, after, again = (_nobody(each, e) for each in (day, alone, covered))
    return [
        same("分工", sum(p.zones for p in e.plans if p.name == "account"), 81),
        same("结束一人的分工后无人负责的商户", int(day.merchants[after].sum()), int(day.merchants[zone].sum())),
        same("其中他责任区以外的", int(day.merchants[after & ~zone].sum()), 0),
        same("结束前、由他人接任后", int(day.merchants[before | again].sum()), 0),
    ]


def _nobody(day: DutyDay, e: Evidence) -> BoolArray:
    having = market_gaps(day, datetime.combine(e.day, _MORNING, UTC), RULES.cap).having
    rows = [GAPS.index(gap) for gap in (Gap.NO_MEMBER, Gap.MEMBER_ENDED, Gap.AWAY)]
    return np.any(having[rows], axis=0)
