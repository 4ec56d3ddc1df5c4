"""The secrets that were read in this run, and text for people without them."""

from __future__ import annotations

import re

from jsonbin_cli.config.key_shapes import LOCAL_MASTER_KEY, MASK, is_placeholder, without_keys

# Each run of this many characters of a secret is hidden. Fewer stay visible, as where text was cut inside a secret.
_PIECE = 8
# A secret shorter than that is hidden where it stands alone, not inside a longer word. Text that is shorter than this
# does not count as a secret.
_SHORTEST = 4

# A letter as JSON or a URL writes it, or as it is; and what stands between two where text is escaped or wrapped.
_LETTER = r"(?s:\\+u(?P<json>[0-9a-fA-F]{4})|%(?P<url>[0-9a-fA-F]{2})|\\+|\s+|(?P<itself>.))"
_BETWEEN = frozenset("\\ \u00ad\u200b\u200c\u200d\u2060\ufeff")

# Filled during a run: any later text may repeat a secret.
_pieces: set[str] = set()
_short: set[str] = set()


def remember(text: str) -> None:
    """Let `masked` replace `text` from now on, unless it is no secret: a word like `null`, the key of local stores."""
    if text == LOCAL_MASTER_KEY or is_placeholder(text):
        return
    as_it_is = "".join(letter for letter in text if letter not in _BETWEEN)
    for letters in {as_it_is, "".join(letter for letter, _, _ in _letters(text))}:
        if len(letters) >= _PIECE:
            _pieces.update(letters[start : start + _PIECE] for start in range(len(letters) - _PIECE + 1))
        elif len(letters) >= _SHORTEST:
            _short.add(letters)


def masked(text: str) -> str:
    """`text` without the secrets that were read in this run, and without what looks like a key."""
    return without_keys(without_secrets(text))


def without_secrets(text: str) -> str:
    """`text` without the secrets that were read in this run.

    A secret is found in pieces too, and escaped, wrapped or with blanks in it. The time is linear in the text's length.
    """
    if not (_pieces or _short):
        return text
    letters = _letters(text)
    plain = "".join(letter for letter, _, _ in letters)
    shown, done = [], 0
    hidden_to = 0  # the first letter that may be shown
    for start in range(len(letters)):
        length = _length_at(plain, start, text, letters)
        if not length:
            continue
        first, last = letters[start][1], letters[start + length - 1][2]
        if start >= hidden_to:
            shown += [text[done:first], MASK]
        done = last
        hidden_to = start + length
    return "".join([*shown, text[done:]])


def _length_at(plain: str, start: int, text: str, letters: list[tuple[str, int, int]]) -> int:
    """How many letters from `start` on are a piece of a secret, or a short one."""
    if plain[start : start + _PIECE] in _pieces:
        return _PIECE
    for length in range(_SHORTEST, min(_PIECE, len(plain) - start + 1) if _short else 0):
        if plain[start : start + length] in _short:
            before, after = letters[start][1], letters[start + length - 1][2]
            if not (text[before - 1 : before].isalnum() or text[after : after + 1].isalnum()):
                return length
    return 0


def _letters(text: str) -> list[tuple[str, int, int]]:
    """Each letter of `text` as it is meant, with where it starts and ends there."""
    found = []
    for match in re.finditer(_LETTER, text):
        code = match["json"] or match["url"]
        letter = chr(int(code, 16)) if code else match["itself"]
        if letter and letter not in _BETWEEN:
            found.append((letter, match.start(), match.end()))
    return found
