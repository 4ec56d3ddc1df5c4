"""Recognises input that is not JSON, by its first bytes or by the text at the error, and says how to convert it."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from jsonbin_cli.records.text import NotJSON, is_sequence


class Fix(NamedTuple):
    """`advice` is for people; `command` does it, given the name of a file or standard input.

    A command that ends in `<` reads standard input only. `from_pipe` is another command for standard input.
    """

    advice: str
    command: str | None = None
    from_pipe: str | None = None


_PACKED = {
    b"\x1f\x8b": ("gzip", "gunzip -c", None),
    b"BZh": ("bzip2", "bzip2 -dc", None),
    b"\xfd7zXZ\0": ("xz", "xz -dc", None),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -dc", None),
    b"PK\3\4": ("zip", "unzip -p", "funzip"),
}
_ESCAPES = {"\t": r"\t", "\r": r"\r"}
# Bytes that are in no text file, unless it is UTF-16 or UTF-32.
_NO_TEXT = rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]"
# How many characters are looked at to recognise a format.
_HEAD = 20_000
# Longer text is not parsed as Python, since that takes many times as much memory.
_LONGEST_PYTHON = 64 * 1024

_PERL_STRING = r'"(?:[^"\\]++|\\.)*+"'
_PERL_COMMAS = rf"s~({_PERL_STRING})|,(?=\s*[]}}])~$1~g"
_WITHOUT_COMMAS = f"perl -0777pe '{_PERL_COMMAS}'"
_WITHOUT_COMMENTS = rf"perl -0777pe 's~({_PERL_STRING})|//.*|#.*|/\*(?s:.*?)\*/~$1~g; {_PERL_COMMAS}'"
_WITHOUT_COLOURS = r"perl -pe 's/\e\[[0-9;]*m//g'"
_FROM_PYTHON = "python3 -c 'import ast, json, sys; json.dump(ast.literal_eval(sys.stdin.read()), sys.stdout)' <"
_FROM_CSV = (
    "python3 -c 'import csv, json, sys; "
    'json.dump(list(csv.DictReader(open(0, encoding="utf-8-sig", newline=""){delimiter})), sys.stdout)\' <'
)
_DELIMITERS = {",": "", ";": ', delimiter=";"', "\t": r', delimiter="\t"'}

_YAML_MEMBER = r"""\s*(?:- +)?["']?[A-Za-z_0-9][^:,{}\[\]"]*["']?:(?:\s.*)?"""
_YAML_ITEM = r"\s*-(?: .*)?"
# One such line alone is more likely what a failed command says.
_ERROR_LINE = r"(?i)\s*(error|warning|fatal|usage|note|hint)\b"

WORDS = {"true": "true", "false": "false", "null": "null", "none": "null", "nil": "null", "undefined": "null"}
"""What JSON writes for the words of other languages."""


def packing_of(raw: bytes) -> tuple[str, Fix] | None:
    """How a file is compressed, and what unpacks it; None where it is not."""
    for magic, (name, command, from_pipe) in _PACKED.items():
        if raw.startswith(magic):
            return name, Fix("unpack it", command, from_pipe)
    return None


def fix_of_bytes(raw: bytes) -> Fix | None:
    """What bytes that are not UTF-8 may be; None where they look like no text at all."""
    even, odd = (raw[parity:_HEAD:2].count(0) for parity in (0, 1))
    if not even and not odd:
        is_text = not re.search(_NO_TEXT, raw)
        return Fix("if it is Latin-1, convert it", "iconv -f latin1 -t utf-8") if is_text else None
    # Each ASCII character has one zero byte in UTF-16, and all of JSON's signs and blanks are such.
    if max(even, odd) <= 2 * min(even, odd) or 8 * max(even, odd) < len(raw[:_HEAD]):
        return None
    name = "utf-16be" if even > odd else "utf-16le"
    try:
        raw.decode(name)
    except UnicodeError:
        return Fix("it is UTF-16, and partly something else; keep what is UTF-16", f"iconv -c -f {name} -t utf-8")
    return Fix("it is UTF-16 without a byte order mark; convert it", f"iconv -f {name} -t utf-8")


def fix_of_text(text: str, wrong: NotJSON) -> Fix | None:
    """Which format `text` is in, or why it is not JSON; None where that is not clear."""
    assert wrong.position is not None
    rest = text[wrong.position :].lstrip(" \t\r\n")
    is_json_like = text.lstrip().startswith(("{", "["))
    if not rest or wrong.reason.startswith("a string without"):
        return Fix("it ends in the middle: the command or download that made it may have been cut off")
    if wrong.reason.endswith("is not JSON"):
        return Fix("write null, or the word in double quotes")
    if wrong.reason.endswith("inside a string"):
        return _control_character(text[wrong.position])
    if wrong.reason.endswith("not an escape sequence"):
        return Fix("write a backslash inside a string as \\\\")
    if rest.startswith("\0"):
        return Fix("a NUL character stands there; take it out", r"tr -d '\000' <")
    if rest < " " and not rest.startswith("\x1b["):
        return Fix(f"a control character (U+{ord(rest[0]):04X}) stands there; take it away")
    if wrong.reason == "extra data" and is_sequence(text):
        return Fix("these are several JSON values; make one array of them", "jq -s .")
    if rest.startswith("\x1b["):
        return Fix("it holds the colours of a terminal; take them out", _WITHOUT_COLOURS)
    if rest.startswith(("//", "/*", "#")) and _uncommented(text).startswith(("{", "[")):
        return Fix("JSON has no comments; take them out", _WITHOUT_COMMENTS)
    if is_json_like:
        return _nearly_json(text, rest, wrong)
    if _is_html(text):
        return Fix("it is a web page, perhaps an error or a login: look at it; curl -f fails instead of printing one")
    if _is_yaml(text):
        return Fix("it looks like YAML; convert it", "yq -r tojson")
    return _csv(text)


def _control_character(character: str) -> Fix:
    if character == "\n":
        return Fix(r"write it as \n; or is the closing quote of that string missing?")
    escape = _ESCAPES.get(character) or "\\u" + format(ord(character), "04x")
    return Fix(f"write it as {escape}")


def _nearly_json(text: str, rest: str, wrong: NotJSON) -> Fix | None:
    """What is wrong with an object or array."""
    if re.match(r"(True|False|None)\b|[ubrUBR]?'|\(", rest) and _is_python(text):
        return Fix("it is Python, not JSON; print it with json.dumps(), or convert it", _FROM_PYTHON)
    # Pythons differ in whether they point at the comma or at what closes after it.
    around = text[: wrong.position].rstrip()[-1:] + "".join(rest[:80].split())
    if around.startswith((",}", ",]")) or around[1:].startswith((",}", ",]")):
        return Fix("take away the comma before the closing bracket", _WITHOUT_COMMAS)
    if rest.startswith("'"):
        return Fix("JSON takes double quotes only")
    word = re.match(r"[A-Za-z_$][\w$]*", rest)
    if word and wrong.reason.startswith("expecting property name"):
        return Fix(f'put each name in double quotes: "{word[0]}"')
    if word and word[0].lower() in WORDS:
        return Fix(f"write {WORDS[word[0].lower()]}")
    return None


def _is_python(text: str) -> bool:
    """Whether Python reads the text as a value that JSON can hold."""
    import ast
    import json
    import warnings

    if len(text) > _LONGEST_PYTHON:
        return True
    try:
        with warnings.catch_warnings(action="ignore"):  # of strings with odd backslashes
            json.dumps(ast.literal_eval(text.strip()))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _uncommented(text: str) -> str:
    """The text from its first character that is in no comment."""
    return re.sub(r"\A(?:\s++|//.*|#.*|/\*(?s:.*?)\*/)*+", "", text)


def _is_html(text: str) -> bool:
    return bool(re.match(r"(?i)\s*<(!doctype html|html|head|body)\b", text))


def _is_yaml(text: str) -> bool:
    lines = [line for line in text[:_HEAD].splitlines() if line.strip() and not line.lstrip().startswith("#")][:20]
    if not lines or lines[0].startswith(("---", "%YAML")):
        return bool(lines)
    alike = [line for line in lines if re.fullmatch(f"{_YAML_MEMBER}|{_YAML_ITEM}", line)]
    return lines[0] in alike and (len(alike) > 1 or not re.match(_ERROR_LINE, lines[0]))


def _csv(text: str) -> Fix | None:
    import csv
    from io import StringIO

    for delimiter, argument in _DELIMITERS.items():
        rows = list(islice(csv.reader(StringIO(text[:_HEAD], newline=""), delimiter=delimiter), 2))
        if len(rows) > 1 and len(rows[0]) > 1 and len(rows[1]) == len(rows[0]):
            return Fix("it looks like CSV; make each line an object", _FROM_CSV.replace("{delimiter}", argument))
    return None
