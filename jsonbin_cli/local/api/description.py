"""The description of the API in OpenAPI 3.1, made of the endpoints, what their handlers return, and the errors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any, get_args, get_type_hints

from jsonbin_cli import __version__
from jsonbin_cli.local.api import bodies, errors, replies
from jsonbin_cli.local.api.endpoints import ROUTES, Route
from jsonbin_cli.local.api.errors import Error
from jsonbin_cli.local.api.inputs import Parameter, Segment
from jsonbin_cli.local.api.json_schema import Schema, Schemas

PATH = "/openapi.json"
_ABOUT = """\
What `jsonbin serve` answers below /v3. This describes the local JSONBin; it is not JSONBin.io's own description.

`x-source` says how a line is known, and `x-evidence` how far to trust it: `documented` in the service's reference, \
`observed` in live answers, `inferred` from these, or a `choice` of the local JSONBin where nothing is known. What is \
inferred or chosen may be otherwise at JSONBin.io. Where a setting decides, each of the answers is described; \
`jsonbin help serve` lists the settings.

Not described: HEAD, which is answered as GET is; preflights of browsers; the faults that the server can be told to \
make; what is not HTTP; and any other path or method, which is a 404 as in `components/responses`."""
_EVERYWHERE = (errors.BODY_TOO_SLOW, errors.BODY_TOO_LARGE, errors.UNAVAILABLE)
# What is not JSON: of the edge, and of the HTTP library where there are too many connections.
_PLAIN_TEXT = {403: errors.EDGE.message, 503: "Service Unavailable"}
_MASTER_KEY = {"type": "apiKey", "in": "header", "name": "X-Master-Key", "description": "The key of the account."}
_ACCESS_KEY = _MASTER_KEY | {"name": "X-Access-Key", "description": "A key that may do some things to bins."}


def description(url: str) -> dict[str, Any]:
    """The document. `url` is the base address, which may be relative to the address of the document."""
    schemas = Schemas()
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    everywhere = [(error, error.message) for error in (*_EVERYWHERE, errors.ROUTE_NOT_FOUND)]
    responses = {_name(error): _failure(error.status, [(error, message)], schemas) for error, message in everywhere}
    return {
        "openapi": "3.1.0",
        "info": {"title": "JSONBin on this machine", "version": __version__, "description": _ABOUT},
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": responses,
            "securitySchemes": {"masterKey": _MASTER_KEY, "accessKey": _ACCESS_KEY},
        },
    }


def _operation(route: Route, schemas: Schemas) -> dict[str, object]:
    module, function = route.handler.split(":")
    handler = getattr(import_module(f"jsonbin_cli.local.api.{module}"), function)
    told = " ".join((handler.__doc__ or "").partition(": ")[2].split())
    summary, _, more = told.partition(". ")
    # The handlers themselves do without these types while they run.
    (reply,) = get_args(get_type_hints(handler, localns=vars(replies), include_extras=True)["return"])
    answers: dict[str, object] = {
        "200": {"description": "Success", "content": _json(schemas.of(reply)), **_links(route)},
        **_failures(route, schemas),
        **{str(error.status): {"$ref": f"#/components/responses/{_name(error)}"} for error in _EVERYWHERE},
    }
    operation: dict[str, object] = {
        "operationId": _identifier(route),
        "tags": [module],
        "summary": summary[:1].upper() + summary[1:].rstrip("."),
        **({"description": more} if more else {}),
        **_evidence(route.source),
        "security": _security(route),
        "parameters": [
            *(_segment(name, segment) for name, segment in route.segments().items()),
            *(_parameter(one, required=one in route.needs) for one in (*route.needs, *route.takes)),
        ],
    }
    if route.body:
        content = _json(schemas.of(getattr(bodies, route.body.kind)))
        about = {"description": route.body.meaning, **_evidence(route.body.source)}
        operation["requestBody"] = {"required": True, "content": content, **about}
    return operation | {"responses": dict(sorted(answers.items()))}


def _links(route: Route) -> dict[str, object]:
    """Which endpoints take the id of what this one creates."""
    if route.creates is None:
        return {}
    name, place = route.creates
    identifiers = [_identifier(one) for one in ROUTES if name in one.segments()]
    values = {f"path.{name}": f"$response.body#{place}"}
    return {"links": {one: {"operationId": one, "parameters": values} for one in identifiers}}


def _security(route: Route) -> list[dict[str, list[str]]]:
    """The keys of which a request needs one, or none."""
    keys: list[dict[str, list[str]]] = [{"masterKey": []}]
    if route.keys.verb:
        keys.append({"accessKey": []})
    return [*keys, {}] if route.keys.public else keys


def _segment(name: str, segment: Segment) -> dict[str, object]:
    about = {"description": segment.meaning, **_evidence(segment.source)}
    return {"name": name, "in": "path", "required": True, "schema": segment.schema, **about}


def _parameter(one: Parameter, *, required: bool) -> dict[str, object]:
    about = {"description": one.meaning, **_evidence(one.source)}
    return {"name": one.name, "in": one.place, "required": required, "schema": one.schema, **about}


def _failures(route: Route, schemas: Schemas) -> dict[str, object]:
    """The errors of an endpoint by their status, in the words that it uses."""
    found: dict[int, list[tuple[Error, str]]] = {}
    for error, parts in route.refusals().items():
        message = error.message.format(**parts) if parts else error.message
        for status in {error.status, error.other_status or error.status}:
            found.setdefault(status, []).append((error, message))
    return {str(status): _failure(status, worded, schemas) for status, worded in found.items()}


def _failure(status: int, worded: Iterable[tuple[Error, str]], schemas: Schemas) -> dict[str, object]:
    """A response with one of these messages."""
    about: dict[str, str] = {}  # of a message that two errors have, both
    for error, message in worded:
        about[message] = f"{about[message]}; {error.source}" if message in about else error.source
    messages = [_words(message) | _evidence(source) for message, source in about.items()]
    content = _json(schemas.of(replies.ErrorMessage) | {"properties": {"message": {"anyOf": messages}}})
    if status in _PLAIN_TEXT:
        content["text/plain"] = {"schema": {"type": "string", "const": _PLAIN_TEXT[status]}}
    return {"description": "\n".join(f"- {message}" for message in about), "content": content}


def _words(message: str) -> Schema:
    """The schema of a message, which may end with a part in braces for any text."""
    beginning, brace, _ = message.partition("{")
    # Blanks need no escape, and the regular expressions of JSON Schema do not take one.
    return {"pattern": f"^{re.escape(beginning).replace(chr(92) + ' ', ' ')}"} if brace else {"const": message}


def _evidence(source: str) -> dict[str, str]:
    """How a line is known: in one word, and in those of `errors`."""
    word = next((word for word in ("inferred", "choice") if word in source), None)
    return {"x-evidence": word or ("observed" if source.startswith("observed") else "documented"), "x-source": source}


def _json(schema: Schema) -> dict[str, object]:
    return {"application/json": {"schema": schema}}


def _identifier(route: Route) -> str:
    return route.handler.replace(":", "_")


def _name(error: Error) -> str:
    return f"Error{error.status}"
