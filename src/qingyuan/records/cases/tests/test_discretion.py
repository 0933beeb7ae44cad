"""The calculation of a case: everything the law asks, signed, with its evidence, and beside what others paid."""

from __future__ import annotations

import base64
import datetime as dt
import json
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qingyuan.errors import BadInput, Corrupt
from qingyuan.law import penalty
from qingyuan.records.cases import certificate_key, comparison, facts, investigation
from qingyuan.records.cases.models import Case
from qingyuan.records.registry.models import Officer
from qingyuan.testing import PHOTO

from .test_actions import AT, DAY, FACTORS, docket, file, officer, visit  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(visit, settings, tmp_path) -> Case:  # noqa: F811
    settings.HOME = tmp_path / "home"
    return file(visit)


def propose(case: Case, **more) -> Case:
    return investigation.propose_penalty(case, **{"factors": FACTORS, "circumstances": [], "by": officer("李明"), "at": AT, **more})


def test_the_certificate_of_a_case_is_signed_and_a_stranger_can_check_it(case, settings):
    """Penalty Law art. 34: the certificate alone is enough, with the public key of the office."""
    told = json.loads(json.dumps(propose(case).proposal["certificate"]))
    assert penalty.verify(told, public_key=base64.b64decode(certificate_key.public_key())) == []
    assert told["inputs"]["case"] == case.number and certificate_key.signer(told) == "ours"
    assert certificate_key.signer(penalty.sign(told, Ed25519PrivateKey.generate())) == "other"


def test_the_key_is_made_once_and_nobody_else_reads_it(settings, tmp_path):
    settings.HOME = tmp_path
    first = certificate_key.public_key()
    assert certificate_key.public_key() == first and stat.S_IMODE(certificate_key.key_file().stat().st_mode) == 0o600
    assert [file.name for file in certificate_key.key_file().parent.iterdir()] == [certificate_key.NAME]


def test_of_two_processes_that_make_the_key_one_wins(settings, tmp_path):
    settings.HOME = tmp_path
    first = certificate_key.public_key()
    certificate_key.made_once(certificate_key.key_file(), b"x" * 32)
    assert certificate_key.public_key() == first


def test_a_damaged_key_is_reported_and_not_replaced(settings, tmp_path):
    settings.HOME = tmp_path
    certificate_key.public_key()
    certificate_key.key_file().write_bytes(b"short")
    with pytest.raises(Corrupt, match="备份"):
        certificate_key.signing_key()
    assert certificate_key.key_file().read_bytes() == b"short"


def test_every_fact_names_the_evidence_it_rests_on_by_its_digest(case):
    """Penalty Law arts. 40, 46."""
    item = docket.take_evidence(
        docket=case.docket, kind="electronic_data", name="站房.jpg", content=PHOTO, source="现场", taken_at=AT, by=officer("李明"), at=AT,
    )
    told = propose(case, evidence={"exceedance": [f"evidence:{item.pk}"]}).proposal["certificate"]["inputs"]["evidence"]
    assert told == {"exceedance": [{"ref": f"evidence:{item.pk}", "name": "站房.jpg", "sha256": item.digest}]}


def test_evidence_of_another_file_is_refused(case):
    with pytest.raises(BadInput, match="本案案卷里没有证据"):
        propose(case, evidence={"exceedance": ["evidence:999999"]})
    assert Case.objects.get().proposal is None


def test_another_consequence_opens_the_hearing_by_itself(case):
    """Penalty Law art. 63."""
    slight = {**FACTORS, "exceedance": "under_10_percent", "flue_gas": "under_1000"}
    assert not propose(case, factors=slight).proposal["hearing_required"]
    assert propose(case, factors=slight, other_kinds=["suspend_production"]).proposal["hearing_required"]


def test_what_the_panel_decided_stands_beside_what_the_table_gave(case):
    """Penalty Law arts. 34, 57: with its reasons, and inside the range."""
    found = propose(case, decided_yuan=300_000, decided_reason="当事人系小微企业，且已投入治理。")
    assert (found.fine_fen, found.proposal["amount_yuan"]) == (30_000_000, 300_000) != (0, found.proposal["benchmark_yuan"])
    with pytest.raises(BadInput, match="不在"):
        propose(case, decided_yuan=10**7, decided_reason="理由")


def test_an_unverified_amount_is_a_hint_and_not_a_gate(case):
    """Measures 30 art. 52 is known from memory only (grade U)."""
    heavy = propose(case, decided_yuan=600_000, decided_reason="危害后果严重。")
    assert facts.deliberation_required(heavy) and facts.deliberation_hint(heavy, AT.date()) == ""
    heavy.proposal["panel_required"] = False
    assert facts.deliberation_required(heavy) == ""
    assert "未核实" in facts.deliberation_hint(heavy, AT.date()) and "50万元" in facts.deliberation_hint(heavy, AT.date())


def past(case: Case, amounts: list[int], **more) -> None:
    """Decided cases like this one, one a day."""
    for serial, amount in enumerate(amounts):
        copy = Case.objects.get(pk=case.pk)
        folder = copy.docket
        folder.pk = None
        folder.save()
        copy.pk, copy.docket, copy.number, copy.state = None, folder, f"past-{serial}", "closed"
        copy.fine_fen, copy.decision_kind, copy.decided_on = amount * 100, "penalty", AT.date() - serial * DAY
        for field, value in more.items():
            setattr(copy, field, value)
        copy.save()


def test_a_fine_far_from_those_of_like_cases_is_called_out(case):
    """Measures 30 art. 41: like cases, like penalties."""
    mine = propose(case)
    past(mine, [100_000, 101_000, 102_000, 103_000, 104_000])
    found = comparison.compared(comparison.decided(officer("李明"), mine.violation, but=mine), mine.proposal)
    assert (found.level, found.count, found.median) == ("factors", 5, 102_000) and "中位数10.2万元" in found.alert


def test_cases_of_another_city_and_annulled_ones_are_not_counted(case):
    """Scope; and a decision that fell is no example."""
    mine = propose(case)
    past(mine, [100_000, 200_000])
    Case.objects.filter(number="past-0").update(annulled_on=AT.date())
    other = Officer.objects.filter(agency__division__code="990200000000").first()
    assert [row["number"] for row in comparison.decided(officer("李明"), mine.violation)] == ["past-1"]
    assert comparison.decided(other, mine.violation) == []


def test_the_public_compares_with_published_decisions_only(case):
    mine = propose(case)
    past(mine, [100_000, 200_000, 300_000])
    Case.objects.filter(number="past-1").update(published_on=AT.date())
    Case.objects.filter(number="past-2").update(published_on=AT.date(), publication_withdrawn_on=AT.date() + dt.timedelta(days=1))
    assert [row["number"] for row in comparison.published(mine.violation)] == ["past-1"]
