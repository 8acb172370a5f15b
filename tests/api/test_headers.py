"""What every answer says to browsers and caches; bodies that would fill the memory are refused."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from gridmap.api import headers
from gridmap.store.session import Database
from tests.callers import account_of

SESSION = "/api/v1/session"


@pytest.mark.parametrize(
    ("url", "status"),
    [("/api/v1/markets", 200), ("/healthz", 200), ("/api/v1/markets/nowhere", 404), ("/nowhere", 404)],
)
def test_every_answer_forbids_sniffing_and_framing(client: TestClient, url: str, status: int) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert status < 400 or answer.headers["cache-control"] == "no-store"


def test_one_persons_answer_is_not_kept_for_the_next(client: TestClient, database: Database) -> None:
    """Two roles are shown different things at one address under one tag: a cache has to tell them apart."""
    code = client.post("/api/v1/markets/two-floors/plans", json={}).json()["code"]
    answer = client.get(f"/api/v1/plans/{code}")
    same = client.get(f"/api/v1/plans/{code}", headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304
    for each in (answer, same):
        assert {"Cookie", "Authorization"} <= set(each.headers["vary"].split(", "))


@pytest.mark.parametrize("chunked", [False, True])
def test_body_that_is_too_large_is_refused_before_it_is_read(
    stranger: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    account_of(database, "lin", "viewer")
    monkeypatch.setattr(headers, "LARGEST_BODY_BYTES", 1000)

    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 100

    body = chunks() if chunked else b" " * 2000
    answer = stranger.post(SESSION, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("chunked", [False, True])
def test_files_of_an_import_may_be_larger_for_who_is_signed_in(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    monkeypatch.setattr(headers, "LARGEST_BODY_BYTES", 1000)
    url, token = "/api/v1/markets/two-floors/imports", client.headers.pop("Authorization")

    def sent(size: int, headers: dict[str, str]) -> tuple[int, str]:
        body = b"x" * size
        pieces = (body[i : i + 65536] for i in range(0, size, 65536))
        kind = {"Content-Type": "multipart/form-data; boundary=b", **headers}
        answer = client.post(url, content=pieces if chunked else body, headers=kind)
        return answer.status_code, answer.json()["detail"]

    known = {"Authorization": token}
    assert sent(100_000, known)[0] == 400  # it is read, and is no form
    assert sent(100_000, {})[0] == 413
    assert sent(100_000, {"Authorization": "Bearer nobody"})[0] == 413
    status, detail = sent((256 << 20) + 1, known)
    assert (status, "256 MiB" in detail) == (413, True)
    assert client.post("/api/v1/markets/two-floors/plans", content=b" " * 2000, headers=known).status_code == 413
