"""Units shared out by other machines: a Dask scheduler hands them to its workers, each of which has gridmap installed.

`distributed` is not among what gridmap needs: only who has several machines installs it.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import cast

import numpy as np

from gridmap import __version__
from gridmap.errors import InvalidParameterError
from gridmap.spatial.partition.share import Shared
from gridmap.spatial.partition.solve import Spread
from gridmap.spatial.partition.terms import Ground
from gridmap.spatial.partition.units import Unit

CONNECT_S = 10


def installed_version() -> str:
    """Return the version of gridmap where this is called; asked of every worker."""
    return __version__


@contextmanager
def spread_over(url: str) -> Generator[Spread]:
    """
    Connect to a scheduler for as long as the context lasts.

    Parameters
    ----------
    url
        Where it listens, such as tcp://10.0.0.5:8786.

    Yields
    ------
    spread
        What `solve` takes as `workers`. The zones are those that threads on this machine would give, byte by byte:
        random numbers go by unit and seed.

    Raises
    ------
    InvalidParameterError
        If `distributed` is not installed here, nobody answers, there are no workers, or one has another gridmap.
    """
    try:
        from distributed import Client
    except ImportError:
        raise _refused(
            url,
            "请先安装:uv pip install distributed;或去掉此选项,在本机计算。",
            "Install it first: uv pip install distributed; or leave the option out and compute on this machine.",
        ) from None
    try:
        client = Client(url, timeout=CONNECT_S)
    except (OSError, ValueError):
        raise _refused(
            url,
            "连接不上,请核对地址,并确认 dask scheduler 正在运行。",
            "Nobody answers. Check the address and that dask scheduler is running.",
        ) from None
    with client:
        _check_workers(url, lambda: cast(dict[str, str], client.run(installed_version)))

        def spread(share: Callable[[Unit], Shared], units: Sequence[Unit]) -> Iterator[Shared]:
            for future in client.map(partial(_share_there, share), units, pure=False):
                yield future.result()

        yield spread


def _share_there(share: Callable[[Unit], Shared], unit: Unit) -> Shared:
    """Share a unit out on a worker. Arrays come from the network read-only; kernels are compiled for others."""
    return share(replace(unit, ground=Ground._make(np.require(values, requirements="W") for values in unit.ground)))


def _check_workers(url: str, ask: Callable[[], dict[str, str]]) -> None:
    """Refuse a scheduler without workers, or with one whose gridmap is missing or another."""
    try:
        versions = ask()
    except ImportError:
        versions = {"-": "-"}
    if not versions or set(versions.values()) != {__version__}:
        raise _refused(
            url,
            f"每台工作机须装有同一版本的 gridmap({__version__}),且至少有一台。",
            f"There must be workers, each with the same gridmap installed ({__version__}).",
        )


def _refused(url: str, remedy_zh: str, remedy_en: str) -> InvalidParameterError:
    return InvalidParameterError("--scheduler", url, remedy_zh, remedy_en)
