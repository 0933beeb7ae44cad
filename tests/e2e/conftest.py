"""A real browser against a live server, with the clock in the test's hand."""

from __future__ import annotations

import datetime as dt
import os
import warnings

import pytest

from .stage import Stage, find_browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API keeps an event loop in this thread


@pytest.fixture(scope="module")
def chromium():
    """Chromium, or a skip that nobody can overlook."""
    path = find_browser()
    if path is None:
        message = "没有找到 Chromium：浏览器测试全部跳过。安装 chromium，或用 QINGYUAN_BROWSER 指明路径"
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def stage(transactional_db, live_server, chromium, tmp_path, settings, monkeypatch):
    """The small province with its telemetry on a live server; ``stage.pass_time`` moves the clock of all of it."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    made = Stage(live_server.url, chromium, dt.datetime.fromisoformat("2026-09-15T13:00:00+08:00"), monkeypatch)
    made.raise_province()
    yield made
    made.close()
