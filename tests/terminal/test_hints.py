"""Each error of the service: its slug, its exit code, its hint, and that following the hint works."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest

from jsonbin_cli.terminal.errors import RULES
from tests.conftest import BIN, CANARY, CANARY_BODY, Program, Run
from tests.scripted import ScriptedServer, Sent

OTHER_BIN = "0123456789abcdef01234567"
SENT = '{"n":1}'

MESSAGES = [
    (400, "You need to pass Content-Type set to application/json", "content-type-missing"),
    (400, "Invalid Bin Id provided", "invalid-bin-id"),
    (422, "Invalid Record ID", "invalid-bin-id"),
    (400, "Bin cannot be blank", "blank-record"),
    (400, "Invalid JSON. Please try again", "invalid-json"),
    (400, "Schema Doc Validation Mismatch:  Should have required property 'username'", "schema-mismatch"),
    (401, "You need to pass X-Master-Key or X-Access-Key in the header to update a private bin", "key-missing"),
    (401, "You need to pass X-Master-Key or X-Access-Key in the header to read a private bin", "key-missing"),
    (401, "Invalid X-Master-Key provided or the bin does not belong to your account", "invalid-master-key"),
    (401, "Invalid X-Master-Key provided", "invalid-master-key"),
    (401, "X-Master-Key is invalid or the bin doesn't belong to your account", "invalid-master-key"),
    (401, "X-Access-Key is invalid or the bin doesn't belong to your account", "invalid-access-key"),
    (401, "X-Access-Key passed does not have permission to update the bin.", "access-key-permission"),
    (
        403,
        "Versioning is not available for the Free users. "
        "Upgrade to Pro plan http://api.jsonbin.io/pricing to avail this feature",
        "versioning-needs-pro",
    ),
    (
        403,
        "Free users cannot update a record over 100kb. "
        "Upgrade to Pro plan http://api.jsonbin.io/pricing to update records upto 1mb",
        "record-too-big",
    ),
    (
        403,
        "Free users cannot create a record over 100kb. "
        "Upgrade to Pro plan https://jsonbin.io/pricing to create records upto 1mb",
        "record-too-big",
    ),
    (403, "Requests exhausted. Buy additional requests at https://jsonbin.io/pricing", "requests-exhausted"),
    (
        403,
        "Bins not associated to any user are now blocked. "
        "Contact the admin at https://jsonbin.io/contact for further info",
        "bin-without-owner",
    ),
    (404, "Bin not found", "bin-not-found"),
    (404, "Bin not found or it doesn't belong to your account", "bin-not-found"),
    (404, "Bin version not found", "bin-version-not-found"),
    (400, "Bin version is invalid", "invalid-bin-version"),
    (400, "X-Bin-Name cannot be blank or over 128 characters", "invalid-bin-name"),
    (400, "Invalid X-Collection-Id provided", "invalid-collection-id"),
    (
        400,
        "Collection not found or the Collection does not belong to the X-Master-Key provided",
        "invalid-collection-id",
    ),
    (404, "Route not found!", "route-not-found"),
]
NOT_JSON = [
    (403, b"error code: 1015", "edge-rate-limit", "403 Forbidden, error code: 1015"),
    (429, b"error code: 1015\n", "edge-rate-limit", "429 Too Many Requests, error code: 1015"),
    (403, b"error code: 10100", "not-json", "403 Forbidden, error code: 10100"),
    (403, b"<p>error code: 1010</p>", "not-json", "403 Forbidden, with a page in HTML instead of JSON"),
    (429, b"", "too-many-requests", "429 Too Many Requests, with nothing in it"),
    (500, b"<html>oops</html>", "server-trouble", "500 Internal Server Error, with a page in HTML instead of JSON"),
    (502, b"<!DOCTYPE html>", "server-trouble", "502 Bad Gateway, with a page in HTML instead of JSON"),
    (503, b'{"message": "busy"}', "server-trouble", "busy"),
    (500, b'{"message": "Bin not found"}', "server-trouble", "Bin not found"),
    (201, b'{"ok": 1}', "not-json", "201 without a record"),
    (504, b"[]", "server-trouble", "504 Gateway Timeout, with something else than a message: []"),
    (599, b"\xff\xfe", "server-trouble", "599, with something else than a message: ��"),
    (200, b"<html>Please log in</html>", "not-json", "200 OK, with a page in HTML instead of JSON"),
    (200, b'{"ok": true}', "not-json", "200 without a record"),
    (200, b"[]", "not-json", "200 OK, with something else than a message: []"),
    (418, b"short and stout", "not-json", "418 I'm a Teapot, with something else than a message: short and stout"),
]


def hint(run: Run) -> str:
    """The hint of a failed run that printed nothing else."""
    error, hint = run.err.splitlines()[-2:]
    assert run.out == ""
    assert error.startswith("error: ")
    return hint.removeprefix("hint: ")


def data_file(jsonbin: Program, text: str = SENT) -> str:
    """A file with a record, by a name relative to where the program runs."""
    (jsonbin.home / "data.json").write_text(text)
    return "data.json"


@pytest.mark.parametrize(("status", "message", "slug"), MESSAGES)
def test_a_refusal_is_recognised_and_passed_on(
    jsonbin: Program, server: ScriptedServer, status: int, message: str, slug: str
) -> None:
    """Every message of the service exits 4 with its slug, its own words, a hint, and empty stdout."""
    server.replies(status, {"message": message})
    run = jsonbin("update", BIN, "--errors", "json", stdin=SENT)
    error = json.loads(run.err)["error"]
    assert (run.code, run.out) == (4, "")
    assert error.pop("hint")
    assert error == {
        "slug": slug,
        "message": " ".join(message.split()),
        "status": status,
        "bin": BIN,
        "exit_code": 4,
        "sent": True,
        "retryable": False,
    }


@pytest.mark.parametrize(("status", "body", "slug", "message"), NOT_JSON)
def test_an_answer_that_is_not_jsonbins_exits_5(
    jsonbin: Program, server: ScriptedServer, status: int, body: bytes, slug: str, message: str
) -> None:
    """5xx, 429 and answers that are not JSON exit 5, whatever their status."""
    server.replies(status, body)
    run = jsonbin("update", BIN, "--errors=json", "--retries", "0", stdin=SENT)
    error = json.loads(run.err)["error"]
    assert (run.code, run.out) == (5, "")
    assert (error["slug"], error["message"], error["status"]) == (slug, message, status)
    assert error["hint"]
    assert error["retryable"] == (slug in ("too-many-requests", "edge-rate-limit", "server-trouble"))


@pytest.mark.parametrize(
    ("status", "code"), [(403, 1000), (403, 1010), (403, 1014), (403, 1016), (403, 1099), (409, 1000)]
)
def test_a_refusal_at_the_edge_exits_4(jsonbin: Program, server: ScriptedServer, status: int, code: int) -> None:
    """The edge let nothing through, so the bin is unchanged, and the same call would be refused again."""
    server.replies(status, b"error code: %d\n" % code, {"Content-Type": "text/plain; charset=UTF-8"})
    run = jsonbin("update", BIN, "--errors=json", stdin=SENT)
    assert (run.code, run.out) == (4, "")
    assert json.loads(run.err)["error"] == {
        "slug": "edge-blocked",
        "message": f"{status} {HTTPStatus(status).phrase}, error code: {code}",
        "hint": "trying again does not help; use another network, or a proxy named in HTTPS_PROXY",
        "status": status,
        "bin": BIN,
        "exit_code": 4,
        "sent": True,
        "retryable": False,
    }


def test_a_refusal_at_the_edge_after_a_bad_gateway(jsonbin: Program, server: ScriptedServer) -> None:
    """The first try may have changed the bin, so nobody can say that it is unchanged."""
    server.replies(502, b"", {"Retry-After": "0"})
    server.replies(403, b"error code: 1010")
    run = jsonbin("update", BIN, stdin=SENT)
    assert run.code == 5
    assert run.err.splitlines()[-2] == "error: 403 Forbidden, error code: 1010; an earlier try may have changed the bin"


@pytest.mark.parametrize("status", [400, 404, 418])
def test_an_unknown_message_is_passed_on(jsonbin: Program, server: ScriptedServer, status: int) -> None:
    """What the table does not know is printed as it came, with its status, and how to look for the cause."""
    server.replies(status, {"message": "Bins are\n asleep"})
    assert jsonbin("update", BIN, stdin=SENT) == Run(
        4,
        "",
        f"error: Bins are asleep\nhint: JSONBin answered {status}, and jsonbin does not know these words; "
        "--verbose shows what was asked for, where, and with which key\n",
    )
    server.replies(status, {"message": "Bins are asleep"})
    run = jsonbin("update", BIN, "--verbose", "--errors", "json", stdin=SENT)
    asked, answered, told = run.err.splitlines()
    assert asked == f"PUT {server.url}/b/{BIN}, {len(SENT)} bytes, master key from JSONBIN_MASTER_KEY"
    assert answered.startswith(f"{status} after ")
    assert (json.loads(told)["error"]["slug"], json.loads(told)["error"]["status"]) == ("unknown-error", status)


# From here on each hint is followed, and the call that failed then works.


def test_a_header_lost_on_the_way(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint names the address that stands between, and taking it away helps."""
    with ScriptedServer() as proxy:
        proxy.replies(400, {"message": "You need to pass Content-Type set to application/json"})
        jsonbin.configure(f"[profiles.work]\nmaster_key = '{CANARY}'\nurl = '{proxy.url}'\n")
        run = jsonbin("update", BIN, "-p", "work", stdin=SENT)
        assert hint(run) == (
            f'jsonbin sent that header, so something on the way removed it: {proxy.url} comes from profile "work"; '
            "remove it to reach JSONBin itself"
        )
    jsonbin.configure(f"[profiles.work]\nmaster_key = '{CANARY}'\n")
    server.echoes()
    assert jsonbin("update", BIN, "-p", "work", stdin=SENT).code == 0


def test_a_key_lost_on_the_way(jsonbin: Program, server: ScriptedServer) -> None:
    """Where a key was sent, "no key" means that something took it out."""
    server.replies(401, {"message": "You need to pass X-Master-Key or X-Access-Key in the header to update a bin"})
    run = jsonbin("update", BIN, stdin=SENT)
    assert hint(run) == (
        f"the key from JSONBIN_MASTER_KEY was sent and did not arrive: {server.url} comes from JSONBIN_API_URL; "
        "remove it to reach JSONBin itself"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_API_URL": server.url}).code == 0


def test_an_alias_that_names_no_id_of_the_service(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint is the command that corrects the alias."""
    jsonbin.configure(f"[profiles.work.bins]\nflags = '{BIN}'\n")
    server.replies(400, {"message": "Invalid Bin Id provided"})
    said = hint(jsonbin("update", "flags", "-p", "work", stdin=SENT))
    assert said == f'alias "flags" names {BIN}; correct it: jsonbin config alias flags ID --profile work'
    assert jsonbin.follow(said.split(": ")[1].replace("ID", OTHER_BIN)).code == 0
    server.echoes()
    assert jsonbin("update", "flags", "-p", "work", stdin=SENT).code == 0
    assert server.requests[-1] == Sent("PUT", f"/v3/b/{OTHER_BIN}", SENT.encode())


def test_an_id_that_is_none(jsonbin: Program, server: ScriptedServer) -> None:
    """Without an alias the hint asks for the right id."""
    server.replies(400, {"message": "Invalid Bin Id provided"})
    assert hint(jsonbin("update", BIN, stdin=SENT)) == (
        f"{BIN} is not the id of a bin; copy it again from the dashboard's list of bins"
    )
    server.echoes()
    assert jsonbin("update", OTHER_BIN, stdin=SENT).code == 0


def test_a_blank_record(jsonbin: Program, server: ScriptedServer) -> None:
    """The record that the hint gives as an example is taken."""
    server.replies(400, {"message": "Bin cannot be blank"})
    said = hint(jsonbin("update", BIN, stdin=SENT))
    assert said == 'keep at least one member, for example {"items": []}'
    server.echoes()
    assert jsonbin("update", BIN, stdin=said.removeprefix("keep at least one member, for example ")).code == 0


@pytest.mark.parametrize("piped", [False, True])
def test_json_that_only_jsonbin_refuses(
    jsonbin: Program, server: ScriptedServer, tool: Callable[[str], str], piped: bool
) -> None:
    """The hint is a pipe that spells the record plainly, and it runs."""
    tool("jq")
    file = data_file(jsonbin, '{ "n" : 1 }')
    server.replies(400, {"message": "Invalid JSON. Please try again"})
    run = jsonbin.follow(f"jsonbin update {BIN} < {file}" if piped else f"jsonbin update {BIN} {file}")
    said = hint(run)
    assert said == (
        "it was valid JSON when it left here; a plainer spelling of the same record may pass: "
        f"jq -c .{'' if piped else ' data.json'} | jsonbin update {BIN}"
    )
    server.echoes()
    assert jsonbin.follow(said.split("pass: ")[1] if not piped else f"cat {file} | {said.split('pass: ')[1]}").code == 0
    assert server.requests[-1].body == b'{"n":1}\n'


def test_a_record_that_does_not_fit_the_schema(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint names the schema; a record that fits is taken."""
    server.replies(
        400,
        {
            "message": "Schema Doc Validation Mismatch:  Should have required property 'username'",
            "schemaDocID": "5f",
            "schemaDocName": "users",
        },
    )
    assert hint(jsonbin("update", BIN, stdin=SENT)) == (
        "change the record so that it fits the schema users of its collection, or remove the schema from the collection"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin='{"username":"ann"}').code == 0


@pytest.mark.parametrize("profile", [None, "work"])
def test_no_key_at_all(jsonbin: Program, server: ScriptedServer, profile: str | None) -> None:
    """The login that the hint names makes the same call pass."""
    jsonbin.configure(f"[profiles.work.bins]\nflags = '{BIN}'\n" if profile else "")
    chosen = ["--profile", profile] if profile else []
    server.replies(
        401, {"message": "You need to pass X-Master-Key or X-Access-Key in the header to update a private bin"}
    )
    said = hint(jsonbin("update", BIN, *chosen, stdin=SENT))
    assert said == (
        'the bin is private and profile "work" has no key: jsonbin login --profile work'
        if profile
        else "the bin is private and no key was found: jsonbin login, or export JSONBIN_MASTER_KEY='…' in single quotes"
    )
    assert jsonbin("login", *chosen, stdin=CANARY + "\n").code == 0
    server.echoes()
    assert jsonbin("update", BIN, *chosen, stdin=SENT).code == 0
    assert server.headers[-1]["X-Master-Key"] == CANARY


QUOTES = "put the key in single quotes where the shell reads it: '$2b$10$…'"
TAIL = CANARY_BODY[CANARY_BODY.index(".") :]
MANGLED = [
    (f"b0{TAIL}", f"starts in the middle: a shell's double quotes took its $ parts; {QUOTES}"),
    (f"a0{TAIL}", f"starts in the middle: a shell's double quotes took its $ parts; {QUOTES}"),
    (
        f"b0{CANARY_BODY[1:]}",
        "starts in the middle: make, or a shell's double quotes, took its $ parts; "
        f"in a makefile write each $ as $$; else {QUOTES}",
    ),
    (
        TAIL,
        "has lost its beginning: PowerShell's double quotes took its $ parts; put the key in single quotes: '$2b$10$…'",
    ),
    (
        f"$2b$10{TAIL}",
        "has lost what follows $2b$10: a .env file was read with variable expansion; in that .env file write each $ as \\$",
    ),
    (
        CANARY.replace("$", "$$"),
        "has each $ doubled, as docker compose and make want it written; write single $ signs everywhere else",
    ),
    (CANARY.replace("$", "\\$"), "has a backslash before each $; take the backslashes away"),
    (f'"{CANARY}"', "has quotes around it; take the quotes away: where this value is read, they are part of it"),
    (f"'{CANARY}'", "has quotes around it; take the quotes away: where this value is read, they are part of it"),
    (f"{CANARY[:30]} {CANARY[30:]}", "has blanks inside; copy it again, without the line break or blank"),
    (f"X-Master-Key: {CANARY}", "has more around it than the key; keep only the 60 characters that start with $2"),
    (CANARY[:-1], "is shorter than 60 characters; copy it again, whole"),
    (f"{CANARY}x", "is longer than 60 characters; copy it again, alone"),
    (
        "$JSONBIN_KEY",
        "is the name of a variable or a placeholder, not its value; put the key there, or let the variable be expanded",
    ),
    (
        "0123456789abcdef01234567",
        "is 24 hexadecimal digits: the ID of an access key or a bin, not a key; copy the key itself from the API Keys "
        "page; an access key is shown only once, so make a new one",
    ),
]


@pytest.mark.parametrize(("key", "happened"), MANGLED)
def test_a_mangled_key_is_recognised(jsonbin: Program, server: ScriptedServer, key: str, happened: str) -> None:
    """A 401 says what happened to the key on its way, never the key, and the whole key then passes."""
    server.replies(401, {"message": "Invalid X-Master-Key provided or the bin does not belong to your account"})
    run = jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_MASTER_KEY": key})
    assert run.code == 4
    enter_again = "" if "in single quotes" in happened else ", then set JSONBIN_MASTER_KEY again, in single quotes"
    assert hint(run) == f"the master key from JSONBIN_MASTER_KEY {happened}{enter_again}"
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT).code == 0
    assert server.headers[-1]["X-Master-Key"] == CANARY


def test_the_shell_takes_the_dollars_and_single_quotes_keep_them(jsonbin: Program, server: ScriptedServer) -> None:
    """The whole story in a real shell: double quotes, 401, the hint, single quotes, 200."""
    server.replies(401, {"message": "Invalid X-Master-Key provided or the bin does not belong to your account"})
    command = f"; echo '{SENT}' | jsonbin update {BIN}"
    run = jsonbin.follow(f'export JSONBIN_MASTER_KEY="{CANARY}"{command}')
    assert "a shell's double quotes took its $ parts" in hint(run)
    server.echoes()
    assert jsonbin.follow(f"export JSONBIN_MASTER_KEY='{CANARY}'{command}").code == 0
    assert server.headers[-1]["X-Master-Key"] == CANARY


@pytest.mark.parametrize("key", [key for key, _ in MANGLED if CANARY_BODY[-20:] in key and key != TAIL] + [CANARY_BODY])
def test_no_part_of_a_mangled_key_is_shown(jsonbin: Program, server: ScriptedServer, key: str) -> None:
    """Echoed by the server, or typed where it does not belong, it is masked."""
    server.replies(401, {"message": f"Invalid X-Master-Key provided: {key}"})
    assert jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_MASTER_KEY": key}).code == 4
    for arguments in (["login", key], ["update", key], ["get", BIN, "-p", key], ["explain", key]):
        run = jsonbin(*arguments)
        assert run.code == 2
        assert CANARY_BODY[:20] not in run.err
        assert CANARY_BODY[-10:] not in run.err


@pytest.mark.parametrize(
    ("kind", "option", "other"), [("master", "", "an access key"), ("access", " --access", "a master key")]
)
def test_a_well_formed_key_that_is_refused(
    jsonbin: Program, server: ScriptedServer, kind: str, option: str, other: str
) -> None:
    """A key in order is old, foreign or of the other kind; the login that the hint names replaces it."""
    jsonbin.configure(f"[profiles.work]\n{kind}_key = '{CANARY}'\n")
    words = {"master": "Invalid X-Master-Key provided or the bin", "access": "X-Access-Key is invalid or the bin"}
    server.replies(401, {"message": f"{words[kind]} doesn't belong to your account"})
    said = hint(jsonbin("update", BIN, "-p", "work", stdin=SENT))
    assert said == (
        f'the {kind} key from profile "work" has the shape of a key, so it is an old one, another account\'s, or {other}; '
        f"run jsonbin login --profile work{option}"
    )
    right = "$2b$10$" + CANARY_BODY[::-1]
    assert jsonbin.follow(f"echo '{right}' | {said.split('run ')[1]}").code == 0
    server.echoes()
    assert jsonbin("update", BIN, "-p", "work", stdin=SENT).code == 0
    assert server.headers[-1][f"X-{kind.title()}-Key"] == right


def test_a_key_that_was_never_sent_is_refused(jsonbin: Program, server: ScriptedServer) -> None:
    """Where no key was sent, something on the way added one."""
    jsonbin.configure("")
    server.replies(401, {"message": "Invalid X-Master-Key provided"})
    assert hint(jsonbin("update", BIN, stdin=SENT)) == (
        f"no key was sent from here, so something on the way added one: {server.url} comes from JSONBIN_API_URL; "
        "remove it to reach JSONBin itself"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT).code == 0


def test_an_access_key_without_the_permission(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint names the permission that is missing, and the master key as the other way."""
    jsonbin.configure(f"[profiles.work]\naccess_key = '{CANARY}'\n")
    server.replies(401, {"message": "X-Access-Key passed does not have permission to update the bin."})
    said = hint(jsonbin("update", BIN, "-p", "work", stdin=SENT))
    assert said == (
        'give the access key from profile "work" the Bins Update permission on the API Keys page, '
        "or use the master key: jsonbin login --profile work"
    )
    assert jsonbin.follow(f"echo '{CANARY}' | {said.split('key: ')[1]}").code == 0
    server.echoes()
    assert jsonbin("update", BIN, "-p", "work", stdin=SENT).code == 0


def test_an_access_key_of_the_environment_without_the_permission(jsonbin: Program, server: ScriptedServer) -> None:
    """There the master key of the environment, which comes first, is the other way."""
    del jsonbin.env["JSONBIN_MASTER_KEY"]
    jsonbin.env["JSONBIN_ACCESS_KEY"] = CANARY
    server.replies(401, {"message": "X-Access-Key passed does not have permission to update the bin."})
    assert hint(jsonbin("update", BIN, stdin=SENT)).endswith(
        "use the master key: set JSONBIN_MASTER_KEY, in single quotes"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_MASTER_KEY": CANARY}).code == 0
    assert "X-Master-Key" in server.headers[-1]


@pytest.mark.parametrize(
    ("setting", "option"),
    [("", "--versioning"), ("", "--merge"), ("versioning = true\n", None), ("merge = true\n", None)],
)
def test_versions_on_the_free_plan(jsonbin: Program, setting: str, option: str | None) -> None:
    """The embedded store on the free plan refuses versions; the hint names what asked for them."""
    jsonbin.configure(f"[profiles.shop]\npath = 'shop.sqlite3'\nplan = 'free'\n{setting}")
    call = ["update", "demo", "-p", "shop", *([option] if option else [])]
    said = hint(jsonbin(*call, stdin=SENT))
    if option:
        assert said == f"send it without {option}"
        call.remove(option)
    elif setting.startswith("merge"):
        assert said == 'merge in profile "shop" asks for versions; add --no-merge'
        call.append("--no-merge")
    else:
        assert said == 'profile "shop" asks for versions; add --no-versioning'
        call.append("--no-versioning")
    assert jsonbin(*call, stdin=SENT).code == 0


def test_a_record_over_the_plan_that_fits_without_its_blanks(
    jsonbin: Program, server: ScriptedServer, tool: Callable[[str], str]
) -> None:
    """The hint knows how large the record is without blanks, and how to send it so."""
    tool("jq")
    file = data_file(jsonbin, json.dumps([1] * 30_000, indent=8))
    server.replies(403, {"message": MESSAGES[14][1]})
    said = hint(jsonbin("update", BIN, file))
    assert said == (
        "the record has 330,002 bytes; without its blanks it has 60,001 bytes: jq -c . data.json "
        f"| jsonbin update {BIN}"
    )
    server.echoes()
    assert jsonbin.follow(said.split("bytes: ")[1]).code == 0


def test_a_record_over_the_plan_that_does_not_fit(jsonbin: Program, server: ScriptedServer) -> None:
    """Where blanks are not the trouble, the record has to be split."""
    server.replies(403, {"message": MESSAGES[14][1]})
    record = json.dumps(["x" * 150_000])
    assert hint(jsonbin("update", BIN, stdin=record)) == (
        "the record has 150,004 bytes; /0 is 99 %; split the record over several bins, or move the account to a larger plan"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin=json.dumps(["x" * 75_000])).code == 0


def test_the_requests_of_an_account_are_used_up(jsonbin: Program, server: ScriptedServer) -> None:
    """A used-up quota is not a bad key; the profile that the hint names has none."""
    server.replies(403, {"message": "Requests exhausted. Buy additional requests at https://jsonbin.io/pricing"})
    said = hint(jsonbin("update", BIN, stdin=SENT))
    assert said == (
        "the key is good, the account has no requests left: buy some at https://jsonbin.io/pricing, "
        "or choose another account with --profile NAME; tests can use --profile local"
    )
    assert jsonbin("update", "demo", "--profile", "local", stdin=SENT).code == 0


def test_the_quota_of_a_store_is_used_up(jsonbin: Program) -> None:
    """On this machine there is nobody to buy from."""
    shop = "[profiles.shop]\npath = 'shop.sqlite3'\nquota = {}\n"
    jsonbin.configure(shop.format(1))
    assert jsonbin("update", "demo", "-p", "shop", stdin=SENT).code == 0
    assert hint(jsonbin("update", "demo", "-p", "shop", stdin=SENT)) == (
        'the quota of profile "shop" is used up: raise it in the config file, or choose another profile with --profile NAME'
    )
    jsonbin.configure(shop.format(9))
    assert jsonbin("update", "demo", "-p", "shop", stdin=SENT).code == 0


@pytest.mark.parametrize("piped", [False, True])
def test_a_bin_without_an_owner(jsonbin: Program, server: ScriptedServer, piped: bool) -> None:
    """The hint is the command that makes a bin of one's own."""
    file = data_file(jsonbin)
    server.replies(403, {"message": "Bins not associated to any user are now blocked. Contact the admin"})
    said = hint(jsonbin("update", BIN, stdin=SENT) if piped else jsonbin("update", BIN, file))
    assert said == f"put the record into a bin of your own: jsonbin create{'' if piped else ' data.json'}"
    server.echoes()
    assert jsonbin(*said.split(": ")[1].split()[1:], stdin=SENT).code == 0


def test_a_bin_of_another_profile(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint names the profile that was asked and the id it does not have."""
    jsonbin.configure(f"[profiles.work]\nmaster_key = '{CANARY}'\n[profiles.home]\nmaster_key = '{CANARY}'\n")
    server.replies(404, {"message": "Bin not found"})
    assert hint(jsonbin("update", BIN, "-p", "work", stdin=SENT)) == (
        f'profile "work" has no bin {BIN}; check the id on the dashboard, or pick another profile with --profile NAME'
    )
    server.echoes()
    assert jsonbin("update", BIN, "--profile", "home", stdin=SENT).code == 0


def test_an_alias_of_a_bin_that_is_gone(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint is the command that points the alias elsewhere."""
    jsonbin.configure(f"[profiles.work.bins]\nflags = '{BIN}'\n")
    server.replies(404, {"message": "Bin not found"})
    said = hint(jsonbin("update", "flags", "-p", "work", stdin=SENT))
    assert said == (
        f'alias "flags" of profile "work" names {BIN}, which is not there; '
        "correct it: jsonbin config alias flags ID --profile work"
    )
    assert jsonbin.follow(said.split("it: ")[1].replace("ID", OTHER_BIN)).code == 0
    server.echoes()
    assert jsonbin("update", "flags", "-p", "work", stdin=SENT).code == 0


def test_a_version_that_was_never_made(jsonbin: Program) -> None:
    """The hint lists those that there are; without a number restore would put back a backup."""
    assert jsonbin("update", "demo", "-p", "local", "--versioning", "-q", stdin=SENT).code == 0
    said = "error: Bin version not found\nhint: jsonbin history demo --profile local lists those that it has\n"
    for call in (["get", "demo"], ["restore", "demo", "--yes"]):
        assert jsonbin(*call, "-p", "local", "--version", "7") == Run(4, "", said)
    assert '"version":1' in jsonbin("history", "demo", "--profile", "local").out.replace(" ", "")


def test_a_collection_that_is_not_there(jsonbin: Program) -> None:
    """Without --collection the bin is made."""
    run = jsonbin("create", "-p", "local", "--collection", OTHER_BIN, stdin=SENT)
    assert run.code == 4
    assert hint(run) == "copy its 24 hexadecimal digits from the dashboard, or leave --collection out"
    assert jsonbin("create", "-p", "local", stdin=SENT).code == 0


def test_a_name_that_the_service_refuses(jsonbin: Program, server: ScriptedServer) -> None:
    """A shorter name is taken."""
    server.replies(400, {"message": "X-Bin-Name cannot be blank or over 128 characters"})
    assert hint(jsonbin("create", "--name", "n" * 128, stdin=SENT)) == "choose a shorter --name"
    server.echoes()
    assert jsonbin("create", "--name", "n", stdin=SENT).code == 0


def test_an_address_that_is_not_the_apis(jsonbin: Program, server: ScriptedServer) -> None:
    """The hint knows what the address ends in."""
    wrong = server.url.removesuffix("/v3")
    server.replies(404, {"message": "Route not found!"})
    said = hint(jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_API_URL": wrong}))
    assert said == f"the address {wrong} comes from JSONBIN_API_URL, and JSONBin's ends in /v3"
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_API_URL": wrong + said.split()[-1]}).code == 0


def test_too_many_requests(jsonbin: Program, server: ScriptedServer) -> None:
    """Some time later the same call passes."""
    server.replies(429, {"message": "slow down"})
    run = jsonbin("update", BIN, "--retries", "0", stdin=SENT)
    assert run == Run(
        5, "", "error: slow down\nhint: wait some minutes, then send it again, and less often than before\n"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT).code == 0


def test_an_outage(jsonbin: Program, server: ScriptedServer) -> None:
    """After a 502 nobody knows whether the bin changed: the hint looks first, then outlasts the outage."""
    jsonbin.configure(f"[profiles.work]\nmaster_key = '{CANARY}'\nbins = {{ flags = '{BIN}' }}\n")
    server.replies(502, b"<html>")
    said = hint(jsonbin("update", "flags", "-p", "work", "--retries", "0", stdin=SENT))
    assert said == (
        "the bin may have changed, so look first: jsonbin get flags --profile work; "
        "outages have been short so far, --retries 5 outlasts most"
    )
    server.replies(200, {"record": {"n": 0}, "metadata": {"id": BIN}})
    assert jsonbin.follow(said.split(": ")[1].split(";")[0]).code == 0
    server.replies(502, b"<html>")
    server.echoes()
    assert jsonbin("update", "flags", "-p", "work", "--retries", "5", stdin=SENT).code == 0


def test_an_outage_with_versions(jsonbin: Program, server: ScriptedServer) -> None:
    """A second try could leave a second version, so none is made, and none is advised."""
    server.replies(502, b"<html>")
    assert hint(jsonbin("update", BIN, "--versioning", stdin=SENT)) == (
        f"the bin may have changed, so look first: jsonbin get {BIN}; "
        "outages have been short so far, so run it again in a while"
    )
    server.echoes(version=1)
    assert jsonbin("update", BIN, "--versioning", stdin=SENT).code == 0


def test_an_outage_while_reading_or_creating(jsonbin: Program, server: ScriptedServer) -> None:
    """Reading changes nothing, and a bin that may have been made is looked for on the dashboard."""
    server.replies(500, b"<html>")
    assert hint(jsonbin("get", BIN)) == "outages have been short so far, so run it again in a while"
    server.replies(503, b"")
    assert hint(jsonbin("get", BIN, "--retries=0")) == "outages have been short so far, --retries 5 outlasts most"
    server.replies(503, b"", {"Retry-After": "0"})
    server.replies(200, {"record": {"n": 0}, "metadata": {"id": BIN}})
    assert jsonbin("get", BIN, "--retries", "5").code == 0
    server.replies(500, b"<html>")
    assert hint(jsonbin("create", stdin=SENT)) == (
        "the bin may have been created, so look on the dashboard before you run it again"
    )


def test_an_outage_while_versions_are_deleted(jsonbin: Program, server: ScriptedServer) -> None:
    """Some may be gone; the hint names the command that shows which."""
    server.replies(200, {"record": {}, "metadata": {"versionCount": 3}})
    server.replies(500, b"<html>")
    assert hint(jsonbin("history", BIN, "--prune", "--yes")) == (
        f"see which versions are left: jsonbin history {BIN}; outages have been short so far, so run it again in a while"
    )


def test_a_page_that_answers_in_jsonbins_place(jsonbin: Program, server: ScriptedServer, tmp_path: Path) -> None:  # noqa: ARG001
    """The hint names who chose the address; the right one works."""
    with ScriptedServer() as portal:
        portal.replies(200, b"<html>Please log in</html>")
        said = hint(jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_API_URL": portal.url}))
    assert said == (
        f"that is not JSONBin's answer: {portal.url} comes from JSONBIN_API_URL; "
        "remove it to reach JSONBin itself; the bin may have changed"
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT).code == 0


def test_a_redirect_is_not_followed(jsonbin: Program, server: ScriptedServer) -> None:
    """A redirect would carry the key elsewhere; where it points is told, and can be chosen."""
    with ScriptedServer() as old:
        old.replies(308, b"", {"Location": server.url})
        run = jsonbin("update", BIN, stdin=SENT, env={"JSONBIN_API_URL": old.url})
    assert run == Run(
        5,
        "",
        f"error: 308 Permanent Redirect, to {server.url}\n"
        f"hint: that is not JSONBin's answer: {old.url} comes from JSONBIN_API_URL; remove it to reach JSONBin itself\n",
    )
    server.echoes()
    assert jsonbin("update", BIN, stdin=SENT).code == 0


def test_each_answer_of_the_service_has_a_source() -> None:
    """In the words that the errors of the local JSONBin use too; what arises on this machine needs none."""
    of_the_service = [rule for rule in RULES if rule.statuses]
    assert all(rule.source for rule in of_the_service)
    assert [rule.slug for rule in RULES if rule.source and not rule.statuses] == []
