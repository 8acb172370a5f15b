"""`gridmap tls`: a local authority and a certificate, for tablets that need HTTPS."""

import contextlib
import socket
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.console import now, out
from gridmap.services import certificates

app = typer.Typer(help="HTTPS 证书 / certificates", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """HTTPS 证书 / certificates."""


@app.command()
def init(
    folder: Annotated[Path, typer.Option("--out", help="存放的文件夹 / folder")] = Path("var/tls"),
    host: Annotated[list[str] | None, typer.Option(help="另加的主机名或地址 / further names or addresses")] = None,
) -> None:
    """生成本地证书机构与服务器证书 / make a local authority (kept if there) and a certificate for this host."""
    made = certificates.make_certificate(folder, [*_own_names(), *(host or [])], now=now())
    out.print(f"平板上安装并信任 / install and trust on tablets: {made.authority}", markup=False)
    out.print(f"gridmap serve --tls-cert {made.certificate} --tls-key {made.key}", markup=False)


def _own_names() -> list[str]:
    """Name this machine: its host name, loopback, and the address by which others reach it."""
    names = ["localhost", "127.0.0.1", "::1", socket.gethostname()]
    with contextlib.suppress(OSError):
        names += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    return [name.partition("%")[0] for name in dict.fromkeys(names)]
