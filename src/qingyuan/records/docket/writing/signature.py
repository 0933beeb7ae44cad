"""The electronic signature on an issued PDF (PAdES baseline B), and what it says to whoever holds the file.

The signature is appended: a signed file begins with the very bytes that were issued, so their digest can still be found in it.
It certifies the document with no changes allowed.  Key, certificate and moment given, the bytes are always the same (RSA with
PKCS #1 v1.5, no random identifier).  No Django here: ``qingyuan verify`` reads a file with this module alone.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
import logging
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from asn1crypto import keys
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import cms_embedder, pdf_byterange, pdf_cms
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what is wrong with a file is said by ``read``, not in the log
FIELD = "AgencySignature"
RESERVED = 16_384  # bytes kept for the signature and its certificates
END = re.compile(rb"%%EOF(?:\r\n|\n|\r)?")


@dataclass(frozen=True)
class Identity:
    """Who signs: a private key and the certificates from its own up to the root, PEM."""

    key: bytes
    certificate: bytes
    chain: bytes

    @property
    def name(self) -> str:
        return str(self.parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)

    @property
    def parsed(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate)

    @property
    def fingerprint(self) -> str:
        return self.parsed.fingerprint(hashes.SHA256()).hex()


@dataclass(frozen=True)
class Read:
    """What a signature in a file says: whose, when, and whether anything was changed since.

    ``is_intact``: the signed bytes are what was signed; ``is_whole``: nothing was added after; ``is_trusted``: the certificate
    leads to a root that was given (None when none was given).  ``revisions``: SHA-256 of every earlier state of the file.
    """

    signer: str
    issuer: str
    serial: str
    fingerprint: str
    at: dt.datetime | None
    is_intact: bool
    is_whole: bool
    is_trusted: bool | None
    revisions: tuple[str, ...]


def make_root(name: str, *, began: dt.datetime, ended: dt.datetime) -> tuple[bytes, bytes]:
    """A root of this installation's own for the demo: (private key, certificate), PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private_pem(key), certificate(name, key, None, key, began, ended, is_root=True)


def make_identity(name: str, root: tuple[bytes, bytes], *, began: dt.datetime, ended: dt.datetime) -> Identity:
    """A signing certificate of an agency under a root."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root_key = serialization.load_pem_private_key(root[0], None)
    return Identity(private_pem(key), certificate(name, key, x509.load_pem_x509_certificate(root[1]), root_key, began, ended), root[1])


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: x509.Certificate | None, issuer_key: Any, began: dt.datetime, ended: dt.datetime, *, is_root: bool = False,
) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = {"key_encipherment": False, "data_encipherment": False, "key_agreement": False, "encipher_only": False, "decipher_only": False, "crl_sign": is_root}
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(began).not_valid_after(ended)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not is_root, content_commitment=not is_root, key_cert_sign=is_root, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )  # fmt: skip
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def sign(pdf: bytes, identity: Identity, *, at: dt.datetime, reason: str) -> bytes:
    """The same PDF with a signature appended; ``pdf`` is a prefix of what comes back."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    seed = hashlib.sha256(pdf + at.astimezone(dt.UTC).isoformat().encode()).digest()
    kept = writer._document_id[0]  # the second identifier is drawn at random by the library; the same paper must give the same bytes
    writer._document_id = generic.ArrayObject([kept, generic.ByteStringObject(seed[:16])])
    embedder = cms_embedder.PdfCMSEmbedder().write_cms(FIELD, writer)
    next(embedder)
    placeholder = pdf_byterange.PdfSignedData(generic.pdf_name("/Sig"), SigSeedSubFilter.PADES, timestamp=at, bytes_reserved=RESERVED)
    placeholder[generic.pdf_name("/Reason")] = generic.pdf_string(reason)
    placeholder[generic.pdf_name("/Name")] = generic.pdf_string(identity.name)
    locked = cms_embedder.SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    embedder.send(cms_embedder.SigObjSetup(sig_placeholder=placeholder, mdp_setup=locked))
    prepared, output = embedder.send(cms_embedder.SigIOSetup(md_algorithm="sha256", output=io.BytesIO()))
    signed = finished(signer_of(identity).async_sign(prepared.document_digest, "sha256", use_pades=True))
    embedder.send(signed)
    return output.getvalue()


class LocalSigner(pdf_cms.SimpleSigner):
    """Signs with a key that was read and checked once: reading an RSA key takes longer than signing with it."""

    def __init__(self, identity: Identity) -> None:
        store = SimpleCertificateStore()
        store.register_multiple([asn1_certificate(identity.chain)])
        self.local_key = serialization.load_pem_private_key(identity.key, None)
        _, _, der = asn1_pem.unarmor(identity.key)
        super().__init__(asn1_certificate(identity.certificate), keys.PrivateKeyInfo.load(der), store, prefer_pss=False)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return self.local_key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@lru_cache(maxsize=64)
def signer_of(identity: Identity) -> LocalSigner:
    return LocalSigner(identity)


def asn1_certificate(text: bytes) -> asn1_x509.Certificate:
    _, _, der = asn1_pem.unarmor(text)
    return asn1_x509.Certificate.load(der)


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """The value of a coroutine of the library, in a thread of its own: whatever loop runs around us is left alone."""
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(asyncio.run, work).result()


def read(pdf: bytes, *, root: bytes | None = None) -> Read | None:
    """What the agency's signature says; None when the file has none.  ``root`` is a certificate (PEM) that is trusted.

    A file that cannot be read because something was put behind it is read as it was before, and is not whole.
    """
    found = read_whole(pdf, root)
    if found is not None:
        return found
    ends = sorted({mark.end() for mark in END.finditer(pdf)} - {len(pdf)}, reverse=True)[:4]
    earlier = next((said for end in ends if (said := read_whole(pdf[:end], root)) is not None), None)
    return replace(earlier, is_whole=False) if earlier else None


def read_whole(pdf: bytes, root: bytes | None) -> Read | None:
    """The last signature of a file that can be read to its end."""
    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
        if not found:
            return None
        said = finished(async_validate_pdf_signature(found[-1], signer_validation_context=ValidationContext(trust_roots=[], allow_fetching=False)))
        at, covers = found[-1].self_reported_timestamp, said.coverage == SignatureCoverageLevel.ENTIRE_FILE
        who, is_intact = said.signing_cert, bool(said.intact and said.valid)
    except (PdfError, SignatureValidationError, SigningError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return None
    names = {"signer": who.subject.native.get("common_name", ""), "issuer": who.issuer.native.get("common_name", "")}
    return Read(
        **names, serial=f"{who.serial_number:x}", fingerprint=who.sha256.hex(), at=at, is_intact=is_intact, is_whole=covers,
        is_trusted=None if root is None else is_issued_by(who.dump(), root), revisions=revisions(pdf),
    )


def is_issued_by(der: bytes, root: bytes) -> bool:
    """Whether a certificate (DER) was signed by the key of a root (PEM)."""
    try:
        x509.load_der_x509_certificate(der).verify_directly_issued_by(x509.load_pem_x509_certificate(root))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def revisions(pdf: bytes) -> tuple[str, ...]:
    """SHA-256 of the first prefixes that end like a PDF: the issued bytes are one of them."""
    return tuple(dict.fromkeys(hashlib.sha256(pdf[:end]).hexdigest() for found in islice(END.finditer(pdf), 6) for end in (found.end(), found.start() + 5)))
