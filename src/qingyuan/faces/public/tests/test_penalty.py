"""The public self-test and the check of a certificate: no login, no script, nothing kept, hostile input answered."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qingyuan.faces.public import rate
from qingyuan.law import penalty
from qingyuan.records.cases import certificate_key
from qingyuan.records.registry.models import Event

ASKED = {"violation": "air_exceedance", "province": "广东省", "party_kind": "company", "began": "2026-09-01", "ended": "2026-09-02", "decided_on": "2026-09-15"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.HOME = tmp_path
    cache.clear()
    yield
    cache.clear()


def answers(client: Client) -> dict[str, str]:
    """Every factor with its first level, as a visitor would."""
    form = client.get(reverse("public:self_test"), ASKED).context["sitting"].facts
    return {row["field"].name: row["question"].choices[0][0] for row in form.factors()}


def test_anyone_gets_the_same_working_as_the_desk_and_nothing_is_kept():
    client = Client()
    before = Event.objects.count()
    answer = client.post(reverse("public:self_test"), {**ASKED, **answers(client)})
    text = answer.content.decode()
    assert answer.status_code == 200 and "计算过程" in text and "不是处罚决定" in text and "广东省生态环境行政处罚自由裁量权规定" in text
    assert Event.objects.count() == before and not answer.cookies.get("sessionid")


def test_the_pages_carry_no_script():
    """They work on a machine that has none."""
    for name in ("self_test", "certificate"):
        assert "<script" not in Client().get(reverse(f"public:{name}"), ASKED).content.decode()


def test_who_asks_too_often_is_told_to_wait(monkeypatch):
    monkeypatch.setattr(rate, "MOST", 2)
    client = Client()
    assert [client.get(reverse("public:self_test")).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get(reverse("public:self_test"), headers={"X-Forwarded-For": "9.9.9.9"}).status_code == 429
    assert client.get(reverse("public:self_test"), REMOTE_ADDR="10.0.0.9").status_code == 200


def test_behind_the_proxy_each_visitor_has_an_own_count(monkeypatch, settings, rf):
    """What the visitor wrote before the proxy's own entry does not count."""
    settings.HTTPS = True
    asked = rf.get("/", headers={"X-Forwarded-For": "forged, 10.0.0.7"})
    assert rate.address_of(asked) == "10.0.0.7"


def made() -> dict:
    facts = {"exceedance": {"multiple": "0.5"}, "flue_gas": {"flue_gas": "150000"}, "period": "ordinary", "repeat": "first", "region": "county"}
    return penalty.calculate(penalty.PenaltyInput("air_exceedance", "示范省", "company", dt.date(2026, 9, 1), None, dt.date(2026, 9, 10), facts, case="<b>1</b>")).certificate


def check(told, *, as_file: bool = False):
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    sent = {"file": SimpleUploadedFile("c.json", text.encode())} if as_file else {"text": text}
    return Client().post(reverse("public:certificate"), sent)


@pytest.mark.parametrize("as_file", [True, False])
def test_a_certificate_is_computed_again_and_says_whose_it_is(as_file):
    text = check(certificate_key.signed(made()), as_file=as_file).content.decode()
    assert "复算相符" in text and "由本机关签名" in text and "计算过程" in text and "<b>1</b>" not in text
    assert "没有签名" in check(made(), as_file=as_file).content.decode()


def test_a_changed_certificate_does_not_hold_and_its_words_are_not_shown_as_true():
    told = made()
    told["result"]["amount_yuan"] += 10_000
    text = check(told).content.decode()
    assert "不成立" in text and "复算的 amount_yuan" in text and "计算过程" not in text


@pytest.mark.parametrize("sent", ["", "x", "[]", "{}", "null", '{"format": 1}', '{"certificate": []}', "[" * 200_000, '{"a": ' * 5_000, "9" * 10_000])
def test_nonsense_is_answered_in_words(sent):
    answer = check(sent)
    assert answer.status_code in (200, 400) and ("不是合格的证书" in answer.content.decode() or "请上传" in answer.content.decode() or "不成立" in answer.content.decode())


def test_a_certificate_with_a_page_that_would_compute_for_ever_is_refused_at_once():
    told = made()
    next(iter(told["pages"]["violations"].values()))["regimes"][0]["fine"] = {"low": "1e99999999", "high": "1e99999999", "unit": "yuan"}
    assert "大得不合常理" in check(told).content.decode()


def test_a_file_that_is_too_large_is_not_read():
    answer = Client().post(reverse("public:certificate"), {"file": SimpleUploadedFile("c.json", b" " * (600 * 1024))})
    assert answer.status_code == 400 and "512 KB" in answer.content.decode()


def test_the_public_key_can_be_taken_away_and_checks_what_we_signed():
    key = base64.b64decode(Client().get(reverse("public:certificate_key")).content)
    assert len(key) == 32 and penalty.verify(certificate_key.signed(made()), public_key=key) == []


def test_the_public_compares_with_published_decisions_only():
    client = Client()
    text = client.post(reverse("public:self_test"), {**ASKED, **answers(client)}).content.decode()
    assert "已公开的处罚决定中，没有同案由的已决案件可比" in text
