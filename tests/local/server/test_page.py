"""The page in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import httpx
import pytest

from jsonbin_cli.local.testing import LocalJSONBin
from tests.local.server.browsers import browser, opened
from tests.local.server.serving import KEY, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["browser"]
pytestmark = pytest.mark.foreign

JSON = {"content-type": "application/json"}
MANY_DIGITS = b"123456789012345678901234567890"
RECORD = b'{"name": "a", "price": 1.10, "big": %b, "list": [1, 2]}' % MANY_DIGITS


@pytest.fixture
def page(browser: Browser, jsonbin_server: LocalJSONBin) -> Iterator[Page]:
    """The page of a server of its own."""
    with opened(browser, jsonbin_server.url.removesuffix("v3"), viewport={"width": 1280, "height": 800}) as page:
        yield page


def lines(page: Page) -> Locator:
    """The lines of requests that are shown."""
    return page.locator("#lines tbody tr:not([hidden])")


def open_bin(page: Page, name: str) -> Locator:
    """The pane of a bin."""
    from playwright.sync_api import expect

    page.get_by_role("tab", name="Bins").click()
    page.locator("#bin-lines tbody").get_by_role("button", name=name).click()
    expect(page.locator("#bin h2")).to_have_text(name)
    return page.locator("#bin")


def stored(client: httpx.Client, bin_id: str) -> bytes:
    """The record of a bin, byte for byte."""
    return client.get(f"/b/{bin_id}/latest", headers={"x-bin-meta": "false"}).content


def test_requests_appear_and_can_be_found(page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """Each as it comes, the newest first; filtered by bin, method, status and text; held back while it is paused."""
    from playwright.sync_api import expect

    expect(page.get_by_text("No requests yet")).to_be_visible()
    expect(page.locator("#address")).to_have_text(jsonbin_server.url)
    client.get(f"/b/{jsonbin_server.demo}/latest")
    expect(lines(page)).to_have_text([re.compile(rf"GET/v3/b/{jsonbin_server.demo}/latest200[\d.]+\d+ Bmaster")])
    client.put(f"/b/{jsonbin_server.demo}", content='["needle"]')
    jsonbin_server.script("502")
    httpx.get(f"{jsonbin_server.url}/b/12", trust_env=False, verify=False)
    expect(lines(page)).to_have_count(3)
    expect(lines(page).first).to_contain_text("502")
    for name, value, left in (
        ("Bin", jsonbin_server.demo, ["PUT", "GET"]),
        ("Method", "PUT", ["PUT"]),
        ("Status", "5", ["GET"]),
    ):
        field = page.locator("#filters").get_by_label(name, exact=True)
        field.select_option(value)
        expect(lines(page).locator(".method")).to_have_text(left)
        field.select_option("")
    page.get_by_label("Search").fill("NEEDLE")
    expect(lines(page)).to_have_count(1)
    client.put(f"/b/{jsonbin_server.demo}", content='["other"]')
    client.put(f"/b/{jsonbin_server.demo}", content='["a needle"]')
    expect(lines(page)).to_have_count(2)
    page.get_by_label("Search").fill("")
    expect(lines(page)).to_have_count(5)
    page.get_by_role("button", name="Pause").click()
    client.get("/b/12")
    expect(page.locator("#pause")).to_have_text("Resume (1 new)")
    expect(lines(page)).to_have_count(5)
    page.locator("#pause").click()
    expect(lines(page)).to_have_count(6)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("No requests yet")).to_be_visible()


def test_a_page_that_nobody_sees_keeps_no_connection(
    page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin
) -> None:
    """A browser has few for one server. When it is seen again, the page gets what it missed."""
    from playwright.sync_api import expect

    def seen(*, yes: bool) -> None:
        hidden = f"Object.defineProperty(document, 'hidden', {{ value: {str(not yes).lower()}, configurable: true }})"
        page.evaluate(f"{hidden}; document.dispatchEvent(new Event('visibilitychange'))")

    client.get("/b/12")
    expect(lines(page)).to_have_count(1)
    seen(yes=False)
    expect(page.locator("#live")).to_have_text("no connection")
    client.get(f"/b/{jsonbin_server.demo}")
    expect(lines(page)).to_have_count(1)
    seen(yes=True)
    expect(lines(page)).to_have_count(2)
    expect(page.locator("#live")).to_have_text("live")


def test_a_request_is_opened_copied_and_replayed(
    page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin
) -> None:
    """Headers without keys, both bodies, what jsonbin would say; and sent again, as it was and with another body."""
    from playwright.sync_api import expect

    client.put(f"/b/{jsonbin_server.demo}", content=RECORD)
    lines(page).get_by_role("button").click()
    shown = page.locator("#request")
    expect(shown.locator(".headers")).to_contain_text("x-master-key•••")
    expect(shown.locator(".tree").first).to_contain_text("record: { 4 members }")
    expect(shown.locator(".explained")).to_have_count(0)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start = {"curl": "curl -X PUT", "jsonbin": "printf %s", "pytest": "import httpx\n"}
    for name, begin in start.items():
        shown.get_by_role("button", name=name).click()
        expect(page.locator("#notice")).to_have_text(f"Copied for {name}")
        assert page.evaluate("navigator.clipboard.readText()").startswith(begin)
    shown.get_by_role("button", name="Replay", exact=True).click()
    expect(lines(page)).to_have_count(2)
    shown.get_by_role("button", name="Edit and replay").click()
    field = page.get_by_label("Body to send")
    expect(field).to_have_value(RECORD.decode())
    field.fill('{"price": 1.20}')
    shown.get_by_role("button", name="Send").click()
    expect(page.locator("#notice")).to_have_text("Sent again: 200")
    assert stored(client, jsonbin_server.demo) == b'{"price": 1.20}'
    field.fill("{}")
    shown.get_by_role("button", name="Send").click()
    expect(page.locator("#notice")).to_have_text("Sent again: 400")
    lines(page).filter(has_text="400").get_by_role("button").click()
    expect(shown.locator(".explained")).to_contain_text("blank-record")
    expect(shown.locator(".explained")).to_contain_text("hint: keep at least one member")


def test_a_switch_makes_requests_fail(page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """All of them, the next one, late ones; as any other program sees it, and as any other program sets it."""
    from playwright.sync_api import expect

    def status() -> int:
        return client.get(f"/b/{jsonbin_server.demo}").status_code

    page.get_by_role("tab", name="Faults").click()
    page.get_by_label("edge on").click()
    expect(page.locator("#active")).to_have_text("1")
    assert [status(), status()] == [403, 403]
    page.get_by_label("edge on").click()
    expect(page.locator("#active")).to_be_hidden()
    assert status() == 200
    page.get_by_label("STATUS", exact=True).fill("418")
    page.get_by_role("row", name="STATUS on").get_by_role("button", name="Next").click()
    expect(page.get_by_label("Script")).to_have_value("418")
    assert [status(), status()] == [418, 200]
    expect(page.get_by_label("Script")).to_have_value("")
    page.get_by_label("Script").fill("sometimes")
    page.get_by_label("Script").press("Enter")
    expect(page.locator("#notice")).to_contain_text('"sometimes" is not a fault')
    page.get_by_role("button", name="Write now").click()
    expect(page.locator("#notice")).to_have_text("A second writer changed it")
    assert "changed_by_second_writer" in jsonbin_server.record(jsonbin_server.demo)
    page.get_by_label("plan").select_option("free")
    page.get_by_label("quota", exact=True).fill("0")
    page.get_by_label("quota", exact=True).press("Enter")
    page.get_by_label("From").fill("0.001")
    page.get_by_label("From").press("Enter")
    expect(page.get_by_label("to", exact=True)).to_have_value("0.001")
    assert status() == 403
    assert client.get(jsonbin_server.url.replace("/v3", "/control")).json()["latency"] == [0.001, 0.001]
    jsonbin_server.change(shares={"late-503": 0.25}, settings={"numbers": "javascript"})
    expect(page.get_by_label("late-FAULT on")).to_be_checked()
    expect(page.get_by_label("late-FAULT", exact=True)).to_have_value("late-503")
    expect(page.get_by_label("Per cent of requests that get late-FAULT")).to_have_value("25")
    expect(page.get_by_label("numbers")).to_have_value("javascript")
    page.get_by_role("button", name="Back to the start").click()
    expect(page.get_by_label("plan")).to_have_value("pro")


def test_a_large_record_opens_and_keeps_its_digits(
    page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin
) -> None:
    """A megabyte is a tree of which only the start is drawn. One value is edited; not one other byte changes."""
    from playwright.sync_api import expect

    items = b",\n".join(b'{"id": %5d, "price": 1.10, "mail": "u%05d@example.com"}' % (n, n) for n in range(17_000))
    large = b'{"big": %b, "price": 1.10, "items": [%b]}' % (MANY_DIGITS, items)
    assert 900_000 < len(large) < 1024**2
    large_id = jsonbin_server.create(large, name="large")
    shown = open_bin(page, "large")
    expect(shown.locator(".tree")).to_contain_text(f"big: {MANY_DIGITS.decode()}")
    shown.get_by_text("items: ").click()
    expect(shown.locator(".tree li")).to_have_count(3 + 2 + 100 + 1)
    shown.get_by_role("button", name="Show 500 more of 16,900").click()
    expect(shown.get_by_text("599", exact=True)).to_have_count(1)
    shown.get_by_role("button", name="1.10").first.click()
    shown.get_by_label("JSON", exact=True).fill("1.20")
    shown.get_by_role("button", name="Save").click()
    expect(page.locator("#notice")).to_have_text("Saved")
    assert stored(client, large_id) == large.replace(b'"price": 1.10, "items"', b'"price": 1.20, "items"')


def test_a_record_is_edited_under_the_rules(page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """What is no JSON is refused, and so is what would overwrite somebody else. Versions are compared side by side."""
    from playwright.sync_api import expect

    bin_id = jsonbin_server.create(RECORD, name="flags")
    shown = open_bin(page, "flags")
    shown.get_by_role("button", name='"a"').click()
    shown.get_by_label("JSON", exact=True).fill("a")
    shown.get_by_label("JSON", exact=True).press("Enter")
    expect(page.locator("#notice")).to_have_text("Invalid JSON. Please try again")
    shown.get_by_label("keep a version").check()
    shown.get_by_label("JSON", exact=True).fill('"b"')
    shown.get_by_label("JSON", exact=True).press("Enter")
    expect(shown.locator(".facts")).to_contain_text("versions: 1")
    assert stored(client, bin_id) == RECORD.replace(b'"a"', b'"b"')
    shown.get_by_label("keep a version").check()
    shown.get_by_role("button", name="Raw").click()
    shown.get_by_label("Record", exact=True).fill('{"name": "b", "big": 1.0, "list": [1, 3, 4]}')
    shown.get_by_role("button", name="Save").click()
    expect(shown.locator(".facts")).to_contain_text("versions: 2")
    shown.get_by_role("button", name="Versions").click()
    expect(shown.get_by_text("2 changed")).to_have_text("1 added · 1 removed · 2 changed")
    left, right = shown.locator(".sides .tree").all()
    expect(left).to_contain_text(f"~big: {MANY_DIGITS.decode()}")
    expect(left).to_contain_text("\N{MINUS SIGN}price: 1.10")
    expect(right).to_contain_text("~big: 1.0")
    expect(right).to_contain_text("+2 4")
    expect(right).not_to_contain_text("name", use_inner_text=True)
    right.get_by_role("button", name="Show 1 equal").last.click()
    expect(right).to_contain_text('name: "b"')
    shown.get_by_label("Right").select_option("Version 2")
    shown.get_by_label("Left").select_option("Version 2")
    expect(shown.get_by_text("No difference")).to_be_visible()
    shown.get_by_role("button", name="Tree").click()
    client.put(f"/b/{bin_id}", content="[1]")
    shown.get_by_role("button", name="1.0").click()
    shown.get_by_label("JSON", exact=True).fill("2")
    shown.get_by_role("button", name="Save").click()
    expect(page.locator("#notice")).to_contain_text("The bin was changed since you opened it")
    assert stored(client, bin_id) == b"[1]"


def test_bins_are_made_loaded_renamed_exported_and_deleted(
    page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin, tmp_path: Path
) -> None:
    """All that a bin can go through."""
    from playwright.sync_api import expect

    page.get_by_role("tab", name="Bins").click()
    page.get_by_role("button", name="New bin").click()
    page.get_by_label("Name", exact=True).fill("café")
    page.get_by_label("Record", exact=True).fill("[1.10]")
    page.get_by_role("button", name="Create").click()
    shown = page.locator("#bin")
    expect(shown.locator("h2")).to_have_text("caf-")
    shown.get_by_label("Name").fill("prices")
    shown.get_by_role("button", name="Rename").click()
    expect(shown.locator("h2")).to_have_text("prices")
    shown.get_by_role("button", name="Make public").click()
    expect(shown.locator(".facts")).to_contain_text("public")
    shown.get_by_role("button", name="Second writer").click()
    expect(shown.locator(".tree")).to_contain_text("[ 2 items ]")
    shown.get_by_role("button", name="Delete").click()
    shown.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#bin-lines tbody tr")).to_have_count(1)
    file = tmp_path / "flags.json"
    file.write_bytes(RECORD)
    page.get_by_label("Load files").set_input_files(file)
    expect(shown.locator("h2")).to_have_text("flags")
    dropped = page.evaluate_handle(
        "() => { const data = new DataTransfer(); data.items.add(new File(['[2.0]'], 'dropped.json')); return data; }"
    )
    page.get_by_role("tab", name="Requests").click()
    page.dispatch_event("body", "drop", {"dataTransfer": dropped})
    expect(shown.locator("h2")).to_have_text("dropped")
    (flags, new) = client.get(f"{jsonbin_server.url.removesuffix('/v3')}/page/bins").json()[1:]
    assert (stored(client, flags["id"]), stored(client, new["id"])) == (RECORD, b"[2.0]")
    file.write_text("[")
    page.get_by_label("Load files").set_input_files(file)
    expect(page.locator("#notice")).to_have_text("flags.json: Invalid JSON. Please try again")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export all").click()
    assert download.value.suggested_filename == "bins.zip"
    assert download.value.path().read_bytes().startswith(b"PK")


def test_foreign_text_is_never_html(page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """A record, a name and a path full of scripts are text on the page, wherever they are shown."""
    from playwright.sync_api import expect

    script = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
    record = json.dumps({script: [script, {script: script}]}).encode()
    bin_id = jsonbin_server.create(record, name=script)
    client.put(f"/b/{bin_id}", content=record, headers={"x-own": script, "x-bin-versioning": "true"})
    client.get(f"/b/{script}")
    expect(lines(page)).to_have_count(2)
    for number in (0, 1):
        lines(page).nth(number).get_by_role("button").click()
        expect(page.locator("#request h2")).to_contain_text("/v3/b/")
        page.locator("#request").get_by_role("button", name="Raw").last.click()
    expect(page.locator("#request pre")).to_contain_text("<script>")
    shown = open_bin(page, script)
    for name in ("Versions", "Raw", "Tree"):
        shown.get_by_role("button", name=name).click()
    shown.locator("summary").last.click()
    expect(shown.locator(".tree")).to_contain_text(script)
    assert page.evaluate("[window.hacked, document.scripts.length, document.images.length]") == [None, 1, 0]


def test_it_can_be_used_with_the_keyboard_alone(page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin) -> None:
    """From a request to its replay, from a bin to an edited value, and to a switch."""
    from playwright.sync_api import expect

    keyboard = page.keyboard

    def reach(name: str, key: str = "Tab") -> None:
        """Go on with this key until what has this name has the focus."""
        script = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
        for _ in range(80):
            keyboard.press(key)
            if str(page.evaluate(script)).strip().startswith(name):
                return
        raise AssertionError(f"{name} is not reached")

    client.put(f"/b/{jsonbin_server.demo}", content=RECORD)
    client.get("/b/12")
    expect(lines(page)).to_have_count(2)
    reach("GET /v3/b/12")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(page.locator("#request h2")).to_contain_text("PUT")
    reach("Edit and replay")
    keyboard.press("Enter")
    keyboard.press("Control+a")
    keyboard.type('{"price": 1.10}')
    reach("Send")
    keyboard.press("Enter")
    expect(page.locator("#notice")).to_have_text("Sent again: 200")
    keyboard.press("Escape")
    expect(page.locator("#request")).to_be_hidden()
    reach("Requests", "Shift+Tab")
    keyboard.press("ArrowRight")
    expect(page.locator("#bins")).to_be_visible()
    reach("(no name)")
    keyboard.press("Enter")
    expect(page.locator("#bin .tree")).to_contain_text("price: 1.10")
    reach("1.10")
    keyboard.press("Enter")
    keyboard.type("1.20")
    keyboard.press("Enter")
    expect(page.locator("#notice")).to_have_text("Saved")
    assert stored(client, jsonbin_server.demo) == b'{"price": 1.20}'
    reach("Bins", "Shift+Tab")
    keyboard.press("ArrowRight")
    reach("edge on")
    keyboard.press("Space")
    expect(page.locator("#active")).to_have_text("1")
    assert client.get("/b/12").status_code == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(
    scheme: Literal["light", "dark"], page: Page, client: httpx.Client, jsonbin_server: LocalJSONBin
) -> None:
    """Axe finds nothing to mend in any view, and 400 pixels are wide enough for each."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect

    page.emulate_media(color_scheme=scheme)
    client.put(f"/b/{jsonbin_server.demo}", content=RECORD, headers={"x-bin-versioning": "true"})
    client.put(f"/b/{jsonbin_server.demo}", content='{"name": "b"}', headers={"x-bin-versioning": "true"})
    jsonbin_server.script("502")
    client.get(f"/b/{jsonbin_server.demo}")
    axe = Axe()

    def check() -> None:
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []

    lines(page).filter(has_text="502").get_by_role("button").click()
    expect(page.locator("#request .explained")).to_be_visible()
    check()
    shown = open_bin(page, "(no name)")
    shown.get_by_role("button", name="Versions").click()
    expect(shown.locator(".sides .tree")).to_have_count(2)
    check()
    page.get_by_role("tab", name="Faults").click()
    page.get_by_label("edge on").click()
    expect(page.locator("#active")).to_be_visible()
    check()
    page.set_viewport_size({"width": 400, "height": 700})
    for view in ("Faults", "Bins", "Requests"):
        page.get_by_role("tab", name=view).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        boxes = "[...document.querySelectorAll('main button, main input, main select')]"
        right = f"Math.max(...{boxes}.map((one) => one.getBoundingClientRect().right))"
        assert page.evaluate(right) <= 400
    check()


def test_it_asks_for_a_key_of_ones_own(browser: Browser) -> None:
    """And keeps it to itself: nothing of it is in the address, in the browser's stores, or in the log."""
    from playwright.sync_api import expect

    with serving() as served, opened(browser, f"http://127.0.0.1:{served.port}/") as page:
        expect(page.get_by_text("This server has a master key of its own")).to_be_visible()
        for key in ("wrong", KEY):
            page.get_by_label("Master key").fill(key)
            page.get_by_role("button", name="Go on").click()
            expect(page.locator("#notice")).to_have_text("That is not the key" if key == "wrong" else "")
        expect(page.locator("#live")).to_have_text("live")
        expect(page.get_by_text("No requests yet")).to_be_visible()
        page.get_by_role("tab", name="Bins").click()
        expect(page.locator("#bin-lines tbody tr")).to_have_count(1)
        assert page.evaluate("[location.hash, localStorage.length, sessionStorage.length, document.cookie]") == [
            "",
            0,
            0,
            "",
        ]
        served.server.stop()
        expect(page.locator("#live")).to_have_text("no connection")
    assert not [line for line in served.log if KEY in line.split()]
