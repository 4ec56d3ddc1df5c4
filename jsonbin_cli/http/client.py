"""The small HTTP layer: one request at a time, few retries, and the truth about what arrived."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from functools import cached_property
from itertools import count
from typing import Self

import httpx

from jsonbin_cli.config.account import Account
from jsonbin_cli.failures import BadConfig, NoAnswer
from jsonbin_cli.http.connect import LONGEST_TO_CONNECT, Connecting, trust
from jsonbin_cli.http.deadline import Progress
from jsonbin_cli.http.reply import Answer, Reply, understand
from jsonbin_cli.http.request import Request
from jsonbin_cli.http.unreachable import interrupted, no_answer

_LONGEST_RETRY_AFTER = 60.0
_LARGEST_ANSWER = 32 * 1024 * 1024
_BUSY = (429, 502, 503, 504)
# After these a gateway may still have passed the request on.
_PERHAPS_DONE = (502, 504)


class Client:
    """Sends requests for one account. Use it in a `with`; its connection is kept open until its end.

    `connecting` is the connection that was begun for it, None where it is to find its own way.
    `timeout` is how many seconds an answer may take, `retries` how often a request is sent again.
    `note` receives a sentence for each retry, `log` one for each request and answer; neither holds a key.
    """

    def __init__(
        self,
        account: Account,
        connecting: Connecting | None,
        *,
        timeout: float = 30.0,
        retries: int = 2,
        note: Callable[[str], None] = lambda _: None,
        log: Callable[[str], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._connecting = connecting
        self._timeout = timeout
        self._retries = retries
        self._note = note
        self._log = log
        self._pause = pause
        self._connect_timeout = min(LONGEST_TO_CONNECT, timeout)
        self._progress = Progress(timeout)
        # Whether an earlier try may have been carried out.
        self._doubt = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if "_http" in self.__dict__:  # else it was never made, and would be only now
            self._http.close()

    def send(self, request: Request) -> Reply:
        """Send a request and return the successful reply, its record compared with the one sent.

        Raises Refused, Trouble, NoAnswer, StoredDifferently, Interrupted, or BadConfig where a proxy or
        the trusted certificates cannot be used.
        """
        # What became of the request before says nothing about this one.
        self._doubt = False
        for tried in count():
            doubt = self._doubt
            try:
                answer = self._exchange(request)
            except NoAnswer as failure:
                if self._progress.reached or not failure.retryable or tried == self._retries:
                    raise
                self._wait(request, _backoff(tried), failure.message)
                continue
            seconds = None if tried == self._retries else _pause_before_another(request, answer, tried)
            if seconds is None:
                return understand(request, answer, doubt)
            self._wait(request, seconds, f"JSONBin answered {answer.status}")
        raise AssertionError("counting has no end")  # pragma: no cover (tells the type checker)

    @cached_property
    def _http(self) -> httpx.Client:
        timeout = httpx.Timeout(self._timeout, connect=self._connect_timeout)
        if self._account.store:
            from jsonbin_cli.local.transport import LocalTransport

            transport = LocalTransport(self._account)
            return httpx.Client(transport=transport, timeout=timeout)
        if self._connecting:
            from jsonbin_cli.http.transport import DirectTransport

            return httpx.Client(transport=DirectTransport(self._connecting, self._progress, self._timeout))
        try:
            return httpx.Client(verify=trust(), timeout=timeout)
        except ImportError:
            raise BadConfig(
                "a SOCKS proxy is set, and its support is not installed", "pip install 'httpx[socks]'"
            ) from None
        except (ValueError, httpx.InvalidURL):  # whose text could hold the proxy's password
            raise BadConfig(
                "the proxy in HTTPS_PROXY or ALL_PROXY is not a URL", "write it as http://HOST:PORT"
            ) from None

    def _exchange(self, request: Request) -> Answer:
        progress = self._progress
        # In the embedded store a request that was begun may be done.
        progress.begin(reached=self._account.store is not None)
        key = self._account.key
        headers = request.headers | ({key.header: key.secret.reveal()} if key else {})
        self._log(
            f"{request.method} {request.url}, {len(request.body or b'')} bytes, "
            + (f"{key.kind} key from {key.source}" if key else "no key")
        )
        started = time.monotonic()
        try:
            with self._http.stream(
                request.method, request.url, headers=headers, content=request.body, extensions={"trace": progress.trace}
            ) as response:
                answer = Answer(response.status_code, response.headers, _body(response))
            if progress.over:  # for what has no length, the end of the connection is the end of the answer
                raise TimeoutError
        except (httpx.RequestError, OSError) as wrong:
            cause = TimeoutError() if progress.over else _cause(wrong)
            seconds = self._timeout if progress.reached else self._connect_timeout
            raise no_answer(request, cause, progress.reached, progress.reached or self._doubt, seconds) from None
        except (httpx.InvalidURL, UnicodeError):
            raise BadConfig(
                f"{self._account.url}, or the address of a proxy, is none that can be reached",
                f"correct it where it comes from: {self._account.url_source}, or HTTPS_PROXY",
            ) from None
        except KeyboardInterrupt:
            raise interrupted(request, progress.reached or self._doubt) from None
        finally:
            progress.end()
        self._doubt = self._doubt or answer.status in _PERHAPS_DONE
        self._log(f"{answer.status} after {time.monotonic() - started:.2f} s, {len(answer.body)} bytes")
        return answer

    def _wait(self, request: Request, seconds: float, reason: str) -> None:
        self._note(f"{reason}; trying again in {seconds:.1f} s")
        try:
            self._pause(seconds)
        except KeyboardInterrupt:
            raise interrupted(request, self._doubt) from None


def _pause_before_another(request: Request, answer: Answer, tried: int) -> float | None:
    """Seconds to wait before sending again; None where that is not to be done."""
    if answer.status not in _BUSY or (answer.status in _PERHAPS_DONE and not request.repeatable):
        return None
    asked = _retry_after(answer.headers.get("Retry-After"))
    if asked is None:
        return _backoff(tried)
    return asked if asked <= _LONGEST_RETRY_AFTER else None


def _backoff(tried: int) -> float:
    """One second, then two, four, …, each shortened by up to half so that many clients spread out."""
    import random

    return float(2 ** min(tried, 5)) * random.uniform(0.5, 1.0)


def _body(response: httpx.Response) -> bytes:
    """The decoded body, within the size that an answer may have."""
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            raise OSError(errno.EFBIG, "")
    return bytes(body)


def _cause(wrong: BaseException) -> OSError | None:
    """The operating system's error, which may be under one of httpx's, whose text is not shown: it can hold a key."""
    step: BaseException | None = wrong
    while step is not None and not isinstance(step, OSError):
        step = step.__cause__ or step.__context__
    return step


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3), None where it cannot be read."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
