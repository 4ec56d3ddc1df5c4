"""The small HTTP layer: one request at a time, few retries, and the truth about what arrived."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, Self

import httpx

from jsonbin_cli.account import Account
from jsonbin_cli.failures import BadConfig, Interrupted, NoAnswer
from jsonbin_cli.profiles import trusted_certificates
from jsonbin_cli.reply import Answer, Reply, understand
from jsonbin_cli.request import Request

CONNECT_SECONDS = 10.0
_LONGEST_RETRY_AFTER = 60.0
_LARGEST_ANSWER = 32 * 1024 * 1024
_BUSY = (429, 502, 503, 504)
# After these a gateway may still have passed the request on.
_PERHAPS_DONE = (502, 504)


class Client:
    """Sends requests for one account. Use it in a `with`; connections are kept open until its end.

    `timeout` is how many seconds an answer may take, `retries` how often a request is sent again.
    `note` receives a sentence for each retry, `log` one for each request and answer; neither holds a key.
    """

    def __init__(
        self,
        account: Account,
        *,
        timeout: float = 30.0,
        retries: int = 2,
        note: Callable[[str], None] = lambda _: None,
        log: Callable[[str], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._timeout = timeout
        self._retries = retries
        self._note = note
        self._log = log
        self._pause = pause

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.close()

    def send(self, request: Request) -> Reply:
        """Send a request and return the successful reply, its record compared with the one sent.

        Raises Refused, Trouble, NoAnswer, StoredDifferently, Interrupted, or BadConfig where a proxy or
        the trusted certificates cannot be used.
        """
        for left in range(self._retries, -1, -1):
            try:
                answer = self._exchange(request)
            except NoAnswer as failure:
                if failure.sent or not failure.retryable or not left:
                    raise
                self._wait(self._backoff(left), failure.message)
                continue
            seconds = self._pause_before_another(request, answer, left)
            if seconds is None:
                break
            self._wait(seconds, f"JSONBin answered {answer.status}")
        return understand(request, answer)

    @cached_property
    def _http(self) -> httpx.Client:
        timeout = httpx.Timeout(self._timeout, connect=min(CONNECT_SECONDS, self._timeout))
        if self._account.store:
            from jsonbin_cli.local.transport import LocalTransport

            transport = LocalTransport(self._account)
            return httpx.Client(transport=transport, timeout=timeout)
        if self._account.url.startswith("http://"):
            # Loopback only, so there is nobody to verify, and a proxy would carry the key away in the clear.
            return httpx.Client(verify=False, trust_env=False, timeout=timeout)
        try:
            return httpx.Client(verify=_trust(), timeout=timeout)
        except ImportError:
            raise BadConfig(
                "a SOCKS proxy is set, and its support is not installed", "pip install 'httpx[socks]'"
            ) from None
        except (ValueError, httpx.InvalidURL):  # whose text could hold the proxy's password
            raise BadConfig(
                "the proxy in HTTPS_PROXY or ALL_PROXY is not a URL", "write it as http://HOST:PORT"
            ) from None

    def _exchange(self, request: Request) -> Answer:
        # In the embedded store a request that was begun may be done.
        sent = self._account.store is not None

        def trace(event: str, info: dict[str, Any]) -> None:
            # A proxy's CONNECT is not yet our request.
            nonlocal sent
            if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
                sent = True

        key = self._account.key
        headers = request.headers | ({key.header: key.secret.reveal()} if key else {})
        self._log(f"{request.method} {request.url}" + (f", {len(request.body)} bytes" if request.body else ""))
        started = time.monotonic()
        try:
            with self._http.stream(
                request.method, request.url, headers=headers, content=request.body, extensions={"trace": trace}
            ) as response:
                answer = Answer(response.status_code, response.headers, self._body(response, started))
        except httpx.RequestError as wrong:
            raise self._no_answer(request, wrong, sent) from None
        except KeyboardInterrupt:
            raise Interrupted(_interrupted(request, sent), sent=sent, bin=request.facts().bin) from None
        self._log(f"{answer.status} after {time.monotonic() - started:.2f} s, {len(answer.body)} bytes")
        return answer

    def _body(self, response: httpx.Response, started: float) -> bytes:
        """The decoded body, within the time and size an answer may take, however slowly it drips."""
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if time.monotonic() - started > self._timeout:
                raise httpx.ReadTimeout("")
            if len(body) > _LARGEST_ANSWER:
                raise httpx.RemoteProtocolError("")
        return bytes(body)

    def _no_answer(self, request: Request, wrong: httpx.RequestError, sent: bool) -> NoAnswer:
        host = httpx.URL(request.url).netloc.decode()
        cause = _cause(wrong)
        untrusted = isinstance(cause, ssl.SSLCertVerificationError)
        if isinstance(wrong, httpx.ConnectTimeout):
            reason = f"no connection to {host} within {min(CONNECT_SECONDS, self._timeout):g} s"
        elif isinstance(wrong, httpx.TimeoutException):
            reason = f"no answer from {host} within {self._timeout:g} s"
        elif isinstance(cause, ssl.SSLCertVerificationError):
            reason = f"the certificate of {host} is not trusted: {cause.verify_message}"
        elif isinstance(cause, ssl.SSLError):
            reason = f"no secure connection to {host}: {cause.reason}"
        elif isinstance(wrong, httpx.ProxyError):
            reason = f"the proxy did not connect to {host}"
        elif sent:
            reason = f"{host} closed the connection before its answer was whole"
        else:
            reason = f"no connection to {host}: {cause.strerror if cause else 'the proxy or network failed'}"
        failure = NoAnswer(
            f"{reason}; {_what_became_of_it(request, sent)}",
            _after_silence(request, sent, untrusted),
            sent=sent,
            bin=request.facts().bin,
        )
        failure.retryable = not untrusted
        return failure

    def _pause_before_another(self, request: Request, answer: Answer, left: int) -> float | None:
        """Seconds to wait before sending again; None where that is not to be done."""
        if not left or answer.status not in _BUSY or (answer.status in _PERHAPS_DONE and not request.repeatable):
            return None
        asked = _retry_after(answer.headers.get("Retry-After"))
        if asked is None:
            return self._backoff(left)
        return asked if asked <= _LONGEST_RETRY_AFTER else None

    def _backoff(self, left: int) -> float:
        """One second, then two, four, …, each shortened by up to half so that many clients spread out."""
        import random

        return float(2 ** min(self._retries - left, 5)) * random.uniform(0.5, 1.0)

    def _wait(self, seconds: float, reason: str) -> None:
        self._note(f"{reason}; trying again in {seconds:.1f} s")
        self._pause(seconds)


def _trust() -> ssl.SSLContext:
    file, folder = trusted_certificates()
    try:
        return ssl.create_default_context(cafile=file, capath=folder)
    except (OSError, ssl.SSLError):
        raise BadConfig(
            "SSL_CERT_FILE or SSL_CERT_DIR names no readable certificates", "unset it, or correct it"
        ) from None


def _cause(wrong: BaseException) -> OSError | None:
    """The operating system's error under httpx's, whose own text is not to be shown: it can hold a key."""
    step: BaseException | None = wrong
    while step is not None and not isinstance(step, OSError):
        step = step.__cause__ or step.__context__
    return step


def _what_became_of_it(request: Request, sent: bool) -> str:
    if request.verb == "read":
        return "nothing was changed"
    if not sent:
        return "nothing was sent"
    return "the bin may have changed" if request.verb == "update" else "the bin may have been created"


def _interrupted(request: Request, sent: bool) -> str:
    return f"interrupted{' while waiting for the answer' if sent else ''}; {_what_became_of_it(request, sent)}"


def _after_silence(request: Request, sent: bool, untrusted: bool) -> str:
    facts = request.facts()
    if untrusted:
        return "where a proxy signs with its own certificate, name that in SSL_CERT_FILE"
    if sent and facts.verb == "update":
        profile = f" --profile {facts.profile}" if facts.profile else ""
        return f"see what it holds now: jsonbin get {facts.alias or facts.bin}{profile}"
    if facts.url_source != "the default":
        return f"the address comes from {facts.url_source}; is something listening there?"
    return "check this machine's network; behind a proxy, set HTTPS_PROXY"


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3), None where it cannot be read."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
