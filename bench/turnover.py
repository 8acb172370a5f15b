"""Turnover of merchants: a place a year later, and how few must change hands at the least."""

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

SHARE, MOST_IN_A_STALL, LOW, HIGH = 0.05, 3, 45, 55


def turn_over(place: Path, after: Path, seed: int) -> Path:
    """Write the place again, after 5 % of the merchants left and as many came to stalls with room."""
    rng = np.random.default_rng(seed + 2000)
    stalls = gpd.read_parquet(place / "stalls.parquet")
    merchants = stalls["merchants"].to_numpy().copy()
    leaving = rng.choice(np.repeat(np.arange(len(merchants)), merchants), round(SHARE * merchants.sum()), replace=False)
    np.subtract.at(merchants, leaving, 1)
    room = np.repeat(np.arange(len(merchants)), MOST_IN_A_STALL - merchants)
    np.add.at(merchants, rng.choice(room, len(leaving), replace=False), 1)
    after.mkdir(parents=True, exist_ok=True)
    stalls.assign(merchants=merchants).to_parquet(after / "stalls.parquet")
    shutil.copyfile(place / "links.csv", after / "links.csv")
    return after


def lower_bound_pct(place: Path, previous: Path) -> float:
    """
    Return the share of merchants that must change zone, in percent, to bring the previous zones into the band.

    All that is over the band must leave, and all that is missing must come: the larger of the two sums. Only markets
    whose total admits the band count. No bound for plans with another number of zones: those move more.
    """
    stalls = gpd.read_parquet(place / "stalls.parquet", columns=["stall_id", "market", "merchants", "geometry"])
    zone = stalls["stall_id"].map(pd.read_csv(previous, dtype=str).set_index("stall_id")["zone"])
    load = stalls.groupby([stalls["market"], zone])["merchants"].sum().reset_index()
    totals = load.groupby("market")["merchants"].sum()
    fits = totals.map(lambda total: -(-total // HIGH) <= total // LOW)
    load = load[load["market"].map(fits).astype(bool)]["merchants"]
    excess, deficit = (load - HIGH).clip(lower=0).sum(), (LOW - load).clip(lower=0).sum()
    return 100 * float(max(excess, deficit)) / float(stalls["merchants"].sum())
