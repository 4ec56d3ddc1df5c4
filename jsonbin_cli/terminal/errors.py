"""The table of errors: how each is recognised, what it means, and the way out. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from jsonbin_cli.failures import Answered, ExitCode, Failure, Trouble
from jsonbin_cli.terminal import hints
from jsonbin_cli.terminal.calls import completed


@dataclass(frozen=True)
class Rule:
    """One error. `fix` holds for everybody, `hint` for one call; `code` is how the program ends.

    `says` is searched in the answer's words without regard to case: a fragment, since the wording differs by year and
    by verb. Such an error comes with one of `statuses`. Where `says` is None, any answer with one of `statuses` is
    meant; where there are none either, the error arises on this machine, and its own exception says the rest.
    `source` says how an answer of the service is known, in the words of `local.api.errors`.
    """

    slug: str
    meaning: str
    fix: str
    hint: Callable[[Answered], str | None] | None = None
    says: str | None = None
    statuses: Collection[int] = ()
    code: ExitCode = ExitCode.REFUSED
    retryable: bool = False
    source: str | None = None


@dataclass(frozen=True)
class Advice:
    """What is known about a failure: its slug, the next step, and whether the same call may succeed later."""

    slug: str
    hint: str | None
    retryable: bool


def advice(failure: Failure, arguments: Sequence[str] = ()) -> Advice:
    """Slug, hint and retryable of a failure of the command with these arguments."""
    slug, hint, retryable = failure.slug, failure.hint, failure.retryable
    if isinstance(failure, Answered):
        known: str | None = hints.unknown_words(failure)
        if rule := _rule_of(failure):
            slug, retryable, known = rule.slug, rule.retryable, rule.hint(failure) if rule.hint else rule.fix
        hint = "; ".join(filter(None, (known, hint)))  # what is to be done after that is the failure's own
    return Advice(slug, completed(hint, failure, arguments) if hint else None, retryable)


def rule_for(words: str, status: int | None = None) -> Rule | None:
    """The row for a server's message, a status, or both. None where the table does not know it."""
    for rule in RULES:
        if rule.says is not None and re.search(rule.says, words, re.IGNORECASE):
            return rule
    return next((rule for rule in RULES if rule.says is None and status in rule.statuses), None)


def _rule_of(failure: Answered) -> Rule | None:
    if failure.status is None or failure.status >= 500:
        return rule_for("", failure.status)
    # A refusal with a message of JSONBin's is recognised by that message only.
    return rule_for(failure.message, failure.status if isinstance(failure, Trouble) else None)


RULES = (
    Rule(
        "content-type-missing",
        "The request reached JSONBin without `Content-Type: application/json`.",
        "jsonbin always sends it, so look for a proxy that takes it out",
        hints.content_type,
        says=r"content-type set to application/json",
        statuses=(400,),
        source="reference (bins/update), observed",
    ),
    Rule(
        "invalid-bin-id",
        "What stands in the address is not a bin's id.",
        "copy the 24 hexadecimal digits again from the dashboard's list of bins",
        hints.invalid_id,
        says=r"invalid (bin|record) id",
        statuses=(400, 422),
        source="reference (bins/update), observed; 422 observed 2021",
    ),
    Rule(
        "blank-record",
        "JSONBin stores no empty record: neither {} nor [] nor nothing.",
        'keep at least one member, for example {"items": []}',
        says=r"bin cannot be blank",
        statuses=(400,),
        source="reference (bins/update), observed",
    ),
    Rule(
        "invalid-json",
        "JSONBin could not read the body as JSON.",
        "check it with: jq . FILE",
        hints.invalid_json,
        says=r"invalid json",
        statuses=(400,),
        source="observed",
    ),
    Rule(
        "schema-mismatch",
        "The bin belongs to a collection with a schema, and the record does not fit it.",
        "change the record so that it fits, or take the schema off the collection",
        hints.schema,
        says=r"schema doc validation mismatch",
        statuses=(400,),
        source="reference (bins/update), observed once",
    ),
    Rule(
        "key-missing",
        "The bin is private and the request carried no key.",
        "jsonbin login, or export JSONBIN_MASTER_KEY='…' in single quotes",
        hints.key_missing,
        says=r"need to pass x-master-key",
        statuses=(401,),
        source="reference (bins/update), observed",
    ),
    Rule(
        "access-key-permission",
        "The access key is good, and may not do this.",
        "give it the permission on the API Keys page, or use the master key: jsonbin login",
        hints.permission,
        says=r"x-access-key.*does(n't| not) have permission",
        statuses=(401, 403),
        source="reference (bins/update); its status: inferred",
    ),
    Rule(
        "invalid-access-key",
        "JSONBin does not know the access key, or the bin belongs to another account.",
        "enter it again: jsonbin login --access",
        hints.invalid_key,
        says=r"x-access-key is invalid|invalid x-access-key",
        statuses=(401,),
        source="observed for GET; for others inferred",
    ),
    Rule(
        "invalid-master-key",
        "JSONBin does not know the master key, or the bin belongs to another account. "
        "Most often a shell took the $ parts out of the key.",
        "enter it again, where no shell reads it: jsonbin login",
        hints.invalid_key,
        says=r"invalid x-master-key|x-master-key is invalid",
        statuses=(401,),
        source="reference (bins/update), observed",
    ),
    Rule(
        "versioning-needs-pro",
        "Versions of a bin are for the pro plan.",
        "send it with --no-versioning",
        hints.versioning,
        says=r"versioning is not available",
        statuses=(403,),
        source="observed",
    ),
    Rule(
        "record-too-big",
        "The record is larger than the account's plan takes: 100 kB on free, 1 MB on pro.",
        "send it without blanks (jq -c .), split it over several bins, or move to a larger plan",
        hints.too_big,
        says=r"cannot (create|update) a record over",
        statuses=(403,),
        source="reference (bins/create, bins/update), observed once",
    ),
    Rule(
        "requests-exhausted",
        "The account has used up its requests. The key is good.",
        "buy some at https://jsonbin.io/pricing, or choose another account with --profile NAME",
        hints.exhausted,
        says=r"requests exhausted",
        statuses=(403,),
        source="reference (bins/update), observed",
    ),
    Rule(
        "bin-without-owner",
        "The bin was made without an account, and JSONBin has blocked such bins.",
        "put the record into a bin of your own: jsonbin create FILE",
        hints.without_owner,
        says=r"not associated to any user",
        statuses=(403,),
        source="older reference",
    ),
    Rule(
        "bin-not-found",
        "No such bin in this account.",
        "check the id on the dashboard, or pick another profile with --profile NAME",
        hints.not_found,
        says=r"bin not found",
        statuses=(404,),
        source="reference (bins/update, bins/read), observed",
    ),
    Rule(
        "bin-version-not-found",
        "The bin has no version of that number.",
        "jsonbin history BIN lists those that it has",
        hints.versions,
        says=r"bin version not found",
        statuses=(404,),
        source="reference (bins/read)",
    ),
    Rule(
        "invalid-bin-version",
        "The version is not a number that JSONBin takes.",
        "jsonbin history BIN lists those that it has",
        hints.versions,
        says=r"bin version is invalid",
        statuses=(400,),
        source="reference (bins/read)",
    ),
    Rule(
        "invalid-bin-name",
        "A bin's name has 1 to 128 characters.",
        "choose a shorter --name",
        says=r"x-bin-name cannot be",
        statuses=(400,),
        source="reference (bins/create)",
    ),
    Rule(
        "invalid-collection-id",
        "There is no collection with that id in this account.",
        "copy its 24 hexadecimal digits from the dashboard, or leave --collection out",
        says=r"invalid x-collection-id|collection not found",
        statuses=(400, 404),
        source="reference (bins/create), observed 2021",
    ),
    Rule(
        "route-not-found",
        "The address is not one of JSONBin's.",
        "a url in a profile or in JSONBIN_API_URL ends in /v3",
        hints.route,
        says=r"route not found",
        statuses=(404,),
        source="observed once",
    ),
    Rule(
        "edge-blocked",
        "The edge in front of JSONBin refused this program or this network. It says nothing about the key.",
        "trying again does not help; use another network, or a proxy named in HTTPS_PROXY",
        says=r"error code: 10(?!15)\d\d\b",
        statuses=(403,),
        source="observed",
    ),
    Rule(
        "edge-rate-limit",
        "The edge in front of JSONBin got too many requests from this network in a short time.",
        "wait some minutes, then send it again, and less often than before",
        says=r"error code: 1015\b",
        statuses=(403,),
        code=ExitCode.TROUBLE,
        retryable=True,
        source="Cloudflare's reference, Cloudflare 1xxx errors",
    ),
    Rule(
        "too-many-requests",
        "Too many requests in a short time. JSONBin blocks accounts that go on, and unblocks them only by hand.",
        "wait some minutes, then send it again, and less often than before",
        statuses=(429,),
        code=ExitCode.TROUBLE,
        retryable=True,
        source="inferred: many clients plan for it; that accounts are blocked is in the terms of use",
    ),
    Rule(
        "server-trouble",
        "JSONBin, or the network in front of it, is in trouble. Whether the bin changed is not known.",
        "look with jsonbin get BIN, then send it again",
        hints.trouble,
        statuses=range(500, 600),
        code=ExitCode.TROUBLE,
        retryable=True,
        source="observed",
    ),
    Rule(
        "not-json",
        "Something answered in JSONBin's place: a proxy, a login page of the network, a wrong address.",
        "correct the url of the profile or JSONBIN_API_URL, or go around the proxy",
        hints.not_json,
        statuses=range(200, 500),
        code=ExitCode.TROUBLE,
        source="observed",
    ),
    Rule(
        "usage",
        "The command line is wrong. Nothing was sent.",
        "jsonbin COMMAND --help",
        code=ExitCode.NOT_SENT,
    ),
    Rule(
        "invalid-input",
        "The record cannot be read, or JSONBin could never store it. Nothing was sent.",
        "correct the record at the place that the message names",
        code=ExitCode.NOT_SENT,
    ),
    Rule(
        "too-much-lost",
        "The new record is much smaller than the one in the bin, more than `--max-shrink` allows. Nothing was sent.",
        "look at what made it: a failed read leaves little; a larger --max-shrink lets it through",
        code=ExitCode.NOT_SENT,
    ),
    Rule(
        "backup-failed",
        "The record in the bin could not be kept on this machine, so it was not replaced. Nothing was sent.",
        "make room in the folder that the message names, or correct its permissions",
        code=ExitCode.NOT_SENT,
    ),
    Rule(
        "editor-failed",
        "The editor could not be run, or ended with an error. Nothing was sent.",
        "name one that runs: export EDITOR=nano",
        code=ExitCode.NOT_SENT,
    ),
    Rule(
        "path-not-found",
        "The record has no value at a path that was asked for.",
        "look at all of it: jsonbin get BIN --record",
        code=ExitCode.NEGATIVE,
    ),
    Rule(
        "declined",
        "The question was answered with no. Nothing was sent.",
        "run it again and answer y, or give --yes",
        code=ExitCode.NEGATIVE,
    ),
    Rule(
        "not-checked",
        "The bin was updated, and it could not be found out what that overwrote.",
        "jsonbin check BIN",
        code=ExitCode.TROUBLE,
    ),
    Rule(
        "not-arrived",
        "An update of a command that was cut off is not in the bin.",
        "run it again",
        code=ExitCode.NEGATIVE,
    ),
    Rule(
        "conflict",
        "Somebody else changed the bin. The message says whether anything was sent.",
        "run it again, and it reads the bin again; after apply and pull, decide by the commands in the message",
        code=ExitCode.CONFLICT,
    ),
    Rule(
        "patch-test-failed",
        "A test operation of the JSON Patch does not hold for the record in the bin. Nothing was sent.",
        "look with jsonbin get BIN, then make the patch again",
        code=ExitCode.CONFLICT,
    ),
    Rule(
        "bad-config",
        "The config file or the source of a key is broken. Nothing was sent.",
        "jsonbin config check",
        code=ExitCode.NOT_SENT,
    ),
    Rule(
        "no-answer",
        "The network gave no answer. The message says whether the bin may have changed.",
        "look with jsonbin get BIN, then send it again",
        code=ExitCode.NO_ANSWER,
    ),
    Rule(
        "stored-differently",
        "JSONBin took the record and stored another one; most often it rounded a large number.",
        "write such numbers as strings, in double quotes",
        code=ExitCode.NEGATIVE,
    ),
    Rule(
        "local-store",
        "The embedded store found a full disk, or another program that holds it. Nothing was changed.",
        "make room, or wait for the other program, then send it again",
        code=ExitCode.TROUBLE,
    ),
    Rule(
        "output-failed",
        "The work was done, and its result could not be written to standard output.",
        "look with jsonbin get BIN, or use --quiet where nothing is to be written",
        code=ExitCode.NEGATIVE,
    ),
    Rule(
        "command-not-started",
        "The command that serve was to run is not a program, or could not be run.",
        "correct its name or its path: jsonbin serve -- npm test",
        code=ExitCode.COMMAND_NOT_STARTED,
    ),
    Rule(
        "interrupted",
        "The command was stopped by Ctrl-C. The message says whether the bin may have changed.",
        "look with jsonbin get BIN",
        code=ExitCode.INTERRUPTED,
    ),
    Rule(
        "unknown-error",
        "JSONBin answered with words that this version of jsonbin does not know.",
        "--verbose shows what was asked for, where, and with which key; a newer jsonbin may know the words",
    ),
    Rule(
        "bug",
        "An error in jsonbin itself.",
        "report it with the lines above the message",
        code=ExitCode.BUG,
    ),
)
