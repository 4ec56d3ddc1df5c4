"""Makes the pictures of README from real runs at a terminal, and in Chromium. Run: python -m tests.pictures."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from jsonbin_cli.local.testing import LocalJSONBin
from tests.conftest import CANARY_BODY, Program, fresh
from tests.local.server.browsers import opened, started
from tests.local.server.serving import serving
from tests.terminals import Terminal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parents[1] / ".github"
_COLUMNS = 90
_DEMO = "de30de30de30de30de30de30"
# A dark window of its own, so that it can be read on a light page and on a dark one.
_THEME = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        (139, 148, 158),
        (255, 123, 114),
        (126, 231, 135),
        (242, 204, 96),
        (121, 192, 255),
        (210, 168, 255),
        (118, 227, 234),
        (240, 246, 252),
    ],
)
# Rich's own format loads a font from elsewhere, which GitHub does not show.
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def failed_update(home: Path) -> Terminal:
    """A key that a shell's double quotes took the $ parts out of, and JSONBin on this machine, which refuses it."""
    jsonbin = _prepared(home, "work")
    jsonbin.env["JSONBIN_MASTER_KEY"] = f"b0/{CANARY_BODY[20:]}"
    with serving() as server:
        jsonbin.env["JSONBIN_API_URL"] = f"http://127.0.0.1:{server.port}/v3"
        with _typed(jsonbin, "jsonbin update flags data.json") as terminal:
            assert terminal.finish() == 4, terminal.screen
    return terminal


def difference(home: Path) -> Terminal:
    """A record in the editor, what was changed there, and the question."""
    jsonbin = _prepared(home, "local")
    assert jsonbin("update", "flags", "data.json", "-q").code == 0
    jsonbin.env["EDITOR"] = "sed -i -e s/true/false/ -e s/1.10/1.20/ -e /beta/d"
    with _typed(jsonbin, "jsonbin edit flags") as terminal:
        terminal.wait_for("[y/N]")
        terminal.type("y\r")
        assert terminal.finish() == 0
    return terminal


PICTURES: dict[str, Callable[[Path], Terminal]] = {"failed-update": failed_update, "difference": difference}


def text_in(svg: str) -> str:
    """The lines that a picture shows."""
    found = re.findall(r'<text [^>]* y="([\d.]+)"[^>]*>([^<]*)</text>', svg)
    lines = groupby(found, key=lambda piece: piece[0])
    shown = ["".join(html.unescape(text).replace("\N{NO-BREAK SPACE}", " ") for _, text in line) for _, line in lines]
    return "\n".join(line.rstrip() for line in shown).rstrip()


def _prepared(home: Path, profile: str) -> Program:
    home.mkdir()
    jsonbin = Program(home, fresh)
    jsonbin.configure(f"default_profile = '{profile}'\n[profiles.{profile}.bins]\nflags = '{_DEMO}'\n")
    (home / "data.json").write_text('{"beta": "on", "dark_mode": true, "price": 1.10}')
    return jsonbin


def _typed(jsonbin: Program, command: str) -> Terminal:
    return jsonbin.shell_on_terminal(f"stty cols {_COLUMNS}; echo '$ {command}'; {command}")


def drawn(name: str, home: Path) -> str:
    """The picture of that name, made of a run in the new folder `home`."""
    screen = PICTURES[name](home).screen
    with open("/dev/null", "w") as nowhere:
        console = Console(record=True, width=_COLUMNS, file=nowhere, force_terminal=True, color_system="standard")
        console.print(Text.from_ansi(screen.replace("\r\n", "\n")))
    return console.export_svg(title="", theme=_THEME, code_format=_FORMAT, unique_id=name)


SCHEMES = ("light", "dark")
"""The colour schemes in which the page is shown."""
SIZE = (1140, 580)
"""Width and height of a picture of the page."""


def page_of_serve(browser: Browser, folder: Path) -> None:
    """`page-light.png` and `page-dark.png` in the folder: some requests, and one that was refused."""
    with LocalJSONBin() as server:
        _use(server)
        for scheme in SCHEMES:
            options = {"viewport": dict(zip(("width", "height"), SIZE, strict=True)), "color_scheme": scheme}
            with opened(browser, server.url.removesuffix("v3"), **options) as page:
                page.locator("#lines").get_by_role("button", name="401").click()
                page.locator("#request .explained").wait_for()
                page.locator("#lines thead").hover()
                page.screenshot(path=folder / f"page-{scheme}.png")


def _use(server: LocalJSONBin) -> None:
    """Requests as a program makes them that is being tested."""
    flags = f"/b/{server.create({'dark_mode': True, 'price': 1.5}, name='flags')}"
    good = {"X-Master-Key": server.master_key, "Content-Type": "application/json"}
    damaged = good | {"X-Master-Key": f"b0/{CANARY_BODY[20:]}"}
    record = '{"dark_mode": false, "price": 1.10, "limits": {"daily": 10000, "burst": 50}, "tags": ["beta", "new"]}'
    with httpx.Client(base_url=server.url, headers={"User-Agent": "my-app/1.4"}, trust_env=False) as client:
        for method, path, headers, body, fault in (
            ("GET", f"{flags}/latest", good, "", "ok"),
            ("PUT", flags, good, record, "ok"),
            ("GET", f"{flags}/latest", good, "", "502"),
            ("GET", f"{flags}/latest", good, "", "ok"),
            ("POST", "/b", good, "{}", "ok"),
            ("POST", "/b", good, '{"visits": 1}', "ok"),
            ("PUT", flags, good, record, "429:5"),
            ("PUT", flags, good, record, "ok"),
            ("GET", "/b/65a1b2c3d4e5f60718293a4b/latest", good, "", "ok"),
            ("PUT", flags, damaged, record, "ok"),
            ("GET", f"{flags}/latest", good, "", "second-writer"),
            ("PUT", flags, good | {"X-Bin-Versioning": "true"}, record, "ok"),
            ("GET", f"{flags}/1", good, "", "ok"),
        ):
            server.script(fault)
            client.request(method, path, headers=headers, content=body)


def main() -> None:
    """Write the pictures."""
    for name in PICTURES:
        with TemporaryDirectory() as folder:
            (FOLDER / f"{name}.svg").write_text(drawn(name, Path(folder) / "home"))
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed"
    with started(chromium) as browser:
        page_of_serve(browser, FOLDER)


if __name__ == "__main__":
    main()
