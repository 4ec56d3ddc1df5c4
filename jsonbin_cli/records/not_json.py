"""The failure for input that is not JSON: the place of the error, and how to convert or correct the input."""

from __future__ import annotations

from jsonbin_cli.failures import InvalidInput
from jsonbin_cli.records.other_formats import Fix, fix_of_bytes, fix_of_text, packing_of
from jsonbin_cli.records.reading import Source
from jsonbin_cli.records.text import NotJSON, TooManyValues


def check_not_packed(source: Source) -> None:
    """Raise InvalidInput for a compressed file."""
    packed = packing_of(source.raw)
    if packed:
        name, fix = packed
        raise InvalidInput(f"{source.name} is compressed with {name}", _hint(source, fix))


def not_utf8(source: Source, wrong: UnicodeDecodeError) -> InvalidInput:
    """The failure for bytes that are not UTF-8, or for a compressed file."""
    check_not_packed(source)
    before = source.raw[: wrong.start].decode()
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    reason = f"not UTF-8: byte 0x{source.raw[wrong.start]:02x}"
    return _invalid(source, line, column, reason, fix_of_bytes(source.raw))


def not_json(source: Source, wrong: NotJSON) -> InvalidInput:
    """The failure for text that is not JSON, or for a compressed file."""
    check_not_packed(source)
    if isinstance(wrong, TooManyValues):
        return InvalidInput(
            f"{source.name} has {wrong.reason}, more than are compared",
            "update and create send it as it is, without options that read the old record",
        )
    if wrong.position is None:
        return InvalidInput(f"{source.name}: not valid JSON: {wrong.reason}")
    text = source.raw.decode()
    start = text.rfind("\n", 0, wrong.position) + 1
    line, column = text.count("\n", 0, wrong.position) + 1, wrong.position - start + 1
    excerpt, caret = _excerpt(text[start:].split("\n", 1)[0], column - 1)
    is_utf16 = 4 * source.raw.count(0) > len(source.raw) and not wrong.reason.endswith("inside a string")
    return _invalid(
        source,
        line,
        column,
        f"not valid JSON: {wrong.reason}\n{excerpt}\n{' ' * caret}^",
        fix_of_bytes(source.raw) if is_utf16 else fix_of_text(text, wrong),
    )


def _invalid(source: Source, line: int, column: int, reason: str, fix: Fix | None) -> InvalidInput:
    failure = InvalidInput(f"{source.name}:{line}:{column}: {reason}", _hint(source, fix) if fix else None)
    failure.line, failure.column = line, column
    return failure


def _hint(source: Source, fix: Fix) -> str:
    """What to do; for a file or a pipe, with the command that does it."""
    if fix.command is None or not source.is_input:
        return fix.advice
    command = (fix.from_pipe if source.name == "stdin" else None) or fix.command
    return f"{fix.advice}: {source.through(command)}"


def _excerpt(line: str, column: int) -> tuple[str, int]:
    """At most 72 characters of `line` around `column`, and where the column is in them."""
    start = max(0, column - 48)
    return "".join(c if c.isprintable() else " " for c in line[start : start + 72]), column - start
