"""Which parts of two sequences differ, found within a limit on the time it takes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate

_MOST_STEPS = 1_000_000


def different_parts(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int, int, int]]:
    """The parts that differ, in order: start and end in the old one, start and end in the new one.

    What is between them is equal. Where finding out takes more than a million steps, the rest is compared no further.
    """
    opcodes = _Limited(old, new).get_opcodes()
    return [
        (old_from, old_to, new_from, new_to) for kind, old_from, old_to, new_from, new_to in opcodes if kind != "equal"
    ]


class _Limited(SequenceMatcher[Hashable]):
    """Finds no more in common once its steps are used up."""

    def __init__(self, old: Sequence[Hashable], new: Sequence[Hashable]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._left = _MOST_STEPS
        # How many steps the first items of the old sequence take: for each, one, and one for each item equal to it.
        times = Counter(new)
        self._steps = list(accumulate((1 + times[item] for item in old), initial=0))

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """The longest part that both have in common; an empty one where looking for it would take too long."""
        assert ahi is not None
        self._left -= self._steps[ahi] - self._steps[alo]
        return super().find_longest_match(alo, ahi, blo, bhi) if self._left >= 0 else Match(alo, blo, 0)
