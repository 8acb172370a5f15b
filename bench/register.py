"""A list of 36,000 merchants in, as GBK CSV and as xlsx: read, checked and written, against pandas reading alone.

Run from the checkout: `.venv/bin/python bench/register.py [--merchants 36000]`. The command brings the list into a
market of as many stalls, on SpatiaLite and, where it is installed, on a private PostGIS. CPU seconds are those of the
process and of the one in which a workbook is opened (of the PostgreSQL server none are counted: look at the wall);
memory is the peak of each.
"""

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from shapely import Point
from tables import ROOT, write_results

from gridmap.exchange.findings import Findings
from gridmap.exchange.merchants import KnownUnits, read_merchants
from gridmap.exchange.scope import Scope
from gridmap.exchange.sources import read_table
from gridmap.exchange.trades import read_trades
from gridmap.model.credit_codes import check_symbol
from gridmap.model.ids import BuildingCode, MarketCode, StallCode
from gridmap.model.places import LevelKey, Stall

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.postgis import start_cluster
from tests.workbooks import xlsx

TRADES = ("纺织", "蔬菜", "小商品", "家电", "建材", "汽配", "副食")
NAMES = "福盛源隆昌泰和顺祥瑞兴旺达永安宏利广德庆"
TODAY = date(2026, 11, 21)


def merchants(count: int) -> list[list[object]]:
    """Make a list as a market office keeps it: a title, a heading, rows, a total."""
    heading = ["序号", "铺位号", "店名", "统一社会信用代码", "经营范围", "楼层", "入驻日期"]
    rows: list[list[object]] = [["小商品城商户台账"], [*heading]]
    for i in range(count):
        name = "".join(NAMES[(i // 20**k) % 20] for k in range(4)) + ("商行" if i % 3 else "经营部")
        body = f"92{310101 + i % 9:06}MA{i:07}"[:17]
        code = body + check_symbol(body) if i % 4 else ""
        since = f"2026-{i % 9 + 1:02}-{i % 27 + 1:02}"
        rows.append([i + 1, f"A{i:05}", name, code, TRADES[i % 7], f"{i % 4 + 1}F", since])
    return [*rows, ["合计", "", f"{count}户", "", "", "", ""]]


def write_lists(folder: Path, count: int) -> int:
    """Write the list in both forms."""
    rows = merchants(count)
    (folder / "list.csv").write_bytes("\n".join(",".join(map(str, row)) for row in rows).encode("gbk"))
    xlsx(folder / "list.xlsx", {"台账": rows})
    return count


def read_with_pandas(path: Path) -> int:
    """Read and do nothing else."""
    import pandas as pd

    if path.suffix == ".csv":
        return len(pd.read_csv(path, encoding="gb18030", dtype=str, skiprows=1))
    return len(pd.read_excel(path, dtype=str, skiprows=1, engine="calamine"))


def read_only(path: Path) -> int:
    """Read into rows: encoding, sheet, heading, totals, levels."""
    return len(read_table(path, "merchants", Findings()).rows)


def read_and_check(path: Path) -> int:
    """Read and check against the stalls: codes, names, letters, trades, levels, likeness."""
    findings = Findings()
    table = read_table(path, "merchants", findings)
    codes = [StallCode(f"A{i:05}") for i in range(len(table.rows))]
    known = {c: Stall(c, LevelKey(BuildingCode("main"), i % 4), Point(120, 30)) for i, c in enumerate(codes)}
    scope = Scope(MarketCode("bench"), findings, trades=read_trades("beizhen", findings))
    found = read_merchants(table, scope, units=KnownUnits(known, {}), today=TODAY)
    assert not findings.quarantined, findings.quarantined[:3]
    return len(found.occupancies)


def command(url: str, path: Path, role: str = "merchants") -> int:
    """Run `gridmap import` of one file as a person does."""
    return json.loads(gridmap(url, "import", "bench", f"--{role}", str(path), "--json"))["accepted"][role]


def gridmap(url: str, *given: str) -> bytes:
    """Run the program on a database and return what it prints."""
    environment = os.environ | {"GRIDMAP_DATABASE_URL": url}
    return subprocess.run(
        [str(ROOT / ".venv/bin/gridmap"), *given], env=environment, check=True, capture_output=True
    ).stdout


def stalls(target: Path, count: int) -> Path:
    """Draw as many stalls of 3 m by 3 m, in four levels of rows of 200."""
    side, features = 3e-5, list[object]()
    for i in range(count):
        x, y = 120 + i // 4 % 200 * side, 30 + i // 800 * side
        ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        about = {"stall": f"A{i:05}", "level": i % 4}
        features.append({"type": "Feature", "properties": about, "geometry": shape})
    target.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return target


@contextmanager
def databases(folder: Path) -> Generator[dict[str, Callable[[str], str]]]:
    """Give for each kind of database what makes a new empty one of a name and returns its URL."""
    cluster = start_cluster()
    made: dict[str, Callable[[str], str]] = {"spatialite": lambda name: f"sqlite:///{folder / name}.db"}
    if cluster is not None:
        made["postgis"] = cluster.create
    try:
        yield made
    finally:
        if cluster is not None:
            cluster.stop()


def measured(what: Callable[[Path], int], path: Path) -> dict[str, float]:
    """Run in a fresh process and measure it with its children."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (what, path))


def _measure(what: Callable[[Path], int], path: Path) -> dict[str, float]:
    started = _cpu_s()
    clock = time.perf_counter()
    rows = what(path)
    own, child = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"rows": rows, "cpu_s": round(_cpu_s() - started, 2), "wall_s": round(time.perf_counter() - clock, 2),
            "peak_mb": round(own.ru_maxrss / 1024), "child_peak_mb": round(child.ru_maxrss / 1024)}  # fmt: skip


def _cpu_s() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def whole_commands(folder: Path, lists: dict[str, Path], count: int) -> dict[str, dict[str, float]]:
    """Measure the command on each database: the stalls of a new market, then each list into such a market."""
    results: dict[str, dict[str, float]] = {}
    drawing = stalls(folder / "stalls.geojson", count)
    with databases(folder) as made:
        for kind, create in made.items():
            for suffix, path in lists.items():
                url = create(f"bench{suffix.replace('.', '_')}")
                gridmap(url, "db", "upgrade")
                drawn = measured(partial(command, url, role="stalls"), drawing)
                results.setdefault(f"command, stalls, {kind}", drawn)
                results[f"command {suffix}, {kind}"] = measured(partial(command, url), path)
    return results


def main() -> None:
    """Make the files, measure, print and keep the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--merchants", type=int, default=36_000)
    count = parser.parse_args().merchants
    results: dict[str, dict[str, float]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        measured(partial(write_lists, count=count), folder)  # apart: memory that this process took would count below
        lists = {suffix: folder / f"list{suffix}" for suffix in (".csv", ".xlsx")}
        for path in lists.values():
            for what in (read_with_pandas, read_only, read_and_check):
                results[f"{what.__name__} {path.suffix}"] = measured(what, path)
        results |= whole_commands(folder, lists, count)
    for about, found in results.items():
        print(f"{about:28}", "  ".join(f"{key} {value}" for key, value in found.items()))
    write_results("register", {"merchants": count, "runs": results})


if __name__ == "__main__":
    main()
