"""The command line: parse, call one use case, answer. A command's module is loaded when the command is called."""

import gc
import importlib
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from gridmap import __version__
from gridmap.cli.ending import at_end
from gridmap.cli.errors import exit_code
from gridmap.errors import GridmapError

COMMANDS = {
    "serve": (
        "gridmap.cli.serve:serve",
        "启动服务;尚无管理员时打印一次性链接 / run the server; prints a one-time link until there is an administrator.",
    ),
    "doctor": (
        "gridmap.cli.system:doctor",
        "检查安装,一项一行,并说明如何修复 / check the installation and say how to mend it.",
    ),
    "settings": (
        "gridmap.cli.system:list_settings",
        "列出全部设置 / list all settings with their values.",
    ),
    "import": (
        "gridmap.cli.intake:import_market",
        "导入市场:好的入库,有问题的逐行说明 / bring markets in; faulty rows are reported with their remedy.",
    ),
    "export": (
        "gridmap.cli.export:export_market",
        "导出市场,可用 gridmap import --from 读回 / write a market into a file that import reads back.",
    ),
    "register": ("gridmap.cli.register:app", "商户登记的变动 / the register over time"),
    "quarantine": ("gridmap.cli.quarantine:app", "未入库的行 / rows that stayed out"),
    "trades": ("gridmap.cli.trades:app", "业态清单 / lists of trades"),
    "roads": ("gridmap.cli.roads:app", "道路 / roads below the markets"),
    "stalls": ("gridmap.cli.stalls:app", "铺位 / stalls"),
    "plan": ("gridmap.cli.plan:app", "方案 / plans"),
    "partition": (
        "gridmap.cli.partition:app_command",
        "文件到文件的划分,不需要数据库 / share stalls out into zones, files to files, without a database.",
    ),
    "hotspots": (
        "gridmap.cli.hotspots:app_command",
        "问题高发之处,按走访次数校正,不需要数据库 / where trouble gathers, corrected for visits, without a database.",
    ),
    "hotspot-runs": (
        "gridmap.cli.hotspot_runs:app",
        "问题高发的计算:从登记计算、存档、查看、重算 / hot spots from the register: search, keep, show, search again",
    ),
    "rate-change": (
        "gridmap.cli.rate_change:app_command",
        "前后频次比较,单位自动换算,并给出区间 / compare two frequencies in one unit, with an interval.",
    ),
    "staffing": (
        "gridmap.cli.staffing:staffing_command",
        "人员缺口测算 / need, gap, least cap: pooled, and with no zone across markets.",
    ),
    "coverage": (
        "gridmap.cli.coverage:coverage_command",
        "未覆盖的商户,按原因 / merchants that are not covered, by reason.",
    ),
    "tiers": (
        "gridmap.cli.tiers:tiers_command",
        "全周期做不到时,按风险分档安排走访 / visits by tiers of risk where the full cycle cannot be met.",
    ),
    "routes": (
        "gridmap.cli.routes:routes_command",
        "走访路线:两周内每铺一次,逾期在先,每日路线短 / rounds of visits: every stall once a cycle, overdue ones first.",
    ),
    "map": ("gridmap.cli.maps:app", "地图页面,可离线打开 / map pages that open without a network"),
    "members": ("gridmap.cli.members:app", "网格员 / members"),
    "visits": ("gridmap.cli.visits:app", "走访、巡查、联系 / visits, patrols, contacts"),
    "rules": ("gridmap.cli.rules:app", "站点规则 / rules of a site"),
    "organisations": (
        "gridmap.cli.organisations:organisations_command",
        "党组织及其两个上级(条、块)、联系的市场和户数 / organisations, their two parents, what they carry.",
    ),
    "stations": (
        "gridmap.cli.organisations:stations_command",
        "站点及其负荷:市场、户数、登记主体 / stations with what they carry.",
    ),
    "person": ("gridmap.cli.persons:app", "个人数据 / personal data"),
    "retention": ("gridmap.cli.persons:retentions", "保留期限 / retention"),
    "place": ("gridmap.cli.place:app", "示范地点 / places to look at"),
    "user": ("gridmap.cli.accounts:users", "账号 / accounts of people"),
    "token": ("gridmap.cli.accounts:tokens", "令牌 / tokens of machines"),
    "audit": ("gridmap.cli.accounts:audits", "操作记录 / the audit log"),
    "tls": ("gridmap.cli.tls:app", "HTTPS 证书 / certificates"),
    "db": ("gridmap.cli.db:app", "数据库 / the database"),
}
"""Where a command is, and what its own help begins with: telling of all of them loads none."""


class Commands(TyperGroup):
    """A group that loads a command's module only when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Load one command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), name)
        if not isinstance(found, typer.Typer):
            found, function = typer.Typer(add_completion=False), found
            found.command(cmd_name)(function)
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Tell of all commands by the table."""
        table = TyperGroup(name=self.name, help=self.help, params=self.params, rich_markup_mode=self.rich_markup_mode)
        for name, (_, words) in COMMANDS.items():
            table.add_command(TyperCommand(name, help=words))
        table.format_help(ctx, formatter)


_GARBAGE = (200_000, 20, 100)
"""When Python looks for circles of garbage. Its own 700 is for programs that live long: here, with a list of 36,000
merchants in memory, looking took a third of the time and found nothing."""
app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gridmap {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="版本 / version"),
) -> None:
    """市场网格:把市场划分为责任区 / responsibility zones for the merchants of markets."""


def main() -> None:
    """Run a command and end the process with the exit code of the contract."""
    gc.set_threshold(*_GARBAGE)
    try:
        with at_end:
            app()
    except GridmapError as error:
        typer.echo(f"错误 / error: {error}", err=True)
        sys.exit(exit_code(error))
