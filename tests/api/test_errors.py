"""Every error is problem+json, the framework's own too, in the caller's language."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from gridmap import errors
from gridmap.api.errors import STATUS
from gridmap.cli.errors import EXIT_CODE

PLANS = "/api/v1/markets/two-floors/plans"
CASES: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/nowhere", {}, 404),
    ("DELETE", "/api/v1/markets", {}, 405),
    ("GET", "/api/v1/markets/nowhere", {}, 404),
    ("GET", "/api/v1/markets?limit=0", {}, 422),
    ("GET", "/api/v1/markets/two-floors/stalls?bbox=1,2,3", {}, 422),
    ("GET", "/api/v1/markets/two-floors/stalls?bbox=nan,0,1,1", {}, 422),
    ("POST", PLANS, {"content": "{", "headers": {"content-type": "application/json"}}, 400),
    ("POST", PLANS, {"json": {"target": -1}}, 422),
    ("POST", "/api/v1/plans/nowhere/publish", {"json": {}, "headers": {"If-Match": '"a.1"'}}, 404),
    ("GET", "/api/v1/markets/a%00b", {}, 422),
    ("GET", "/", {}, 503),
    ("GET", "/assets/nothing.js", {}, 404),
]


@pytest.mark.parametrize(("method", "url", "extra", "status"), CASES)
def test_error_is_a_problem(client: TestClient, method: str, url: str, extra: dict[str, Any], status: int) -> None:
    answer = client.request(method, url, **extra)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:gridmap:problem:{body['code']}"
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize(("header", "word"), [("zh-CN,en;q=0.5", "没有找到"), ("en-GB,zh;q=0.1", "There is no")])
def test_language_is_the_callers(client: TestClient, header: str, word: str) -> None:
    body = client.get("/api/v1/markets/nowhere", headers={"Accept-Language": header}).json()
    assert word in body["detail"]


def test_every_error_class_has_a_status_and_an_exit_code() -> None:
    classes = {c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.GridmapError)}
    classes.discard(errors.GridmapError)
    assert set(STATUS) == classes
    assert set(EXIT_CODE) == classes


def test_health(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json()["status"] == "ready"
