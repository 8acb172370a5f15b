"""`gridmap partition`: stalls in files to zones in files, without a database."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from gridmap.errors import InfeasibleError
from gridmap.exchange.findings import Findings
from gridmap.exchange.partition_files import (
    LinkTable,
    MemberTable,
    StallTable,
    read_constraints,
    read_links,
    read_members,
    read_outlines,
    read_previous,
    read_stalls,
    read_trades,
)
from gridmap.exchange.partition_results import write_results
from gridmap.model.intake import Quarantined
from gridmap.services.partition_floors import Floor, derived_links, draw_floors, zone_parts
from gridmap.services.partition_report import changes_told, infeasible_report, rows_told, solved_report
from gridmap.spatial.arrays import FloatArray, IntArray
from gridmap.spatial.matching import match_members
from gridmap.spatial.partition.feasibility import require_zones
from gridmap.spatial.partition.metrics import measure
from gridmap.spatial.partition.names import carried_codes, matched_zones, zone_codes
from gridmap.spatial.partition.params import Params, Weights
from gridmap.spatial.partition.problem import Problem
from gridmap.spatial.partition.result import Result
from gridmap.spatial.partition.solve import solve
from gridmap.spatial.partition.sums import sums_of
from gridmap.spatial.partition.territory import shape_metrics

Say = Callable[[str], None]


@dataclass(frozen=True)
class PartitionFiles:
    """
    The files of one call; only `stalls` must be there.

    `load` is the column of the stalls that is shared out instead of merchants; `trades` what one merchant of a trade
    counts. At most one of them.
    """

    stalls: Path
    links: Path | None = None
    levels: Path | None = None
    members: Path | None = None
    previous: Path | None = None
    constraints: Path | None = None
    load: str | None = None
    trades: Path | None = None


@dataclass(frozen=True)
class PartitionDone:
    """What was written: `report` is the content of report.json, `rejected` the rows that were left out."""

    report: dict[str, Any]
    rejected: tuple[Quarantined, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Input:
    """Everything that was read, and the problem made of it."""

    stalls: StallTable
    floors: list[Floor]
    problem: Problem
    members: MemberTable | None
    previous_codes: list[str]


def partition_files(
    files: PartitionFiles, out: Path, params: Params, *, workers: int = 1, say: Say = lambda _: None
) -> PartitionDone:
    """
    Share the stalls of a file out into zones and write assignment.csv, zones.geojson and report.json.

    Parameters
    ----------
    files
        What to read.
    out
        Folder to write to; made if missing. Nothing is written unless all has been read.
    params
        What is asked.
    workers
        Threads for solving and drawing.
    say
        Told what is being done, for people who wait.

    Raises
    ------
    InputRefusedError
        If a file cannot be used; nothing is written.
    InfeasibleError
        If cap and number of zones (or members) cannot both be kept; report.json alone is written.
    InvalidParameterError
        If there are locked stalls but no previous plan, or more zones than stalls.
    """
    findings = Findings()
    load_kernels()
    say("读取文件 / reading")
    given = _read(files, findings, workers)
    base = {"input_hash": _input_hash(given), "seed": params.seed, **rows_told(findings)}
    say("划分 / sharing out")
    try:
        result, solve_cpu_s = _solved(given, params, workers)
    except InfeasibleError as error:
        named = _with_market_name(error, given.stalls)
        write_results(out, report=base | infeasible_report(named, given.problem, given.stalls, params))
        raise named from error
    codes = _codes(given, result)
    say("绘制责任区 / drawing the zones")
    counted = replace(given.problem, weight=given.stalls.merchants)
    member_of = _member_of(given, result)
    parts, quotients = zone_parts(given.floors, counted, result.zone_of, codes, member_of, workers)
    result = replace(result, metrics=(*result.metrics, *shape_metrics(quotients)))
    report = base | solved_report(given.problem, result, params, given.stalls, solve_cpu_s)
    if given.members is not None:
        report["zones_without_member"] = sorted(
            code for code, member in zip(codes, member_of, strict=True) if member is None
        )
    report |= changes_told(given.problem, result, given.stalls, codes, given.previous_codes)
    assignment = [(str(code), codes[zone]) for code, zone in zip(given.stalls.stall_id, result.zone_of, strict=True)]
    write_results(out, report=report, assignment=assignment, parts=parts)
    return PartitionDone(report, tuple(findings.quarantined), tuple(findings.notes))


def _read(files: PartitionFiles, findings: Findings, workers: int) -> _Input:
    trades = read_trades(files.trades, findings) if files.trades else None
    stalls, places_lonlat = read_stalls(files.stalls, findings, load=files.load, trades=trades)
    markets = set(stalls.market)
    outlines = (
        read_outlines(files.levels, findings, markets.pop() if len(markets) == 1 else None) if files.levels else {}
    )
    stalls, floors = draw_floors(stalls, places_lonlat, outlines, findings=findings, workers=workers)
    del places_lonlat  # each floor has its own in metres: this is the largest thing there is
    links = read_links(files.links, stalls, findings) if files.links else derived_links(floors, workers)
    members = read_members(files.members, stalls, findings) if files.members else None
    previous = read_previous(files.previous, findings) if files.previous else {}
    gone = len(previous.keys() - set(stalls.stall_id))
    if gone:
        findings.note(
            "上一方案中有 {n} 个铺位已不在铺位文件中,略去",
            "{n} stalls of the previous plan are gone and left aside",
            gone,
        )
    previous_codes = sorted(set(previous.values()))
    problem = _problem(stalls, floors, links)
    if previous:
        number = {code: i for i, code in enumerate(previous_codes)}
        old = [number.get(previous.get(str(code), ""), -1) for code in stalls.stall_id]
        problem = replace(problem, previous=np.array(old, dtype=np.int64))
    if members is not None:
        problem = replace(problem, home=members.home)
    if files.constraints:
        table = read_constraints(files.constraints, stalls, findings)
        problem = replace(problem, together=table.together, wall=table.wall, locked=table.locked)
    return _Input(stalls, floors, problem, members, previous_codes)


def _problem(stalls: StallTable, floors: list[Floor], links: LinkTable) -> Problem:
    xy_m: FloatArray = np.zeros((len(stalls), 2))
    for floor in floors:
        xy_m[floor.stalls] = floor.middles_m
    rank = np.empty(len(stalls), dtype=np.int64)
    rank[np.argsort(stalls.stall_id.astype(str), kind="stable")] = np.arange(len(stalls))
    return Problem(
        weight=stalls.load,
        xy_m=xy_m,
        ordinal=stalls.level,
        building=np.unique(stalls.building.astype(str), return_inverse=True)[1].astype(np.int64),
        market=np.unique(stalls.market.astype(str), return_inverse=True)[1].astype(np.int64),
        ends=links.ends,
        walk_m=links.walk_m,
        code_rank=rank,
    )


def _solved(given: _Input, params: Params, workers: int) -> tuple[Result, float]:
    """Solve, and measure the CPU seconds of that alone."""
    _check_members(given, params)
    before = time.process_time()
    result = solve(given.problem, params, rng=params.generator(), workers=workers)
    return result, time.process_time() - before


def compile_kernels() -> None:
    """Compile the kernels for all later calls, in a process of its own: what that takes is given back at its end."""
    subprocess.run([sys.executable, "-c", f"from {__name__} import load_kernels; load_kernels()"], check=False)


def load_kernels() -> None:
    """Load the compiled kernels, or compile them the first time, by solving a tiny problem with every part of it."""
    n = 12
    line = np.arange(n, dtype=np.int64)
    tiny = Problem(
        weight=np.ones(n),
        xy_m=np.column_stack([line * 3.0, np.zeros(n)]).astype(np.float64),
        ordinal=np.zeros(n, dtype=np.int64),
        building=np.zeros(n, dtype=np.int64),
        market=np.zeros(n, dtype=np.int64),
        ends=np.column_stack([line[:-1], line[1:]]),
        walk_m=np.full(n - 1, 3.0),
        code_rank=line,
    )
    params = Params(target=4, tolerance=0.3)
    solve(tiny, params, rng=params.generator())
    wishes = replace(params, weights=Weights(runs=1.0, anchor=1.0))
    found = solve(replace(tiny, home=line[:1]), wishes, rng=params.generator())
    measure(tiny, found.assignment, slow=True)
    uneven = np.repeat(np.arange(3), (6, 4, 2))
    solve(replace(tiny, previous=uneven), params, rng=params.generator())


def _check_members(given: _Input, params: Params) -> None:
    """Under a cap there are no more zones than members, if these are given."""
    if params.cap is None or params.zones is not None or given.members is None:
        return
    market, inverse = np.unique(given.problem.market, return_inverse=True)
    totals = sums_of(inverse, np.minimum(given.problem.weight, params.cap), len(market))
    require_zones(totals, market, max(1, len(given.members.code)), params.cap)


def _codes(given: _Input, result: Result) -> list[str]:
    """Name the zones; with several markets in one file the market goes before, so that codes differ in the file."""
    problem, zone_of = given.problem, result.zone_of
    buildings = [str(code) for code in np.unique(given.stalls.building.astype(str))]
    markets = [str(code) for code in np.unique(given.stalls.market.astype(str))]
    codes = zone_codes(problem, zone_of, buildings, markets if len(markets) > 1 else None)
    if not given.previous_codes:
        return codes
    one_list = np.zeros(len(codes), dtype=np.int64)
    return carried_codes(matched_zones(problem, zone_of), given.previous_codes, codes, one_list)


def _member_of(given: _Input, result: Result) -> list[str | None]:
    """Propose one member a zone, in his own market: as the crow flies, his own stall to the zone's nearest stall."""
    problem, zones = given.problem, result.assignment.zones
    found: list[str | None] = [None] * zones
    if given.members is None or not zones:
        return found
    home, code, capacity = given.members.home, given.members.code, given.members.capacity
    merchants = sums_of(result.zone_of, given.stalls.merchants, zones)
    market_of_zone: IntArray = np.zeros(zones, dtype=np.int64)
    market_of_zone[result.zone_of] = problem.market
    for market in np.unique(problem.market):
        staff = np.flatnonzero((home >= 0) & (problem.market[home] == market))
        here = np.flatnonzero(market_of_zone == market)
        if not len(staff):
            continue
        stalls = np.flatnonzero(problem.market == market)
        away_m = np.full((zones, len(staff)), np.inf)
        for j, member in enumerate(staff):
            distance_m = np.linalg.norm(problem.xyz_m[stalls] - problem.xyz_m[home[member]], axis=1)
            np.minimum.at(away_m[:, j], result.zone_of[stalls], distance_m)
        for zone, j in zip(here, match_members(away_m[here], merchants[here], capacity[staff]), strict=True):
            found[int(zone)] = str(code[staff[j]]) if j >= 0 else None
    return found


def _with_market_name(error: InfeasibleError, stalls: StallTable) -> InfeasibleError:
    if not error.tightest_market:
        return error
    names = np.unique(stalls.market.astype(str))
    return replace(error, tightest_market=str(names[int(error.tightest_market)]))


def _input_hash(given: _Input) -> str:
    """Digest of what was solved, whatever the order of the rows."""
    problem, codes = given.problem, given.stalls.stall_id.astype(str)
    order = np.argsort(codes, kind="stable")
    ordered = problem.reordered(order)
    digest = hashlib.sha256("\n".join(codes[order]).encode())
    for values in (ordered.weight, ordered.ordinal, ordered.building, ordered.market, ordered.ends, ordered.previous):
        digest.update(np.ascontiguousarray(values).tobytes())
    for metres in (ordered.xy_m, ordered.walk_m):
        digest.update(np.round(metres, 3).tobytes())
    for values in (ordered.locked, ordered.together, ordered.wall, ordered.home):
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
