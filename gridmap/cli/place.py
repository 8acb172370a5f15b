"""`gridmap place`: generated places, ready to look at, and checked against their accounts."""

from typing import Annotated

import typer

from gridmap.cli.console import JsonOption, author, database, now, out, print_json, print_table, steps
from gridmap.errors import NotFoundError
from gridmap.services import demo, place_checks, places
from gridmap.services.place_checks import PlaceCheck, RowState

app = typer.Typer(help="示范地点 / places to look at", no_args_is_help=True, add_completion=False)
_MARKS = {RowState.OK: "✓", RowState.FAILED: "✗", RowState.OPEN: "○"}
_WORDS = {"market": "写入市场", "plan": "划分"}


@app.command("list")
def list_places(as_json: JsonOption = False) -> None:
    """列出可载入的地点 / list the places that can be loaded."""
    found = places.list_places(database())
    if as_json:
        rows = [{"code": p.code, "name": p.name, "markets": p.markets, "merchants": p.merchants, "loaded": p.loaded}
                for p in found]  # fmt: skip
        print_json({"places": rows})
        return
    rows_of: list[list[object]] = [
        [p.code, p.name, p.markets, f"{p.merchants:,}", "已载入" if p.loaded else "-"] for p in found
    ]
    print_table(["地点 place", "名称 name", "市场 markets", "商户 merchants", "状态"], rows_of)
    out.print(f"{demo.CODE}: 单个示范市场 / one small market")


@app.command()
def load(
    names: list[str],
    drafts: Annotated[
        places.Drafts, typer.Option(help="1:50 草案:市场少时做、全做、不做 / drafts at 1:50 for few, all, none")
    ] = places.Drafts.FEW,
) -> None:
    """载入地点(已有则不变)/ load places; what is there already stays as it is."""
    known = (str(demo.CODE), *places.PLACES)
    for name in names:
        if name not in known:
            raise NotFoundError("place", name)
    opened = database()
    for name in names:
        if name == demo.CODE:
            plan = demo.load_demo(opened, author=author())
            out.print(f"{name}: {'已在库中 / there already' if plan is None else f'已载入 / loaded, {plan.code}'}")
            continue
        with steps(_WORDS, name) as report:
            done = places.load_place(opened, name, author=author(), drafts=drafts, progress=report)
        words = "已载入 / loaded" if done.written else "已在库中 / there already"
        out.print(f"{name}: {words}, {done.markets} 个市场, 新方案 {done.plans} 个 / new plans")


@app.command()
def check(name: str, as_json: JsonOption = False) -> None:
    """逐条核对:本系统的数与原文的数 / each row: figure here, figure of the account; exit 1 if one fails."""
    found = place_checks.check_place(database(), name, now().date())
    if as_json:
        print_json(_as_object(found))
    else:
        _print(found)
    if not found.ok:
        raise typer.Exit(1)


def _as_object(found: PlaceCheck) -> dict[str, object]:
    return {
        "place": found.place,
        "ok": found.ok,
        "rows": [
            {"row": r.row, "title": r.title, "state": r.state,
             "findings": [{"what": f.what, "here": f.here, "account": f.account, "ok": f.ok} for f in r.findings]}
            for r in found.rows
        ],
    }  # fmt: skip


def _print(found: PlaceCheck) -> None:
    for row in found.rows:
        if row.state is RowState.OPEN:
            continue
        out.print(f"{_MARKS[row.state]} {row.row} {row.title}", markup=False)
        for f in row.findings:
            mark = " " if f.ok else "✗"
            out.print(f"  {mark} {f.what}: {f.here}  |  {f.account}", markup=False)
    pending = [row for row in found.rows if row.state is RowState.OPEN]
    out.print(f"未做 / open ({len(pending)}):")
    for row in pending:
        out.print(f"○ {row.row} {row.title}", markup=False)
    out.print(
        f"{found.place} {found.name}: ✓ {found.count(RowState.OK)}  ✗ {found.count(RowState.FAILED)}  ○ {len(pending)}"
        "(每行:项目: 本系统 | 原文)"
    )
