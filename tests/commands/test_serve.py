"""`jsonbin serve`: how it starts, what it says, how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.config.keys import LOCAL_MASTER_KEY
from jsonbin_cli.local.api.description import description
from tests.conftest import BIN, Program, Run

DEMO = "de30de30de30de30de30de30"
OWN_KEY = "$2b$10$" + "OwnKeyOfThisTestOnly" * 2 + "0123456789012"


@contextmanager
def served(jsonbin: Program, *options: str, env: dict[str, str] | None = None) -> Iterator[tuple[str, Path]]:
    """The base URL of a server that runs for the length of the block, and the file of its log."""
    log = jsonbin.home / "log"
    with log.open("wb") as stderr:
        process = jsonbin.start("serve", "--port", "0", *options, env=env, stderr=stderr)
        assert process.stdout is not None
        yield process.stdout.readline().decode().split()[-1], log
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


def read(url: str, bin_id: str = DEMO, key: str = LOCAL_MASTER_KEY) -> httpx.Response:
    """Read a bin."""
    return httpx.get(f"{url}/b/{bin_id}", headers={"x-master-key": key}, trust_env=False, verify=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_how_to_use_it_and_ends_when_told_to(number: int, jsonbin: Program) -> None:
    """Everything said is on stdout before the first request, a line for each request on stderr, and the code is 0."""
    ready = jsonbin.home / "ready"
    ready.write_text("of a server that is gone")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = jsonbin.start("serve", "--port", str(port), "--memory", "--ready-file", str(ready))
    assert process.stdout is not None
    said = b""
    while b"ends it\n" not in said and (line := process.stdout.readline()):
        said += line
    url, key = f"http://127.0.0.1:{port}/v3", LOCAL_MASTER_KEY
    text = ready.read_text()
    told = json.loads(text)
    assert text == json.dumps(told) + "\n"
    assert list(told) == ["url", "master_key", "ca_file", "environment"]
    assert (told["url"], told["master_key"]) == (url, key)
    folder = Path(told["ca_file"]).parent
    assert Path(told["ca_file"]).read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert ready.stat().st_mode & 0o777 == 0o600
    assert read(url).status_code == 200
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    run = jsonbin.checked(process.returncode, said + out, err)
    assert run.code == 0
    assert not folder.exists()
    assert run.out == (
        f"JSONBin on this machine: {url}\n"
        "bins are kept in memory, until this ends\n"
        "\n"
        f"jsonbin     export JSONBIN_API_URL={url} JSONBIN_MASTER_KEY='{key}'\n"
        f"            jsonbin get {DEMO}\n"
        f"curl        curl -H 'X-Master-Key: {key}' {url}/b/{DEMO}/latest\n"
        f"JavaScript  fetch('{url}/b/{DEMO}/latest', {{headers: {{'X-Master-Key': '{key}'}}}})\n"
        f"browser     http://127.0.0.1:{port}/ shows each request, the bins and the faults\n"
        f"to fail     curl -X PATCH http://127.0.0.1:{port}/control -H 'Content-Type: application/json' "
        """-d '{"script": ["502"]}'\n"""
        "\n"
        "Ctrl-C ends it\n"
    )
    head, _, rest = run.err.partition(", ")
    assert head == f"GET /v3/b/{DEMO} 0 bytes: 200"
    assert rest.endswith(" ms\n")


def test_an_empty_command_is_refused(jsonbin: Program) -> None:
    """As where a script's variable is empty: the server would wait for ever."""
    run = jsonbin.shell("COMMAND=; jsonbin serve --memory -- $COMMAND")
    hint = "hint: jsonbin serve -- npm test; without -- it serves until Ctrl-C\n"
    assert run == Run(2, "", f"error: no command stands after --\n{hint}")


def test_the_description_is_printed_without_a_server(jsonbin: Program) -> None:
    """JSON on stdout, for the address that a server with these options would have."""
    run = jsonbin("serve", "--openapi", "--port", "9000", "--memory")
    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out) == description("http://127.0.0.1:9000/v3")


def listens(address: tuple[str, int]) -> bool:
    """Whether a connection is taken there."""
    with socket.socket() as client:
        return client.connect_ex(address) == 0


def under_way(jsonbin: Program, latency: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A server, and a connection whose request waits there for the answer."""
    options = ("--port", "0", "--memory", "--latency", latency, "--script", "ok", "--ready-file", "ready")
    process = jsonbin.start("serve", *options)
    assert process.stdout is not None
    port = int(process.stdout.readline().decode().split(":")[-1].split("/")[0])
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(b"GET /v3/b/12 HTTP/1.1\r\nHost: x\r\n\r\n")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False) as client:
        while client.get("/control").json()["script"]:  # until the request has come
            pass
    return process, connection


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_lets_it_finish(number: int, jsonbin: Program) -> None:
    """What it was answering is answered, and the code is 0."""
    process, connection = under_way(jsonbin, "1")
    process.send_signal(number)
    with connection, connection.makefile("rb") as answer:
        assert answer.read().endswith(b'{"message":"Invalid Bin Id provided"}')
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_ends_it_at_once(number: int, jsonbin: Program) -> None:
    """It does not wait for an answer that takes a minute."""
    process, connection = under_way(jsonbin, "60")
    address = connection.getpeername()
    process.send_signal(number)
    while listens(address):  # until it has heard the first one
        pass
    process.send_signal(number)
    process.communicate(timeout=9)  # less than it would give what is under way
    connection.close()
    assert process.returncode == -number
    assert not Path(json.loads((jsonbin.home / "ready").read_text())["ca_file"]).parent.exists()


def test_a_pattern_that_takes_years_stops_nobody(jsonbin: Program) -> None:
    """While a record is checked against a hostile schema others are answered, and a signal ends the server as usual."""
    process = jsonbin.start("serve", "--port", "0", "--memory", "--quiet")
    assert process.stdout is not None
    url = process.stdout.readline().decode().split()[-1]
    headers = {"x-master-key": LOCAL_MASTER_KEY, "content-type": "application/json"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False, verify=False) as client:
        collection = hostile_collection(client)
        body = json.dumps({"x": "x" * 60 + "!"}).encode()
        head = (
            f"POST /v3/b HTTP/1.1\r\nHost: x\r\nX-Master-Key: {LOCAL_MASTER_KEY}\r\nX-Collection-Id: {collection}\r\n"
        )
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        address = (client.base_url.host, client.base_url.port or 0)
        control = url.replace("/v3", "/control")
        client.patch(control, json={"script": ["ok", "ok", "ok"]})
        with ExitStack() as connections:
            asking = [connections.enter_context(socket.create_connection(address, timeout=60)) for _ in range(3)]
            for connection in asking:
                connection.sendall(head.encode() + body)
            while client.get(control).json()["script"]:  # until all three have come
                pass
            process.terminate()
            for connection in asking:
                with connection.makefile("rb") as answer:
                    assert answer.read().startswith(b"HTTP/1.1 400 ")
    process.communicate(timeout=60)
    assert process.returncode == 0


def hostile_collection(client: httpx.Client) -> str:
    """The id of a new collection whose schema has a pattern that takes years."""
    schema = {"properties": {"x": {"pattern": "^(x|x)*$"}}}
    doc = client.post("/s", json=schema, headers={"x-schema-doc-name": "slow"}).json()["metadata"]["id"]
    collection: str = client.post("/c", headers={"x-collection-name": "slow"}).json()["record"]
    client.put(f"/c/{collection}/schemadoc/add", headers={"x-schema-doc-id": doc})
    return collection


def test_what_it_says_works(jsonbin: Program, tool: Callable[[str], str]) -> None:
    """The line for jsonbin and the line for curl, run as they stand."""
    tool("curl")
    process = jsonbin.start("serve", "--port", "0", "--memory", "--quiet")
    assert process.stdout is not None
    said = ""
    while "ends it\n" not in said and (line := process.stdout.readline()):
        said += line.decode()
    lines = {
        line[:12].strip(): line[12:]
        for line in said.splitlines()
        if line[:12].strip() in ("jsonbin", "curl", "to fail")
    }
    run = jsonbin.shell(f"{lines['jsonbin']}\njsonbin get {DEMO} --record")
    assert run == Run(0, '{"hello": "world"}\n', "")
    assert json.loads(jsonbin.shell(f"{lines['curl']} -s").out)["record"] == {"hello": "world"}
    assert json.loads(jsonbin.shell(f"{lines['to fail']} -s").out)["script"] == ["502"]
    assert jsonbin.shell(f"{lines['curl']} -s -o /dev/null -w '%{{http_code}}'").out == "502"
    process.terminate()
    process.communicate(timeout=60)


def test_it_shares_the_store_of_profile_local(jsonbin: Program) -> None:
    """Without --store and --memory it serves the bins that --profile local has, while both are used."""
    jsonbin.env.pop("JSONBIN_MASTER_KEY")
    with served(jsonbin) as (url, _):
        assert jsonbin("update", "demo", "-p", "local", "-q", stdin='{"n":1}') == Run(0, "", "")
        assert read(url).json()["record"] == {"n": 1}
        env = {"JSONBIN_API_URL": url, "JSONBIN_MASTER_KEY": LOCAL_MASTER_KEY}
        assert jsonbin("update", DEMO, "-q", stdin='{"n":2}', env=env) == Run(0, "", "")
    assert jsonbin("get", "demo", "-p", "local", "--record") == Run(0, '{"n":2}\n', "")


def test_options_reach_the_account(jsonbin: Program) -> None:
    """Plan, quota, records, settings and faults, each seen from outside."""
    (jsonbin.home / "flags.json").write_text('{"dark": true}')
    options = [
        "--memory",
        "--plan",
        "free",
        "--quota",
        "9",
        "--records",
        "flags.json",
        "--setting",
        "permission_status=403",
    ]
    faults = [
        "--latency",
        "0-0.001",
        "--fail",
        "edge=0.5",
        "--fail",
        "html=0.5",
        "--script",
        "ok, 429:3",
        "--seed",
        "4",
    ]
    with served(jsonbin, *options, *faults) as (url, log):
        assert read(url, "2934fb49d6b38adef036c28f").json()["record"] == {"dark": True}
        state = httpx.get(url.replace("/v3", "/control"), trust_env=False, verify=False).json()
        assert read(url).headers["retry-after"] == "3"
        assert read(url).status_code in (403, 200)
    assert "(429:3)" in log.read_text()
    settings = state.pop("settings")
    assert state == {"latency": [0, 0.001], "shares": {"edge": 0.5, "html": 0.5}, "script": ["429:3"], "seed": 4}
    assert (settings["plan"], settings["quota"], settings["permission_status"]) == ("free", "9", "403")


def test_a_key_of_ones_own_is_never_shown(jsonbin: Program) -> None:
    """JSONBIN_LOCAL_MASTER_KEY opens the store; stdout names the variable, the ready file has the key."""
    read_end, write_end = os.pipe()
    process = jsonbin.start(
        *("serve", "--port", "0", "--memory", "--ready-file", f"/dev/fd/{write_end}"),
        env={"JSONBIN_LOCAL_MASTER_KEY": OWN_KEY},
        pass_fds=(write_end,),
    )
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        ready = json.loads(pipe.readline())
    assert ready["master_key"] == OWN_KEY
    assert read(ready["url"]).status_code == 401
    control = ready["url"].replace("/v3", "/control")
    assert httpx.get(control, trust_env=False, verify=False).status_code == 401
    assert read(ready["url"], key=OWN_KEY).status_code == 200
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert OWN_KEY.encode() not in out + err
    assert b'curl -H "X-Master-Key: $JSONBIN_LOCAL_MASTER_KEY" http' in out
    assert b'curl -X PATCH -H "X-Master-Key: $JSONBIN_LOCAL_MASTER_KEY" http' in out
    assert b"process.env.JSONBIN_LOCAL_MASTER_KEY" in out


def test_a_taken_port_is_one_line(jsonbin: Program) -> None:
    """Exit 2, and the way out."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        assert jsonbin("serve", "--port", port, "--memory") == Run(
            2,
            "",
            f"error: port {port} of 127.0.0.1 cannot be used: Address already in use\n"
            "hint: --port 0 picks a free one\n",
        )


def test_listening_to_others_says_what_that_exposes(jsonbin: Program) -> None:
    """Any host but loopback is named by --host, and the note says what may happen."""
    for host in ("0.0.0.0", "::", socket.gethostname()):
        with served(jsonbin, "--memory", "--host", host, "--quiet") as (url, log):
            if host == "0.0.0.0":
                assert url.startswith("http://127.0.0.1:")
        assert log.read_text().startswith(
            f"note: on {host} every machine that can connect may read, change and delete all"
        )
    with served(jsonbin, "--memory", "--host", "0.0.0.0", "--pass-through", "--quiet") as (url, log):
        pass
    assert log.read_text().endswith(
        "note: on 0.0.0.0 every machine that can connect may reach through this what this machine can reach\n"
    )
    with served(jsonbin, "--memory", "--host", "localhost", "--quiet") as (url, log):
        assert read(url).status_code == 200
    assert log.read_text() == ""


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--memory", "--store", "x"], "--memory and --store exclude each other\nhint: keep one of them"),
        (
            ["--latency", "soon"],
            '"soon" is not a number\nhint: write it as 0.1; only --latency takes a range, of seconds: 0.1-0.5',
        ),
        (["--setting", "plan=gold"], 'plan cannot be "gold"\nhint: it takes: pro, free'),
        (
            ["--fail", "502=x"],
            '"x" is not a number\nhint: write it as 0.1; only --latency takes a range, of seconds: 0.1-0.5',
        ),
        (["--store", "."], "the local store . cannot be opened: Is a directory"),
        (["--ready-file", "no/such"], "the ready file no/such cannot be written: No such file or directory"),
        (
            ["--host", "192.0.2.1"],
            "port 0 of 192.0.2.1 cannot be used: Cannot assign requested address\nhint: --port 0 picks a free one",
        ),
    ],
)
def test_a_mistake_is_told_before_anything_is_served(options: list[str], error: str, jsonbin: Program) -> None:
    """Exit 2, nothing on stdout."""
    run = jsonbin("serve", "--port", "0", *(["--memory"] if "--store" not in options else []), *options)
    notes = [line for line in run.err.splitlines(True) if line.startswith("note: ")]
    assert (run.code, run.out) == (2, "")
    assert run.err.removeprefix("".join(notes)) == f"error: {error}\n"


@pytest.mark.parametrize("missing", ["uvicorn", "starlette", "jsonschema", "jsonpath", "trustme"])
def test_without_the_extra_the_line_to_run_is_named(missing: str, jsonbin: Program) -> None:
    """Exit 2 and the command that installs what is missing."""
    script = f"import sys; sys.modules[{missing!r}] = None; from jsonbin_cli.__main__ import main; sys.exit(main())"
    process = subprocess.run(
        [sys.executable, "-c", script, "serve", "--memory"], env=jsonbin.env, capture_output=True, timeout=60
    )
    assert jsonbin.checked(process.returncode, process.stdout, process.stderr) == Run(
        2,
        "",
        f"error: the packages that serve needs are not installed\nhint: {install_extra('serve')}\n",
    )


def test_a_folder_that_was_pulled_is_served_and_what_is_served_is_written_at_the_end(jsonbin: Program) -> None:
    """With the manifest's ids and names; the demo is left out as long as it is as it was."""
    folder = jsonbin.home / "records"
    folder.mkdir()
    (folder / "texts.json").write_text(' {"a": 1.10}\n')
    (folder / "demo.json").write_text("[1]")
    (folder / "bins.toml").write_text(
        f"[bins.texts]\nid = '{BIN}'\nfile = 'texts.json'\n[bins.{'1' * 24}]\nid = 'flags'\nfile = 'demo.json'\n"
    )
    jsonbin.configure(f"[profiles.w.bins]\nflags = '{'1' * 24}'\n")
    key = {"JSONBIN_MASTER_KEY": LOCAL_MASTER_KEY}
    for again in range(2):
        environment = {"JSONBIN_PROFILE": "w"}
        with served(jsonbin, "--memory", "--records", "records", "--export", "out", "-q", env=environment) as (url, _):
            env = key | {"JSONBIN_API_URL": url}
            names = [json.loads(line)["name"] for line in jsonbin("ls", env=env).out.splitlines()]
            assert names == [None, "texts", None]
            assert jsonbin("create", "--name", "new one", "-q", stdin="[2]", env=env).code == 0
            assert jsonbin("update", "1" * 24, "-q", stdin="[3]", env=env).code == 0
        files = {path.name: path.read_bytes() for path in (jsonbin.home / "out").iterdir() if path.suffix == ".json"}
        new = {name: data for name, data in files.items() if name.startswith("new-one")}
        assert {"texts.json": b'{"a": 1.10}', f"{'1' * 24}.json": b"[3]"} == {
            name: data for name, data in files.items() if name not in new
        }
        assert list(new.values()) == [b"[2]"] * (again + 1)
    found = tomllib.loads((jsonbin.home / "out" / "bins.toml").read_text())["bins"]
    assert found["texts"] == {"id": BIN, "file": "texts.json"}
    assert len(found) == 4


def test_what_cannot_be_exported_is_told(jsonbin: Program) -> None:
    """Before it serves where that is known, else at its end."""
    (jsonbin.home / "file").write_text("x")
    run = jsonbin("serve", "--memory", "--port", "0", "--export", "file/x")
    assert run == Run(2, "", "error: file/x cannot be used: Not a directory\n")
    process = jsonbin.start("serve", "--memory", "--port", "0", "--export", "out", "-q")
    assert process.stdout is not None
    env = {"JSONBIN_API_URL": process.stdout.readline().decode().split()[-1], "JSONBIN_MASTER_KEY": LOCAL_MASTER_KEY}
    assert jsonbin("create", "--name", "new", "-q", stdin="[2]", env=env).code == 0
    (jsonbin.home / "out" / "new.json" / "x").mkdir(parents=True)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    run = jsonbin.checked(process.returncode, out, err)
    assert run.code == 2
    assert run.err == f"error: {jsonbin.home}/out/new.json cannot be used: Is a directory\n"
