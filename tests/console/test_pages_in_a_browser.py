"""Every page in a real Chromium: it renders, says nothing on the error console, and fetches nothing from elsewhere."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from playwright.sync_api import ConsoleMessage, Page, Request, sync_playwright

from provisioning.credentials import MasterKey
from service.app import create_app
from service.db import connect
from service.demo import load_demo, renew_visitors
from service.serving import prepare
from service.settings import Settings
from tests.conftest import create_database
from tests.lab.needs import needs

pytestmark = pytest.mark.live
PASSWORD = "示例口令-0123456789"
PAGES = ("/", "/rate", "/rate?as_of=2018-12-31", "/surveys", "/migrations", "/register", "/register/business-systems",
         "/register/business-systems/1", "/register/divisions?q=莱芜", "/history")  # fmt: skip


@dataclass
class Visit:
    """A browser page, with what it complained about and where it went."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def go(self, path: str) -> str:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, path
        return self.page.inner_text("main")

    def log_in(self, username: str) -> None:
        self.page.goto(self.address + "/login")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button[type=submit]")


@pytest.fixture(scope="module")
def province(postgres: str, template: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running service that shows the sample province."""
    needs("chromium")
    engine = connect(create_database(postgres, f"pages_{worker_id}", template))
    sessions = prepare(engine)
    load_demo(sessions, "http://127.0.0.1:1/")
    renew_visitors(sessions, PASSWORD)
    state = tmp_path_factory.mktemp("state")
    MasterKey.create(state / "master.key")
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(state_dir=state), engine), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    engine.dispose()


@pytest.fixture
def visit(province: str) -> Iterator[Visit]:
    """A fresh browser page; every request that leaves this host is noted."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=quiet)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="zh-CN")
        visit = Visit(page, province)

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                visit.complaints.append(message.text)

        def asked(request: Request) -> None:
            if not request.url.startswith((province, "data:", "blob:")):
                visit.elsewhere.append(request.url)

        page.on("console", said)
        page.on("request", asked)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        yield visit
        browser.close()


def test_every_page_renders_in_chinese_and_asks_nobody_else(visit: Visit) -> None:
    visit.log_in("admin")
    shown = {path: visit.go(path) for path in PAGES}

    assert [path for path, text in shown.items() if not any("\u4e00" <= letter <= "\u9fff" for letter in text)] == []
    assert visit.complaints == []
    assert visit.elsewhere == []


def test_every_page_says_that_the_data_is_a_sample(visit: Visit) -> None:
    visit.log_in("planner")
    visit.go("/rate")

    assert "示例数据" in visit.page.inner_text("body")


def test_a_department_sees_its_own_systems_only(visit: Visit) -> None:
    visit.log_in("department")
    text = visit.go("/register/business-systems")

    assert "济南市示例单位一" in text
    assert "济南市示例单位二" not in text


def test_logging_out_leads_back_to_the_login_page(visit: Visit) -> None:
    visit.log_in("engineer")
    visit.page.click("[data-logout]")
    visit.page.wait_for_url("**/login")

    assert visit.page.is_visible("input[name=password]")


def test_a_page_that_does_not_exist_says_so_in_the_console(visit: Visit) -> None:
    visit.log_in("admin")
    answer = visit.page.goto(visit.address + "/register/nothing")

    assert answer is not None
    assert answer.status == 404
    assert "没有" in visit.page.inner_text("main")


def test_the_menu_offers_only_what_a_role_may_open(visit: Visit) -> None:
    visit.log_in("auditor")
    offered = visit.page.inner_text("nav")

    assert "变更历史" in offered
    assert "普查填报" not in offered
    assert "登记" in visit.go("/history")
