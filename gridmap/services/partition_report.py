"""The content of report.json: every metric with its unit, each market's arithmetic, how to repeat it."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from gridmap import __version__
from gridmap.errors import CapMissedError, InfeasibleError
from gridmap.exchange.findings import Findings
from gridmap.exchange.partition_files import MERCHANTS, StallTable
from gridmap.exchange.partition_results import number
from gridmap.model.duty import MetricValue
from gridmap.spatial.arrays import FloatArray
from gridmap.spatial.partition.changes import changes
from gridmap.spatial.partition.feasibility import need, share_zones
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.params import Params
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.report import groups_apart
from gridmap.spatial.partition.result import MarketFit, Result
from gridmap.spatial.partition.sums import sums_of

Json = dict[str, Any]


def rows_told(findings: Findings) -> Json:
    """Tell which rows were left out, and what was remarked."""
    return {"quarantined": [asdict(row) for row in findings.quarantined], "notes": list(findings.notes)}


def solved_report(problem: Problem, result: Result, params: Params, stalls: StallTable, solve_cpu_s: float) -> Json:
    """Tell of a solved problem."""
    band = result.assignment.band
    return {
        "feasible": True,
        "version": __version__,
        "parameters": parameters_told(params),
        "load_unit": stalls.load_unit,
        "band": {"low": number(band.low), "target": number(band.target), "high": number(band.high)},
        "metrics": [
            _metric(metric, stalls) for metric in (*result.metrics, *measure(problem, result.assignment, slow=True))
        ],
        "markets": [_market(fit, stalls) for fit in result.markets],
        "units": result.units,
        "loose_pieces": [
            {
                "market": _names(stalls)[piece.market],
                "stalls": piece.stalls,
                "merchants": number(piece.merchants),
                "missing_link": {
                    "from": str(stalls.stall_id[piece.missing_from]),
                    "to": str(stalls.stall_id[piece.missing_to]),
                    "distance_m": round(piece.missing_m, 1),
                },
            }
            for piece in result.loose
        ],
        "heavy_stalls": [
            {"stall_id": str(stalls.stall_id[i]), "merchants": number(float(problem.weight[int(i)]))}
            for i in result.heavy
        ],
        "heavy_groups": [
            {
                "stall_ids": [str(code) for code in stalls.stall_id[group]],
                "merchants": number(problem.weight[group].sum()),
            }
            for group in result.heavy_groups
        ],
        "groups_apart": [
            [str(code) for code in stalls.stall_id[group]] for group in groups_apart(problem, result.zone_of)
        ],
        "solve_cpu_s": round(solve_cpu_s, 3),
    }


def changes_told(
    problem: Problem, result: Result, stalls: StallTable, codes: list[str], previous_codes: list[str]
) -> Json:
    """Tell which stalls change zone from the previous plan, and why; nothing if there is none."""
    if not previous_codes:
        return {}
    return {
        "changes": [
            {
                "stall_id": str(stalls.stall_id[change.stall]),
                "merchants": number(float(problem.weight[change.stall])),
                "from": previous_codes[change.previous],
                "to": codes[change.zone],
                "why": change.why.value,
            }
            for change in changes(problem, result.zone_of, result.assignment.band)
        ]
    }


def infeasible_report(error: InfeasibleError, problem: Problem, stalls: StallTable, params: Params) -> Json:
    """Tell why nothing was made: the least cap pooled and without crossing, and each market's need under the cap."""
    names = _names(stalls)
    totals = sums_of(problem.market, problem.weight, len(names))
    return {
        "feasible": False,
        "version": __version__,
        "code": error.code,
        "message_zh": error.text("zh"),
        "message_en": error.text("en"),
        "parameters": parameters_told(params),
        "merchants": error.merchants,
        "zones": error.zones,
        "cap": error.cap,
        "need": error.need,
        "least_cap": {
            "pooled": error.least_cap_pooled,
            "no_crossing": error.least_cap_no_crossing or None,
        },
        "tightest_market": {
            "market": error.tightest_market,
            "need": error.tightest_need,
            "have": error.tightest_have,
        },
        "markets": _needs(names, totals, error),
        **({"over": error.over, "reached": error.reached} if isinstance(error, CapMissedError) else {}),
    }


def parameters_told(params: Params) -> Json:
    """Tell the parameters by name."""
    return {**asdict(params), "effort": params.effort.value}


def _needs(names: list[str], totals: FloatArray, error: InfeasibleError) -> list[Json]:
    """
    Tell for each market how many zones the cap needs, and how many there are if they are shared out most evenly.

    `least_cap` is what the market's own share would need, `least_cap_with_one_more` what it would then be; all these
    are null where there is not a zone for each market.
    """
    enough = error.zones >= len(names)
    most = np.full(len(names), error.zones)
    have = share_zones(totals, most, error.zones) if enough else np.zeros(len(names), dtype=np.int64)
    told: list[Json] = []
    for name, total, zones in zip(names, totals.tolist(), have.tolist(), strict=True):
        needed = max(1, need(np.array([total]), error.cap))
        told.append(
            {
                "market": name,
                "merchants": number(total),
                "need": needed,
                "have": zones if enough else None,
                "short": max(0, needed - zones) if enough else None,
                "least_cap": math.ceil(total / zones - 1e-9) if enough else None,
                "least_cap_with_one_more": math.ceil(total / (zones + 1) - 1e-9) if enough else None,
            }
        )
    return told


def _metric(metric: MetricValue, stalls: StallTable) -> Json:
    """Tell a metric; where workload was shared out, loads are in its unit, and merchants are counted all the same."""
    if metric.key == "merchants":
        return {**asdict(metric), "value": number(float(stalls.merchants.sum()))}
    unit = stalls.load_unit if metric.unit == MERCHANTS else metric.unit
    return {**asdict(metric), "value": number(metric.value), "unit": unit}


def _market(fit: MarketFit, stalls: StallTable) -> Json:
    return {
        "market": _names(stalls)[fit.market],
        "merchants": number(fit.merchants),
        "zones": fit.zones,
        "admits": fit.admits,
        "short": number(round(fit.short, 6)),
        "least_cap": fit.least_cap,
    }


def _names(stalls: StallTable) -> list[str]:
    return [str(name) for name in np.unique(stalls.market.astype(str))]
