"""The failure where no answer came: why, whether the bin may have changed, and what to do. Pure."""

from __future__ import annotations

from jsonbin_cli.config.account import Account
from jsonbin_cli.failures import Interrupted, NoAnswer, profile_option
from jsonbin_cli.http.exchange import Exchange
from jsonbin_cli.http.request import Request


class Unusable(OSError):
    """Something came, and it is no answer that can be read. `fault` completes "HOST …"."""

    def __init__(self, fault: str) -> None:
        self.fault = fault


class NoProxy(OSError):
    """The proxy made no connection. `reason` says why, `status` is its answer to CONNECT, where it gave one."""

    def __init__(self, reason: str, status: str | None = None) -> None:
        super().__init__()
        self.reason = reason
        self.status = status


def no_answer(request: Request, account: Account, cause: OSError, exchange: Exchange, *, may_be_done: bool) -> NoAnswer:
    """The failure for a request without an answer. `may_be_done`: an earlier try may have been carried out."""
    import ssl

    may_have_arrived = exchange.sent or may_be_done
    failure = NoAnswer(
        f"{_reason(account.url.split('/')[2], cause, exchange)}; {_outcome(request, may_have_arrived)}",
        _next_step(request, account, cause, may_have_arrived),
        sent=may_have_arrived,
        bin=request.bin,
    )
    failure.retryable = not isinstance(cause, ssl.SSLCertVerificationError)
    return failure


def interrupted(request: Request | None, done: str | None, may_have_arrived: bool, answered: bool) -> Interrupted:
    """The failure for a command that Ctrl-C ended. `done` is what its last request did, where a reply says so.

    `answered` says that a try of it was answered with a refusal.
    """
    if request is None:
        return Interrupted("interrupted; nothing was sent")
    if done and request.writes:
        return Interrupted(f"interrupted, after it {done}", sent=True, bin=request.bin)
    if answered and not may_have_arrived:
        return Interrupted("interrupted; nothing was changed", bin=request.bin)
    return Interrupted(f"interrupted; {_outcome(request, may_have_arrived)}", sent=may_have_arrived, bin=request.bin)


def _reason(host: str, cause: OSError, exchange: Exchange) -> str:
    import ssl

    if isinstance(cause, TimeoutError):
        if exchange.sent:
            return f"no answer from {host} within {exchange.seconds:g} s"
        return f"no connection to {host} within {exchange.connect_seconds:g} s"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not trusted: {cause.verify_message}"
    if isinstance(cause, Unusable):
        return f"{host} {cause.fault}"
    if exchange.sent:
        return f"{host} closed the connection before its answer was whole"
    if isinstance(cause, NoProxy):
        return f"no connection to {host}: the proxy in HTTPS_PROXY {cause.reason}"
    if isinstance(cause, ssl.SSLError):
        return f"no connection to {host}: it does not speak TLS as it should ({cause.reason})"
    return f"no connection to {host}: {cause.strerror or 'it was closed'}"


def _outcome(request: Request, may_have_arrived: bool) -> str:
    if not request.writes:
        return "nothing was changed"
    if not may_have_arrived:
        return "nothing was sent"
    if request.verb == "delete":
        return "the versions may have been deleted"
    return f"the bin may have {'changed' if request.target else 'been created'}"


def _next_step(request: Request, account: Account, cause: OSError, may_have_arrived: bool) -> str:
    import ssl
    from shlex import quote

    target = request.target
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "where a proxy signs with a certificate of its own, name that in SSL_CERT_FILE"
    if may_have_arrived and request.writes:
        if target is None:
            return f"see whether it is there: jsonbin ls --collection all{profile_option(account.name)}"
        bin = f"{quote(target.name)}{profile_option(account.name)}"
        if request.verb == "delete":
            return f"see which versions are left: jsonbin history {bin}"
        return f"see what it holds now: jsonbin get {bin}"
    if isinstance(cause, NoProxy):
        if cause.status == "407":
            return "put the user and the password of the proxy into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT"
        return "correct HTTPS_PROXY, or name a host that is to be reached without it in NO_PROXY"
    if account.url_source != "the default":
        if may_have_arrived:  # somebody is there
            return f"run it again{'; --timeout waits longer' if isinstance(cause, TimeoutError) else ''}"
        return f"the address comes from {account.url_source}; is something listening there?"
    return "check this machine's network, and HTTPS_PROXY where it needs a proxy"
