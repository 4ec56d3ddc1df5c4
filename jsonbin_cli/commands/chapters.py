"""The chapters of `jsonbin help`: the reference tables, made of what the program itself goes by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from jsonbin_cli.commands.bulk.outcomes import GRAVEST
from jsonbin_cli.config.key_shapes import LOCAL_MASTER_KEY
from jsonbin_cli.failures import ExitCode
from jsonbin_cli.terminal import completions
from jsonbin_cli.terminal.errors import RULES
from jsonbin_cli.terminal.explain import EXIT_CODES
from jsonbin_cli.terminal.layout import columns, paragraph

ENVIRONMENT = {
    "JSONBIN_MASTER_KEY": "the account's key",
    "JSONBIN_MASTER_KEY_FILE": "a file that holds it",
    "JSONBIN_ACCESS_KEY": "a restricted key",
    "JSONBIN_ACCESS_KEY_FILE": "a file that holds it",
    "JSONBIN_PROFILE": "the profile to use",
    "JSONBIN_LOCAL_MASTER_KEY": "the key of `jsonbin serve`, instead of the one that everybody knows",
    "JSONBIN_API_URL": "another address than https://api.jsonbin.io/v3",
    "JSONBIN_INSECURE_HTTP": "`1` allows plain http to a host of your own network",
    "JSONBIN_CONFIG": "another config file",
    "JSONBIN_ERRORS": "how failures are written: text, json or github",
    "GITHUB_ACTIONS": "`true` makes github the default of JSONBIN_ERRORS",
    "GITHUB_OUTPUT": "a file that gets the counts of `apply` and `pull`",
    "GITHUB_WORKSPACE": "where annotations look for the files that they name",
    "VISUAL, EDITOR": "the editor of `jsonbin edit`, the first one that is set",
    "NO_COLOR": "no colour anywhere",
    "FORCE_COLOR": "colour for what people read; JSON in a pipe stays JSON",
    "TERM": "`dumb` means a terminal without colour and without moving lines",
    "SSL_CERT_FILE, SSL_CERT_DIR": "certificates to trust instead of the system's",
    "HTTPS_PROXY, ALL_PROXY, NO_PROXY": "the proxy to go through",
}
CONFIG = """\
default_profile = "work"

[profiles.work]
master_key = '$2b$10$…'                                # or access_key
# master_key_command = ["pass", "show", "jsonbin"]     # or access_key_command: its output is the key
plan = "free"                                          # what is too big for it is refused before anything is sent
versioning = false                                     # the default of --versioning
backup = true                                          # update reads the old record first and keeps it here
backups = 20                                           # how many of each bin are kept
merge = true                                           # the default of --merge
counters = ["/visits"]                                 # places, with all below them, to which every writer only adds
# url = "https://proxy.example/v3"                     # plain http is for this machine
# insecure_http = true                                 # and for hosts of your network: box, *.internal, *.local, *.test
[profiles.work.bins]
flags = "65a1b2c3d4e5f60718293a4b"                     # an alias: `jsonbin get flags`

[profiles.shop]
path = "shop.sqlite3"                                  # a store on this machine, beside this file
plan = "free"                                          # with the limits of that plan
quota = 100                                            # and at most 100 requests
"""


_KEYS = """
    The first of these that is there is used. Where it is broken the call fails, and the others are not tried.
    """
_KEYS_IN_ORDER = {
    "1.": "--profile NAME: the key of that profile, or none",
    "2.": "JSONBIN_MASTER_KEY, JSONBIN_MASTER_KEY_FILE, JSONBIN_ACCESS_KEY, JSONBIN_ACCESS_KEY_FILE",
    "3.": "the profile that JSONBIN_PROFILE names",
    "4.": "the default profile; its aliases and settings count also where the key comes from the environment, unless "
    "it is a store on this machine",
}
_NO_OPTION = """
    There is no option that takes a key, since everybody on a machine can read the options of everybody's processes.
    A public bin takes an update without a key.

    A key holds $ signs. Where a shell reads it, put it in single quotes: in double quotes the shell takes $2, $1 and
    all that follows for its variables, and JSONBin answers 401.
    """
_CONFIG = """
    `jsonbin config path` prints where the config file is. A file that holds a key is refused where other users may read
    it. A config file is refused where other users may change or create it, since it can name commands to run.

    `jsonbin config check` looks at all of it and sends nothing. `jsonbin login --check BIN` tries a key with one
    request before it keeps it, and `jsonbin logout` removes it.
    """
_REQUESTS = """
    A connection has to be made within 10 seconds, and the answer has to be whole within --timeout seconds (30) after
    the request was sent, however slowly it arrives.

    A request is sent again (--retries, 2 unless told otherwise) when no connection was made, and after 429, 502, 503
    and 504; never after a time-out once it was sent, and with --versioning not after 502 and 504, since each try could
    leave a version. A public bin keeps versions unasked; with --retries 0 an update of one is sent only once.
    """
_TWO_WRITERS = """
    JSONBin has no conditional write: of two writers at the same time the last one wins, and nobody is told.

    --merge (update, set, unset, patch, edit, restore; merge = true in a profile) counts the versions of the bin, reads
    it, and writes with a version. The number of that version says whether somebody wrote in between. If so, what was
    overwritten is read, merged with what the bin holds by then, and written again, at most --tries times (20).

    It needs a bin that keeps versions: a public one does always, a private one on the pro plan. All writers have to use
    it, or at least to make versions: what a writer without versions writes between the read and the update is
    overwritten, and that is noticed only where somebody else wrote with a version at the same time. Where it is
    noticed, where versions were deleted, or where a bin has 1000 versions, the command ends with 6 and says what it
    could not find out.

    What is added is added up in any order, however many writers there are: numbers with PATH+=N, and elements at the
    end of an array with 'PATH[]=…'. A writer that changes something else in the record does not know which numbers are
    counters. counters = ["/visits"] in its profile says so, [""] that all are; without it, a number that three writers
    change at the same time may be reported as a conflict. Where an element is to be taken from an array, and a writer
    that overwrote it has not put it back yet, all else is written and that is waited for. A writer that never comes
    back ends this with 6, and `jsonbin check BIN` goes on.

    All other places are merged where one side changed them. A conflict (exit code 6) is a place that both changed, or
    where it is not certain whose value is the newest, as with a flag that goes on and off. The message names the place,
    both values, the version that has theirs, and the command that takes theirs. --prefer ours and --prefer theirs
    decide beforehand. Elements inside an array are merged where neither side changed its length.

    A note in the state folder, written before anything is sent, lets `jsonbin check BIN` finish what was cut off;
    history and the next update of the bin mention it. With --no-backup there is no such note. What could not be checked
    ends with 5, never with 0. `jsonbin history BIN --lost` looks through old versions for changes that the next version
    and the bin lack. Elements of an array are put back at its end; where the bin may hold a newer value, it names only
    the version.

    Without versions: --if-match FILE sends only if the bin still holds what FILE holds, and --recheck reads once more
    just before writing. This narrows the gap between two writers and cannot close it: what somebody writes between that
    last read and the update is lost, and the backup does not hold it. `restore` waits for your answer in between, so
    there --recheck helps most. `jsonbin edit` always reads again, and puts both changes together where they do not
    touch each other.
    """
_MANY_BINS = """
    `jsonbin pull FOLDER BIN...` fetches bins into files, one each, byte for byte, and adds them to FOLDER/bins.toml;
    without BIN it fetches those that the folder has, with --collection those of a collection. A file that was changed
    here since it was last pulled or applied stays as it is (exit 6), unless it holds the same by value, or --theirs is
    given.

    `jsonbin apply FOLDER` checks all files, reads each bin, shows the plan, and updates the bins whose records differ
    by value. No bin is ever created or deleted. --check stops after the plan, with exit code 1 where something is to
    do; --plan FILE saves the plan, and `jsonbin apply FILE` carries out that one: a bin whose record, or a file whose
    bytes, are no longer the planned ones is refused.

    The manifest bins.toml, made to be committed, says which file belongs to which bin. It can name neither a key, nor
    a profile, nor a URL. Without one, each file is named after its bin: ID.json, or ALIAS.json. Beside one, `apply`
    does nothing with files that it does not name; those named ID.json are told in a note.
    """
MANIFEST = """\
[bins.flags]
id = "65a1b2c3d4e5f60718293a4b"    # or an alias of the profile
file = "flags.json"                # inside this folder
versioning = true                  # keep each record as a version
schema = "flags.schema.json"       # a JSON Schema that the file must fit; needs the packages of the extra serve
"""
_MANY_BINS_RULES = """
    What was last applied or pulled is kept for each folder on this machine, or in --state FILE, which CI can cache:
    without it a bin that was changed at JSONBin meanwhile is not known as `drifted`. --since-last does not read the
    bins whose files did not change since then, and sees no drift of those. A run that did not finish (it got no
    answer for some bins, was stopped, or killed) is continued by the same command within an hour: what is done is not
    asked for again, as long as the file is the same.

    Between the plan and the update of a bin somebody else may write it, and that is lost. With --backup, or backup =
    true in the profile, the record that was read for the plan is kept on this machine first, and so it is with
    --max-shrink as for `update`.

    --jobs (4) requests are under way at once. --rate is how many may go out in a minute: 60 for a service on the
    network, whose terms threaten to block accounts that send too many in a short time, and no limit for this machine.
    After a 429 all wait as long as JSONBin asks for; where that is more than a minute, the rest is skipped. `--rate 0`
    sets no limit. A run needs a request for each bin, and one more for each update; --max-requests refuses more.

    Standard output has one JSON object a line for each bin, at a terminal a table of the plan: `result` is updated,
    unchanged, drifted, refused, no-answer or skipped, of pull written in place of updated; with --check and --plan
    `plan` is update in place of updated. no-answer means that the bin may have changed: run it again, it reads the bin
    first. Failures are told at the end, the same cause once. A used-up quota, a key that JSONBin does not take, a
    refusal by the edge, and a network on which nothing answers stop everything, and so does the first failure of any
    kind with --fail-fast. Ctrl-C finishes what is under way; a second one ends at once, and names bins that may have
    changed. Where standard output cannot be written, the bins are done all the same, and the end tells it.

    The exit code is the gravest of all bins, in this order:
    """
_NEGATIVE_FOR_MANY = "--check found something to do, or JSONBin stored something else than was sent"
_STREAMS = """
    Standard output is empty whenever the code is not 0, but for `diff`, `config check`, `apply` and `pull`, and for
    what was already written when the disk was full or you pressed Ctrl-C. Standard error is for people. With --errors
    json a failure is one JSON object there, the last line: slug, message, hint, status, bin, exit_code, sent (whether
    the request that failed left this machine, reads before it aside; null where nobody knows) and retryable. `apply`
    and `pull` write one line for each cause, the gravest last.
    """
_COMPLETION = """
    Tab completes commands, options and their values, files, profiles, aliases, backups, and paths inside a record, from
    what is on this machine: nothing is sent. After an installation with pipx, bash (with the package bash-completion)
    and fish find the scripts by themselves. Else add the line of your shell to its settings:
    """
_SERVE = f"""
    `jsonbin serve -- COMMAND` serves bins in memory, on a free port, while the command runs, and ends with its exit
    code: 128 + N where signal N ended it, 127 where it cannot be run. Its standard streams are its own; --verbose tells
    the requests on standard error. SIGINT, SIGTERM and SIGHUP are passed on to it.

    The port is also a proxy for https://api.jsonbin.io and http://api.jsonbin.io. Its certificate is made for each run,
    by an authority whose key stays in memory. Requests for other hosts are refused, which is told once for each host;
    --pass-through connects to them. In the environment of the command are JSONBIN_API_URL, JSONBIN_MASTER_KEY, and
    what names the proxy and the certificates (the usual ones and this one) to usual clients: HTTPS_PROXY, HTTP_PROXY,
    ALL_PROXY, NO_PROXY, SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, NODE_EXTRA_CA_CERTS and more; `jsonbin serve
    -- env` shows all. Java gets JAVA_TOOL_OPTIONS, which it mentions on standard error, PHP a file of settings. Node
    takes the proxy from version 22.21 and 24 on; an older one is sent here by a script in NODE_OPTIONS, and reaches
    other hosts as always. A client that reads none of these, or says that the certificate is not trusted, has to be
    told by its own options: aiohttp with trust_env=True, wget with --ca-certificate="$SSL_CERT_FILE", Chromium with
    --proxy-server="$HTTPS_PROXY" and --ignore-certificate-errors-spki-list="$JSONBIN_SPKI".

    The ready file appears, complete, once the server listens: url, master_key, ca_file, and environment, with all of
    these variables. Without a command, --memory and --store FILE it serves the bins of the profile local. --records
    adds a record, or a folder of them: a file named like an id becomes that bin, any other file a bin whose id is made
    of its name, the same in each run. SIGTERM, SIGHUP and Ctrl-C let it finish what it is answering, up to ten seconds,
    and end it with exit code 0; a second one ends it at once.

    Its master key is the same everywhere and no secret: {LOCAL_MASTER_KEY} Every page that you open in a browser can
    use that key too, while the server runs; JSONBIN_LOCAL_MASTER_KEY sets another.

    --script 502,ok,cut gives the first requests one fault each. --fail 502=0.1 --fail hang=0.01 gives all others a
    fault with that probability, second-writer only after a bin was read. --latency 0.1-0.5 is how many seconds each
    answer takes. All random numbers start from --seed, so that a run can be repeated. While the server runs, /control
    (outside /v3) shows and changes all of this, but not for a page in a browser: outside /v3 a request is refused whose
    Host does not name this machine, or whose Origin is another one. Where JSONBIN_LOCAL_MASTER_KEY is set, it needs
    that key too.

    The root of the same address, http://127.0.0.1:8900/, is a page for a browser: the last 500 requests, live, each
    with its bodies, what jsonbin would say of a failure, and buttons to make it again and to copy it as curl, jsonbin
    or a test; the bins with their versions; and all that is below as switches and fields. It is under the same rules,
    and with a --host that other machines can reach it is off unless --page is given.

    /openapi.json and `jsonbin serve --openapi` describe all that is served below /v3 in OpenAPI 3.1, for programs that
    make clients and tests of it. The description is that of the local JSONBin, and not JSONBin's own: x-evidence marks
    each line that is inferred, or a choice of this program. It needs no key.

    The faults, and what a client sees:
    """
_SETTINGS = """
    The settings, for --setting NAME=VALUE and for /control. Where the behaviour of the service is not known, or only
    inferred, one chooses it; the first value is the default. Your code should work with each of them.
    """
_INFERRED = """
    Also inferred, and not to be relied on: the statuses and words of errors about names of schema docs and access keys,
    of `No versions found`, of an invalid schema doc and of an invalid X-JSON-Path; the words for a record over 1 MB on
    the pro plan; the words for keywords of a schema other than `required`; 413 for a body over 4 MiB, of which no more
    is read; 408 for a body that takes more than 30 seconds to arrive; 400 in plain text for what is not HTTP; 503 for
    more connections than the process may open files (ulimit -Hn, at most 10,240), and while another program holds the
    store.
    """


class Chapter(NamedTuple):
    """One topic: what it is about, and its text for lines of at most so many characters; None sets no limit."""

    about: str
    text: Callable[[int | None], str]


def contents(width: int | None) -> str:
    """The list of topics."""
    intro = paragraph("jsonbin help TOPIC shows one of these, jsonbin help COMMAND the help of a command.", width)
    return f"{intro}\n\n{columns(((topic, chapter.about) for topic, chapter in CHAPTERS.items()), width)}"


def _keys(width: int | None) -> str:
    return _parts(_prose(_KEYS, width), columns(_KEYS_IN_ORDER.items(), width), _prose(_NO_OPTION, width))


def _config(width: int | None) -> str:
    return _parts(_prose(_CONFIG, width), CONFIG.rstrip("\n"))


def _many_bins(width: int | None) -> str:
    codes = [
        (str(int(code)), EXIT_CODES[code][0] if code is not ExitCode.NEGATIVE else _NEGATIVE_FOR_MANY)
        for code in GRAVEST
    ]
    return _parts(
        _prose(_MANY_BINS, width), MANIFEST.rstrip("\n"), _prose(_MANY_BINS_RULES, width), columns(codes, width)
    )


def _exit_codes(width: int | None) -> str:
    rows = [
        (str(int(code)), f"{meaning} ({action})" if action else meaning)
        for code, (meaning, action) in EXIT_CODES.items()
    ]
    return _parts(columns(rows, width), _prose(_STREAMS, width))


def _errors(width: int | None) -> str:
    lines = []
    for rule in RULES:
        lines += [rule.slug, paragraph(f"    {rule.meaning}", width, "    ")]
        lines.append(paragraph(f"    fix: {rule.fix}", width, " " * 9))
    return "\n".join(lines)


def _completion(width: int | None) -> str:
    lines = [f"{shell}: {place}\n    {line}" for shell, line, place in completions.lines()]
    return _parts(_prose(_COMPLETION, width), *lines)


def _serve(width: int | None) -> str:
    from jsonbin_cli.local.api.settings import choices
    from jsonbin_cli.local.server.faults import FAULTS

    settings = [(name, f"{choice.meaning} ({', '.join(choice.values)})") for name, choice in choices().items()]
    return _parts(
        _prose(_SERVE, width),
        columns(FAULTS.items(), width),
        _prose(_SETTINGS, width),
        columns(settings, width),
        _prose(_INFERRED, width),
    )


def _prose(text: str, width: int | None) -> str:
    """Paragraphs, each in lines of its own."""
    return "\n\n".join(paragraph(" ".join(part.split()), width) for part in text.split("\n\n"))


def _parts(*parts: str) -> str:
    return "\n\n".join(parts)


CHAPTERS = {
    "keys": Chapter("where the key comes from", _keys),
    "config": Chapter("the config file, with every setting of a profile", _config),
    "requests": Chapter("time-outs, and what is sent again", partial(_prose, _REQUESTS)),
    "two-writers": Chapter("how nothing is lost when others write the same bin", partial(_prose, _TWO_WRITERS)),
    "many-bins": Chapter("folders of records: ls, pull and apply, the manifest, and what limits a run", _many_bins),
    "exit-codes": Chapter("what each exit code means, and what a script does then", _exit_codes),
    "errors": Chapter("every error with its meaning and its fix; `jsonbin explain` finds one of them", _errors),
    "environment": Chapter("the variables that jsonbin reads", partial(columns, ENVIRONMENT.items())),
    "completion": Chapter("how to let Tab complete commands, aliases, paths and backups in your shell", _completion),
    "serve": Chapter("the faults and settings of JSONBin on this machine", _serve),
}
