"""Put the tables of bench/results into pages of docs, between `<!-- bench NAME TABLE -->` and `<!-- end -->`.

python bench/report.py
"""

import re
from collections.abc import Mapping, Sequence

from tables import ROOT, read_results, shown

PAGES = tuple(ROOT / "docs" / name for name in ("partition.md", "hotspots.md"))
MARKED = re.compile(r"(<!-- bench (\w+) (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def markdown(rows: Sequence[Mapping[str, object]]) -> str:
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([shown(row[head]) for head in heads] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def filled(mark: re.Match[str]) -> str:
    """Return the marked place with its table; as it was if that was not measured."""
    result = read_results(mark[2]).get(mark[3])
    if not result:
        return mark[0]
    rows = result["summary"]
    seeds = "" if "seeds" in rows[0] else f"Seeds {', '.join(map(str, result['seeds']))}.\n\n"
    return f"{mark[1]}{seeds}{markdown(rows)}{mark[4]}"


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(MARKED.sub(filled, page.read_text(encoding="utf-8")), encoding="utf-8")
