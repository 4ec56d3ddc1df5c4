"""Whether a request and its answer are as the description has them, to the last member."""

from __future__ import annotations

import json
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from jsonbin_cli.local.api.description import description

OF_HTTP = {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"}
KEYS = {"x-master-key": "masterKey", "x-access-key": "accessKey"}


class Described:
    """The description, read strictly: an object has no members but those that are described."""

    def __init__(self) -> None:
        self.document = closed(json.loads(json.dumps(description("/v3"))))

    def operation(self, method: str, path: str) -> Any:
        """What is described for a method and a path below /v3; None where nothing is."""
        given = path.split("/")

        def fits(template: str) -> bool:
            parts = template.split("/")
            return len(parts) == len(given) and all(
                part == one or part.startswith("{") for part, one in zip(parts, given, strict=True)
            )

        found = [template for template in self.document["paths"] if fits(template)]
        # A fixed path comes before one with variable parts, as OpenAPI has it.
        operations = [self.document["paths"][template] for template in sorted(found, key=lambda one: one.count("{"))]
        return next((one[method.lower()] for one in operations if method.lower() in one), None)

    def flaws(self, reply: httpx.Response) -> list[str]:
        """Where an answer, and the request of a good one, are not as described."""
        request = reply.request
        operation = self.operation(request.method, request.url.path.removeprefix("/v3"))
        if operation is None:
            return self._flaws_of_answer(reply, {"404": self.document["components"]["responses"]["Error404"]})
        flaws = self._flaws_of_answer(reply, operation["responses"])
        return flaws + (self._flaws_of_request(request, operation) if reply.status_code == 200 else [])

    def _flaws_of_answer(self, reply: httpx.Response, responses: Any) -> list[str]:
        response = responses.get(str(reply.status_code), {"content": {}})
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        kind = reply.headers["content-type"].split(";")[0]
        if kind not in response["content"]:
            return [f"{reply.status_code} {kind} is not described"]
        body = reply.text if kind == "text/plain" else reply.json()
        return self._flaws_of_value(body, response["content"][kind]["schema"])

    def _flaws_of_request(self, request: httpx.Request, operation: Any) -> list[str]:
        parameters = {(one["in"], one["name"].lower()): one for one in operation["parameters"]}
        keys = [KEYS[name] for name in request.headers if name in KEYS]
        given = {("header", name): value for name, value in request.headers.items() if name not in OF_HTTP | {*KEYS}}
        given |= {("query", name): value for name, value in request.url.params.items()}
        flaws = [f"{name} is not described" for name in given if name not in parameters]
        flaws += [
            f"{name} is needed"
            for name, one in parameters.items()
            if one["required"] and name[0] == "header" and name not in given
        ]
        flaws += [] if {name: [] for name in keys[:1]} in operation["security"] else [f"{keys} are not enough"]
        for name in given.keys() & parameters.keys():
            value, schema = given[name], parameters[name]["schema"]
            flaws += self._flaws_of_value(json.loads(value) if schema["type"] == "boolean" else value, schema)
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            flaws += self._flaws_of_value(json.loads(request.content), schema)
        return flaws

    def _flaws_of_value(self, value: Any, schema: Any) -> list[str]:
        validator = Draft202012Validator({"allOf": [schema], "components": self.document["components"]})
        return [error.message for error in validator.iter_errors(value)]


def closed(schema: Any) -> Any:
    """A schema whose objects have no members but those that it names."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(one) for name, one in schema.items()}
    return inner | (
        {"additionalProperties": False} if schema.get("type") == "object" and "properties" in schema else {}
    )
