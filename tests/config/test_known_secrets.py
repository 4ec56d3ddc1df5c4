"""Secrets of any shape, wherever they come from and however they come back, are not shown."""

from __future__ import annotations

import json

import pytest

from jsonbin_cli.config.known_secrets import masked, remember
from tests.conftest import BIN, CANARY, Program, Run
from tests.growth import is_linear
from tests.scripted import ScriptedServer
from tests.systems import processor_seconds, run_where

SENT = '{"n":1}'
ODD = [
    "hunter2",
    "s3cr3t-key-without-a-shape",
    "correct horse battery staple",
    'quo"ted\\and/slashed+key=%41',
    "0b9c1f6e-7a51-4a6f-8a3d-5f1f0d9f7c11",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
]


def keys_from(jsonbin: Program, source: str, key: str) -> list[str]:
    """Arrange for `key` to come from a source, and return the options that choose it."""
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    file = jsonbin.home / "key"
    file.touch(0o600)
    file.write_text(key)
    if source == "environment":
        jsonbin.env["JSONBIN_MASTER_KEY"] = key
    elif source == "file":
        jsonbin.env["JSONBIN_ACCESS_KEY_FILE"] = str(file)
    elif source == "profile":
        jsonbin.configure(f"[profiles.work]\nmaster_key = {json.dumps(key)}\n")
    else:
        jsonbin.configure("[profiles.work]\naccess_key_command = ['cat', 'key']\n")
    return [] if source in ("environment", "file") else ["--profile", "work"]


def echoes(key: str) -> list[str]:
    """How a server may say a key: plain, escaped once and twice, for a URL, wrapped, spaced out, quoted, cut off."""
    once = json.dumps(key)[1:-1]
    return [
        key,
        once,
        json.dumps(once)[1:-1],
        "".join(f"\\u{ord(letter):04x}" for letter in key),
        "".join(f"%{ord(letter):02X}" for letter in key),
        "\n".join([key[:5], key[5:]]),
        " ".join(key),
        f"{{'{key}'}}",
    ]


def pieces_shown(key: str, text: str) -> list[str]:
    """The parts of a key, of eight letters or of all it has, that can be read in a text."""
    plain = text.replace(" ", "").replace("\n", "").replace("\\", "")
    letters = key.replace(" ", "").replace("\\", "")
    size = min(8, len(letters))
    return [letters[at : at + size] for at in range(len(letters) - size + 1) if letters[at : at + size] in plain]


@pytest.mark.parametrize("source", ["environment", "file", "profile", "command"])
@pytest.mark.parametrize("key", ODD)
def test_a_key_that_comes_back_is_not_shown(jsonbin: Program, server: ScriptedServer, source: str, key: str) -> None:
    """Neither in a message, nor as JSON, nor for GitHub, however the server writes it; and no shape is claimed for it."""
    options = keys_from(jsonbin, source, key)
    for echo in echoes(key):
        server.replies(401, {"message": f"Invalid X-Master-Key provided: {echo}"})
    styles = ["text", "json", "github", "text", "json", "github", "text", "json"]
    for style in styles:
        run = jsonbin("update", BIN, *options, "--errors", style, "--verbose", stdin=SENT)
        assert run.code == 4
        assert "•••" in run.err or "\\u2022" in run.err
        assert "has the shape" not in run.err
        assert pieces_shown(key, run.err) == []


def test_a_key_that_is_cut_off_is_not_shown(jsonbin: Program, server: ScriptedServer) -> None:
    """The message ends in the middle of the key: what is left of it is replaced too."""
    key = jsonbin.env["JSONBIN_MASTER_KEY"] = "an-odd-key-0123456789-abcdefghijklmnop"
    server.replies(401, {"message": "x" * (1000 - 20) + key})
    run = jsonbin("update", BIN, stdin=SENT)
    assert (run.code, run.out, run.err.splitlines()[0]) == (4, "", f"error: {'x' * 980}•••")


def test_a_record_is_never_masked(jsonbin: Program, server: ScriptedServer) -> None:
    """What is written to standard output is the user's own record, byte for byte, whatever it holds."""
    key = jsonbin.env["JSONBIN_MASTER_KEY"] = "s3cr3t-key-without-a-shape"
    record = json.dumps({"mine": key})
    server.replies(200, b'{"record":%s,"metadata":{"id":"x"}}' % record.encode())
    assert jsonbin("get", BIN, "--record") == Run(0, record + "\n", "")
    server.replies(200, {"record": {"mine": 1}, "metadata": {"id": BIN}})
    run = jsonbin("diff", BIN, stdin=record)
    assert (
        run.out
        == '[{"op":"test","path":"/mine","value":1},\n {"op":"replace","path":"/mine","value":"s3cr3t-key-without-a-shape"}]\n'
    )


def test_a_difference_for_people_shows_hashes_and_no_key_of_this_run(jsonbin: Program, server: ScriptedServer) -> None:
    """Two hashes of passwords can be told apart, since they only look like keys."""
    jsonbin.env |= {"JSONBIN_MASTER_KEY": "s3cr3t-key-without-a-shape", "NO_COLOR": "1"}
    hashes = ["$2b$10$" + piece * 6 + "Zz.yX" for piece in ("A1b2C3d4", "B1b2C3d4")]
    before = {"hash": hashes[0], "mine": 1}
    after = {"hash": hashes[1], "mine": "s3cr3t-key-without-a-shape"}
    (jsonbin.home / "new.json").write_text(json.dumps(after))
    server.replies(200, {"record": before, "metadata": {"id": BIN}})
    with jsonbin.on_terminal("diff", BIN, "new.json") as terminal:
        assert terminal.finish() == 1
    assert [text for text in hashes if text not in terminal.screen] == []
    assert '/mine  1 -> "•••"' in terminal.screen


def test_keys_typed_in_the_wrong_place_are_not_repeated(jsonbin: Program) -> None:
    """As BIN, as an argument of login, or as the value of an option that does not exist."""
    for key in [CANARY, *ODD[1:]]:
        for arguments in (["get", key], ["login", key], ["get", BIN, f"--key={key}"], ["get", "--token", key]):
            run = jsonbin(*arguments)
            assert (run.code, run.out) == (2, "")
            assert pieces_shown(key, run.err) == []


def test_a_bug_shows_no_key(jsonbin: Program) -> None:
    """The text of an exception may hold one."""
    jsonbin.env["JSONBIN_MASTER_KEY"] = key = "s3cr3t-key-without-a-shape"
    before = (
        "import httpcore, os\n"
        "def fail(*_, **__): raise RuntimeError('Illegal header value ' + repr(os.environ['JSONBIN_MASTER_KEY'].encode()))\n"
        "httpcore.URL = fail\n"
    )
    run = run_where(before, jsonbin, "get", BIN)
    assert run.code == 70
    assert "RuntimeError: Illegal header value b'•••'\n" in run.err
    assert key not in run.err


def test_the_password_of_a_proxy_is_not_shown(jsonbin: Program, server: ScriptedServer) -> None:
    """Once it is read, nothing repeats it, whoever says it."""
    jsonbin.env |= {
        "HTTPS_PROXY": f"http://ann:open-sesame@127.0.0.1:{server.port}",
        "JSONBIN_API_URL": "https://api.jsonbin.io/v3",
    }
    (jsonbin.home / "open-sesame").write_text("[1]")
    run = run_where(
        "import httpcore\ndef fail(*_, **__): raise RuntimeError('open-sesame')\nhttpcore.URL = fail\n",
        jsonbin,
        *("update", BIN, "open-sesame"),
    )
    assert run.code == 70
    assert "RuntimeError: •••\n" in run.err
    assert "sesame" not in run.err


def test_what_is_no_secret_is_shown() -> None:
    """Words in the place of a key, the key of local stores, and words of a few letters."""
    public = "$2b$10$this.key.opens.only.stores.that.live.on.this.machine/"
    for text in ("null", "undefined", "changeme", "$JSONBIN_MASTER_KEY", "abc", public):
        remember(text)
        assert masked(f"a {text} b") == f"a {text} b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("my pin4 is", "my ••• is"),
        ("pin4", "•••"),
        ("pin42 xpin4 4pin4x", "pin42 xpin4 4pin4x"),
        ("abcdefgh/12345678", "•••"),
        ("abcdefgh", "•••"),
        ("xabcdefghx", "x•••x"),
        ("bcdefgh", "bcdefgh"),
        ("fgh/12345 and 12345678", "••• and •••"),
        (r"abcdefgh\/12345678", "•••"),
        (r"\u0061bcdefgh\u002f12345678", "•••"),
        ("%61bcdefgh%2F12345678", "•••"),
        ("a b c d e f g h", "•••"),
        ("abcd\u200befgh", "•••"),
    ],
)
def test_where_a_secret_begins_and_ends(text: str, shown: str) -> None:
    """A piece of eight letters of a long one is enough; a short one stands alone."""
    remember("pin4")
    remember("abcdefgh/12345678")
    assert masked(text) == shown


@pytest.mark.parametrize(
    "piece", ["\\", "$", "\\$", "$2b", "$2b$10", "a0", "aA1", "a0 ", "2b10", " ", "\\u00", "%", "$2b$10$" + "a" * 30]
)
def test_masking_is_linear(piece: str) -> None:
    """Four times the text takes about four times as long, and not sixteen times."""
    remember("some-secret-or-other")
    assert is_linear(masked, piece, 4_000)


@pytest.mark.parametrize("what", ["location", "schema", "duplicate", "alias", "bin", "profile", "file"])
def test_long_foreign_text_costs_nothing(jsonbin: Program, server: ScriptedServer, what: str) -> None:
    """It is cut to what is shown before anything else looks at it."""
    usual, least = processor_seconds(jsonbin, "get", "moon")
    assert usual.code == 2
    arguments, stdin = ["update", BIN, "--retries=0"], SENT
    if what == "location":
        server.replies(308, b"", {"Location": "\\" * 60_000})
    elif what == "schema":
        server.replies(
            400, {"message": "Schema Doc Validation Mismatch: x", "schemaDocName": "$" * 1_000_000, "schemaDocID": "1"}
        )
    elif what == "duplicate":
        server.echoes()
        name = "$" * 500_000
        stdin = f'{{"{name}":1,"{name}":2}}'
    elif what == "alias":
        jsonbin.configure(f"[profiles.work.bins]\n'{'$' * 500_000}' = '{BIN}'\n")
        arguments = ["config", "list"]
    elif what == "bin":
        arguments = ["update", "$" * 100_000]
    elif what == "profile":
        arguments = ["update", BIN, "-p", "\\$" * 50_000]
    else:
        arguments = ["update", BIN, "$" * 100_000]
    run, used = processor_seconds(jsonbin, *arguments, stdin=stdin)
    assert used < 5 * least
    assert len(run.err) < 25_000
