"""PyVRP on zones of equal days: FILE LOAD DAYS ITERATIONS; prints metres and CPU seconds. Runs in .venv-bench."""

import json
import sys
import time

import numpy as np
from pyvrp import Model
from pyvrp.stop import MaxIterations

MM = 1000


def metres(walk_m: np.ndarray, load: int, days: int, iterations: int) -> float:
    """Return the metres of the rounds that PyVRP finds."""
    model = Model()
    places = [model.add_location(0, 0) for _ in walk_m]
    entrance = model.add_depot(places[0])
    model.add_vehicle_type(days, capacity=load, start_depot=entrance, end_depot=entrance)
    for place in places[1:]:
        model.add_client(place, delivery=1)
    walk_mm = np.rint(walk_m * MM).astype(int)
    for i, one in enumerate(places):
        for j, other in enumerate(places):
            model.add_edge(one, other, distance=int(walk_mm[i, j]))
    found = model.solve(MaxIterations(iterations), seed=1, collect_stats=False, display=False)
    assert found.is_feasible()
    return found.cost() / MM


if __name__ == "__main__":
    zones = np.load(sys.argv[1])["walk_m"]
    load, days, iterations = map(int, sys.argv[2:])
    began = time.process_time()
    found = [metres(walk_m, load, days, iterations) for walk_m in zones]
    print(json.dumps({"metres": found, "cpu_s": time.process_time() - began}))
