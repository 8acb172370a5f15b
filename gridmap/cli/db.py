"""`gridmap db`: migrations and integrity."""

import typer

from gridmap.cli.console import database, out, raw_database
from gridmap.services import installation

app = typer.Typer(help="数据库 / the database", no_args_is_help=True, add_completion=False)


@app.command()
def upgrade() -> None:
    """升级数据库结构 / bring the database to the newest revision."""
    opened = raw_database()
    installation.upgrade_database(opened)
    out.print(f"数据库已就绪 / database is ready: {installation.database_versions(opened)}")


@app.command()
def check() -> None:
    """检查数据库完整性 / check the database's integrity."""
    faults = installation.integrity_faults(database())
    for fault in faults:
        out.print(f"✗ {fault}", markup=False)
    if faults:
        raise typer.Exit(1)
    out.print("✓ 数据完整 / the data is sound")
