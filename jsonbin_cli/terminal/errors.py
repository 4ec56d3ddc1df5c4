"""One table of errors: the server's words -> slug, meaning, fix, hint. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from jsonbin_cli.failures import Answered, Failure, Trouble, UsageMistake
from jsonbin_cli.terminal import hints


@dataclass(frozen=True)
class Rule:
    """One error: how it is recognised, what it means, and the way out.

    `says` is searched in the answer's words without regard to case: a fragment, since the wording drifts
    by year and by verb. Where it is None, `statuses` alone decide; where both are empty, the error arises
    on this machine and its own exception says the rest. `fix` holds for everybody, `hint` for one call.
    """

    slug: str
    says: str | None
    meaning: str
    fix: str
    hint: Callable[[Answered], str | None] | None = None
    statuses: range = range(0)
    retryable: bool = False


@dataclass(frozen=True)
class Advice:
    """What is known about a failure: its slug, the next step, and whether the same call may succeed later."""

    slug: str
    hint: str | None
    retryable: bool


def advice(failure: Failure) -> Advice:
    """Slug, hint and retryable of a failure. An unknown message gets no hint."""
    if not isinstance(failure, Answered):
        return Advice(failure.slug, failure.hint, failure.retryable)
    rule = _rule_of(failure)
    if rule is None:
        return Advice(failure.slug, failure.hint, failure.retryable)
    return Advice(rule.slug, rule.hint(failure) if rule.hint else rule.fix, rule.retryable)


def _rule_of(failure: Answered) -> Rule | None:
    if failure.status is None or failure.status >= 500:
        return rule_for("", failure.status)
    # A refusal in JSONBin's own words is known by them, or not at all.
    return rule_for(failure.message, failure.status if isinstance(failure, Trouble) else None)


def rule_for(words: str, status: int | None = None) -> Rule | None:
    """The row for a server's message, a status, or both. None where the table does not know it."""
    for rule in RULES:
        if rule.says is not None and re.search(rule.says, words, re.IGNORECASE):
            return rule
    return next((rule for rule in RULES if rule.says is None and status in rule.statuses), None)


def listing() -> str:
    """Each slug with what it means, one a line."""
    width = max(len(rule.slug) for rule in RULES)
    return "\n".join(f"{rule.slug:{width}}  {rule.meaning}" for rule in RULES)


def explanation(error: str) -> str:
    """What a slug, a status or a server's message means, and the fix. Raises UsageMistake where it is unknown."""
    text = error.strip()
    rule = next((rule for rule in RULES if rule.slug == text), None)
    status = re.match(r"(429|5[0-9]{2})\b", text)
    rule = rule or rule_for(text, int(status[0]) if status else None)
    if rule is None:
        raise UsageMistake(f'"{error}" is not a known error', "jsonbin explain lists those that are known")
    return f"{rule.slug}\n\n{rule.meaning}\nfix: {rule.fix}"


RULES = (
    Rule(
        "content-type-missing",
        r"content-type set to application/json",
        "The request reached JSONBin without `Content-Type: application/json`.",
        "jsonbin always sends it, so look for a proxy that takes it out",
        hints.content_type,
    ),
    Rule(
        "invalid-bin-id",
        r"invalid (bin|record) id",
        "What stands in the address is not a bin's id.",
        "copy the 24 hexadecimal digits again from the dashboard's list of bins",
        hints.invalid_id,
    ),
    Rule(
        "blank-record",
        r"bin cannot be blank",
        "JSONBin stores no empty record: neither {} nor [] nor nothing.",
        'keep at least one member, for example {"items": []}',
    ),
    Rule(
        "invalid-json",
        r"invalid json",
        "JSONBin could not read the body as JSON.",
        "check it with: jq . FILE",
        hints.invalid_json,
    ),
    Rule(
        "schema-mismatch",
        r"schema doc validation mismatch",
        "The bin belongs to a collection with a schema, and the record does not fit it.",
        "change the record so that it fits, or take the schema off the collection",
        hints.schema,
    ),
    Rule(
        "key-missing",
        r"need to pass x-master-key",
        "The bin is private and the request carried no key.",
        "jsonbin login, or export JSONBIN_MASTER_KEY='…' in single quotes",
        hints.key_missing,
    ),
    Rule(
        "access-key-permission",
        r"x-access-key.*does(n't| not) have permission",
        "The access key is good, and may not do this.",
        "give it the permission on the API Keys page, or use the master key: jsonbin login",
        hints.permission,
    ),
    Rule(
        "invalid-access-key",
        r"x-access-key is invalid|invalid x-access-key",
        "JSONBin does not know the access key, or the bin belongs to another account.",
        "enter it again: jsonbin login --access",
        hints.invalid_key,
    ),
    Rule(
        "invalid-master-key",
        r"invalid x-master-key|x-master-key is invalid",
        "JSONBin does not know the master key, or the bin belongs to another account. "
        "Most often a shell took the $ parts out of the key.",
        "enter it again, where no shell reads it: jsonbin login",
        hints.invalid_key,
    ),
    Rule(
        "versioning-needs-pro",
        r"versioning is not available",
        "Versions of a bin are for the pro plan.",
        "send it with --no-versioning",
        hints.versioning,
    ),
    Rule(
        "record-too-big",
        r"cannot (create|update) a record over",
        "The record is larger than the account's plan takes: 100 kB on free, 1 MB on pro.",
        "send it without blanks (jq -c .), split it over several bins, or move to a larger plan",
        hints.too_big,
    ),
    Rule(
        "requests-exhausted",
        r"requests exhausted",
        "The account has used up its requests. The key is good.",
        "buy some at https://jsonbin.io/pricing, or choose another account with --profile",
        hints.exhausted,
    ),
    Rule(
        "bin-without-owner",
        r"not associated to any user",
        "The bin was made without an account, and JSONBin has blocked such bins.",
        "put the record into a bin of your own: jsonbin create FILE",
        hints.without_owner,
    ),
    Rule(
        "bin-not-found",
        r"bin not found",
        "No such bin in this account.",
        "check the id on the dashboard, or pick another profile with --profile",
        hints.not_found,
    ),
    Rule(
        "bin-version-not-found",
        r"bin version not found",
        "The bin has no version of that number.",
        "leave --version out for the latest record",
    ),
    Rule(
        "invalid-bin-version",
        r"bin version is invalid",
        "The version is not a number that JSONBin takes.",
        "leave --version out for the latest record",
    ),
    Rule(
        "invalid-bin-name",
        r"x-bin-name cannot be",
        "A bin's name has 1 to 128 characters.",
        "choose a shorter --name",
    ),
    Rule(
        "invalid-collection-id",
        r"invalid x-collection-id|collection not found",
        "There is no collection with that id in this account.",
        "copy its 24 hexadecimal digits from the dashboard, or leave --collection out",
    ),
    Rule(
        "route-not-found",
        r"route not found",
        "The address is not one of JSONBin's.",
        "a url in a profile or in JSONBIN_API_URL ends in /v3",
        hints.route,
    ),
    Rule(
        "edge-blocked",
        r"error code: 10\d\d",
        "The edge in front of JSONBin refused this program or this network. It says nothing about the key.",
        "send it from another network, or through a proxy named in HTTPS_PROXY",
    ),
    Rule(
        "too-many-requests",
        None,
        "Too many requests in a short time. JSONBin blocks accounts that go on, and unblocks them only by hand.",
        "wait some minutes, then send it again, and less often than before",
        retryable=True,
        statuses=range(429, 430),
    ),
    Rule(
        "server-trouble",
        None,
        "JSONBin, or the network in front of it, is in trouble. Whether the bin changed is not known.",
        "look with jsonbin get, then send it again",
        hints.trouble,
        retryable=True,
        statuses=range(500, 600),
    ),
    Rule(
        "not-json",
        None,
        "Something answered in JSONBin's place: a proxy, a login page of the network, a wrong address.",
        "correct the url of the profile or JSONBIN_API_URL, or go around the proxy",
        hints.not_json,
        statuses=range(200, 500),
    ),
    Rule(
        "usage",
        None,
        "The command line is wrong. Nothing was sent.",
        "jsonbin COMMAND --help",
    ),
    Rule(
        "invalid-input",
        None,
        "The record cannot be read, or JSONBin could never store it. Nothing was sent.",
        "correct the record at the place that the message names",
    ),
    Rule(
        "too-much-lost",
        None,
        "The new record is much smaller than the one in the bin, more than `--max-shrink` allows. Nothing was sent.",
        "look at what made it: a failed read leaves little; a larger --max-shrink lets it through",
    ),
    Rule(
        "backup-failed",
        None,
        "The record in the bin could not be kept on this machine, so it was not replaced. Nothing was sent.",
        "make room or mend the rights in the folder that the message names",
    ),
    Rule(
        "editor-failed",
        None,
        "The editor could not be run, or ended with an error. Nothing was sent.",
        "name one that runs: export EDITOR=nano",
    ),
    Rule(
        "path-not-found",
        None,
        "The record has no value at a path that was asked for.",
        "look at all of it: jsonbin get BIN --record",
    ),
    Rule(
        "declined",
        None,
        "The question was answered with no. Nothing was sent.",
        "run it again and answer y, or give --yes",
    ),
    Rule(
        "conflict",
        None,
        "The bin changed since it was read, or does not hold what it should. Nothing was sent.",
        "run it again: it reads the bin anew",
    ),
    Rule(
        "patch-test-failed",
        None,
        "A test operation of the JSON Patch does not hold for the record in the bin. Nothing was sent.",
        "look with jsonbin get, then make the patch anew",
    ),
    Rule(
        "bad-config",
        None,
        "The config file or the source of a key is broken. Nothing was sent.",
        "jsonbin config check",
    ),
    Rule(
        "no-answer",
        None,
        "The network gave no answer. The message says whether the bin may have changed.",
        "look with jsonbin get, then send it again",
    ),
    Rule(
        "stored-differently",
        None,
        "JSONBin took the record and stored another one; most often it rounded a large number.",
        "write such numbers as text, in double quotes",
    ),
    Rule(
        "local-store",
        None,
        "The embedded store found a full disk, or another program that holds it. The bin is unchanged.",
        "make room, or wait for the other program, then send it again",
    ),
    Rule(
        "output-failed",
        None,
        "The work was done, and its result could not be written to standard output.",
        "look with jsonbin get, or use --quiet where nothing is to be written",
    ),
    Rule(
        "interrupted",
        None,
        "The command was stopped by Ctrl-C. The message says whether the bin may have changed.",
        "look with jsonbin get",
    ),
    Rule(
        "unknown-error",
        None,
        "JSONBin answered with words that this version of jsonbin does not know.",
        "read them as they are; a newer jsonbin may know them",
    ),
    Rule(
        "bug",
        None,
        "An error in jsonbin itself.",
        "report it with the lines above the message",
    ),
)
