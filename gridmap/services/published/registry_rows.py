"""A closing told by the registry, tried on a loaded market: nothing is written."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from gridmap.model.ids import MerchantCode, StallCode
from gridmap.model.register_changes import Register
from gridmap.model.registry import RegistryEvent, RegistryKind
from gridmap.services.duty_days import DutyDay
from gridmap.services.published.evidence import Evidence, Finding, rounded, same
from gridmap.services.registry_taking import TakenEvents
from gridmap.services.turnover import Occupancies, turnover, vacant_stalls

_CODE = "91350100M000100Y43"
"""The sound code that GB 32100-2015 gives as an example: the place's merchants have none."""
_HALF = timedelta(days=15)


def closing_rows(e: Evidence) -> list[Finding]:
    """One merchant closes: he leaves that day, his stall is free, his zone has one less, turnover counts him."""
    market = e.markets[0].market
    known, day = e.register_of(market), e.duty_of(market)
    merchant, stall = _alone(known, e)
    after = _closed(known, merchant, e)
    before_day, on_day = (_traders(after, e, later) for later in (-1, 0))
    first, end = e.day - _HALF, e.day + _HALF
    spans = e.spans_of(market)
    found = turnover(after, spans, first, end)
    zone = day.zones[day.zone_of[day.index[stall]]]
    was, now = (_of_zones(day, pairs, e)[zone] for pairs in (known.occupancies, after))
    free = {each.stall for each in vacant_stalls(after, spans, end)}
    return [
        same("注销前一天在场", int(merchant in before_day), 1),
        same("注销当天在场", int(merchant in on_day), 0),
        same("其余商户不变", len(on_day), len(before_day) - 1),
        same("铺位腾空", int(stall in free), 1),
        same("所在责任区商户减少", was - now, 1),
        same("30 天内注销", found.closes, 1),
        rounded("流失率 = 注销 ÷ 平均在场(%)", 100 * (found.rate or 0), round(100 / (len(before_day) - 0.5), 4), 4),
    ]


def _alone(known: Register, e: Evidence) -> tuple[MerchantCode, StallCode]:
    """Return the first merchant who has traded all the time, in one stall, with nobody beside him."""
    in_force = [pair for pair, times in known.occupancies.items() if any(t.holds(e.day) for t in times)]
    stalls_of = Counter(merchant for merchant, _ in in_force)
    beside = Counter(stall for _, stall in in_force)
    return min(pair for pair in in_force if stalls_of[pair[0]] == 1 and beside[pair[1]] == 1)


def _closed(known: Register, merchant: MerchantCode, e: Evidence) -> Occupancies:
    """Return the occupancies after the registry has told that the merchant closed on the day."""
    coded = tuple(replace(t, value=replace(t.value, uscc=_CODE)) for t in known.merchants[merchant])
    taken = TakenEvents(replace(known, merchants={**known.merchants, merchant: coded}))
    taken.take(RegistryEvent(_CODE, RegistryKind.CLOSE, e.day))
    changed = {(MerchantCode(c.key[0]), StallCode(c.key[1])): c.after for c in taken.changes()}
    return {**known.occupancies, **changed}


def _traders(pairs: Occupancies, e: Evidence, later: int) -> set[MerchantCode]:
    on = e.day + timedelta(days=later)
    return {merchant for (merchant, _), times in pairs.items() if any(t.holds(on) for t in times)}


def _of_zones(day: DutyDay, pairs: Occupancies, e: Evidence) -> Counter[str]:
    """Count merchants by zone on the day; one with stalls in several zones counts in each."""
    trading = {
        (merchant, day.zones[day.zone_of[day.index[stall]]])
        for (merchant, stall), times in pairs.items()
        if stall in day.index and day.zone_of[day.index[stall]] >= 0 and any(t.holds(e.day) for t in times)
    }
    return Counter(zone for _, zone in trading)
