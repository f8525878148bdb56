"""Logging in by console and CLI, sessions, form tokens, API tokens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inventory import accounts, changes
from inventory.accounts import ApiToken, Grant, LoginSession, Role, User
from service.identity import COOKIE
from tests.factories import an_agency

PASSWORD = "一个足够长的示例口令"


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    """A browser that nobody logged in with yet."""
    with TestClient(app, follow_redirects=False, base_url="http://testserver") as browser:
        yield browser


@pytest.fixture
def user(session: Session) -> User:
    """An administrator with a password."""
    user = accounts.create_user(session, "zhang.san", "张三（示例）", PASSWORD)
    accounts.grant(session, user, Grant(Role.ADMINISTRATOR))
    session.refresh(user)
    return user


def log_in(browser: TestClient, password: str = PASSWORD) -> int:
    form = {"username": "zhang.san", "password": password, "wanted": "/register"}
    return browser.post("/login", data=form).status_code


def test_a_visitor_is_sent_to_the_login_page_and_back_to_where_it_wanted(browser: TestClient, user: User) -> None:
    sent = browser.get("/register")
    answered = browser.post("/login", data={"username": "zhang.san", "password": PASSWORD, "wanted": "/register"})

    assert (sent.status_code, sent.headers["Location"]) == (303, "/login?next=/register")
    assert (answered.status_code, answered.headers["Location"]) == (303, "/register")
    assert browser.get("/register").status_code == 200


@pytest.mark.parametrize("trap", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_login_never_leads_to_another_site(browser: TestClient, user: User, trap: str) -> None:
    answered = browser.post("/login", data={"username": "zhang.san", "password": PASSWORD, "wanted": trap})

    assert answered.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_user_are_answered_alike(browser: TestClient, user: User) -> None:
    wrong = browser.post("/api/v1/login", json={"username": "zhang.san", "password": "wrong"})
    unknown = browser.post("/api/v1/login", json={"username": "nobody", "password": "wrong"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(browser: TestClient, user: User) -> None:
    for _ in range(5):
        assert log_in(browser, "wrong") == 401

    assert log_in(browser) == 403


def test_a_new_password_lifts_the_lock(browser: TestClient, user: User, session: Session) -> None:
    for _ in range(5):
        log_in(browser, "wrong")
    session.refresh(user)

    accounts.change_password(session, user, "另一个足够长的示例口令")
    session.flush()

    assert log_in(browser, PASSWORD) == 401
    assert log_in(browser, "另一个足够长的示例口令") == 303


def test_the_session_cookie_is_out_of_reach_of_scripts_and_stored_as_a_hash(
    browser: TestClient, user: User, session: Session
) -> None:
    cookie = browser.post("/login", data={"username": "zhang.san", "password": PASSWORD}).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    stored = session.scalars(select(LoginSession.token_hash)).one()
    assert browser.cookies[COOKIE] not in stored


def test_a_write_from_a_session_needs_the_form_token(browser: TestClient, user: User, session: Session) -> None:
    log_in(browser)
    agency = an_agency(session)
    wanted = {"code": "JF-9", "name": "示例机房", "division_id": agency.division_id, "agency_id": agency.id}
    token = session.scalars(select(LoginSession.csrf_token)).one()

    bare = browser.post("/api/v1/sites", json=wanted)
    forged = browser.post("/api/v1/sites", json=wanted, headers={"X-CSRF-Token": "x" * 43})
    strange = browser.post("/api/v1/sites", json=wanted, headers={b"X-CSRF-Token": "é".encode("latin-1")})
    right = browser.post("/api/v1/sites", json=wanted, headers={"X-CSRF-Token": token})

    assert [answer.status_code for answer in (bare, forged, strange, right)] == [403, 403, 403, 201]


def test_logging_out_ends_the_session_on_the_server(browser: TestClient, user: User, session: Session) -> None:
    log_in(browser)
    cookie = browser.cookies[COOKIE]
    token = session.scalars(select(LoginSession.csrf_token)).one()
    browser.post("/logout", headers={"X-CSRF-Token": token})

    browser.cookies.set(COOKIE, cookie)
    assert browser.get("/register").status_code == 303


def test_an_idle_session_ends_after_thirty_minutes(browser: TestClient, user: User, session: Session) -> None:
    log_in(browser)
    session.execute(update(LoginSession).values(last_seen_at=datetime.now(UTC) - timedelta(minutes=31)))

    assert browser.get("/register").status_code == 303


def test_an_expired_a_revoked_and_an_unknown_token_are_refused_with_the_reason(
    browser: TestClient, user: User, session: Session
) -> None:
    expired, row = accounts.issue_token(session, user, "old", timedelta(days=1))
    row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    revoked, gone = accounts.issue_token(session, user, "gone", timedelta(days=1))
    accounts.revoke_token(session, gone)
    session.flush()

    for token, word in ((expired, "过期"), (revoked, "吊销"), ("yw_unknown", "无效")):
        answer = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert word in answer.json()["detail"]


def test_a_token_is_shown_once_and_never_listed(browser: TestClient, user: User, session: Session) -> None:
    answer = browser.post("/api/v1/login", json={"username": "zhang.san", "password": PASSWORD}).json()
    listed = browser.get("/api/v1/tokens", headers={"Authorization": f"Bearer {answer['token']}"})

    assert answer["token"] not in listed.text
    assert answer["token"] not in session.scalars(select(ApiToken.token_hash)).all()


def test_passwords_and_token_hashes_stay_out_of_history(user: User, session: Session) -> None:
    story = changes.story_of(session, "users", user.id)

    assert story[0].after is not None
    assert story[0].after["password_hash"] == "***"


def test_a_user_without_any_role_may_do_nothing(browser: TestClient, session: Session) -> None:
    user = accounts.create_user(session, "li.si", "李四（示例）", None)
    token, _ = accounts.issue_token(session, user, "t", timedelta(days=1))

    assert browser.get("/api/v1/sites", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_a_new_password_ends_sessions_and_tokens(browser: TestClient, user: User, session: Session) -> None:
    log_in(browser)
    token, _ = accounts.issue_token(session, user, "t", timedelta(days=1))

    accounts.change_password(session, user, "另一个足够长的示例口令")
    session.expire_all()

    assert browser.get("/register").status_code == 303
    assert browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
