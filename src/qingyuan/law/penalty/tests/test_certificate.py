"""A stranger with the certificate alone finds every change that anyone made to it."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qingyuan.law.penalty import calculate, outdated, qr_payload, sign, verify
from qingyuan.law.penalty.shelf import digest

CASE = {
    "violation": "water_exceedance",
    "province": "广东省",
    "party_kind": "company",
    "began": "2026-03-01",
    "ended": "2026-03-02",
    "decided_on": "2026-09-01",
    "factors": {"factor_count": "one", "pollutant": "b", "area": "ordinary", "daily_discharge": 120, "exceedance": {"multiple": "1.5"}, "repeat": 1},
    "circumstances": ["removes_harm:3"],
    "evidence": {"exceedance": "证据3：监测报告"},
    "case": "示环罚〔2026〕1号",
}


@pytest.fixture
def certificate() -> dict[str, Any]:
    return json.loads(json.dumps(calculate(CASE).certificate))


def test_an_untouched_certificate_holds_and_proves_its_range(certificate: dict[str, Any]) -> None:
    """Penalty Law art. 34: the benchmark is public, so anyone can compute again."""
    assert verify(certificate) == []
    assert certificate["range_proof"] == {"ground": "within", "floor_yuan": 100_000, "amount_yuan": 120_000, "high_yuan": 1_000_000, "holds": True}


def test_the_same_case_gives_the_same_certificate() -> None:
    assert calculate(CASE).certificate["digest"] == calculate(copy.deepcopy(CASE)).certificate["digest"]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        return [found for key, inner in value.items() for found in leaves(inner, (*path, key))]
    if isinstance(value, list) and value:
        return [found for index, inner in enumerate(value) for found in leaves(inner, (*path, index))]
    return [path]


def change(certificate: dict[str, Any], path: tuple[Any, ...]) -> None:
    place: Any = certificate
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    place[path[-1]] = (not old) if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}改"


def test_a_change_of_any_single_value_is_found(certificate: dict[str, Any]) -> None:
    """Every leaf of the certificate, one after the other."""
    paths = leaves(certificate)
    assert len(paths) > 200
    for path in paths:
        forged = copy.deepcopy(certificate)
        change(forged, path)
        assert verify(forged), path


def resealed(certificate: dict[str, Any]) -> dict[str, Any]:
    body = {key: value for key, value in certificate.items() if key not in ("digest", "signature")}
    pages = body["pages"]
    body["revisions"] = {
        "law": digest(pages["violations"]),
        "matrix": digest({"provinces": pages["provinces"], "tables": pages["tables"]}),
        "circumstances": digest(pages["circumstances"]),
    }
    return {**body, "digest": digest(body)}


def test_a_forger_who_seals_a_new_amount_again_is_found_by_arithmetic(certificate: dict[str, Any]) -> None:
    certificate["result"]["amount_yuan"] = 110_000
    assert any("复算的 amount_yuan 是 120000" in problem for problem in verify(resealed(certificate)))


def test_a_forger_who_bends_the_table_and_computes_everything_anew_is_found_by_the_rule_book(certificate: dict[str, Any]) -> None:
    certificate["pages"]["tables"]["guangdong/2.7.1"]["start"] = 5
    problems = verify(resealed(certificate))
    assert any("guangdong/2.7.1 与本机规则书不一致" in problem for problem in problems)


def test_a_signature_says_who_stands_for_it(certificate: dict[str, Any]) -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    signed = sign(certificate, key)
    assert verify(signed, public_key=key.public_key().public_bytes_raw()) == []
    assert verify(signed) == []
    assert any("公钥不是" in problem for problem in verify(signed, public_key=other.public_key().public_bytes_raw()))
    assert any("没有签名" in problem for problem in verify(certificate, public_key=key.public_key().public_bytes_raw()))
    signed["signature"]["value"] = base64.b64encode(b"\0" * 64).decode()
    assert any("签名不符" in problem for problem in verify(signed))


def test_the_code_on_the_decision_carries_digest_amount_and_range(certificate: dict[str, Any]) -> None:
    payload = qr_payload(certificate)
    assert payload == f"QYPC1|{certificate['digest']}|water_exceedance|2026-09-01|120000|100000-1000000"
    assert len(payload) < 160


@pytest.mark.parametrize("broken", [None, 7, "证书", [], {}, {"format": "qingyuan-penalty-certificate/1"}, {"format": "qingyuan-penalty-certificate/1", "pages": 3, "revisions": {}, "result": [], "inputs": {}}])
def test_what_is_no_certificate_is_a_sentence_and_never_a_crash(broken: Any) -> None:
    assert verify(broken)


def test_a_certificate_that_is_changed_does_not_change_the_rule_book() -> None:
    certificate = calculate(CASE).certificate
    certificate["pages"]["tables"]["guangdong/2.7.1"]["start"] = 99
    assert calculate(CASE).amount_yuan == 120_000
    assert verify(certificate)


@pytest.mark.parametrize("number", ["1e99999999", "9" * 5000, "1/" + "9" * 5000, 10**50, float("1e300")])
def test_a_number_made_to_keep_the_reader_busy_is_not_computed(certificate: dict[str, Any], number: Any) -> None:
    """A stranger's certificate is a stranger's input: the answer comes at once, and it is no."""
    table = next(iter(certificate["pages"]["tables"].values()))
    table["monster"] = number
    assert verify(certificate) == ["证书里有大得不合常理的数，不予复算"]


def test_pages_that_have_changed_since_are_told(certificate: dict[str, Any]) -> None:
    """Which open calculations a new edition of the rule book touches."""
    assert outdated(certificate) == []
    page = next(iter(certificate["pages"]["violations"].values()))
    page["name"] = "别的案由"
    assert ["water_exceedance" in line for line in outdated(certificate)][:1] == [True]
