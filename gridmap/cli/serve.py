"""`gridmap serve`: the server."""

import ipaddress
import socket
from pathlib import Path
from typing import Annotated

import typer

from gridmap.cli.console import database, now, out
from gridmap.config import settings
from gridmap.errors import InputRefusedError, InvalidParameterError
from gridmap.services import accounts


def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="监听端口 / port")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="进程数 / processes")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="TLS 证书 / certificate, see gridmap tls init")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="TLS 私钥 / private key")] = None,
) -> None:
    """启动服务;尚无管理员时打印一次性链接 / run the server; prints a one-time link until there is an administrator."""
    import uvicorn

    chosen = settings()
    address, number = host or chosen.host, port or chosen.port
    certificate, key = _tls(tls_cert or chosen.tls_cert, tls_key or chosen.tls_key)
    opened = database()
    if not accounts.has_administrator(opened):
        _refuse_strangers(address)
    shown = f"[{address}]" if ":" in address else address
    url = chosen.public_url.rstrip("/") or f"{'https' if certificate else 'http'}://{shown}:{number}"
    out.print(f"打开浏览器 / open in a browser:  {url}/", markup=False)
    secret = accounts.first_administrator(opened, now=now())
    if secret is not None:
        out.print(
            "第一次使用:打开下面的链接设置管理员密码(24 小时内有效,只能用一次)/ "
            f"first start: set the administrator's password here:\n  {url}/sign-in#{secret}",
            markup=False,
        )
    opened.close()
    uvicorn.run(
        "gridmap.api.app:create_app",
        factory=True,
        host=address,
        port=number,
        workers=workers or chosen.workers,
        log_level="warning",
        timeout_graceful_shutdown=5,
        proxy_headers=bool(chosen.proxies),  # else anybody who reaches us over loopback could say he is somewhere else
        forwarded_allow_ips=chosen.proxies,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def _tls(certificate: Path | None, key: Path | None) -> tuple[Path | None, Path | None]:
    if (certificate is None) != (key is None):
        raise InvalidParameterError(
            "tls-cert", str(certificate), "证书和私钥须一起给出。", "Give certificate and key together."
        )
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise InputRefusedError(
                str(path), "文件不存在", "there is no such file", "gridmap tls init", "gridmap tls init."
            )
    return certificate, key


def _refuse_strangers(address: str) -> None:
    """Until there is an administrator only this machine may ask."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(address, None)}
    except OSError:
        found = {""}
    if not all(name and ipaddress.ip_address(name).is_loopback for name in found):
        raise InvalidParameterError(
            "host",
            address,
            "还没有管理员:请先在本机(127.0.0.1)启动,打开打印的链接设置密码,再对外服务。",
            "There is no administrator yet: start on 127.0.0.1 first and open the printed link, then serve others.",
        )
