"""The pictures of README show what the program shows now, and can be read on any page."""

from __future__ import annotations

import re
from pathlib import Path
from struct import unpack
from typing import TYPE_CHECKING

import pytest

from tests.local.server.browsers import browser
from tests.pictures import FOLDER, PICTURES, SCHEMES, SIZE, drawn, page_of_serve, text_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]

README = (FOLDER.parent / "README.md").read_text()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_what_the_program_shows(name: str, tmp_path: Path) -> None:
    """The same run, made again: python -m tests.pictures writes it where this fails."""
    kept = (FOLDER / f"{name}.svg").read_text()
    assert text_in(kept) == text_in(drawn(name, tmp_path / "home"))
    assert text_in(kept).startswith("$ jsonbin ")
    assert f"](.github/{name}.svg)" in README


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_can_be_read_on_any_page(name: str) -> None:
    """It has a background of its own, each colour stands out from that as WCAG 2 asks, and it loads nothing."""
    svg = (FOLDER / f"{name}.svg").read_text()
    assert "url(http" not in svg
    assert "href" not in svg
    (background,) = re.findall(r'<rect fill="#(\w{6})"', svg)
    colours = re.findall(r"\{ fill: #(\w{6})", svg)
    assert len(colours) >= 3
    for colour in colours:
        assert (_luminance(colour) + 0.05) / (_luminance(background) + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """The relative luminance (WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(share * value for share, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_readme_shows_no_other_pictures() -> None:
    """Each that it names is made by this program's tests."""
    assert set(re.findall(r"\.github/([\w-]+)\.svg", README)) == set(PICTURES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pictures_of_the_page_are_small(scheme: str) -> None:
    """README shows the one that fits the reader's colours, each of the size in which it is made."""
    name = f"page-{scheme}.png"
    assert f'".github/{name}"' in README
    picture = (FOLDER / name).read_bytes()
    assert len(picture) <= 150_000
    assert unpack(">II", picture[16:24]) == SIZE  # its IHDR (PNG, 11.2.1)


@pytest.mark.foreign
def test_the_pictures_of_the_page_can_be_made_again(browser: Browser, tmp_path: Path) -> None:
    """Of requests that are made for them: python -m tests.pictures writes them."""
    page_of_serve(browser, tmp_path)
    made = {path.name: unpack(">II", path.read_bytes()[16:24]) for path in tmp_path.iterdir()}
    assert made == {f"page-{scheme}.png": SIZE for scheme in SCHEMES}
