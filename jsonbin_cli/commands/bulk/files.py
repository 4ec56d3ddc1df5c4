"""The files of a folder, read and checked before anything is sent."""

from __future__ import annotations

from importlib.util import find_spec

from jsonbin_cli.commands.bulk.outcomes import Row
from jsonbin_cli.config.account import Account
from jsonbin_cli.config.installing import install_extra
from jsonbin_cli.config.memory import LARGE
from jsonbin_cli.failures import BadConfig, Conflict, InvalidInput
from jsonbin_cli.records.document import Document, document_from
from jsonbin_cli.records.folders import digests, manifest
from jsonbin_cli.records.folders.manifest import Entry, Folder
from jsonbin_cli.records.guards import check_depth
from jsonbin_cli.records.pointers import DEEPEST_TO_CHANGE

# What a schema without `$schema` is written in.
_DRAFT = "2020-12"


class Files:
    """The records of a folder, for an account whose plan says how large they may be.

    Where they are `planned`, a file that holds no record is only not the one that was planned: nothing of it is shown,
    since whoever wrote the plan could have named any file.
    """

    def __init__(self, folder: Folder, account: Account, *, as_is: bool, planned: bool) -> None:
        self.folder = folder
        self._plan = account.plan
        self._as_is = as_is
        self._planned = planned
        self._schemas: dict[str, bytes] = {}

    def rows(self) -> tuple[list[Row], list[str]]:
        """A row for each file, and notes about what is in them. Raises InvalidInput with all mistakes at once."""
        rows: list[Row] = []
        notes: list[str] = []
        failures: list[InvalidInput] = []
        if any(entry.schema for entry in self.folder.entries):
            _need_what_checks_schemas()
        for entry in self.folder.entries:
            try:
                document = self._document(entry)
                self._check_schema(entry, document)
                rows.append(Row(entry, digests.of_bytes(document.raw), large=len(document.raw) > LARGE))
                notes += document.notes
            except InvalidInput as failure:
                if self._planned:
                    rows.append(Row(entry))
                else:
                    failures.append(failure)
        if len(failures) == 1:
            raise failures[0]
        manifest.check(self.folder.manifest or self.folder.path, [failure.message for failure in failures])
        return rows, notes

    def document(self, row: Row) -> Document:
        """The record of a row's file. Raises Conflict where the file is not what it was; InvalidInput."""
        document = self._document(row.entry)
        if digests.of_bytes(document.raw) != row.file:
            raise Conflict(
                f"{document.name} was changed since it was looked at; nothing was sent",
                "run it again",
                bin=row.entry.id,
            )
        return document

    def _document(self, entry: Entry) -> Document:
        document = document_from(self.folder.path_of(entry.file), self._plan, as_is=self._as_is)
        if document.raw.count(b"[") + document.raw.count(b"{") > DEEPEST_TO_CHANGE:  # else it need not be parsed again
            check_depth(document.name, document.value)
        return document

    def _check_schema(self, entry: Entry, document: Document) -> None:
        if entry.schema is None:
            return
        from jsonbin_cli.local.api.validation import mismatch

        path = self.folder.path_of(entry.schema)
        if path not in self._schemas:
            self._schemas[path] = _schema(path)
        found = mismatch(self._schemas[path], document.raw, _DRAFT)
        if found is not None:
            failure = InvalidInput(f"{document.name} does not fit {path}: {found}")
            failure.file = document.name
            raise failure


def _schema(path: str) -> bytes:
    """The text of a JSON Schema. Raises InvalidInput where it is none."""
    from jsonbin_cli.local.api.validation import flaw

    text = document_from(path, as_is=True).raw
    fault = flaw(text, _DRAFT)
    if fault is not None:
        failure = InvalidInput(f"{path} is not a JSON Schema: {fault}")
        failure.file = path
        raise failure
    return text


def _need_what_checks_schemas() -> None:
    if find_spec("jsonschema") is None:
        raise BadConfig(
            "the manifest names a schema, and the packages that check it are not installed", install_extra("serve")
        )
