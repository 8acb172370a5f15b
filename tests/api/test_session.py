"""Signing in and out, one-time links, check values, throttling: over HTTP as a browser does it."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from gridmap.api.app import create_app
from gridmap.config import Settings
from gridmap.errors import (
    BadSignInError,
    InvalidParameterError,
    LinkUnusableError,
    ThrottledError,
    UnauthenticatedError,
)
from gridmap.model.rights import AccountRole, Grant
from gridmap.services import accounts, audit, secrets
from gridmap.store import tables as t
from gridmap.store.session import Database
from tests.callers import PASSWORD, account_of, author, token_of

SESSION = "/api/v1/session"


def signed_in(client: TestClient, name: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(SESSION, json={"name": name, "password": password}, **extra)


def test_first_administrator_comes_by_a_link_that_works_once(stranger: TestClient, database: Database) -> None:
    now = author().now
    link = accounts.first_administrator(database, now=now)
    assert link is not None
    newer = accounts.first_administrator(database, now=now)
    assert newer is not None
    assert stranger.post("/api/v1/links/look", json={"link": link}).status_code == 410
    looked = stranger.post("/api/v1/links/look", json={"link": newer}).json()
    assert (looked["account"], looked["purpose"]) == ("admin", "first-admin")
    assert stranger.get("/api/v1/accounts").status_code == 401

    assert stranger.post("/api/v1/links/use", json={"link": newer, "password": "short"}).status_code == 422
    used = stranger.post("/api/v1/links/use", json={"link": newer, "password": PASSWORD})
    assert used.status_code == 200
    assert "manage-accounts" in used.json()["actions"]
    assert stranger.get("/api/v1/accounts").json()["items"][0]["name"] == "admin"
    again = stranger.post("/api/v1/links/use", json={"link": newer, "password": PASSWORD + "x"})
    assert (again.status_code, again.json()["code"]) == (410, "link-unusable")
    assert accounts.first_administrator(database, now=now) is None


def test_link_ends_after_a_day(database: Database) -> None:
    now = author().now
    link = accounts.create_account(database, "lin", [], author=author())
    accounts.look_at_link(database, link, now=now + timedelta(hours=23))
    with pytest.raises(LinkUnusableError):
        accounts.use_link(database, link, PASSWORD, now=now + timedelta(hours=25))


def test_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: TestClient, database: Database) -> None:
    account_of(database, "lin", "planner")
    plain = signed_in(stranger, "lin").headers["set-cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    assert "Secure" not in plain
    safe = TestClient(stranger.app, base_url="https://testserver")
    assert "Secure" in signed_in(safe, "lin").headers["set-cookie"]


def test_writes_under_a_cookie_need_the_check_value(stranger: TestClient, database: Database) -> None:
    account_of(database, "lin", "planner")
    account_of(database, "chen", "planner")
    others = signed_in(stranger, "chen").json()["csrf"]
    csrf = signed_in(stranger, "lin").json()["csrf"]
    url = "/api/v1/markets/two-floors/plans"
    for headers in ({}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": others}):
        refused = stranger.post(url, json={}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "cross-site")
    made = stranger.post(url, json={}, headers={"X-CSRF-Token": csrf})
    assert made.status_code == 201
    assert made.json()["created_by"] == "user:lin"
    assert stranger.get(SESSION).json()["csrf"] == csrf


def test_session_tells_where_others_can_open_the_installation(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    account_of(database, "lin", "planner")
    for public_url, told in (("", None), ("https://grid.example/", "https://grid.example")):
        settings = Settings(database_url=database_url, web_dir=tmp_path / "web", public_url=public_url)
        with TestClient(create_app(settings), base_url="https://testserver") as client:
            assert client.get(SESSION).json()["public_url"] is None
            assert signed_in(client, "lin").json()["public_url"] == told
            assert client.get(SESSION).json()["public_url"] == told


def test_signing_out_ends_the_session_and_not_only_the_cookie(stranger: TestClient, database: Database) -> None:
    account_of(database, "lin", "viewer")
    csrf = signed_in(stranger, "lin").json()["csrf"]
    cookie = stranger.cookies["gridmap_session"]
    assert stranger.delete(SESSION, headers={"X-CSRF-Token": csrf}).status_code == 204
    assert "gridmap_session" not in stranger.cookies
    assert stranger.get("/api/v1/markets", headers={"Cookie": f"gridmap_session={cookie}"}).status_code == 401


def test_wrong_name_and_wrong_password_answer_the_same(stranger: TestClient, database: Database) -> None:
    account_of(database, "lin", "viewer")
    accounts.create_account(database, "no-password-yet", [], author=author())
    answers = [signed_in(stranger, name, "wrong-password") for name in ("lin", "nobody", "no-password-yet")]
    assert {(a.status_code, a.text) for a in answers} == {(401, answers[0].text)}
    assert answers[0].json()["code"] == "bad-sign-in"
    assert answers[0].headers["content-type"] == "application/problem+json"


def test_failed_attempts_have_to_wait_longer_each_time(stranger: TestClient, database: Database) -> None:
    account_of(database, "lin", "viewer")
    statuses = [signed_in(stranger, "lin", "wrong-password").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    refused = signed_in(stranger, "lin")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 15
    now = author().now
    later = {"address": "elsewhere", "now": now + timedelta(seconds=20)}
    with pytest.raises(BadSignInError):
        accounts.sign_in(database, "lin", "wrong-password", **later)
    with pytest.raises(ThrottledError):
        accounts.sign_in(database, "lin", PASSWORD, **later)
    accounts.sign_in(database, "lin", PASSWORD, address="elsewhere", now=now + timedelta(seconds=60))
    with pytest.raises(BadSignInError):
        accounts.sign_in(database, "lin", "wrong-password", address="elsewhere", now=now + timedelta(seconds=61))


def test_attempts_at_once_get_no_more_than_attempts_in_a_row(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them have passed the first look before any has failed: the count decides in the writing transaction."""
    at_once = 12
    together = Barrier(at_once, timeout=30)
    account_of(database, "lin", "viewer")

    def matches(_password: str, _stored: str | None) -> bool:
        together.wait()
        return False

    monkeypatch.setattr(secrets, "password_matches", matches)
    now = author().now

    def attempt(n: int) -> str:
        try:
            accounts.sign_in(database, "lin", f"guess-{n}", address=f"10.0.0.{n}", now=now)
        except (BadSignInError, ThrottledError) as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(at_once) as pool:
        outcomes = Counter(pool.map(attempt, range(at_once)))
    assert outcomes == {"bad-sign-in": accounts.FREE_FAILURES, "throttled": at_once - accounts.FREE_FAILURES}
    monkeypatch.undo()
    with pytest.raises(ThrottledError):
        accounts.sign_in(database, "lin", PASSWORD, address="elsewhere", now=now)


def test_sign_in_that_succeeds_leaves_no_count(database: Database) -> None:
    account_of(database, "lin", "viewer")
    accounts.sign_in(database, "lin", PASSWORD, address="1.2.3.4", now=author().now)
    with database.reading() as connection:
        assert connection.execute(sa.select(t.sign_in_attempt)).all() == []


def test_one_address_cannot_try_many_names(database: Database) -> None:
    now = author().now
    with database.writing() as connection:
        from gridmap.store import accounts as store

        store.set_failures(connection, secrets.digest("address:1.2.3.4"), accounts.FREE_FAILURES_OF_ADDRESS, now)
    with pytest.raises(ThrottledError):
        accounts.sign_in(database, "somebody", "wrong-password", address="1.2.3.4", now=now)


def test_disabled_account_is_out_at_once(stranger: TestClient, database: Database) -> None:
    account_of(database, "lin", "viewer")
    account_of(database, "boss", "admin")
    signed_in(stranger, "lin")
    assert stranger.get("/api/v1/markets").status_code == 200
    accounts.switch_account(database, "lin", disabled=True)
    assert stranger.get("/api/v1/markets").status_code == 401
    assert signed_in(stranger, "lin").status_code == 401
    accounts.switch_account(database, "lin", disabled=False)
    assert signed_in(stranger, "lin").status_code == 200
    with pytest.raises(InvalidParameterError):
        accounts.switch_account(database, "boss", disabled=True)


def test_reset_ends_the_old_sessions(stranger: TestClient, database: Database) -> None:
    account_of(database, "lin", "viewer")
    signed_in(stranger, "lin")
    link = accounts.reset_password(database, "lin", now=author().now)
    assert stranger.get("/api/v1/markets").status_code == 200
    accounts.use_link(database, link, "another-secret-8W", now=author().now)
    assert stranger.get("/api/v1/markets").status_code == 401
    assert signed_in(stranger, "lin").status_code == 401
    assert signed_in(stranger, "lin", "another-secret-8W").status_code == 200


def test_session_and_token_end(database: Database) -> None:
    signed = account_of(database, "lin", "viewer")
    now = author().now
    assert accounts.caller_of_session(database, signed.secret, now=now + timedelta(hours=11)).name == "user:lin"
    with pytest.raises(UnauthenticatedError):
        accounts.caller_of_session(database, signed.secret, now=now + timedelta(hours=13))
    grant = Grant(AccountRole.API)
    day = accounts.create_token(database, "day", grant, author=author(), expires_at=now + timedelta(days=1))
    assert accounts.caller_of_token(database, day, now=now).name == "token:day"
    with pytest.raises(UnauthenticatedError):
        accounts.caller_of_token(database, day, now=now + timedelta(days=2))
    revoked = token_of(database, "api")
    accounts.revoke_token(database, "api all", now=now)
    with pytest.raises(UnauthenticatedError):
        accounts.caller_of_token(database, revoked, now=now)


def test_secrets_are_stored_as_hashes_only(database: Database) -> None:
    signed = account_of(database, "lin", "viewer")
    token = token_of(database, "api")
    link = accounts.reset_password(database, "lin", now=author().now)
    with database.reading() as connection:
        rows = [row for table in t.metadata.sorted_tables for row in connection.execute(table.select())]
    stored = repr(rows)
    assert "argon2id" in stored
    assert not [secret for secret in (PASSWORD, signed.secret, token, link) if secret in stored]


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "lin-is-my-name", "x" * 201])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidParameterError):
        secrets.hash_password(password, "lin")


def test_bad_keys_are_refused_as_problems(stranger: TestClient) -> None:
    for headers in ({"Authorization": "Bearer gm_x"}, {"Authorization": "Basic eDp5"}, {"Cookie": "gridmap_session=x"}):
        answer = stranger.get("/api/v1/markets", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"
    english = stranger.get("/api/v1/markets", headers={"Accept-Language": "en"}).json()
    assert english["detail"].startswith("Sign in first")


def test_administrator_manages_accounts_over_http(client: TestClient) -> None:
    made = client.post(
        "/api/v1/accounts", json={"name": "lin", "role": "member", "scopes": ["market:two-floors"], "member": "W001"}
    )
    assert made.status_code == 201
    assert made.json()["link"].startswith("http://testserver/sign-in#")
    assert client.post("/api/v1/accounts", json={"name": "lin", "role": "member"}).status_code == 409
    unknown = {"name": "x", "role": "member", "scopes": ["division:999999"]}
    assert client.post("/api/v1/accounts", json=unknown).status_code == 404
    shown = client.get(made.headers["location"]).json()
    assert shown["grants"] == [{"role": "member", "scope": "market:two-floors"}]
    assert (shown["member"], shown["has_password"]) == ("W001", False)
    assert client.post("/api/v1/accounts/lin/reset").json()["link"] != made.json()["link"]
    assert client.post("/api/v1/accounts/lin/disable").json()["disabled"] is True
    actions = [line["action"] for line in client.get("/api/v1/audit?limit=1000").json()["items"]]
    assert actions[-3:] == ["account.create", "account.reset", "account.disable"]


def test_administrator_manages_tokens_over_http(client: TestClient) -> None:
    made = client.post("/api/v1/tokens", json={"name": "dispatch", "scope": "market:two-floors", "days": 30})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    machine = {"Authorization": f"Bearer {made.json()['token']}"}
    assert client.get("/api/v1/markets/two-floors", headers=machine).status_code == 200
    assert client.get("/api/v1/tokens", headers=machine).status_code == 403
    assert client.post("/api/v1/tokens", json={"name": "dispatch"}).status_code == 409
    assert client.post("/api/v1/tokens", json={"name": "x", "scope": "market:nowhere"}).status_code == 404
    assert client.post("/api/v1/tokens", json={"name": "x", "days": 0}).status_code == 422
    listed = client.get("/api/v1/tokens")
    assert made.json()["token"] not in listed.text
    shown = next(token for token in listed.json()["items"] if token["name"] == "dispatch")
    assert (shown["role"], shown["scope"], shown["created_by"]) == ("api", "market:two-floors", "token:admin all")
    assert shown["expires_at"] > shown["created_at"]
    assert client.post("/api/v1/tokens/dispatch/revoke").json()["revoked_at"] is not None
    assert client.post("/api/v1/tokens/dispatch/revoke").status_code == 404
    assert client.get("/api/v1/markets", headers=machine).status_code == 401


def test_audit_log_is_filtered_paged_and_checked(client: TestClient) -> None:
    for name in ("lin", "chen", "100%"):
        client.post("/api/v1/accounts", json={"name": name, "role": "member"})
    url = "/api/v1/audit?order=newest&action=account&limit=2"
    first = client.get(url).json()
    assert [line["subject"] for line in first["items"]] == ["100%", "chen"]
    assert "action=account" in first["next"]
    second = client.get(first["next"]).json()
    assert ([line["subject"] for line in second["items"]], second["next"]) == (["lin"], None)
    assert [line["subject"] for line in client.get("/api/v1/audit?subject=%25").json()["items"]] == ["100%"]
    assert client.get("/api/v1/audit?actor=nobody").json()["items"] == []
    assert client.get("/api/v1/audit?action=account.cre").json()["items"] == []
    assert len(client.get("/api/v1/audit?action=account.create&actor=ADMIN").json()["items"]) == 3
    day = second["items"][0]["at"][:10]
    whole = client.get("/api/v1/audit?limit=1000").json()["items"]
    today = client.get(f"/api/v1/audit?limit=1000&from={day}").json()["items"]
    assert (today, client.get("/api/v1/audit?to=2020-01-01").json()["items"]) == (whole, [])

    verdict = client.get("/api/v1/audit/verify").json()
    assert (verdict["ok"], verdict["lines"], verdict["faults"]) == (True, whole[-1]["seq"], [])
    assert client.get("/api/v1/audit/verify", params={"anchor": verdict["head"]}).json()["ok"] is True
    lost = client.get("/api/v1/audit/verify", params={"anchor": f"1:{'0' * 64}"}).json()
    assert (lost["ok"], len(lost["faults"])) == (False, 1)


def test_all_addresses_that_one_caller_may_use_count_together(database: Database) -> None:
    now = author().now
    addresses = [f"2001:db8:1:2::{n:x}" for n in range(accounts.FREE_FAILURES_OF_ADDRESS)]
    for n, address in enumerate(addresses):
        with pytest.raises(BadSignInError):
            accounts.sign_in(database, f"name-{n}", "wrong-password", address=address, now=now)
    with pytest.raises(ThrottledError):
        accounts.sign_in(database, "one-more", "wrong-password", address="2001:db8:1:2:ffff::1", now=now)
    with pytest.raises(BadSignInError):
        accounts.sign_in(database, "one-more", "wrong-password", address="2001:db8:1:3::1", now=now)


def test_public_address_decides_over_cookies_and_links(database: Database, database_url: str, tmp_path: Path) -> None:
    """Behind a proxy the request says neither how nor under which name a person came."""
    account_of(database, "lin", "admin")
    own = Settings(database_url=database_url, web_dir=tmp_path, public_url="https://grid.invalid/")
    with TestClient(create_app(own)) as client:
        opened = signed_in(client, "lin", headers={"Host": "elsewhere.invalid"})
        assert "Secure" in opened.headers["set-cookie"]
        key = {"Authorization": f"Bearer {token_of(database, 'admin')}", "Host": "elsewhere.invalid"}
        link = client.post("/api/v1/accounts/lin/reset", headers=key).json()["link"]
        assert link.startswith("https://grid.invalid/sign-in#")


def test_strangers_who_sign_in_at_once_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    class Slow:
        def verify(self, stored: str, password: str) -> bool:
            nonlocal running, most
            running += 1
            most = max(most, running)
            time.sleep(0.02)
            running -= 1
            return True

    monkeypatch.setattr(secrets, "_HASHER", Slow())
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: secrets.password_matches("x", "y"), range(32)))
    assert 1 < most <= 4


def test_signing_out_of_no_session_is_not_in_the_log(stranger: TestClient, database: Database) -> None:
    headers = {"Authorization": f"Bearer {token_of(database, 'viewer')}", "Cookie": "gridmap_session=made-up"}
    assert stranger.delete(SESSION, headers=headers).status_code == 204
    assert "account.sign-out" not in {line.action for line in audit.read_log(database)}
