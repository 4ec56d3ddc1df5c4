"""The bins of an account, page by page, from the answers that come."""

from __future__ import annotations

from typing import cast

import pytest

from jsonbin_cli.failures import UsageMistake
from jsonbin_cli.http.client import Client
from jsonbin_cli.http.listing import Listed, matching, pages
from jsonbin_cli.http.reply import Reply
from jsonbin_cli.http.request import Request
from jsonbin_cli.records.text import JSON, Member
from jsonbin_cli.records.writing import text_of


class Answers:
    """Gives one answer after the other, and keeps the paths that were asked for."""

    def __init__(self, *answers: JSON) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def send(self, request: Request) -> Reply:
        """The next answer."""
        self.asked.append(request.path)
        raw = text_of(self._answers.pop(0)).encode()
        return Reply(raw, Member(raw), Member(b"null"), "listed them")

    def pages(self, collection: str | None = None) -> list[list[Listed]]:
        """The pages of a collection."""
        return list(pages(cast(Client, self), collection))


def bin_id(number: int) -> str:
    """The id of a bin."""
    return f"{number:024x}"


def bins(first: int, count: int) -> list[JSON]:
    """A page of so many bins."""
    return [{"record": bin_id(number)} for number in range(first, first + count)]


def collections(*names: str) -> JSON:
    """The list of collections of these names, with the ids `b…00`, `b…01` and so on."""
    made: list[JSON] = []
    for number, name in enumerate(names):
        made.append({"record": f"{'b' * 22}{number:02}", "collectionMeta": {"name": name}})
    return made


def test_a_page_is_asked_for_while_the_one_before_was_full() -> None:
    """Ten bins are a full one, and the last of them says where the next starts."""
    answers = Answers(bins(0, 10), bins(10, 9))
    assert [len(page) for page in answers.pages()] == [10, 9]
    assert answers.asked == ["/c/uncategorized/bins", f"/c/uncategorized/bins/{bin_id(9)}"]
    answers = Answers(bins(0, 10), [])
    assert [len(page) for page in answers.pages("uncategorized")] == [10]


def test_a_page_that_comes_again_ends_the_list() -> None:
    """A bin is listed once."""
    assert [len(page) for page in Answers(bins(0, 10), bins(0, 10)).pages()] == [10]


def test_what_is_no_bin_does_not_end_the_list() -> None:
    """Nor does a bin that was there before; the page was full."""
    answers = Answers([*bins(0, 9), None], [*bins(8, 9), {}], bins(17, 1))
    assert [len(page) for page in answers.pages()] == [9, 8, 1]
    assert answers.asked[1:] == [f"/c/uncategorized/bins/{bin_id(number)}" for number in (8, 16)]
    assert Answers([None] * 10).pages() == []


def test_what_a_bin_of_a_list_has() -> None:
    """Its id in small letters; what is missing is empty, and what is no bin is left out."""
    whole: JSON = {"record": "A" * 24, "snippetMeta": {"name": "n"}, "private": False, "createdAt": "2026"}
    odd: JSON = {"record": "b" * 24, "snippetMeta": {"name": []}, "private": "no", "createdAt": {}}
    bare: JSON = {"record": "c" * 24, "snippetMeta": "x"}
    answers = Answers([whole, odd, bare, {"record": "d" * 25}, {"record": []}, {}, "x", None])
    assert answers.pages() == [
        [
            Listed("a" * 24, "n", False, "2026"),
            Listed("b" * 24, "", True, ""),
            Listed("c" * 24, "", True, ""),
        ]
    ]


def test_which_collections_are_listed() -> None:
    """The one of an id, without a question; the one of a name; all, after the bins that are in none."""
    answers = Answers(bins(0, 1))
    assert len(answers.pages("B" * 24)) == 1
    assert answers.asked == [f"/c/{'B' * 24}/bins"]
    answers = Answers(collections("a", "shop", "z"), bins(0, 1))
    assert len(answers.pages("shop")) == 1
    assert answers.asked == ["/c", f"/c/{'b' * 22}01/bins"]
    answers = Answers(collections("a", "b"), bins(0, 10), [], bins(10, 1), bins(11, 1))
    assert sum(map(len, answers.pages("all"))) == 12
    assert answers.asked[-2:] == [f"/c/{'b' * 22}00/bins", f"/c/{'b' * 22}01/bins"]


@pytest.mark.parametrize(
    ("listed", "said", "hint"),
    [
        ([], "no collection is called shop", "there is no collection"),
        (None, "no collection is called shop", "there is no collection"),
        (
            collections(*"abcdefghijkl"),
            "no collection is called shop",
            "there are: a, b, c, d, e, f, g, h, i, j",
        ),
        (collections("n" * 41), "no collection is called shop", f"there are: {'n' * 40}…"),
        (
            [{"record": "x", "collectionMeta": {"name": "shop"}}, "shop", {"collectionMeta": {"name": "shop"}}],
            "no collection is called shop",
            "there is no collection",
        ),
        (
            [{"record": "b" * 24, "collectionMeta": "shop"}, {"record": "c" * 24, "collectionMeta": {"name": 1}}],
            "no collection is called shop",
            f"there are: {'b' * 24}, {'c' * 24}",
        ),
        (collections("shop", "shop"), "2 collections are called shop", f"name one by its id: {'b' * 22}00"),
    ],
)
def test_a_name_that_names_no_collection(listed: JSON, said: str, hint: str) -> None:
    """The names that there are, at most ten of them; the id of the first where there are several."""
    with pytest.raises(UsageMistake) as told:
        Answers(listed).pages("shop")
    assert (told.value.message, told.value.hint) == (said, hint)


def named(*names: str) -> list[Listed]:
    """A page of bins with these names."""
    return [Listed(bin_id(0), name, True, "") for name in names]


def test_names_that_match() -> None:
    """Upper and lower case differ; where enough were found no page more is asked for."""
    asked = iter([named("ab", "Ab", "b"), named("b"), named("ax", "ay", "az"), named("aa")])
    found = matching(asked, "a*", 3)
    assert [[bin.name for bin in page] for page in found] == [["ab"], ["ax", "ay"]]
    assert list(asked) == [named("aa")]
    assert list(matching(iter([named("", "a"), named("b")]), None, None)) == [named("", "a"), named("b")]
