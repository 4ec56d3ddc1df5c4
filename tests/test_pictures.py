"""The pictures of README show what the program shows now, and can be read on any page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pictures import FOLDER, PICTURES, drawn, text_in

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
