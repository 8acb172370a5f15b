"""The web client and the API's documentation, from our own server."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

from gridmap.api.access import OpenDep
from gridmap.api.deps import SettingsDep
from gridmap.errors import NotReadyError

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/sign-in")
@router.get("/city")
@router.get("/tablet")
@router.get("/staffing")
@router.get("/places")
@router.get("/accounts")
@router.get("/tokens")
@router.get("/audit")
def desk(settings: SettingsDep, _: OpenDep) -> FileResponse:
    """各页面:工作台、总图、平板、登录等,本身不含数据 / the pages; they hold no data themselves."""
    index = settings.web_dir / "index.html"
    if not index.is_file():
        raise NotReadyError("网页端尚未构建", "the web client has not been built", "make install")
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


@router.get("/docs")
def docs(request: Request, _: OpenDep) -> HTMLResponse:
    """接口文档 / the API's documentation; every file of it comes from here."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=f"{request.app.title} API",
        swagger_js_url="/vendor/swagger-ui/swagger-ui-bundle.js",
        swagger_css_url="/vendor/swagger-ui/swagger-ui.css",
        swagger_favicon_url="/favicon.svg",
    )


def mount_files(app: FastAPI, web_dir: Path) -> None:
    """Serve the client's files; where they have not been built, the page at `/` says so."""
    for name in ("assets", "vendor"):
        if (web_dir / name).is_dir():
            app.mount(f"/{name}", StaticFiles(directory=web_dir / name), name=name)


@router.get("/favicon.svg")
def icon(settings: SettingsDep, _: OpenDep) -> FileResponse:
    """The product's sign."""
    found = sorted(settings.web_dir.glob("**/*icon*.svg"))
    if not found:
        raise NotReadyError("网页端尚未构建", "the web client has not been built", "make install")
    return FileResponse(found[0])
