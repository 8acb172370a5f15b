"""`gridmap person`, `gridmap retention`: give out or erase what is stored about a person; delete what is overdue."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gridmap.cli.console import JsonOption, database, now, out, print_json, print_table
from gridmap.config import settings
from gridmap.errors import InvalidParameterError
from gridmap.model.persons import PersonFile
from gridmap.model.retention import Periods
from gridmap.services import persons, retention

app = typer.Typer(help="个人数据 / personal data", no_args_is_help=True, add_completion=False)
retentions = typer.Typer(help="保留期限 / retention", no_args_is_help=True, add_completion=False)
MemberOption = Annotated[str | None, typer.Option(help="网格员编号 / member code")]
MerchantOption = Annotated[str | None, typer.Option(help="商户,写作 市场:商户编号 / MARKET:CODE")]


@app.command("export")
def export(
    member: MemberOption = None,
    merchant: MerchantOption = None,
    target: Annotated[Path | None, typer.Option("--out", help="写入文件,默认打印 / file, printed if left out")] = None,
) -> None:
    """导出一个人的全部数据(JSON)/ all that is stored about a person, as JSON."""
    _check_one(member, merchant)
    opened = database()
    found = persons.member_file(opened, member) if member else persons.merchant_file(opened, merchant or "")
    if target is None:
        print_json(_plain(found))
        return
    target.write_text(json.dumps(_plain(found), ensure_ascii=False, indent=2, default=str), encoding="utf-8")
    out.print(f"已导出 / exported: {target}", markup=False)


@app.command("erase")
def erase(member: MemberOption = None, merchant: MerchantOption = None) -> None:
    """删除离任网格员或退场商户的个人数据 / erase a member who has left, or a merchant who has closed."""
    _check_one(member, merchant)
    opened, today = database(), now().date()
    if member:
        persons.erase_member(opened, member, today=today)
    else:
        persons.erase_merchant(opened, merchant or "", today=today)
    out.print(f"已删除 / erased: {member or merchant}", markup=False)


@retentions.callback()
def _group() -> None:
    """保留期限 / retention."""


@retentions.command("run")
def run(
    dry_run: Annotated[bool, typer.Option(help="只计数,不删除 / count only")] = False, as_json: JsonOption = False
) -> None:
    """删除超过保留期限的数据,宜每日运行 / delete what is kept no longer; run it daily."""
    chosen = settings()
    periods = Periods(
        chosen.keep_records_days, chosen.keep_absences_days, chosen.keep_ended_days, chosen.keep_keys_days
    )
    found = retention.run(database(), periods, now=now(), dry_run=dry_run)
    if as_json:
        rows = [{"table": one.table, "rows": one.rows, "anonymised": one.anonymised} for one in found]
        print_json({"dry_run": dry_run, "removed": rows})
        return
    out.print("将处理 / would remove:" if dry_run else "已处理 / removed:")
    word = {True: "去除姓名名称 names taken out", False: "删除 deleted"}
    print_table(["表 table", "行 rows", "方式 how"], [[one.table, one.rows, word[one.anonymised]] for one in found])


def _check_one(member: str | None, merchant: str | None) -> None:
    if (member is None) == (merchant is None):
        raise InvalidParameterError(
            "member", member or "", "请给出 --member 或 --merchant 之一。", "Give --member or --merchant, one of them."
        )


def _plain(file: PersonFile) -> dict[str, Any]:
    tables = {name: [dict(row) for row in rows] for name, rows in file.tables.items()}
    return {"subject": file.subject, "tables": tables}
