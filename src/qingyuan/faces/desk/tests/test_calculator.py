"""Calculation on the desk: with a case and without one, the certificate, and what a change of law touches."""

from __future__ import annotations

import base64
import datetime as dt
import json

import pytest
from django.test import Client
from django.urls import reverse

from qingyuan import clock
from qingyuan.law import penalty
from qingyuan.records.cases import certificate_key, filing
from qingyuan.records.cases.models import Case
from qingyuan.records.clues import actions as clues
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.docket import actions as docket
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.registry.models import Facility
from qingyuan.testing import PHOTO, small_province

from .test_pages import officer, signed_in

AT = dt.datetime(2026, 9, 15, 13, tzinfo=clock.CHINA)
ASKED = {"violation": "air_exceedance", "province": "示范省", "party_kind": "company", "began": "2026-09-01", "ended": "", "decided_on": "2026-09-15"}
ANSWERS = {
    "factors.exceedance:number": "0.5", "factors.exceedance:measure": "multiple", "factors.flue_gas": "from_100000", "factors.period": "ordinary",
    "factors.repeat": "first", "factors.region": "county",
}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(settings, tmp_path, monkeypatch):
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES, settings.HOME = tmp_path / "telemetry", tmp_path / "files", tmp_path / "home"
    monkeypatch.setattr(clock, "now", lambda: AT)
    small_province(AT)


@pytest.fixture
def li() -> Client:
    return signed_in(officer("李明"))


def opened(violation: str = "air_exceedance", days: int = 0) -> Case:
    """A case of that violation under investigation, its act ended some days before it was filed."""
    began = AT - dt.timedelta(days=days)
    clue = clues.open_clue(facility=Facility.objects.get(name="清河水泥有限公司"), source="complaint", title="烟气异常", severity="yellow", began=began, ended=began, at=AT, violation=violation)
    clues.accept(clue, by=officer("李明"), at=AT)
    task = dispatch.assign(clue=clue, inspectors=[officer("李明"), officer("王建国")], by=officer("李明"), at=AT)
    visit = inspections.open_inspection(task, by=officer("李明"), at=AT)
    inspections.record(
        visit, production="正常生产。", permits="齐全。", treatment="喷氨泵停运。", facts="喷氨泵停运。", person_on_site="陈立",
        was_certificate_shown=True, was_told_of_recusal=True, was_signed=True, by=officer("李明"), at=AT,
    )
    visit = inspections.conclude(visit, conclusion="violation", why="现场确认。", by=officer("李明"), at=AT)
    case = filing.file_case(visit, violation=violation, act_began=began.date(), act_ended=began.date(), by=officer("李明"), at=AT)
    docket.take_evidence(docket=case.docket, kind="electronic_data", name="站房.jpg", content=PHOTO, source="现场", taken_at=AT, by=officer("李明"), at=AT)
    return case


# without a case


def test_the_calculator_asks_step_by_step_and_then_shows_its_working(li):
    """Penalty Law art. 34: the questions of the table, then range, amount, working, articles."""
    page = reverse("desk:calculator")
    first = li.get(page).content.decode()
    assert "哪一种违法行为" in first and "事实和情节" not in first
    second = li.get(page, ASKED).content.decode()
    assert "小时烟气量" in second and "计算过程" not in second
    answer = li.post(page, {**ASKED, **ANSWERS})
    text = answer.content.decode()
    assert answer.status_code == 200 and "计算过程" in text and "《生态环境法典》" in text and "可信度" in text
    assert answer.context["result"]["certificate"]["inputs"]["factors"]["exceedance"] == {"multiple": "0.5"}


def test_an_unanswered_factor_is_refused_beside_its_field(li):
    answer = li.post(reverse("desk:calculator"), {**ASKED, **{key: value for key, value in ANSWERS.items() if not key.startswith("factors.exceedance")}})
    assert answer.status_code == 400 and "请选择档次或者填写数值" in answer.content.decode() and "计算过程" not in answer.content.decode()


def test_a_level_and_a_number_together_are_refused(li):
    """No guess which of the two was meant."""
    answer = li.post(reverse("desk:calculator"), {**ASKED, **ANSWERS, "factors.exceedance": "under_10_percent"})
    assert answer.status_code == 400 and "只填一种" in answer.content.decode()


def test_the_range_is_asked_before_the_facts_and_for_each_law(li):
    """Both laws are weighed (Penalty Law art. 37), each with its own range of the article."""
    asked = {**ASKED, "violation": "air_pollution_accident", "began": "2026-07-01", "ended": "2026-08-01"}
    form = li.get(reverse("desk:calculator"), asked).context["sitting"]
    assert set(form.tiers.fields) == {"tier_legacy", "tier_code"} and form.facts is None
    form = li.get(reverse("desk:calculator"), {**asked, "tier_legacy": "general", "tier_code": "larger"}).context["sitting"]
    assert form.tiers.tier() == "legacy.general,code.larger" and form.facts is not None


def test_an_expired_table_is_refused_in_the_words_of_the_rule_book(li):
    """The Guangdong rules lapse on 2026-12-31; the way out is named."""
    answer = li.get(reverse("desk:calculator"), {**ASKED, "province": "广东省", "decided_on": "2027-01-04"})
    assert answer.status_code == 400 and "2022-01-01 至 2026-12-31" in answer.content.decode()
    assert li.get(reverse("desk:calculator"), {**ASKED, "province": "广东省", "decided_on": "2027-01-04", "benchmark": "national"}).status_code == 200


@pytest.mark.parametrize(("field", "value"), [("violation", "being_rude"), ("province", "火星"), ("began", "2026-02-30"), ("ended", "2026-08-01"), ("party_kind", "cat"), ("decided_on", "2026-08-01")])
def test_a_bad_word_in_the_address_is_an_answer_and_not_an_error(li, field, value):
    answer = li.get(reverse("desk:calculator"), {**ASKED, field: value})
    assert answer.status_code == 400 and answer.context["sitting"].facts is None


def test_numbers_made_to_break_things_come_back_as_words(li):
    for number in ("1e400", "NaN", "-1", "9" * 30, "0.5; DROP"):
        answer = li.post(reverse("desk:calculator"), {**ASKED, **ANSWERS, "factors.exceedance:number": number})
        assert answer.status_code == 400, number


def test_the_no_penalty_entries_for_the_violation_are_laid_beside_the_questions(li):
    """Penalty Law art. 33: condition by condition; a second-hand catalogue is marked and decides nothing."""
    text = li.get(reverse("desk:calculator"), {**ASKED, "province": "广东省"}).content.decode()
    assert "不予处罚、首违不罚清单" in text and "须同时查明" in text


# with a case


def propose(client: Client, case: Case, **more: str):
    return client.post(f"/cases/{case.pk}/propose_penalty/", {"version": case.version, **ANSWERS, **more})


def test_a_case_is_calculated_with_its_evidence_and_its_certificate_holds(li):
    """From the form to a certificate that a machine which knows nothing else verifies."""
    case = opened()
    assert propose(li, case, **{"factors.exceedance:evidence": "1", "other_kinds": "restrict_production"}).status_code == 302
    page = li.get(f"/cases/{case.pk}/").content.decode()
    assert "计算过程" in page and "裁量证书" in page and "没有同案由的已决案件可比" in page
    shown = li.get(reverse("desk:certificate", args=[case.pk]))
    text = shown.content.decode()
    assert "复算相符" in text and "由本机关签名" in text and "站房.jpg" in text and "<svg" in text
    told = json.loads(li.get(reverse("desk:certificate_file", args=[case.pk])).content)
    assert penalty.verify(told, public_key=base64.b64decode(certificate_key.public_key())) == []
    assert told["inputs"]["other_kinds"] == ["restrict_production"] and told["inputs"]["evidence"]["exceedance"][0]["name"] == "站房.jpg"


def test_a_certificate_that_was_tampered_with_in_the_database_is_shown_as_broken(li):
    case = opened()
    propose(li, case)
    case.refresh_from_db()
    case.proposal["certificate"]["result"]["amount_yuan"] += 1
    Case.objects.filter(pk=case.pk).update(proposal=case.proposal)
    assert "复算不符" in li.get(reverse("desk:certificate", args=[case.pk])).content.decode()


def test_the_certificate_of_another_citys_case_is_not_found(li):
    """Scope; and a case without a calculation looks the same."""
    case = opened()
    assert li.get(reverse("desk:certificate", args=[case.pk])).status_code == 404
    propose(li, case)
    stranger = signed_in(next(person for person in type(officer("李明")).objects.filter(agency__division__code__startswith="9902") if person.has_role("inspector")))
    for name in ("certificate", "certificate_file"):
        assert stranger.get(reverse(f"desk:{name}", args=[case.pk])).status_code == 404


def test_evidence_that_is_not_in_the_file_is_refused_by_its_number(li):
    case = opened()
    answer = propose(li, case, **{"factors.exceedance:evidence": "1、77"})
    assert answer.status_code == 400 and "案卷里没有编号“77”" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).proposal is None


def test_a_range_that_is_open_is_chosen_first(li):
    """Penalty Law art. 34: which range of the article, then the facts."""
    case = opened("farmland_toxic")
    page = li.get(f"/cases/{case.pk}/")
    assert page.context["discretion"]["form"] is None and "先定这个" in page.content.decode()
    page = li.get(f"/cases/{case.pk}/", {"benchmark": "", "tier_code": "general"})
    assert page.context["discretion"]["form"] is not None and 'name="tier_code" value="general"' in page.content.decode()


def test_a_calculation_can_be_done_again_from_where_it_stood(li):
    case = opened()
    propose(li, case)
    form = li.get(f"/cases/{case.pk}/").context["discretion"]["form"]
    assert form["factors.flue_gas"].value() == "from_100000" and str(form["factors.exceedance:number"].value()) == "0.5"


def test_a_departure_without_its_reason_is_refused(li):
    """Penalty Law arts. 34, 57."""
    case = opened()
    answer = propose(li, case, decided_yuan="300000")
    assert answer.status_code == 400 and "偏离裁量表的理由" in answer.content.decode()
    assert propose(li, case, decided_yuan="300000", decided_reason="已投入治理。").status_code == 302
    assert Case.objects.get(pk=case.pk).fine_fen == 30_000_000


# what a change touches


def test_open_cases_touched_by_a_changed_law_are_listed_with_the_reason(li):
    case = opened()
    propose(li, case)
    page = li.get(reverse("desk:law_impact"), {"of": "code"}).content.decode()
    assert case.number in page and "裁量计算引用" in page
    assert case.number in li.get(reverse("desk:law_impact"), {"of": "penalty_law"}).content.decode()
    assert case.number not in li.get(reverse("desk:law_impact"), {"of": "noise_law"}).content.decode()


def test_a_name_is_as_good_as_an_id_and_nonsense_is_refused(li):
    from qingyuan.law import rulebook

    name = rulebook.load().violations()["air_exceedance"]["name"]
    assert li.get(reverse("desk:law_impact"), {"of": name}).context["asked"] == "air_exceedance"
    assert li.get(reverse("desk:law_impact"), {"of": "<script>"}).status_code == 400


def test_a_calculation_overtaken_by_a_new_edition_is_listed(li):
    case = opened()
    propose(li, case)
    assert "都与现行规则库一致" in li.get(reverse("desk:law_impact")).content.decode()
    case.refresh_from_db()
    page = next(iter(case.proposal["certificate"]["pages"]["violations"].values()))
    page["name"] = "旧案由"
    Case.objects.filter(pk=case.pk).update(proposal=case.proposal)
    text = li.get(reverse("desk:law_impact")).content.decode()
    assert case.number in text and "air_exceedance" in text


@pytest.mark.parametrize("name", ["calculator", "law_impact"])
def test_the_pages_of_law_ask_for_a_login(name):
    answer = Client().get(reverse(f"desk:{name}"))
    assert answer.status_code == 302 and answer.url.startswith("/login/")
