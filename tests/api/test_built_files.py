"""Files of the built client: packed copies for those who can unpack them; kept for ever where names change."""

import gzip
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gridmap.api.app import create_app
from gridmap.config import Settings

TEXT = b"export const stalls = 5796;\n" * 100


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    for name in ("assets", "vendor"):
        folder = tmp_path / "web" / name
        folder.mkdir(parents=True)
        (folder / "a-1x.js").write_bytes(TEXT)
        (folder / "a-1x.js.gz").write_bytes(gzip.compress(TEXT))
        (folder / "small.css").write_bytes(b"b{}")
    return TestClient(create_app(Settings(database_url="sqlite://", web_dir=tmp_path / "web")))


def test_packed_copy_goes_to_whoever_can_unpack_it(client: TestClient) -> None:
    packed = client.get("/assets/a-1x.js")
    assert (packed.content, packed.headers["content-encoding"]) == (TEXT, "gzip")
    assert packed.headers["content-type"].startswith("text/javascript")
    assert int(packed.headers["content-length"]) < len(TEXT)
    plain = client.get("/assets/a-1x.js", headers={"Accept-Encoding": "identity"})
    assert (plain.content, "content-encoding" in plain.headers) == (TEXT, False)
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]


def test_browsers_keep_only_what_changes_its_name(client: TestClient) -> None:
    assert "immutable" in client.get("/assets/a-1x.js").headers["cache-control"]
    assert "cache-control" not in client.get("/vendor/a-1x.js").headers
    assert client.get("/assets/small.css").content == b"b{}"
    assert client.get("/assets/gone.js").status_code == 404
    assert client.get("/assets/gone.js").headers["cache-control"] == "no-store"


def test_named_files_come_from_memory_the_second_time(client: TestClient, tmp_path: Path) -> None:
    first = client.get("/assets/a-1x.js")
    (tmp_path / "web" / "assets" / "a-1x.js.gz").unlink()
    again = client.get("/assets/a-1x.js")
    assert (again.content, dict(again.headers)) == (TEXT, dict(first.headers))
    (tmp_path / "web" / "vendor" / "a-1x.js").write_bytes(b"new")
    assert client.get("/vendor/a-1x.js", headers={"Accept-Encoding": "identity"}).content == b"new"
    tag = client.get("/assets/small.css").headers["etag"]
    assert client.get("/assets/small.css", headers={"If-None-Match": tag}).status_code == 304
