"""`gridmap doctor` and `gridmap settings`."""

import typer

from gridmap.cli.console import JsonOption, out, print_json, print_table
from gridmap.config import Settings, settings
from gridmap.services import installation


def doctor(as_json: JsonOption = False) -> None:
    """检查安装,一项一行,并说明如何修复 / check the installation and say how to mend it."""
    chosen = settings()
    checks = list(installation.examine(chosen.database_url, chosen.web_dir))
    if as_json:
        print_json({"checks": [{"name": c.name, "ok": c.ok, "found": c.found, "remedy": c.remedy} for c in checks]})
    else:
        for check in checks:
            remedy = f"  → {check.remedy}" if check.remedy else ""
            out.print(f"{'✓' if check.ok else '✗'} {check.name}: {check.found}{remedy}", markup=False)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def list_settings(as_json: JsonOption = False) -> None:
    """列出全部设置 / list all settings with their values."""
    chosen = settings()
    rows: list[list[object]] = [
        [f"GRIDMAP_{name.upper()}", getattr(chosen, name), field.description or ""]
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        print_json({str(name): value for name, value, _ in rows})
        return
    print_table(["变量 variable", "值 value", "说明 meaning"], rows)
