"""The room's door to the engines: signatures and chains of what devices captured.  Only plain values pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.engines.ledger import captures

FORMAT, START = captures.FORMAT, captures.START


def check_key(public_key: str) -> None:
    """BadInput unless it is a P-256 public key."""
    captures.read_key(public_key)


def is_signed(public_key: str, signature: str, message: bytes) -> bool:
    """Whether the device signed the message."""
    return captures.is_signed(captures.read_key(public_key), signature, message)


def problem_of(entry: Mapping[str, Any], public_key: str, *, device: str, task: str, number: int, previous: str) -> str:
    """What is wrong with one entry at its place; "" when nothing is."""
    return captures.problem(entry, captures.read_key(public_key), device=device, task=task, number=number, previous=previous)


def link(entry: Mapping[str, Any]) -> str:
    return captures.link(entry)


def manifest(public_key: str, *, device: str, task: str, entries: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The file that ``qingyuan verify`` checks."""
    return {"format": FORMAT, "device": device, "public_key": public_key, "task": task, "entries": entries}
