"""Through a proxy, and around it."""

from __future__ import annotations

import socket
import ssl
import sys
from pathlib import Path

import trustme

from tests.conftest import BIN, Program, Run
from tests.http.tunnels import Socks, Tunnel, free_port
from tests.scripted import ScriptedServer

SENT = '{"n":1}'


def test_through_a_proxy(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """What the edge refuses from here passes through a proxy, as the hint says."""
    jsonbin.env["SSL_CERT_FILE"] = str(trusted)
    tls_server.replies(403, b"error code: 1010")
    run = jsonbin("update", BIN, stdin=SENT)
    assert run == Run(
        4,
        "",
        "error: 403 Forbidden, error code: 1010\n"
        "hint: trying again does not help; use another network, or a proxy named in HTTPS_PROXY\n",
    )
    tunnel = Tunnel()
    tls_server.echoes()
    assert jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": tunnel.url}).code == 0
    assert tunnel.asked == [f"CONNECT 127.0.0.1:{tls_server.port} HTTP/1.1"]


def test_a_proxy_that_refuses(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """A refused CONNECT sent nothing to JSONBin."""
    tunnel = Tunnel("407 Proxy Authentication Required")
    run = jsonbin(
        "update", BIN, "--retries=0", stdin=SENT, env={"HTTPS_PROXY": tunnel.url, "SSL_CERT_FILE": str(trusted)}
    )
    assert run == Run(
        3,
        "",
        f"error: no connection to 127.0.0.1:{tls_server.port}: the proxy in HTTPS_PROXY answered 407; nothing was sent\n"
        "hint: put the user and the password of the proxy into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT\n",
    )


def test_a_proxy_that_is_not_there(jsonbin: Program) -> None:
    """It is the proxy that is named, and not JSONBin, with the reason that the system gives."""
    jsonbin.env["HTTPS_PROXY"] = f"http://127.0.0.1:{free_port()}"
    run = jsonbin("update", BIN, "--retries=0", stdin=SENT)
    assert run.code == 3
    start = "error: no connection to api.jsonbin.io: the proxy in HTTPS_PROXY cannot be reached: "
    assert run.err.startswith(start)
    assert "it was closed" not in run.err
    assert run.err.endswith(
        "; nothing was sent\nhint: correct HTTPS_PROXY, or name a host that is to be reached without it in NO_PROXY\n"
    )


def test_a_proxy_that_does_not_answer(jsonbin: Program) -> None:
    """It is waited for no longer than --timeout."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        jsonbin.env["HTTPS_PROXY"] = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert jsonbin("update", BIN, "--retries=0", "--timeout=1", stdin=SENT) == Run(
            3,
            "",
            "error: no connection to api.jsonbin.io within 1 s; nothing was sent\n"
            "hint: check this machine's network, and HTTPS_PROXY where it needs a proxy\n",
        )


def test_a_tunnel_in_which_nobody_speaks_tls(jsonbin: Program, server: ScriptedServer) -> None:
    """The next try makes one of its own, and waits for no place."""
    del jsonbin.env["JSONBIN_API_URL"]
    run = jsonbin("update", BIN, "--retries=1", stdin=SENT, env={"HTTPS_PROXY": Tunnel(port=server.port).url})
    assert run.code == 3
    tried, failed = run.err.splitlines()[:2]
    assert tried.startswith("note: no connection to api.jsonbin.io: it does not speak TLS as it should (")
    assert failed.startswith("error: no connection to api.jsonbin.io: the proxy in HTTPS_PROXY cannot be reached: ")


def test_a_proxy_whose_certificate_is_not_trusted(jsonbin: Program, tls_server: ScriptedServer) -> None:
    """It is named, with the setting that helps; a SOCKS proxy that refuses is said to make no connection."""
    run = jsonbin("get", BIN, env={"HTTPS_PROXY": Tunnel(port=tls_server.port).url})
    assert run.code == 3
    assert run.err.startswith(f"error: the certificate of 127.0.0.1:{tls_server.port} is not trusted: ")
    assert run.err.endswith("hint: where a proxy signs with a certificate of its own, name that in SSL_CERT_FILE\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        jsonbin.env["ALL_PROXY"] = f"socks5://127.0.0.1:{listener.getsockname()[1]}"
        asking = jsonbin.start("get", BIN, "--retries=0")
        client, _ = listener.accept()
        with client:
            client.recv(100)
            client.sendall(b"\x05\xff")
            _, err = asking.communicate(timeout=60)
    assert b": the proxy in HTTPS_PROXY did not make one; nothing was changed\n" in err


def test_the_services_own_address_and_a_proxy_that_takes_out_headers(
    jsonbin: Program, authority: trustme.CA, trusted: Path
) -> None:
    """With the service's own address, what is lost on the way was lost in the proxy; another one passes it on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.jsonbin.io").configure_cert(context)
    jsonbin.env["SSL_CERT_FILE"] = str(trusted)
    with ScriptedServer(context) as server:
        server.replies(400, {"message": "You need to pass Content-Type set to application/json"})
        server.echoes()
        run = jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": Tunnel(port=server.port).url})
        assert run.err.splitlines()[1] == (
            "hint: jsonbin sent that header, so something on the way removed it: look at the proxy that HTTPS_PROXY names, "
            "if there is one"
        )
        assert jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": Tunnel(port=server.port).url}).code == 0


def test_a_proxy_that_cannot_be_used(jsonbin: Program) -> None:
    """Exit 2 before anything is sent, and nothing of the proxy's address is shown."""
    for proxy in ("nonsense://user:password@127.0.0.1", "http://user:password@a..b"):
        assert jsonbin("update", BIN, stdin=SENT, env={"HTTPS_PROXY": proxy}) == Run(
            2, "", "error: the proxy in HTTPS_PROXY or ALL_PROXY is not a URL\nhint: write it as http://HOST:PORT\n"
        )


def test_a_socks_proxy_without_what_speaks_to_it(jsonbin: Program) -> None:
    """Exit 2, with the line that installs it."""
    jsonbin.env["ALL_PROXY"] = "socks5://127.0.0.1:1"
    script = "import sys; sys.modules['socksio'] = None; from jsonbin_cli.__main__ import main; sys.exit(main())"
    assert jsonbin.shell(f"""echo '{SENT}' | "{sys.executable}" -c "{script}" update {BIN}""") == Run(
        2,
        "",
        f'error: a SOCKS proxy is set, and its support is not installed\nhint: "{sys.executable}" -m pip install "socksio>=1,<2"\n',
    )


def test_plain_http_never_goes_through_a_proxy(jsonbin: Program, server: ScriptedServer) -> None:
    """On loopback the key stays on this machine, whatever HTTP_PROXY says."""
    server.echoes()
    run = jsonbin("update", BIN, stdin=SENT, env={"HTTP_PROXY": f"http://127.0.0.1:{free_port()}"})
    assert run.code == 0


def test_through_a_socks_proxy(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """With the library that speaks it; TLS is with the server behind it."""
    proxy = Socks()
    tls_server.echoes()
    run = jsonbin("update", BIN, "-q", stdin=SENT, env={"SSL_CERT_FILE": str(trusted), "ALL_PROXY": proxy.url})
    assert run == Run(0, "", "")
    assert proxy.asked == [f"127.0.0.1:{tls_server.port}"]


def test_around_a_proxy(jsonbin: Program, tls_server: ScriptedServer, trusted: Path) -> None:
    """NO_PROXY names the hosts that are reached without it."""
    tls_server.echoes()
    around = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "example.com,127.0.0.1", "SSL_CERT_FILE": str(trusted)}
    assert jsonbin("update", BIN, "-q", stdin=SENT, env=around) == Run(0, "", "")
