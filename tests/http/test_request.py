"""Requests: method, path, headers and body of each, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsonbin_cli import __version__
from jsonbin_cli.config.account import Account, Profile, Target
from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.http.request import (
    Request,
    count_versions,
    create,
    delete_versions,
    list_bins,
    list_collections,
    read,
    update,
)
from jsonbin_cli.records.document import document_of
from tests.conftest import BIN

RECORD = document_of("stdin", b'{"n": 1.10}')
TARGET = Target(BIN, "flags")
ALWAYS = {"User-Agent": f"jsonbin-cli/{__version__}", "Accept-Encoding": "gzip"}
WITH_A_RECORD = ALWAYS | {"Content-Type": "application/json"}


def account(versioning: bool | None) -> Account:
    """An account whose profile has that default for --versioning."""
    return Account(Profile("work", path=Path("x"), versioning=versioning), None, "http://local/v3", "the default")


@pytest.mark.parametrize(
    ("option", "setting", "header", "source"),
    [
        (None, None, None, None),
        (True, None, "true", "--versioning"),
        (False, True, "false", None),
        (None, True, "true", 'profile "work"'),
        (None, False, "false", None),
    ],
)
def test_an_update(option: bool | None, setting: bool | None, header: str | None, source: str | None) -> None:
    """The option decides about versions, then the profile; what makes a version is not sent twice."""
    asked = update(account(setting), TARGET, RECORD, option)
    headers = WITH_A_RECORD | ({"X-Bin-Versioning": header} if header else {})
    path = f"/b/{BIN}"
    assert asked == Request("update", "PUT", path, headers, "updating flags", TARGET, RECORD, header != "true", source)
    assert (asked.body, asked.bin, asked.writes) == (b'{"n": 1.10}', BIN, True)


def test_a_read() -> None:
    """The latest record, a version, or the base."""
    for asked, path in (
        (read(TARGET), "/latest"),
        (read(TARGET, 7), "/7"),
        (read(TARGET, base=True), ""),
    ):
        assert asked == Request("read", "GET", f"/b/{BIN}{path}", ALWAYS, "reading flags", TARGET)
        assert (asked.body, asked.writes, asked.repeatable, asked.any_size) == (None, False, True, False)
    with pytest.raises(UsageMistake, match="--base and --version each name an old record"):
        read(TARGET, 1, base=True)


def test_a_count_of_versions() -> None:
    """Of one bin."""
    doing = "counting the versions of flags"
    assert count_versions(TARGET) == Request("count", "GET", f"/b/{BIN}/versions/count", ALWAYS, doing, TARGET)


def test_lists() -> None:
    """A page of the bins of a collection, or of those in none; and all collections."""
    for asked, path in (
        (list_bins(None), "/c/uncategorized/bins"),
        (list_bins("c1"), "/c/c1/bins"),
        (list_bins("c1", BIN), f"/c/c1/bins/{BIN}"),
    ):
        assert asked == Request("list", "GET", path, ALWAYS, "listing bins")
    assert list_collections() == Request("list", "GET", "/c", ALWAYS, "listing the collections")


def test_versions_are_deleted_but_the_latest() -> None:
    """The header keeps what the bin holds now."""
    asked = delete_versions(TARGET)
    headers = ALWAYS | {"X-Preserve-Latest": "true"}
    path = f"/b/{BIN}/versions"
    assert asked == Request("delete", "DELETE", path, headers, "deleting the versions of flags", TARGET)
    assert asked.writes


def test_a_new_bin() -> None:
    """Private unless told otherwise; it is never sent twice."""
    private = Request(
        "create",
        "POST",
        "/b",
        WITH_A_RECORD | {"X-Bin-Private": "true"},
        "creating a bin",
        document=RECORD,
        repeatable=False,
    )
    assert create(RECORD) == private
    assert create(RECORD, "n").headers == WITH_A_RECORD | {"X-Bin-Private": "true", "X-Bin-Name": "n"}
    public = create(RECORD, "n" * 128, public=True, collection=BIN)
    more = {"X-Bin-Private": "false", "X-Bin-Name": "n" * 128, "X-Collection-Id": BIN}
    assert public == private._replace(headers=WITH_A_RECORD | more)
    assert (public.bin, public.writes) == (None, True)


@pytest.mark.parametrize("name", ["", "n" * 129, "Größe", "a\tb", " a", "a "])
def test_a_name_that_no_header_carries(name: str) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(UsageMistake, match="a bin's name has 1 to 128 printable ASCII characters"):
        create(RECORD, name)


@pytest.mark.parametrize("collection", ["", BIN[1:], f"{BIN}0", "g" * 24])
def test_a_collection_that_is_none(collection: str) -> None:
    """An id is 24 hexadecimal digits."""
    with pytest.raises(UsageMistake, match="a collection's id is 24 hexadecimal digits"):
        create(RECORD, collection=collection)
