"""One table from error class to HTTP status, and one shape for every error: problem+json (RFC 9457)."""

from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gridmap import errors
from gridmap.errors import GridmapError, Language
from gridmap.model.drawings import DrawingFaultsError
from gridmap.services.intake_report import NothingAcceptedError

MOST_FAULTS = 200
"""Faulty rows that an answer names; of 36,000 nobody reads more."""

STATUS: dict[type[GridmapError], HTTPStatus] = {
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.AlreadyExistsError: HTTPStatus.CONFLICT,
    errors.InvalidParameterError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InputRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.GeometryError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.StaleVersionError: HTTPStatus.PRECONDITION_FAILED,
    errors.PlanStateError: HTTPStatus.CONFLICT,
    errors.ImportStateError: HTTPStatus.CONFLICT,
    errors.RegisterConflictError: HTTPStatus.CONFLICT,
    errors.ZoneLockedError: HTTPStatus.CONFLICT,
    errors.DoesNotFitError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InfeasibleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooFewZonesError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.CapMissedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ZoneCrossesMarketError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotReadyError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.BadSignInError: HTTPStatus.UNAUTHORIZED,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.CrossSiteError: HTTPStatus.FORBIDDEN,
    errors.ThrottledError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.LinkUnusableError: HTTPStatus.GONE,
    errors.AlreadyRunningError: HTTPStatus.CONFLICT,
    errors.VersionAheadError: HTTPStatus.CONFLICT,
    errors.LeaderTakenError: HTTPStatus.CONFLICT,
    errors.TiersShortError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DutyConflictError: HTTPStatus.CONFLICT,
}

_FRAMEWORK_ZH = {
    400: "请求无法读取。请检查请求正文是否为合法的 JSON。",
    404: "没有这个地址。接口清单见 /docs。",
    405: "此地址不支持这种请求方法。接口清单见 /docs。",
    406: "无法按所要求的格式回答。",
    413: "请求正文过大:上限 16 MiB,登录后上传导入文件为 {upload_mib} MiB(GRIDMAP_UPLOAD_MIB)。",
    415: "不支持这种内容类型。请用 application/json。",
    422: "请求参数有误,见 errors。",
    428: "修改前须带 If-Match(上次读取所得的 ETag)。",
    500: "服务器内部出错,已记录。请稍后再试。",
}
_FRAMEWORK_EN = {
    400: "The request could not be read. Check that the body is valid JSON.",
    404: "There is no such address. See /docs.",
    405: "This address does not take that method. See /docs.",
    406: "The wanted format cannot be given.",
    413: "The body is too large: 16 MiB at most, {upload_mib} MiB for files of imports by who is signed in.",
    415: "This content type is not supported. Use application/json.",
    422: "The request has invalid parameters, see errors.",
    428: "Send If-Match with the ETag of what you read.",
    500: "The server failed; it has been logged. Try again later.",
}

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "facts": {
            "type": "object",
            "description": "无法划分时的各项数字:need、least_cap_pooled 等 / the figures of what is infeasible",
        },
        "changes": {
            "type": "array",
            "description": "412:读取之后他人所做的修改 / what others did since it was read",
            "items": {
                "type": "object",
                "properties": {
                    "revision": {"type": "integer"},
                    "by": {"type": "string"},
                    "at": {"type": "string"},
                    "edit": {"type": "object"},
                },
            },
        },
    },
}


def status_of(error: GridmapError) -> HTTPStatus:
    """Return the status of an error's class, or of the one it derives from."""
    found = (STATUS[c] for c in type(error).__mro__ if c in STATUS)
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the error answers of a route for OpenAPI."""
    content = {"application/problem+json": {"schema": PROBLEM_SCHEMA}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def language_of(request: Request) -> Language:
    """Chinese unless the caller prefers English."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        if part.strip().startswith("zh"):
            return "zh"
        if part.strip().startswith("en"):
            return "en"
    return "zh"


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    faults: Sequence[dict[str, str]] = (),
    changes: Sequence[dict[str, Any]] = (),
    facts: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Build a problem+json answer."""
    body: dict[str, Any] = {
        "type": f"urn:gridmap:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if faults:
        body["errors"] = list(faults)
    if changes:
        body["changes"] = list(changes)
    if facts:
        body["facts"] = facts
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def framework_problem(request: Request, status: int, *, headers: dict[str, str] | None = None) -> JSONResponse:
    """Build the answer for an error that the framework itself raised."""
    language = language_of(request)
    texts = _FRAMEWORK_ZH if language == "zh" else _FRAMEWORK_EN
    phrase = HTTPStatus(status).phrase
    text = texts.get(status, phrase).replace("{upload_mib}", str(request.app.state.settings.upload_mib))
    return problem(status, phrase.lower().replace(" ", "-"), phrase, text, headers=headers)


def _headers(error: GridmapError) -> dict[str, str]:
    """Return what HTTP wants beside the body: how to sign in, when to try again."""
    if isinstance(error, errors.ThrottledError):
        return {"Retry-After": str(error.wait_s)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, errors.UnauthenticatedError) else {}


def install(app: FastAPI) -> None:
    """Answer every error of the application as problem+json."""

    async def on_gridmap(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, GridmapError)
        language = language_of(request)
        field = error.field if isinstance(error, errors.InvalidParameterError) else None
        faults = [{"pointer": f"/{field}", "detail": error.text(language)}] if field is not None else []
        if isinstance(error, NothingAcceptedError):
            faults = [
                {"pointer": f"/{row.file}/{row.row}/{row.field}", "detail": f"{row.value}: {row.reason} → {row.remedy}"}
                for row in error.report.quarantined[:MOST_FAULTS]
            ]
        if isinstance(error, DrawingFaultsError):
            faults = [
                {"pointer": f"/steps/{fault.step}", "detail": fault.text(language)}
                for fault in error.faults[:MOST_FAULTS]
            ]
        changes = [asdict(later) for later in error.changes] if isinstance(error, errors.StaleVersionError) else []
        facts = asdict(error) if isinstance(error, errors.InfeasibleError) else None
        return problem(
            status_of(error), error.code, error.title(language), error.text(language),
            faults=faults, changes=changes, facts=facts, headers=_headers(error),
        )  # fmt: skip

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return framework_problem(request, error.status_code, headers=dict(error.headers or {}))

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = error.errors()
        if any(fault["type"] == "json_invalid" for fault in found):
            return framework_problem(request, 400)
        faults = [{"pointer": "/" + "/".join(map(str, f["loc"][1:])), "detail": f["msg"]} for f in found]
        texts = _FRAMEWORK_ZH if language_of(request) == "zh" else _FRAMEWORK_EN
        return problem(422, "invalid-request", "Unprocessable Content", texts[422], faults=faults)

    async def on_crash(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the server logs it
        return framework_problem(request, 500)

    app.add_exception_handler(GridmapError, on_gridmap)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(Exception, on_crash)
