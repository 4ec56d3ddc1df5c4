"""The HTTP client: sends one request at a time, retries where that is safe, and says what may have arrived."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Self

from jsonbin_cli.config.account import Account
from jsonbin_cli.failures import Interrupted, NoAnswer
from jsonbin_cli.http.exchange import LONGEST_TO_CONNECT, Exchange
from jsonbin_cli.http.reply import Answer, Reply, understand
from jsonbin_cli.http.request import Request
from jsonbin_cli.http.room import Places, Room
from jsonbin_cli.http.unreachable import interrupted, no_answer

if TYPE_CHECKING:
    from jsonbin_cli.http.connect import Connecting
    from jsonbin_cli.http.transport import Transport
    from jsonbin_cli.local.transport import LocalTransport

Waiting = Callable[[str, float | None], AbstractContextManager[None]]
"""Makes the block in which the client waits, from what it waits for, and how many seconds (None: not known)."""

_LONGEST_RETRY_AFTER = 60.0
_TOO_MANY_REQUESTS = 429
# That JSONBin gives these for a short time: 502 was observed, the others are inferred.
_BUSY = (_TOO_MANY_REQUESTS, 502, 503, 504)
# After these a gateway may still have passed the request on (RFC 9110, 15.6.3 and 15.6.5).
_PERHAPS_DONE = (502, 504)
_NO_LOCK = nullcontext()
_BEFORE_THE_NEXT_TRY = "waiting before the next try"


class Client:
    """Sends requests for one account. Use it in a `with`; its connection is kept open until its end.

    `connecting` is the connection that was opened early for it, None where there is a store or a proxy.
    `timeout` is how many seconds an answer may take, `retries` how often a request is sent again.
    `note` receives a sentence for each retry, `log` one for each request and answer; neither holds a key, and neither
    is called while the client is in `waiting`. Where several clients share one pace, `turn` is called before each try,
    `pause` before a second one, and `busy` with the seconds in which none of them is to send anything: after a 429, and
    where no connection could be made. Where `turn` or `pause` returns False nothing more is sent. `values` is held
    while an answer is looked at. `places` bounds how many of them hold large texts: `room` is the client's own, taken
    for a large answer, and to be given back where nothing of it is used any more.
    A Ctrl-C inside the `with` leaves it as Interrupted, which says what became of the last request.
    """

    def __init__(
        self,
        account: Account,
        connecting: Connecting | None,
        *,
        timeout: float,
        retries: int,
        note: Callable[[str], None] = lambda _: None,
        log: Callable[[str], None] = lambda _: None,
        waiting: Waiting = lambda _, __: nullcontext(),
        pause: Callable[[float], bool | None] = time.sleep,
        turn: Callable[[], bool] = lambda: True,
        busy: Callable[[float], None] = lambda _: None,
        values: AbstractContextManager[object] = _NO_LOCK,
        places: Places | None = None,
    ) -> None:
        self._account = account
        self._connecting = connecting
        self._retries = retries
        self._note = note
        self._log = log
        self._waiting = waiting
        self._pause = pause
        self._turn = turn
        self._busy = busy
        self.values = values
        self.room = Room(places)
        self._exchange = Exchange(min(LONGEST_TO_CONNECT, timeout), timeout, self.room)
        self._last: Request | None = None
        self._done: str | None = None
        # Neither the last request nor its reply is kept as a whole: both may be large.
        # Whether an earlier try of the last request may have been carried out.
        self._may_be_done = False
        # Whether one was answered.
        self._answered = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        if "_transport" in self.__dict__:  # else it was never used, and this would create it
            self._transport.close()
        elif self._connecting:
            self._connecting.drop()
        if isinstance(wrong, KeyboardInterrupt):
            raise self.interrupted() from None

    def interrupted(self) -> Interrupted:
        """The failure for a Ctrl-C, which says what became of the last request."""
        return interrupted(self._last, self._done, self._exchange.sent or self._may_be_done, self._answered)

    def send(self, request: Request) -> Reply:
        """Send a request and return the successful reply, its record compared with the one sent.

        Raises Refused, Trouble, NoAnswer, StoredDifferently, or BadConfig where a proxy or
        the trusted certificates cannot be used.
        """
        # The outcome of the last request says nothing about this one.
        self._last, self._done = request._replace(document=None), None
        self._may_be_done = self._answered = False
        self._exchange.begin()
        if not self._turn():
            raise Interrupted("interrupted; nothing was sent", bin=request.bin)
        for tried in count():
            may_be_done = self._may_be_done
            try:
                answer = self._exchanged(request)
            except NoAnswer as failure:
                if self._exchange.sent or not failure.retryable or tried == self._retries:
                    raise
                seconds = _backoff(tried)
                self._busy(seconds)
                if not self._goes_on(seconds, failure.message, _BEFORE_THE_NEXT_TRY):
                    raise
                continue
            if answer.status == _TOO_MANY_REQUESTS:
                asked = _retry_after(answer.headers.get("retry-after"))
                self._busy(_backoff(tried) if asked is None else asked)
            pause = None if tried == self._retries else _pause_before_another(request, answer, tried)
            if pause is None or not self._goes_on(pause[0], f"JSONBin answered {answer.status}", pause[1]):
                with self.values:
                    reply = understand(request, answer, self._account, may_be_done=may_be_done)
                self._done = reply.done
                return reply
        raise AssertionError("counting has no end")  # pragma: no cover (tells the type checker)

    @cached_property
    def _transport(self) -> Transport | LocalTransport:
        # Each is imported where it is used: a store takes no HTTP library, the network no SQLite.
        if self._account.store:
            from jsonbin_cli.local.transport import LocalTransport

            return LocalTransport(self._account, self._exchange.seconds)
        from jsonbin_cli.http.transport import Transport

        return Transport(self._account.url, self._exchange, self._connecting)

    def _exchanged(self, request: Request) -> Answer:
        exchange, key = self._exchange, self._account.key
        exchange.begin()
        # In the embedded store a request that was begun may be done.
        exchange.sent = self._account.store is not None
        headers = request.headers | ({key.header: key.secret.reveal()} if key else {})
        url = self._account.url + request.path
        self._log(
            f"{request.method} {url}, {len(request.body or b'')} bytes, "
            + (f"{key.kind} key from {key.source}" if key else "no key")
        )
        started = time.monotonic()
        try:
            with self._waiting(request.doing, None):
                answer = Answer(*self._transport.answer(request.method, request.path, headers, request.body))
        except OSError as cause:
            raise no_answer(request, self._account, cause, exchange, may_be_done=self._may_be_done) from None
        self._may_be_done = self._may_be_done or answer.status in _PERHAPS_DONE
        self._answered = True
        self._log(f"{answer.status} after {time.monotonic() - started:.2f} s, {len(answer.body)} bytes")
        return answer

    def _goes_on(self, seconds: float, reason: str, doing: str) -> bool:
        """Wait before the next try; False where there is to be none."""
        self._note(f"{reason}; trying again in {seconds:.1f} s")
        self._exchange.begin()
        with self._waiting(doing, seconds):
            return self._pause(seconds) is not False and self._turn()


def _pause_before_another(request: Request, answer: Answer, tried: int) -> tuple[float, str] | None:
    """Seconds to wait before sending again, and the reason; None where it must not be sent again."""
    if answer.status not in _BUSY or (answer.status in _PERHAPS_DONE and not request.repeatable):
        return None
    asked = _retry_after(answer.headers.get("retry-after"))
    if asked is None:
        return _backoff(tried), _BEFORE_THE_NEXT_TRY
    return (asked, "JSONBin asked to wait") if asked <= _LONGEST_RETRY_AFTER else None


def _backoff(tried: int) -> float:
    """One second, then two, four, …, each shortened by up to half so that many clients spread out."""
    import random

    return float(2 ** min(tried, 5)) * random.uniform(0.5, 1.0)


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
