"""How far it is to walk round the zones of an assignment, whoever made it: gridmap's own figure `walk_round_m`.

python bench/walks.py PLACE ASSIGNMENT.csv        prints {"walk_round_m": metres}

The yardstick does not measure walks. A process of its own, so that it weighs nothing in what others take.
"""

import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Assignment
from gridmap.spatial.partition.rounds import round_metres


def assigned(place: Path, assignment: Path) -> tuple[Problem, Assignment]:
    """Read a place of the yardstick and an assignment of its stalls."""
    stalls = gpd.read_parquet(place / "stalls.parquet")
    links = pd.read_csv(place / "links.csv", dtype={"from": str, "to": str})
    number = pd.Series(np.arange(len(stalls)), index=stalls["stall_id"])
    middle = stalls.geometry.centroid
    problem = Problem(
        weight=stalls["merchants"].to_numpy(dtype=np.float64),
        xy_m=np.column_stack([middle.x, middle.y]),
        ordinal=stalls["level"].to_numpy(dtype=np.int64),
        building=pd.factorize(stalls["building"])[0].astype(np.int64),
        market=pd.factorize(stalls["market"])[0].astype(np.int64),
        ends=np.column_stack([number[links["from"]], number[links["to"]]]).astype(np.int64),
        walk_m=links["walk_m"].to_numpy(dtype=np.float64),
    )
    zone = pd.read_csv(assignment, dtype=str).set_index("stall_id")["zone"]
    zone_of = pd.factorize(stalls["stall_id"].map(zone))[0].astype(np.int64)
    return problem, Assignment(zone_of, int(zone_of.max()) + 1, Params().band())


if __name__ == "__main__":
    metres = round_metres(*assigned(Path(sys.argv[1]), Path(sys.argv[2])))
    print(json.dumps({"walk_round_m": round(float(np.nanmean(metres)), 2)}))
