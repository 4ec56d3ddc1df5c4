"""Debian's Chromium, started once for all tests of a file, and a page in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# As root it has no sandbox. The rest keeps it from asking anybody but the page's own server.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A busy machine takes its time.
_PATIENCE = 60_000


@contextmanager
def started(path: str) -> Iterator[Browser]:
    """The browser at that path, for the length of the block, with an empty folder for its user's data."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """A page at this address. It may ask nobody else, and nothing may go wrong in it."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    own = ("data:", "blob:", address)
    page.on("request", lambda request: None if request.url.startswith(own) else wrong.append(request.url))
    page.goto(address)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def browser(tool: Callable[[str], str]) -> Iterator[Browser]:
    """The browser; elsewhere than on Linux it is found in no known place."""
    if sys.platform != "linux":
        pytest.skip("the page is tested in Debian's Chromium")
    with started(tool("chromium")) as browser:
        yield browser
