"""The rows of a store: bins, collections, schema docs, access keys."""

from __future__ import annotations

from typing import NamedTuple


class Bin(NamedTuple):
    """A bin with its latest record, byte for byte, and how many versions it has.

    `base` is the record from before its first version, None where that is the latest too.
    """

    id: str
    record: bytes
    private: bool
    created_at: str
    name: str | None = None
    collection: str | None = None
    versions: int = 0
    base: bytes | None = None


class Collection(NamedTuple):
    """A named group of bins, with the schema doc that their records must fit."""

    id: str
    name: str
    created_at: str
    schema: str | None = None


class SchemaDoc(NamedTuple):
    """A JSON Schema, byte for byte."""

    id: str
    name: str
    record: bytes
    created_at: str


class AccessKey(NamedTuple):
    """A restricted key. `permissions` are of `create`, `read`, `update`, `delete`."""

    id: str
    secret: str
    name: str
    permissions: frozenset[str]
