"""No answer came: why, whether the bin may have changed all the same, and what to do. Pure."""

from __future__ import annotations

import errno
import ssl
from shlex import quote

from jsonbin_cli.failures import Interrupted, NoAnswer, profile_option
from jsonbin_cli.http.request import Request


def no_answer(request: Request, cause: OSError | None, reached: bool, doubt: bool, seconds: float) -> NoAnswer:
    """The failure for a request without an answer.

    `cause` is the operating system's error, where one was behind it; `reached` says whether this try got as
    far as sending, `doubt` whether any did; `seconds` is how long was waited at most.
    """
    host = request.url.split("/")[2]
    if isinstance(cause, TimeoutError):
        reason = f"no {'answer from' if reached else 'connection to'} {host} within {seconds:g} s"
    elif isinstance(cause, ssl.SSLCertVerificationError):
        reason = f"the certificate of {host} is not trusted: {cause.verify_message}"
    elif cause and cause.errno == errno.EFBIG:
        reason = f"{host} answered with more than JSONBin ever does"
    elif reached:
        reason = f"{host} closed the connection before its answer was whole"
    else:
        reason = f"no connection to {host}: {_described(cause)}"
    failure = NoAnswer(
        f"{reason}; {_what_became_of_it(request, doubt)}",
        _next_step(request, cause, doubt),
        sent=doubt,
        bin=_bin(request),
    )
    failure.retryable = not isinstance(cause, ssl.SSLCertVerificationError)
    return failure


def interrupted(request: Request, doubt: bool) -> Interrupted:
    """The failure for a request that Ctrl-C ended; `doubt` says whether it may have arrived."""
    return Interrupted(f"interrupted; {_what_became_of_it(request, doubt)}", sent=doubt, bin=_bin(request))


def _described(cause: OSError | None) -> str:
    if isinstance(cause, ssl.SSLError):
        return f"it does not speak TLS as it should ({cause.reason})"
    return str(cause.strerror) if cause else "the proxy in HTTPS_PROXY did not make one"


def _what_became_of_it(request: Request, doubt: bool) -> str:
    if request.method == "GET":
        return "nothing was changed"
    if not doubt:
        return "nothing was sent"
    return "the bin may have changed" if request.verb == "update" else "the bin may have been created"


def _next_step(request: Request, cause: OSError | None, doubt: bool) -> str:
    account, target = request.account, request.target
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "where a proxy signs with a certificate of its own, name that in SSL_CERT_FILE"
    if doubt and request.verb == "update" and target:
        return f"see what it holds now: jsonbin get {quote(target.alias or target.id)}{profile_option(account.name)}"
    if account.url_source != "the default":
        return f"the address comes from {account.url_source}; is something listening there?"
    return "check this machine's network, and HTTPS_PROXY where it needs a proxy"


def _bin(request: Request) -> str | None:
    return request.target.id if request.target else None
