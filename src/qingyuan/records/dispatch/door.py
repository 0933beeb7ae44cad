"""Dispatch's door to the engines: commits, seals, draws and bundles.  Only plain values pass."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from qingyuan.engines.draw import algorithm, bundle, seal
from qingyuan.engines.draw import commitment as commitments
from qingyuan.engines.ledger import checkpoint, layout
from qingyuan.errors import BadInput


def commit_and_seal(pool: Mapping[str, Any], *, why: str, at: dt.datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """(commitment, proof of sealing).  When the ledger knows earlier commitments of the plan this one names the last of them, and ``why``.

    Raises BadInput with everything that makes the pool unfit.
    """
    earlier = seal.sealed_draws(settings.QINGYUAN_DATA, pool["plan"])
    redraws = {"number": earlier[-1][0], "digest": earlier[-1][1], "why": why} if earlier else None
    made = commitments.committed(pool, number=len(earlier) + 1, nonce=secrets.token_bytes(32), at=at, redraws=redraws)
    return made, seal.seal_new(settings.QINGYUAN_DATA, made, at)


def digest_of(commitment: Mapping[str, Any]) -> str:
    return algorithm.digest_of(commitment)


def draw(commitment: Mapping[str, Any], proof: Mapping[str, Any], *, value: str, published_at: dt.datetime, evidence: str) -> dict[str, Any]:
    """The verification bundle with the result; NotAllowed when the value is unfit or was public before the sealing."""
    return bundle.run(commitment, value=value, published_at=published_at, evidence=evidence, seal=proof)


def seal_result(told: Mapping[str, Any], at: dt.datetime) -> tuple[str, int]:
    """Seal a bundle: (digest, leaf)."""
    digest = hashlib.sha256(algorithm.spelled(told)).hexdigest()
    pool = told["commitment"]
    proof = seal.seal(settings.QINGYUAN_DATA, digest, plan=pool["plan"], number=pool["number"], at=at, kind=seal.RESULT)
    return digest, proof["leaf"]


def problems(told: Mapping[str, Any]) -> list[str]:
    """What does not hold in a bundle, the ledger's own view included."""
    return bundle.problems(told) or [*seal.seal_problems(told), *seal.hidden_draws(told, settings.QINGYUAN_DATA)]


def beacon_sources() -> dict[str, dict[str, str]]:
    """Public sources of a seed, by id: name, round, spelling, example."""
    return commitments.sources()


def source_name(commitment: Mapping[str, Any]) -> str:
    return bundle.source_name(commitment)


# -- task codes ---------------------------------------------------------------------------------------------------------------

VISIT = b"qingyuan-visit-1\n"  # says what the ledger's key signed: a signature of one kind of thing is none of another


def sign_visit(told: Mapping[str, Any]) -> tuple[str, str]:
    """(SHA-256 of a task code's statement in its fixed spelling, Ed25519 signature as base64)."""
    body = algorithm.spelled(told)
    return hashlib.sha256(body).hexdigest(), base64.b64encode(visit_key().sign(VISIT + body)).decode()


def is_signed_visit(told: Mapping[str, Any], signature: str) -> bool:
    """Whether this installation signed exactly this statement."""
    try:
        visit_key().public_key().verify(base64.b64decode(signature, validate=True), VISIT + algorithm.spelled(told))
    except (InvalidSignature, ValueError, BadInput):
        return False
    return True


def visit_key() -> Ed25519PrivateKey:
    return checkpoint.signing_key(layout.key(settings.QINGYUAN_DATA))


def visit_key_line() -> str:
    """The public key as one line, to verify a task code without us."""
    return checkpoint.verifier_line(visit_key().public_key().public_bytes_raw())
