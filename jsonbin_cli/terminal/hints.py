"""The hint for each error of the service, about the call at hand. Pure."""

from __future__ import annotations

from shlex import quote

from jsonbin_cli.config.environment import in_github_actions
from jsonbin_cli.failures import Answered, profile_option, shortened
from jsonbin_cli.records.document import Document
from jsonbin_cli.records.size import LARGEST


def content_type(failure: Answered) -> str:
    """The header was removed on the way."""
    return f"jsonbin sent that header, so something on the way removed it: {_way(failure)}"


def invalid_id(failure: Answered) -> str:
    """The id is wrong, perhaps in an alias."""
    alias, bin_id = _alias(failure), failure.request.bin
    if alias:
        correction = f"jsonbin config alias {_bin(failure)} ID{_option(failure)}"
        return f'alias "{alias}" names {bin_id}; correct it: {correction}'
    return f"{bin_id} is not the id of a bin; copy it again from the dashboard's list of bins"


def invalid_json(failure: Answered) -> str | None:
    """A plainer spelling may pass; None where the record was made here."""
    if _document(failure) is None:
        return None  # what is made here has the plainest spelling
    verb = failure.request.verb
    bin = f" {_bin(failure)}" if verb == "update" else ""
    return (
        "it was valid JSON when it left here; a plainer spelling of the same record may pass: "
        f"jq -c .{_file(failure)} | jsonbin {verb}{bin}{_option(failure)}"
    )


def schema(failure: Answered) -> str:
    """The schema to fit, or to remove."""
    schema = f" {shortened(failure.schema)}" if failure.schema else ""
    return (
        f"change the record so that it fits the schema{schema} of its collection, "
        "or remove the schema from the collection"
    )


def key_missing(failure: Answered) -> str:
    """No key was sent, or it did not arrive."""
    account = failure.account
    if account.key:
        return f"the key from {account.key.source} was sent and did not arrive: {_way(failure)}"
    if account.name:
        return f'the bin is private and profile "{account.name}" has no key: jsonbin login{_option(failure)}'
    if in_github_actions():
        return (
            "the bin is private and no key was found: keep it in a secret of the repository, and give it to this step: "
            "env: JSONBIN_MASTER_KEY: ${{ secrets.JSONBIN_MASTER_KEY }}"
        )
    return "the bin is private and no key was found: jsonbin login, or export JSONBIN_MASTER_KEY='…' in single quotes"


def invalid_key(failure: Answered) -> str:
    """What happened to the key, or whose it may be."""
    key = failure.account.key
    if key is None:
        return f"no key was sent from here, so something on the way added one: {_way(failure)}"
    if key.fault:
        return f"{key.looks}, then {key.renew}" if key.fault.enter_again or not key.in_environment else key.looks
    other = "a master key" if key.kind == "access" else "an access key"
    return f"{key.looks}, so it is an old one, another account's, or {other}; {key.renew}"


def permission(failure: Answered) -> str:
    """The permission that the access key lacks."""
    key, verb = failure.account.key, failure.request.verb
    source = f" from {key.source}" if key else ""
    permission = ("read" if verb in ("count", "list") else verb).title()
    if not (key and key.in_environment):
        master = f"jsonbin login{_option(failure)}"
    elif in_github_actions():
        master = "keep it in a secret, without quotes, and pass that on as JSONBIN_MASTER_KEY"
    else:
        master = "set JSONBIN_MASTER_KEY, in single quotes"
    return (
        f"give the access key{source} the Bins {permission} permission on the API Keys page, "
        f"or use the master key: {master}"
    )


def versioning(failure: Answered) -> str:
    """Who asked for versions, and how not to."""
    source = failure.request.versioning_source
    if source in ("--versioning", "--merge"):
        return f"send it without {source}"
    if source and source.startswith("merge in "):
        return f"{source} asks for versions; add --no-merge"
    return f"{source or 'the bin'} asks for versions; add --no-versioning"


def too_big(failure: Answered) -> str | None:
    """The size, and how to make the record smaller."""
    sent = failure.request.document
    if sent is None:
        return None
    size = len(sent.raw)
    limit = LARGEST["pro" if size > LARGEST["free"] and failure.account.plan == "pro" else "free"]
    return f"the record has {size:,} bytes; {sent.how_to_shrink(limit)}"


def exhausted(failure: Answered) -> str:
    """Whose quota is used up, and what to do."""
    whose = f' of profile "{failure.account.name}"' if failure.account.name else ""
    if _is_local(failure):
        return (
            f"the quota{whose} is used up: raise it in the config file, or choose another profile with --profile NAME"
        )
    return (
        f"the key is good, the account{whose} has no requests left: buy some at "
        "https://jsonbin.io/pricing, or choose another account with --profile NAME; tests can use --profile local"
    )


def without_owner(failure: Answered) -> str:
    """A bin of one's own."""
    return f"put the record into a bin of your own: jsonbin create{_file(failure)}{_option(failure)}"


def not_found(failure: Answered) -> str:
    """Which id or alias names no bin."""
    account, alias, bin_id = failure.account, _alias(failure), failure.request.bin
    if alias:
        return (
            f'alias "{alias}" of profile "{account.name}" names {bin_id}, which is not there; '
            f"correct it: jsonbin config alias {_bin(failure)} ID{_option(failure)}"
        )
    whose = f'profile "{account.name}" has' if account.name else f"{account.url} has"
    where = "" if _is_local(failure) else " on the dashboard"
    return f"{whose} no bin {bin_id}; check the id{where}, or pick another profile with --profile NAME"


def versions(failure: Answered) -> str:
    """Where the numbers of the versions are."""
    return f"jsonbin history {_bin(failure)}{_option(failure)} lists those that it has"


def route(failure: Answered) -> str:
    """Where the address comes from."""
    account = failure.account
    return f"the address {account.url} comes from {account.url_source}, and JSONBin's ends in /v3"


def trouble(failure: Answered) -> str:
    """Whether the bin may have changed, and when to try again."""
    request = failure.request
    if request.verb == "create":
        return "the bin may have been created, so look on the dashboard before you run it again"
    # Other answers are not tried again by the client.
    tried = failure.status == 503 or (failure.status in (502, 504) and not request.versioning_source)
    later = f"outages have been short so far, {'--retries 5 outlasts most' if tried else 'so run it again in a while'}"
    if not request.writes:
        return later
    if request.verb == "delete":
        return f"see which versions are left: jsonbin history {_bin(failure)}{_option(failure)}; {later}"
    return f"the bin may have changed, so look first: jsonbin get {_bin(failure)}{_option(failure)}; {later}"


def not_json(failure: Answered) -> str:
    """What may have answered in JSONBin's place."""
    done = failure.status is not None and failure.status < 300 and failure.request.writes
    look = "; the bin may have changed" if done else ""
    return f"that is not JSONBin's answer: {_way(failure)}{look}"


def unknown_words(failure: Answered) -> str:
    """The status, which says of what kind the refusal is, and how to look for the cause."""
    return (
        f"JSONBin answered {failure.status}, and jsonbin does not know these words; "
        "--verbose shows what was asked for, where, and with which key"
    )


def _option(failure: Answered) -> str:
    return profile_option(failure.account.name)


def _bin(failure: Answered) -> str:
    target = failure.request.target
    return quote(target.name) if target else "BIN"


def _alias(failure: Answered) -> str | None:
    return failure.request.target.alias if failure.request.target else None


def _document(failure: Answered) -> Document | None:
    """The record that was sent, where it came from a file or from standard input."""
    document = failure.request.document
    return None if document is None or document.made_here else document


def _file(failure: Answered) -> str:
    document = _document(failure)
    return "" if document is None or document.name == "stdin" else f" {quote(document.name)}"


def _is_local(failure: Answered) -> bool:
    return failure.account.store is not None


def _way(failure: Answered) -> str:
    account = failure.account
    if account.url_source == "the default":
        return "look at the proxy that HTTPS_PROXY names, if there is one"
    return f"{account.url} comes from {account.url_source}; remove it to reach JSONBin itself"
