"""GET /markets/{market}/export: one file, named after the market, with what the caller may see."""

import io
import zipfile

import pytest
from fastapi.testclient import TestClient

from gridmap.store.session import Database
from tests.callers import token_of

WHERE = "/api/v1/markets/two-floors/export"


@pytest.mark.parametrize(
    ("form", "start", "name"),
    [
        ("geojson", b'{"type":"FeatureCollection"', "two-floors.geojson"),
        ("gpkg", b"SQLite format 3", "two-floors.gpkg"),
        ("geoparquet", b"PAR1", "two-floors.parquet"),
        ("imdf", b"PK", "two-floors.imdf"),
        ("xlsx", b"PK", "two-floors.xlsx"),
        ("csv", b"PK", "two-floors.zip"),
    ],
)
def test_every_format_is_a_file(client: TestClient, form: str, start: bytes, name: str) -> None:
    answer = client.get(WHERE, params={"format": form})
    assert answer.status_code == 200
    assert answer.content.startswith(start)
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_day_and_what_makes_no_sense(client: TestClient) -> None:
    past = client.get(WHERE, params={"at": "2020-01-01"}).json()["features"]
    assert {feature["properties"]["table"] for feature in past} == {"levels", "stalls", "connectors", "members"}
    assert client.get(WHERE, params={"format": "dwg"}).status_code == 422
    assert client.get(WHERE, params={"at": "yesterday"}).status_code == 422
    assert client.get("/api/v1/markets/none/export").status_code == 404


def test_a_viewer_gets_no_ledger_of_merchants(client: TestClient, database: Database) -> None:
    key = {"Authorization": f"Bearer {token_of(database, 'viewer')}"}
    for params in ({"format": "csv"}, {"format": "xlsx"}, {"format": "imdf"}):
        with zipfile.ZipFile(io.BytesIO(client.get(WHERE, params=params, headers=key).content)) as archive:
            whole = b"".join(archive.read(name) for name in archive.namelist())
            assert "merchants.csv" not in archive.namelist()
        assert "商户".encode() not in whole
        assert b'"feature_type":"occupant"' not in whole
