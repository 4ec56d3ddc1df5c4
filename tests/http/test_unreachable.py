"""What is said where no answer came."""

from __future__ import annotations

import ssl

import pytest

from jsonbin_cli.config.account import Account, Profile, Target
from jsonbin_cli.http.exchange import Exchange
from jsonbin_cli.http.request import Request, count_versions, create, delete_versions, read, update
from jsonbin_cli.http.unreachable import NoProxy, Unusable, interrupted, no_answer
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
    ("request_", "done", "arrived", "answered", "message", "sent"),
    [
        (None, None, False, False, "interrupted; nothing was sent", False),
        (UPDATE, "updated it", True, True, "interrupted, after it updated it", True),
        (UPDATE, None, True, False, "interrupted; the bin may have changed", True),
        (UPDATE, None, True, True, "interrupted; the bin may have changed", True),
        (UPDATE, None, False, False, "interrupted; nothing was sent", False),
        (UPDATE, None, False, True, "interrupted; nothing was changed", False),
        (read(TARGET), "read it", True, True, "interrupted; nothing was changed", True),
    ],
)
def test_ctrl_c(
    request_: Request | None, done: str | None, arrived: bool, answered: bool, message: str, sent: bool
) -> None:
    """It says what the last request did, as far as that is known."""
    failure = interrupted(request_, done, arrived, answered)
    assert (failure.message, failure.sent) == (message, sent)


def certificate() -> ssl.SSLCertVerificationError:
    """A certificate that is not trusted."""
    wrong = ssl.SSLCertVerificationError(1, "failed")
    wrong.verify_message = "self-signed certificate"
    return wrong


def no_tls() -> ssl.SSLError:
    """A server that speaks something else."""
    wrong = ssl.SSLError(1, "[SSL] wrong")
    wrong.reason = "WRONG_VERSION_NUMBER"
    return wrong


HOST = "api.jsonbin.io"
PROXY = "correct HTTPS_PROXY, or name a host that is to be reached without it in NO_PROXY"
PASSWORD = "put the user and the password of the proxy into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT"
SIGNED = "where a proxy signs with a certificate of its own, name that in SSL_CERT_FILE"


@pytest.mark.parametrize(
    ("cause", "sent", "reason", "hint"),
    [
        (TimeoutError(), True, f"no answer from {HOST} within 1.5 s", LOOK),
        (TimeoutError(), False, f"no connection to {HOST} within 0.5 s", NETWORK),
        (certificate(), False, f"the certificate of {HOST} is not trusted: self-signed certificate", SIGNED),
        (Unusable("answers in riddles"), True, f"{HOST} answers in riddles", LOOK),
        (Unusable("answers in riddles"), False, f"{HOST} answers in riddles", NETWORK),
        (ConnectionResetError(104, "reset"), True, f"{HOST} closed the connection before its answer was whole", LOOK),
        (ConnectionRefusedError(111, "refused"), False, f"no connection to {HOST}: refused", NETWORK),
        (OSError(), False, f"no connection to {HOST}: it was closed", NETWORK),
        (NoProxy("did not"), False, f"no connection to {HOST}: the proxy in HTTPS_PROXY did not", PROXY),
        (NoProxy("said", "403"), False, f"no connection to {HOST}: the proxy in HTTPS_PROXY said", PROXY),
        (NoProxy("said", "407"), False, f"no connection to {HOST}: the proxy in HTTPS_PROXY said", PASSWORD),
        (
            no_tls(),
            False,
            f"no connection to {HOST}: it does not speak TLS as it should (WRONG_VERSION_NUMBER)",
            NETWORK,
        ),
    ],
)
def test_why_no_answer_came(cause: OSError, sent: bool, reason: str, hint: str) -> None:
    """In a few words; what no second try can cure is not tried again."""
    exchange = Exchange(0.5, 1.5)
    exchange.sent = sent
    failure = no_answer(UPDATE, ACCOUNT, cause, exchange, may_be_done=False)
    assert failure.message == f"{reason}; {'the bin may have changed' if sent else 'nothing was sent'}"
    assert (failure.hint, failure.retryable) == (hint, not isinstance(cause, ssl.SSLCertVerificationError))


def test_the_hint_names_the_profile_and_the_address() -> None:
    """The one where something is to be looked up, the other where it is not the usual one."""
    account = Account(Profile("work"), None, "http://127.0.0.1:9/v3", 'url of profile "work"')
    exchange = Exchange(10, 30)
    failure = no_answer(UPDATE, account, OSError(), exchange, may_be_done=False)
    assert failure.hint == 'the address comes from url of profile "work"; is something listening there?'
    assert failure.message.startswith("no connection to 127.0.0.1:9: ")
    exchange.sent = True
    for cause, again in ((OSError(), "run it again"), (TimeoutError(), "run it again; --timeout waits longer")):
        assert no_answer(read(TARGET), account, cause, exchange, may_be_done=False).hint == again
    for asked, hint in ((UPDATE, LOOK), (DELETE, LEFT), (CREATE, LIST)):
        assert no_answer(asked, account, OSError(), exchange, may_be_done=True).hint == f"{hint} --profile work"
