"""What is said where no answer came."""

from __future__ import annotations

import pytest

from jsonbin_cli.config.account import Account, Target
from jsonbin_cli.http.exchange import Exchange
from jsonbin_cli.http.request import Request, count_versions, create, delete_versions, read, update
from jsonbin_cli.http.unreachable import interrupted, no_answer
from jsonbin_cli.records.document import document_of
from tests.conftest import BIN

ACCOUNT = Account(None, None, "https://api.jsonbin.io/v3", "the default")
TARGET = Target(BIN, "my flags")
RECORD = document_of("stdin", b"[1]")
UPDATE, CREATE, DELETE = update(ACCOUNT, TARGET, RECORD), create(RECORD), delete_versions(TARGET)
NETWORK = "check this machine's network, and HTTPS_PROXY where it needs a proxy"
LIST = "see whether it is there: jsonbin ls --collection all"
LEFT = "see which versions are left: jsonbin history 'my flags'"
LOOK = "see what it holds now: jsonbin get 'my flags'"


@pytest.mark.parametrize(
    ("request_", "sent", "earlier", "outcome", "hint"),
    [
        (UPDATE, True, False, "the bin may have changed", LOOK),
        (UPDATE, False, True, "the bin may have changed", LOOK),
        (UPDATE, False, False, "nothing was sent", NETWORK),
        (DELETE, True, False, "the versions may have been deleted", LEFT),
        (DELETE, False, False, "nothing was sent", NETWORK),
        (CREATE, True, False, "the bin may have been created", LIST),
        (CREATE, False, False, "nothing was sent", NETWORK),
        (read(TARGET), True, False, "nothing was changed", NETWORK),
        (count_versions(TARGET), True, True, "nothing was changed", NETWORK),
    ],
)
def test_what_became_of_the_request(request_: Request, sent: bool, earlier: bool, outcome: str, hint: str) -> None:
    """It may have arrived once any of it was sent, or where an earlier try did."""
    exchange = Exchange(10, 30)
    exchange.sent = sent
    failure = no_answer(request_, ACCOUNT, TimeoutError(), exchange, may_be_done=earlier)
    reason = "no answer from api.jsonbin.io within 30 s" if sent else "no connection to api.jsonbin.io within 10 s"
    assert (failure.message, failure.hint) == (f"{reason}; {outcome}", hint)
    assert (failure.sent, failure.bin, failure.retryable) == (sent or earlier, request_.bin, True)


@pytest.mark.parametrize(
    ("request_", "done", "arrived", "message", "sent"),
    [
        (None, None, False, "interrupted; nothing was sent", False),
        (UPDATE, "updated it", True, "interrupted, after it updated it", True),
        (UPDATE, None, True, "interrupted; the bin may have changed", True),
        (UPDATE, None, False, "interrupted; nothing was sent", False),
        (read(TARGET), "read it", True, "interrupted; nothing was changed", True),
    ],
)
def test_ctrl_c(request_: Request | None, done: str | None, arrived: bool, message: str, sent: bool) -> None:
    """It says what the last request did, as far as that is known."""
    failure = interrupted(request_, done, arrived)
    assert (failure.message, failure.sent) == (message, sent)
