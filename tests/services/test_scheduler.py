"""Units shared out by a Dask worker: the same bytes as here; and what is said where there is none."""

import builtins
from collections.abc import Iterator

import numpy as np
import pytest
from distributed import LocalCluster

from gridmap.errors import InvalidParameterError
from gridmap.services.scheduler import spread_over
from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.solve import solve
from tests.spatial.partition.worlds import grid_problem

PARAMS = Params(target=8, tolerance=0.25, seed=3)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        yield cluster.scheduler_address


def two_halls() -> Problem:
    cells = [(0, 100 * hall + x, y) for hall in range(2) for x in range(8) for y in range(6)]
    return grid_problem(cells, [1.0, 0.0, 2.0] * 32, market=[0] * 48 + [1] * 48)


def test_a_worker_makes_the_same_zones_as_a_thread_here(scheduler: str) -> None:
    problem, told = two_halls(), []
    with spread_over(scheduler) as spread:
        there = solve(problem, PARAMS, workers=spread, progress=told.append)
    here = solve(problem, PARAMS)
    assert there.zone_of.tobytes() == here.zone_of.tobytes()
    assert here.assignment.zones == 12
    np.testing.assert_allclose(told, [0.5, 1.0])


def test_where_nobody_answers_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridmap.services.scheduler.CONNECT_S", 0.5)
    for url in ("tcp://127.0.0.1:9", "nonsense://there"):
        with pytest.raises(InvalidParameterError, match="dask scheduler"), spread_over(url):
            pass


def test_a_scheduler_without_workers_is_refused() -> None:
    with (
        LocalCluster(
            n_workers=0, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as empty,
        pytest.raises(InvalidParameterError, match="same gridmap"),
        spread_over(empty.scheduler_address),
    ):
        pass


def test_without_distributed_the_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def without(name: str, *more: object) -> object:
        if name == "distributed":
            raise ImportError(name)
        return whole(name, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InvalidParameterError, match="uv pip install distributed"), spread_over("tcp://127.0.0.1:1"):
        pass
