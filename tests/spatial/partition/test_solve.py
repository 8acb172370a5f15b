"""What must hold for every plan: cover, one piece, one market, loads; same seed, same bytes; order does not matter."""

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridmap.errors import CapMissedError, InfeasibleError, InvalidParameterError, TooFewZonesError
from gridmap.spatial.partition.feasibility import best_fit, need
from gridmap.spatial.partition.metrics import inertia_m2, zone_loads
from gridmap.spatial.partition.params import Effort, Params, Weights
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Assignment, Result
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.stop import AfterRounds
from tests.spatial.partition.worlds import grid_problem, one_street, pieces, small_markets, two_floors_one_stair

TENS = Params(target=8, tolerance=0.25)
PARAMS = st.builds(
    Params,
    target=st.sampled_from([4.0, 8.0, 15.0]),
    tolerance=st.sampled_from([0.1, 0.25]),
    weights=st.sampled_from([Weights(), Weights(levels=0, runs=2), Weights(runs=1, anchor=3)]),
    effort=st.sampled_from(list(Effort)),
    seed=st.integers(0, 5),
)


def pieces_of_markets(problem: Problem) -> int:
    return sum(pieces(problem, np.flatnonzero(problem.market == m)) for m in np.unique(problem.market))


def check_valid(problem: Problem, result: Result) -> None:
    zone_of, zones = result.zone_of, result.assignment.zones
    assert zone_of.shape == (problem.stalls,)
    assert set(zone_of.tolist()) == set(range(zones))
    for zone in range(zones):
        stalls = np.flatnonzero(zone_of == zone)
        assert len(set(problem.market[stalls].tolist())) == 1
        assert pieces(problem, stalls) == 1
    assert zone_loads(problem, result.assignment).sum() == pytest.approx(problem.weight.sum())


@given(small_markets(), PARAMS)
@settings(deadline=None, max_examples=60)
def test_every_stall_has_a_zone_and_every_zone_is_one_piece_of_one_market(problem: Problem, params: Params) -> None:
    check_valid(problem, solve(problem, params))


@given(small_markets(), PARAMS)
@settings(deadline=None, max_examples=25)
def test_same_seed_same_bytes_with_one_worker_or_two(problem: Problem, params: Params) -> None:
    one = solve(problem, params, rng=np.random.default_rng(7))
    two = solve(problem, params, rng=np.random.default_rng(7), workers=2)
    assert one.zone_of.tobytes() == two.zone_of.tobytes()
    assert one.metrics == two.metrics


@given(small_markets(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=25)
def test_the_order_of_stalls_and_links_does_not_matter(problem: Problem, numbers: Random) -> None:
    order = list(range(problem.stalls))
    numbers.shuffle(order)
    links = list(range(len(problem.ends)))
    numbers.shuffle(links)
    there = np.argsort(order)
    shuffled = Problem(
        weight=problem.weight[order],
        xy_m=problem.xy_m[order],
        ordinal=problem.ordinal[order],
        building=problem.building[order],
        market=problem.market[order],
        ends=there[problem.ends[links]][:, ::-1].reshape(-1, 2),
        walk_m=problem.walk_m[links],
        code_rank=problem.code_rank[order],
    )
    assert np.array_equal(solve(shuffled, TENS).zone_of, solve(problem, TENS).zone_of[order])


@given(small_markets(), st.integers(3, 20))
@settings(deadline=None, max_examples=25)
def test_a_cap_is_kept_with_as_few_zones_as_it_allows_or_a_few_more(problem: Problem, cap: int) -> None:
    result = solve(problem, Params(cap=cap))
    check_valid(problem, result)
    assert zone_loads(problem, result.assignment).max() <= cap
    assert result.assignment.zones >= need(np.bincount(problem.market, problem.weight), cap)


@given(small_markets(), st.integers(1, 12))
@settings(deadline=None, max_examples=25)
def test_so_many_zones_as_asked_or_an_error_that_says_why(problem: Problem, zones: int) -> None:
    parts = pieces_of_markets(problem)
    if zones < parts:
        with pytest.raises(TooFewZonesError, match=str(parts)):
            solve(problem, Params(zones=zones))
    elif zones > problem.stalls:
        with pytest.raises(InvalidParameterError):
            solve(problem, Params(zones=zones))
    else:
        result = solve(problem, Params(zones=zones))
        check_valid(problem, result)
        assert result.assignment.zones == zones


def connected_partitions(problem: Problem, zones: int) -> list[np.ndarray]:
    """All ways to cut a tiny market into so many zones of one piece each."""
    found = []
    for rest in product(range(zones), repeat=problem.stalls - 1):
        zone_of = np.array((0, *rest))
        first = [int(np.argmax(zone_of == z)) for z in range(zones)]
        all_used = len(set(zone_of.tolist())) == zones and first == sorted(first)
        if all_used and all(pieces(problem, np.flatnonzero(zone_of == z)) == 1 for z in range(zones)):
            found.append(zone_of)
    return found


@given(
    st.sampled_from([(3, 3), (4, 2), (8, 1), (2, 4)]),
    st.integers(2, 3),
    st.lists(st.sampled_from([1.0, 1.0, 2.0]), min_size=9, max_size=9),
)
@settings(deadline=None, max_examples=30)
def test_tiny_markets_reach_the_optimum_of_brute_force(
    shape: tuple[int, int], zones: int, weights: list[float]
) -> None:
    cells = [(0, x, y) for x in range(shape[0]) for y in range(shape[1])]
    problem = grid_problem(cells, weights[: len(cells)])
    mean = float(problem.weight.sum()) / zones
    params = Params(target=mean, tolerance=0.25, effort=Effort.FULL, weights=Weights(levels=0, room=0))
    assume(best_fit(float(problem.weight.sum()), params.band()).zones == zones)
    band = params.band()

    def cost(zone_of: np.ndarray) -> tuple[float, float]:
        assignment = Assignment(zone_of, zones, band)
        off = [max(band.low - load, load - band.high, 0.0) for load in zone_loads(problem, assignment)]
        return sum(d * d + d for d in off), inertia_m2(problem, assignment)

    best = min(cost(zone_of) for zone_of in connected_partitions(problem, zones))
    reached = cost(solve(problem, params).zone_of)
    assert reached[0] == pytest.approx(best[0])
    if best[0] == 0:
        assert reached[1] <= best[1] * (1 + 1e-9)


@given(small_markets(), st.integers(3, 12), st.integers(1, 12))
@settings(deadline=None, max_examples=25)
def test_cap_and_number_of_zones_are_both_kept_or_it_is_said_that_they_cannot_be(
    problem: Problem, cap: int, zones: int
) -> None:
    params = Params(cap=cap, zones=min(zones, problem.stalls))
    try:
        result = solve(problem, params)
    except InfeasibleError:
        return
    check_valid(problem, result)
    assert result.assignment.zones == params.zones
    assert zone_loads(problem, result.assignment).max() <= cap


def test_enough_zones_by_arithmetic_that_whole_stalls_cannot_fill_are_refused() -> None:
    problem = grid_problem([(0, x, 0) for x in range(3)], [3.0, 3.0, 4.0])
    with pytest.raises(CapMissedError) as caught:
        solve(problem, Params(cap=5, zones=2))
    assert (caught.value.need, caught.value.over, caught.value.reached) == (2, 1, 6)
    assert zone_loads(problem, solve(problem, Params(cap=6, zones=2)).assignment).max() == 6


@given(small_markets(), st.integers(0, 1000))
@settings(deadline=None, max_examples=15)
def test_loads_may_be_any_numbers(problem: Problem, seed: int) -> None:
    minutes = problem.weight * np.random.default_rng(seed).uniform(0.5, 7.5, problem.stalls)
    problem = replace(problem, weight=minutes)
    check_valid(problem, solve(problem, Params(target=30.0, tolerance=0.2)))


def test_with_the_weight_of_room_loads_keep_away_from_the_edges_of_the_band() -> None:
    numbers = np.random.default_rng(3)
    cells = [(0, x, y) for x in range(20) for y in range(12)]
    problem = grid_problem(cells, numbers.integers(0, 3, len(cells)))
    params = Params(target=16, tolerance=0.25)

    def spread(room: float) -> float:
        result = solve(problem, replace(params, weights=Weights(room=room)))
        check_valid(problem, result)
        return float(np.square(zone_loads(problem, result.assignment) - 16).sum())

    assert spread(12.0) < 0.5 * spread(0.0)


def test_a_total_that_no_number_of_zones_fits_gets_the_least_bad() -> None:
    result = solve(one_street(13), TENS)
    assert sorted(zone_loads(one_street(13), result.assignment).tolist()) == [6.0, 7.0]
    result = solve(one_street(11), Params(target=8, tolerance=0.0))
    assert (result.markets[0].admits, result.markets[0].short) == (False, 3.0)
    assert result.assignment.zones == 1


def test_levels_that_fit_are_zoned_by_themselves() -> None:
    result = solve(two_floors_one_stair(), Params(target=9, tolerance=0.2))
    values = {metric.key: metric.value for metric in result.metrics}
    assert (values["one_level_pct"], values["in_band_pct"], result.units) == (100.0, 100.0, 2)


def test_levels_that_do_not_fit_are_joined_by_their_stair() -> None:
    problem = two_floors_one_stair(wide=4, deep=3)  # 12 + 12: only together three times 8
    result = solve(problem, Params(target=8, tolerance=0.1))
    assert zone_loads(problem, result.assignment).tolist() == [8.0, 8.0, 8.0]
    check_valid(problem, result)


def test_pieces_that_no_link_joins_are_zoned_apart_and_told_with_the_missing_link() -> None:
    problem = grid_problem([(0, x, 0) for x in (0, 1, 2, 3, 6, 7)], [1.0] * 6)
    result = solve(problem, TENS)
    check_valid(problem, result)
    (loose,) = result.loose
    assert (loose.stalls, loose.merchants, {loose.missing_from, loose.missing_to}) == (2, 2.0, {3, 4})
    assert loose.missing_m == pytest.approx(9.0, abs=0.2)


def test_a_stall_heavier_than_a_zone_is_left_alone_and_told() -> None:
    problem = grid_problem([(0, x, 0) for x in range(17)], [1.0] * 8 + [200.0] + [1.0] * 8)
    for params in (TENS, Params(cap=8)):
        result = solve(problem, params)
        check_valid(problem, result)
        assert result.heavy.tolist() == [8]
        assert np.count_nonzero(result.zone_of == result.zone_of[8]) == 1


@pytest.mark.parametrize("params", [TENS, Params(cap=8), Params(cap=8, zones=4)])
def test_a_group_heavier_than_a_zone_is_left_alone_and_told(params: Params) -> None:
    together = np.full(28, -1)
    together[10:20] = 3
    problem = grid_problem([(0, x, 0) for x in range(28)], [1.0] * 10 + [1.5] * 10 + [1.0] * 8, together=together)
    problem = problem.reordered(np.random.default_rng(1).permutation(28))
    result = solve(problem, params)
    check_valid(problem, result)
    (group,) = result.heavy_groups
    assert group.tolist() == np.flatnonzero(problem.together == 3).tolist()
    assert not len(result.heavy)
    assert np.count_nonzero(result.zone_of == result.zone_of[group[0]]) == 10


@pytest.mark.parametrize("weights", [[0.0] * 6, [1.0, 1.0, 1.0], [5.0]])
def test_markets_without_merchants_or_with_three_work(weights: list[float]) -> None:
    problem = grid_problem([(0, x, 0) for x in range(len(weights))], weights)
    for params in (Params(), Params(cap=50), Params(zones=1)):
        result = solve(problem, params)
        assert result.zone_of.tolist() == [0] * len(weights)


def test_an_empty_market_has_no_zones() -> None:
    result = solve(grid_problem([], []), Params())
    assert (result.assignment.zones, result.metrics, result.markets) == (0, (), ())


def test_eighteen_markets_and_eighty_one_zones_under_a_cap_of_fifty_are_infeasible_with_both_least_caps() -> None:
    sizes = [323] * 4 + [322] * 14  # 5,800 merchants, as equal as 18 markets can be
    cells = [(0, 2 * m, y) for m, size in enumerate(sizes) for y in range(size)]
    market = [m for m, size in enumerate(sizes) for _ in range(size)]
    problem = grid_problem(cells, [1.0] * len(cells), market=market)
    with pytest.raises(InfeasibleError) as caught:
        solve(problem, Params(cap=50, zones=81))
    error = caught.value
    assert (error.need, error.least_cap_pooled, error.least_cap_no_crossing) == (126, 72, 81)
    assert error.tightest_need > error.tightest_have


def test_stalls_of_one_group_share_a_zone_and_take_the_way_between_along() -> None:
    together = np.full(24, -1)
    together[[1, 14]] = 5
    problem = grid_problem([(0, x, 0) for x in range(24)], [1.0] * 24, together=together)
    result = solve(problem, TENS)
    check_valid(problem, result)
    assert len(set(result.zone_of[1:15].tolist())) == 1


def test_no_zone_reaches_over_a_wall() -> None:
    side = np.array([0] * 11 + [1] * 9)
    problem = grid_problem([(0, x, 0) for x in range(20)], [1.0] * 20, wall=side)
    zone_of = solve(problem, Params(target=5, tolerance=0.2)).zone_of
    assert not set(zone_of[:11].tolist()) & set(zone_of[11:].tolist())


def test_only_what_must_move_moves_from_a_previous_plan() -> None:
    cells = [(0, x, y) for x in range(12) for y in range(4)]
    before = solve(grid_problem(cells, [1.0] * 48), TENS).zone_of
    weights = np.ones(48)
    weights[np.flatnonzero(before == 0)[:3]] = 2.0  # one zone grows by three merchants: 8 -> 11, the band ends at 10
    problem = grid_problem(cells, weights, previous=before)
    result = solve(problem, TENS)
    check_valid(problem, result)
    values = {metric.key: metric.value for metric in result.metrics}
    assert values["in_band_pct"] == 100.0
    assert 0 < values["moved_pct"] <= 6.0  # at least one merchant of 51


def test_locked_stalls_keep_their_zone() -> None:
    cells = [(0, x, y) for x in range(10) for y in range(4)]
    before = solve(grid_problem(cells, [1.0] * 40), TENS).zone_of
    locked = before == before[0]
    weights = np.where(locked, 2.0, 1.0)  # twice the load: without the lock some would have to go
    result = solve(grid_problem(cells, weights, previous=before, locked=locked), TENS)
    assert len(set(result.zone_of[locked].tolist())) == 1


def test_locked_zones_are_not_given_up_when_merchants_become_few() -> None:
    cells = [(0, x, y) for x in range(10) for y in range(4)]
    before = solve(grid_problem(cells, [1.0] * 40), TENS).zone_of
    locked = np.array([int(np.argmax(before == zone)) for zone in np.unique(before)])
    mark = np.isin(np.arange(40), locked)
    problem = grid_problem(cells, np.where(mark, 1.0, 0.0), previous=before, locked=mark)
    result = solve(problem, TENS)
    check_valid(problem, result)
    assert len(set(result.zone_of[locked].tolist())) == len(locked)


@given(small_markets(), small_markets())
@settings(deadline=None, max_examples=20)
def test_any_previous_plan_will_do(problem: Problem, other: Problem) -> None:
    old = np.resize(solve(other, TENS).zone_of, problem.stalls) if other.stalls else np.zeros(problem.stalls, np.int64)
    old[::7] = -1
    marks = np.zeros(problem.stalls, dtype=np.bool_)
    marks[::5] = old[::5] >= 0
    for locked in (np.empty(0, dtype=np.bool_), marks):
        warm = replace(problem, previous=old.astype(np.int64), locked=locked)
        check_valid(problem, solve(warm, TENS))


def test_a_plan_that_is_stopped_at_once_is_still_valid() -> None:
    problem = two_floors_one_stair(8, 6)
    check_valid(problem, solve(problem, Params(target=8, tolerance=0.05), AfterRounds(0)))


def test_progress_ends_at_one() -> None:
    told: list[float] = []
    solve(two_floors_one_stair(), Params(target=9, tolerance=0.2), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_level_without_merchants_inside_a_market_gets_zones_of_those_around_it() -> None:
    cells = [(level, x, y) for level in range(3) for x in range(4) for y in range(4)]
    weights = [1.0] * 16 + [0.0] * 16 + [1.0] * 16
    problem = grid_problem(cells, weights, stairs=[(0, 16), (16, 32)])
    result = solve(problem, Params(target=8, tolerance=0.25))
    check_valid(problem, result)
    loads = np.bincount(result.zone_of, problem.weight)
    assert loads.min() >= 6
    assert result.loose == ()


def test_a_level_in_three_pieces_is_zoned_piece_by_piece_and_each_missing_link_is_named() -> None:
    cells = [(0, 20 * part + x, y) for part in range(3) for x in range(4) for y in range(4)]
    problem = grid_problem(cells, [1.0] * 48)
    result = solve(problem, Params(target=8, tolerance=0.25))
    check_valid(problem, result)
    assert [(piece.stalls, piece.merchants) for piece in result.loose] == [(16, 16.0)] * 2
    part_of = np.repeat(np.arange(3), 16)
    for piece in result.loose:
        assert part_of[piece.missing_from] != part_of[piece.missing_to]
        assert piece.missing_m == pytest.approx(17 * 3, abs=2)
