"""Any JSON values and records, for tests of properties."""

from __future__ import annotations

from hypothesis import strategies as st

from jsonbin_cli.records.numbers import Number

numbers = st.sampled_from(["0", "-0", "-0.0", "1", "1.0", "1.10", "1E400", "1E+400", "1e999999999999999999999"]) | (
    st.integers().map(str) | st.decimals(allow_nan=False, allow_infinity=False).map(lambda d: str(d).replace("E", "e"))
)
leaves = st.none() | st.booleans() | st.text(max_size=4) | numbers.map(Number)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~é", max_size=2), inner, max_size=4)
)
records = st.dictionaries(st.text("ab/~.", max_size=2), values, min_size=1, max_size=4) | st.lists(
    values, min_size=1, max_size=4
)
