"""The signature on every issued PDF: appended, deterministic, readable by a stranger; any byte changed is said."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qingyuan.cli import main
from qingyuan.errors import Corrupt
from qingyuan.records.docket import agency_key, queries
from qingyuan.records.docket.tests.cast import AT
from qingyuan.records.docket.writing import signature

pytestmark = pytest.mark.django_db
BEGAN, ENDED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2050, 1, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def stranger():
    """An identity of a root that is not ours."""
    return signature.make_identity("示范省清源市生态环境局", signature.make_root("别人的根", began=BEGAN, ended=ENDED), began=BEGAN, ended=ENDED)


@pytest.fixture
def signed(cast) -> bytes:
    return queries.content(cast.issue(), "signed")


def changed(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_the_signed_file_begins_with_the_issued_bytes_and_the_docket_keeps_both(cast):
    """Decision 0007: the digest of the docket is of the unsigned bytes, and stays findable in the signed file."""
    decision = cast.issue()
    content = queries.content(decision, "signed")
    assert content.startswith(queries.content(decision, "pdf"))
    assert hashlib.sha256(content).hexdigest() == decision.signature.digest
    said = signature.read(content, root=agency_key.root_certificate())
    assert (said.signer, said.is_intact, said.is_whole, said.is_trusted, said.at) == (decision.agency.name, True, True, True, AT)
    assert decision.digest in said.revisions and said.fingerprint == decision.signature.fingerprint


def test_the_same_paper_signed_at_the_same_moment_is_the_same_file(cast):
    """Nothing random goes in."""
    decision = cast.issue()
    again = signature.sign(queries.content(decision, "pdf"), agency_key.identity_of(decision.agency), at=AT, reason=f"{decision.title}{decision.number}")
    assert again == queries.content(decision, "signed")


def test_every_byte_of_what_was_issued_is_covered(signed):
    """A change anywhere in the signed revision breaks it; an addition is seen; a stranger's certificate is not ours."""
    issued = len(signed) - signed[::-1].index(b"%%EOF"[::-1], 10)
    for place in (200, issued // 2, issued - 40):
        said = signature.read(changed(signed, place))
        assert said is None or not said.is_intact, place
    said = signature.read(signed + b"\n% added\n%%EOF\n")
    assert said.is_intact and not said.is_whole


def test_a_forger_s_signature_over_our_paper_is_not_trusted(cast, stranger):
    """Same words, same name, another root."""
    forged = signature.sign(queries.content(cast.issue(), "pdf"), stranger, at=AT, reason="行政处罚决定书")
    said = signature.read(forged, root=agency_key.root_certificate())
    assert said.is_intact and said.is_trusted is False


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"x" * 5000, b"%PDF-1.7\n1 0 obj<</Type/Sig/ByteRange[0 9 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"])
def test_what_is_no_signed_pdf_has_no_signature(content):
    """Garbage raises nothing."""
    assert signature.read(content) is None


def test_the_verification_page_says_whose_it_is_and_what_was_changed(signed):
    """Signed copy, tampered copy, something added, a foreign file."""
    ask = lambda content: Client().post("/public/verify/", {"file": SimpleUploadedFile("a.pdf", content)}).content.decode()  # noqa: E731
    whole = ask(signed)
    assert "与签名时逐字节一致" in whole and "示范省清源市生态环境局" in whole and "没有改动一个字节" in whole and "本机关的证书" in whole
    assert "签名无效" in ask(changed(signed, 200)) and "没有查到" in ask(changed(signed, 200))
    added = ask(signed + b"\n% added\n%%EOF\n")
    assert "被改动过" in added and "签名之后被添加了内容" in added
    assert "没有查到" in ask(b"%PDF-1.7 not ours")


def test_the_command_verifies_with_nothing_but_the_file(signed, tmp_path, capsys):
    """Exit 0 for a whole file, 1 for a changed one or a foreign root."""
    file, root = tmp_path / "a.pdf", tmp_path / "root.pem"
    root.write_bytes(agency_key.root_certificate())
    file.write_bytes(signed)
    assert main(["verify", str(file), "--key", str(root)]) == 0
    assert "没有改动一个字节" in capsys.readouterr().out
    file.write_bytes(changed(signed, 200))
    assert main(["verify", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False
    file.write_bytes(signed)
    root.write_bytes(signature.make_root("别人的根", began=BEGAN, ended=ENDED)[1])
    assert main(["verify", str(file), "--key", str(root)]) == 1
    assert "不可信" in capsys.readouterr().out


def test_a_damaged_certificate_file_is_never_replaced(cast, settings, tmp_path):
    """A new key over a broken one would make every old signature look foreign."""
    settings.HOME = tmp_path
    agency_key.made_once(agency_key.folder() / "agency-root.pem", b"not a key")
    with pytest.raises(Corrupt, match="已损坏"):
        cast.issue()
    assert (agency_key.folder() / "agency-root.pem").read_bytes() == b"not a key"
    assert not cast.docket.documents.exists()
