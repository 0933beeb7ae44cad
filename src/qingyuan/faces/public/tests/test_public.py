"""What anyone may read, and what nobody may learn here."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_list_opens_when_nothing_is_published():
    assert "还没有公开" in Client().get("/public/").content.decode()


def test_a_decision_that_is_not_public_is_not_found():
    """A draft and a row that does not exist look the same."""
    assert Client().get("/public/decisions/1/").status_code == 404


@pytest.mark.parametrize(("asked", "said"), [("0" * 64, "没有查到"), ("abc", "64 位十六进制"), ("' OR 1=1 --", "64 位十六进制")])
def test_a_digest_that_leads_nowhere_is_answered_in_words(asked, said):
    assert said in Client().get("/public/verify/", {"digest": asked}).content.decode()


def test_a_file_put_in_to_be_compared_is_not_kept(tmp_path, settings):
    """Only its digest is looked up."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.QINGYUAN_FILES = tmp_path / "files"
    answer = Client().post("/public/verify/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 not ours")})
    assert "没有查到" in answer.content.decode() and not (tmp_path / "files").exists()


@pytest.mark.parametrize("page", ["x", "-1", "0", "99999999999"])
def test_an_odd_page_number_is_the_first_or_an_empty_page(page):
    assert Client().get("/public/", {"page": page}).status_code == 200
