"""A list of 36,000 merchants in, as GBK CSV and as xlsx: read and checked here, against pandas reading alone.

Run from the checkout: `.venv/bin/python bench/register.py [--merchants 36000]`. CPU seconds are those of the process
and of the one in which a workbook is opened; memory is the peak of each.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from shapely import Point
from tables import write_results

from gridmap.exchange.findings import Findings
from gridmap.exchange.merchants import KnownUnits, read_merchants
from gridmap.exchange.scope import Scope
from gridmap.exchange.sources import read_table
from gridmap.exchange.trades import read_trades
from gridmap.model.credit_codes import check_symbol
from gridmap.model.ids import BuildingCode, MarketCode, StallCode
from gridmap.model.places import LevelKey, Stall

sys.path.insert(0, str(Path(__file__).parent.parent))
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


def main() -> None:
    """Make the files, measure, print and keep the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--merchants", type=int, default=36_000)
    count = parser.parse_args().merchants
    results: dict[str, dict[str, float]] = {}
    with TemporaryDirectory() as folder:
        rows = merchants(count)
        text = Path(folder) / "list.csv"
        text.write_bytes("\n".join(",".join(map(str, row)) for row in rows).encode("gbk"))
        book = xlsx(Path(folder) / "list.xlsx", {"台账": rows})
        for path in (text, book):
            for what in (read_with_pandas, read_only, read_and_check):
                results[f"{what.__name__} {path.suffix}"] = measured(what, path)
    for name, found in results.items():
        print(f"{name:24}", "  ".join(f"{key} {value}" for key, value in found.items()))
    write_results("register", {"merchants": count, "runs": results})


if __name__ == "__main__":
    main()
