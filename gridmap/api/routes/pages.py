"""The web client and the API's documentation, from our own server."""

from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse

from gridmap.api.access import COOKIE, OpenDep
from gridmap.api.built_files import BuiltFiles
from gridmap.api.deps import SettingsDep
from gridmap.errors import NotReadyError

router = APIRouter(include_in_schema=False)
_ASKED = ("market", "building", "level", "plan")
"""What of the desk's address chooses what it shows first, in the order in which the client asks."""


@router.get("/")
def desk(request: Request, settings: SettingsDep, database: OpenDep) -> FileResponse:
    """
    划分工作台 / the desk, told to fetch what it shows first while its code is still on the way.

    Nothing is told to whoever has no session: he would only be refused.
    """
    page = pages(settings, database)
    if COOKIE in request.cookies:
        asked = urlencode([(name, text) for name in _ASKED if (text := request.query_params.get(name, "").strip())])
        first = ("/api/v1/session", "/api/v1/desk" + (f"?{asked}" if asked else ""))
        page.headers["Link"] = ", ".join(f"<{path}>; rel=preload; as=fetch; crossorigin" for path in first)
    return page


@router.get("/sign-in")
@router.get("/city")
@router.get("/tablet")
@router.get("/staffing")
@router.get("/places")
@router.get("/accounts")
@router.get("/tokens")
@router.get("/audit")
def pages(settings: SettingsDep, _: OpenDep) -> FileResponse:
    """各页面:总图、平板、登录等,本身不含数据 / the pages; they hold no data themselves."""
    index = settings.web_dir / "index.html"
    if not index.is_file():
        raise NotReadyError("网页端尚未构建", "the web client has not been built", "make install")
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


@router.get("/docs")
def docs(request: Request, _: OpenDep) -> HTMLResponse:
    """接口文档 / the API's documentation; every file comes from here, and groups open when asked, as there are many."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=f"{request.app.title} API",
        swagger_js_url="/vendor/swagger-ui/swagger-ui-bundle.js",
        swagger_css_url="/vendor/swagger-ui/swagger-ui.css",
        swagger_favicon_url="/favicon.svg",
        swagger_ui_parameters={"docExpansion": "none", "defaultModelsExpandDepth": -1, "filter": True},
    )


def mount_files(app: FastAPI, web_dir: Path) -> None:
    """Serve the client's files; where they have not been built, the page at `/` says so."""
    for name in ("assets", "vendor"):
        if (web_dir / name).is_dir():
            app.mount(f"/{name}", BuiltFiles(str(web_dir / name), keep=name == "assets"), name=name)


@router.get("/favicon.svg")
def icon(settings: SettingsDep, _: OpenDep) -> FileResponse:
    """The product's sign."""
    found = sorted(settings.web_dir.glob("**/*icon*.svg"))
    if not found:
        raise NotReadyError("网页端尚未构建", "the web client has not been built", "make install")
    return FileResponse(found[0])
