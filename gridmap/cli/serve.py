"""`gridmap serve`: the server."""

import ipaddress
import socket
from typing import Annotated

import typer

from gridmap.cli.console import database, out
from gridmap.config import settings
from gridmap.errors import InvalidParameterError


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="监听端口 / port")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="进程数 / processes")] = None,
) -> None:
    """启动服务 / run the server."""
    import uvicorn

    chosen = settings()
    address, number = host or chosen.host, port or chosen.port
    _refuse_strangers(address)
    database().close()
    shown = f"[{address}]" if ":" in address else address
    out.print(f"打开浏览器 / open in a browser:  http://{shown}:{number}/", markup=False)
    uvicorn.run(
        "gridmap.api.app:create_app",
        factory=True,
        host=address,
        port=number,
        workers=workers or chosen.workers,
        log_level="warning",
    )


def _refuse_strangers(address: str) -> None:
    """Until accounts exist only this machine may ask."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(address, None)}
    except OSError:
        found = {""}
    if not all(name and ipaddress.ip_address(name).is_loopback for name in found):
        raise InvalidParameterError(
            "host",
            address,
            "账号功能完成之前,服务仅限本机访问,请用 127.0.0.1。",
            "Until accounts exist the server answers this machine only; use 127.0.0.1.",
        )
