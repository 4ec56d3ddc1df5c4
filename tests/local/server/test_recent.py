"""The last requests are kept within a bound of number and of bytes."""

from __future__ import annotations

from jsonbin_cli.local.server.recent import Recent, Seen, Withheld


def seen(body: bytes, response: bytes = b"") -> Seen:
    """A request with this body, and its answer."""
    return Seen("PUT", "/v3/b/12", {}, body, 200, response=response, sizes=(len(body), len(response)))


def test_the_oldest_goes_and_the_numbers_go_on() -> None:
    """Each is found by its number as long as it is kept."""
    kept = Recent(3)
    assert (kept.first, kept.last, kept.after(0)) == (1, 0, [])
    for number in range(5):
        kept.add(seen(b"%d" % number))
    assert [(one.number, one.body) for one in kept] == [(3, b"2"), (4, b"3"), (5, b"4")]
    assert (kept.first, kept.last) == (3, 5)
    assert [kept.find(number) and number for number in (0, 2, 3, 5, 6)] == [None, None, 3, 5, None]
    assert [[one.number for one in kept.after(number)] for number in (0, 3, 5, 9)] == [[3, 4, 5], [4, 5], [], []]
    kept.clear()
    assert (list(kept), kept.first, kept.last, kept.find(5)) == ([], 6, 5, None)
    kept.add(seen(b"x"))
    assert [one.number for one in kept.after(5)] == [6]


def test_the_oldest_lose_their_bodies_where_there_are_too_many_bytes() -> None:
    """Their sizes are still known. What is dropped later is not counted twice."""
    kept = Recent(3, most_bytes=10)
    for _ in range(4):
        kept.add(seen(b"12", b"34"))
    assert [(one.body, one.response, one.sizes, one.emptied) for one in kept] == [
        (b"", b"", (2, 2), True),
        (b"12", b"34", (2, 2), False),
        (b"12", b"34", (2, 2), False),
    ]
    kept.add(seen(b"1234567890"))
    assert [one.emptied for one in kept] == [True, True, False]
    for _ in range(3):
        kept.add(seen(b"1", b"2"))
    assert [one.emptied for one in kept] == [False, False, False]


def test_no_key_is_in_its_words() -> None:
    """Only the names of the headers are."""
    assert repr(Withheld({"x-master-key": "secret"})) == "Withheld(x-master-key)"
    assert "secret" not in repr(seen(b"")._replace(keys=Withheld({"x-master-key": "secret"})))
