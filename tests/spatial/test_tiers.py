"""Visits by tiers: they add up to the limit, cycles hold, and the chances are those of counting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import InvalidParameterError, TiersShortError
from gridmap.services import tiers as service
from gridmap.spatial.tiers import Tier, visit_plan

TIERS = st.lists(
    st.builds(Tier, st.just("档"), st.integers(1, 500), st.none() | st.integers(1, 400)), min_size=1, max_size=5
)


@given(TIERS, st.integers(1, 60), st.integers(1, 90))
@settings(deadline=None)
def test_visits_add_up_to_the_limit_and_cycles_hold(tiers: list[Tier], limit: int, within: int) -> None:
    least = sum(-(-t.merchants // t.cycle_days) for t in tiers if t.cycle_days)
    if least > limit:
        with pytest.raises(TiersShortError):
            visit_plan(tiers, limit, within)
        return
    plan = visit_plan(tiers, limit, within)
    assert sum(p.visits_a_day for p in plan.tiers) == limit
    for p in plan.tiers:
        if p.tier.cycle_days:
            assert p.cycle_days is not None
            assert p.cycle_days <= p.tier.cycle_days
        assert 0 <= p.chance_at_random <= p.chance_in_turn + 1e-9 <= 1 + 1e-9


def test_liwan_station_at_20_a_day() -> None:
    """L04: 6,477 entities a station; at 20 a day one round is 324 working days."""
    plan = service.visit_plan(["全部:6477"], limit_a_day=20, within_days=324)
    assert (plan.full_cycle_days, plan.tiers[0].visits_a_day, plan.chance_in_turn) == (324, 20, 1.0)
    tiered = service.visit_plan(["高:120:20", "中:600:100", "低:5757"], limit_a_day=20, within_days=60)
    assert [p.visits_a_day for p in tiered.tiers] == [6, 6, 8]
    assert [p.cycle_days for p in tiered.tiers] == [20, 100, 720]
    assert tiered.tiers[2].chance_in_turn == pytest.approx(480 / 5757)


def test_chances_are_those_of_playing_it() -> None:
    n, visits, within = 30, 3, 7
    plan = visit_plan([Tier("a", n)], visits, within).tiers[0]
    rng = np.random.default_rng(1)
    starts = rng.integers(0, n, 40_000)
    in_turn = np.mean(-starts % n < visits * within)
    at_random = np.mean([(rng.random((within, n)).argsort(axis=1)[:, :visits] == 0).any() for _ in range(4000)])
    assert plan.chance_in_turn == pytest.approx(in_turn, abs=0.01)
    assert plan.chance_at_random == pytest.approx(at_random, abs=0.03)


def test_faulty_tiers_are_named() -> None:
    for named in (["高"], ["高:0"], ["高:5:0"], []):
        with pytest.raises(InvalidParameterError):
            service.visit_plan(named, limit_a_day=20, within_days=60)
