"""Arithmetic: which totals fit, how many zones, which caps."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.errors import InfeasibleError, InvalidParameterError, TooFewZonesError
from gridmap.spatial.partition import feasibility
from gridmap.spatial.partition.params import Band, Params, Weights

BAND = Params().band()
TOTALS = st.lists(st.integers(1, 400), min_size=1, max_size=8)


def test_the_totals_that_never_fit_45_to_55() -> None:
    misfits = [total for total in range(45, 300) if not feasibility.admits(total, BAND)]
    assert misfits == [*range(56, 90), *range(111, 135), *range(166, 180), *range(221, 225)]


@given(st.integers(0, 3000), st.integers(5, 60), st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.4]))
@settings(deadline=None, max_examples=200)
def test_the_best_number_of_zones_is_that_of_trying_all(total: int, target: int, tolerance: float) -> None:
    band = Params(target=target, tolerance=tolerance).band()
    fit = feasibility.best_fit(total, band)
    tried = {k: (feasibility.shortfall(total, k, band), abs(total / k - target)) for k in range(1, total // 2 + 3)}
    assert fit.short == min(short for short, _ in tried.values())
    assert tried[fit.zones] == min(tried.values())


@given(st.lists(st.integers(1, 170), min_size=2, max_size=4))
@settings(deadline=None, max_examples=200)
def test_levels_keep_as_many_zones_as_leave_the_others_in_band(totals: list[int]) -> None:
    fit = feasibility.best_fit(sum(totals), BAND)
    if fit.short:
        return
    kept = feasibility.leftovers(totals, fit.zones, BAND)
    most = [feasibility.leftover(total, BAND).own for total in totals]
    tried = [own for own in product(*(range(one + 1) for one in most)) if _others_fit(totals, own, fit.zones)]
    assert sum(level.own for level in kept) == max(sum(own) for own in tried)
    assert tuple(level.own for level in kept) in tried
    for total, level in zip(totals, kept, strict=True):
        assert (level.least, level.most) == (max(0, total - 55 * level.own), total - 45 * level.own)


def _others_fit(totals: list[int], own: tuple[int, ...], zones: int) -> bool:
    """Say whether what the levels leave over fills the zones on several levels, of which there is one at least."""
    others = zones - sum(own)
    least = sum(max(0, total - 55 * count) for total, count in zip(totals, own, strict=True))
    return others >= 1 and least <= 55 * others and sum(totals) - 45 * sum(own) >= 45 * others


def test_a_cap_needs_as_few_zones_as_hold_the_total() -> None:
    band = Params(cap=50).band()
    assert [feasibility.best_fit(total, band).zones for total in (0, 1, 50, 51, 5800)] == [1, 1, 1, 2, 116]


@given(TOTALS, st.integers(0, 20))
@settings(deadline=None, max_examples=100)
def test_the_least_cap_is_the_least(totals: list[int], more: int) -> None:
    values, zones = np.array(totals, dtype=np.float64), len(totals) + more
    cap = feasibility.least_cap_no_crossing(values, zones)
    assert feasibility.need(values, cap) <= zones
    assert cap == 1 or feasibility.need(values, cap - 1) > zones
    assert feasibility.least_cap_pooled(values, zones) <= cap


@given(TOTALS, st.integers(0, 20))
@settings(deadline=None, max_examples=100)
def test_zones_are_shared_out_so_that_the_greatest_load_is_least(totals: list[int], more: int) -> None:
    values, zones = np.array(totals, dtype=np.float64), len(totals) + more
    counts = feasibility.share_zones(values, np.full(len(totals), 1000), zones)
    assert counts.sum() == zones
    assert counts.min() >= 1
    assert np.ceil(values / counts).max() == feasibility.least_cap_no_crossing(values, zones)


def test_too_few_zones_name_the_least_caps_and_the_tightest_market() -> None:
    totals, market = np.array([300.0, 40.0, 60.0]), np.array([4, 5, 5])
    feasibility.require_zones(totals, market, 9, 50)
    with pytest.raises(InfeasibleError) as caught:
        feasibility.require_zones(totals, market, 6, 50)
    error = caught.value
    assert (error.merchants, error.need, error.least_cap_pooled, error.least_cap_no_crossing) == (400, 9, 67, 75)
    assert (error.tightest_market, error.tightest_need, error.tightest_have) == ("4", 6, 4)
    with pytest.raises(TooFewZonesError) as few:
        feasibility.require_zones(totals, market, 2, None)
    assert few.value.need == 3
    assert "3" in few.value.text("en")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("target", 0),
        ("target", float("nan")),
        ("tolerance", 1),
        ("tolerance", -0.1),
        ("cap", 0),
        ("zones", 0),
        ("seed", -1),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        Params(**{name: value})  # type: ignore[arg-type]
    assert caught.value.field == name


def test_weights_below_zero_are_refused_and_bands_are_rounded() -> None:
    with pytest.raises(InvalidParameterError):
        Weights(runs=-1)
    assert Params(target=50, tolerance=0.1).band() == Band(45.0, 50, 55.0)
    assert BAND.holds(45)
    assert BAND.holds(55)
    assert not BAND.holds(56)
