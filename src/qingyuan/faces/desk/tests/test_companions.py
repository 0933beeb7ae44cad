"""Measures, hearings, transfers, numbers, figures, reminders over the test client: what each page shows and who may act."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from qingyuan import clock
from qingyuan.records.cases import legality, notice, queries, reminders
from qingyuan.records.cases.models import Case, FilingRequest, Hearing, Measure, SavedFilter, Transfer
from qingyuan.records.cases.tests.cast import AT, evidence, file, forward, inspected, officer, serve
from qingyuan.records.cases.tests.test_laboratory import sampled
from qingyuan.records.docket.models import DocumentNumber, NumberBlock
from qingyuan.records.registry.models import Officer

from .test_pages import signed_in

pytestmark = pytest.mark.django_db
PAGES = ["sessions", "transfers", "numbers", "figures", "watch"]


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.QINGYUAN_FILES = tmp_path
    return file(inspected())


def client_of(name: str) -> Client:
    return signed_in(officer(name))


def stranger() -> Client:
    return signed_in(next(person for person in Officer.objects.filter(agency__division__code__startswith="9902") if person.has_role("inspector")))


def words(answer) -> str:
    return answer.content.decode()


def act(client: Client, case: Case, step: str, **given):
    return client.post(reverse("desk:companion_step", args=[case.pk, step]), given)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_for_its_division_and_for_one_without_rows(name, case):
    assert Client().get(reverse(f"desk:{name}")).status_code == 302
    for client in (client_of("李明"), stranger()):
        assert client.get(reverse(f"desk:{name}")).status_code == 200


def test_facts_raise_flags_on_the_case_and_open_the_measure(case):
    """A flag is shown with its level; the measure goes from request to approval to service, each by its post."""
    li, wu = client_of("李明"), client_of("吴海涛")
    asked = {"kind": "seize", "why": "逃避监管", "content": "阀门", "items": "阀门，DN50，1，原地", "place": "原地封存"}
    refused = act(li, case, "propose", **asked)
    assert refused.status_code == 409 and "不符合" in words(refused)
    assert act(li, case, "facts", hidden_discharge="yes", toxic="yes").status_code == 302
    page = words(li.get(reverse("desk:case", args=[case.pk])))
    assert "C5" in page and "严重污染环境" in page and "应当" in page
    missing = act(li, case, "propose", **{**asked, "items": ""})
    assert missing.status_code == 400 and "物品清单" in words(missing)
    assert act(li, case, "propose", **asked).status_code == 302
    row = Measure.objects.get()
    assert act(li, case, f"approve-{row.pk}", opinion="同意").status_code == 404
    assert act(wu, case, f"approve-{row.pk}", opinion="同意").status_code == 302
    assert act(li, case, f"impose-{row.pk}", how="direct", receiver="陈立", process="贴封条", heard="无异议").status_code == 302
    page = words(li.get(reverse("desk:companions", args=[case.pk])))
    assert "实施中" in page and "解除" in page
    row.refresh_from_db()
    assert row.items == [{"title": "阀门", "model": "DN50", "count": "1", "place": "原地"}]


def test_somebody_else_s_case_is_not_there(case):
    assert stranger().get(reverse("desk:companions", args=[case.pk])).status_code == 404
    assert act(stranger(), case, "facts", toxic="yes").status_code == 404
    assert act(client_of("李明"), case, "no_such_step").status_code == 404


def test_a_hearing_is_set_from_the_desk(case):
    """Penalty Law art. 64: too soon is refused with the earliest day."""
    forward(case, "notified")
    serve(case)
    notice.request_hearing(case, on=AT.date(), by=officer("李明"), at=AT)
    zhao = client_of("赵晓燕")
    assert "安排听证" in words(zhao.get(reverse("desk:sessions")))
    people = {"place": "会议室", "is_public": "on", "presiding_officer": officer("孙立军").pk, "recorder": officer("郑静").pk}
    soon = act(zhao, case, "schedule", held_at=f"{clock.today()} 09:00", **people)
    assert soon.status_code == 409 and "最早可在" in words(soon)
    assert act(zhao, case, "schedule", held_at=f"{clock.today() + dt.timedelta(days=40)} 09:00", **people).status_code == 302
    assert Hearing.objects.get().presiding_officer == officer("孙立军")
    assert "通知待送达" in words(zhao.get(reverse("desk:sessions")))


def test_the_volume_is_one_pdf(case):
    answer = client_of("李明").get(reverse("desk:volume", args=[case.pk, "main"]))
    assert answer.status_code == 200 and answer.content[:5] == b"%PDF-"


def test_the_number_ledger_shows_every_number_and_what_became_of_it(case):
    """A number lent is listed; a number taken and not used is voided with a reason."""
    wu = client_of("吴海涛")
    year = case.filed_on.year
    series = DocumentNumber.objects.get(text=case.number).series
    page = words(wu.get(reverse("desk:numbers") + f"?year={year}&series={series.pk}"))
    assert case.number in page and "立案审批表" in page
    lent = wu.post(reverse("desk:lend_numbers"), {"kind": "on_the_spot_decision", "count": "3", "device": "平板1", "days": "2"})
    assert lent.status_code == 302 and NumberBlock.objects.get().device == "平板1"
    number = DocumentNumber.objects.filter(state="reserved").first()
    where = reverse("desk:void_number", args=[number.pk])
    assert wu.post(where, {"year": clock.today().year, "why": " "}).status_code in (400, 409, 422)
    assert wu.post(where, {"year": clock.today().year, "why": "设备损坏"}).status_code == 302
    number.refresh_from_db()
    assert (number.state, number.void_reason) == ("void", "设备损坏")
    assert stranger().post(where, {"why": "x"}).status_code == 404


def test_figures_count_what_was_decided_and_what_was_spared(case):
    forward(case, "served")
    Case.objects.filter(pk=case.pk).update(decision_kind="no_penalty", exempted_fen=100_000_00, fine_fen=0)
    page = words(client_of("李明").get(reverse("desk:figures") + "?began=2026-01-01&ended=2026-12-31"))
    assert "100,000 元" in page
    table = client_of("李明").get(reverse("desk:figures_table") + "?began=2026-01-01&ended=2026-12-31")
    assert case.cause in table.content.decode("utf-8-sig")
    assert client_of("李明").get(reverse("desk:figures") + "?began=2027-01-01&ended=2026-12-31").status_code == 400


def test_a_filter_is_kept_used_and_dropped(case):
    """Only what the list understands is kept."""
    li = client_of("李明")
    kept = li.post(reverse("desk:save_filter"), {"name": "水泥", "query": "state=open&words=水泥&next=https://x"})
    assert kept.status_code == 302 and "next" not in kept.url
    assert case.number in words(li.get(kept.url))
    row = SavedFilter.objects.get()
    stranger().post(reverse("desk:drop_filter", args=[row.pk]))
    assert SavedFilter.objects.exists()
    li.post(reverse("desk:drop_filter", args=[row.pk]))
    assert not SavedFilter.objects.exists()
    assert case.number not in words(li.get(reverse("desk:cases") + "?words=造纸"))
    assert case.number not in words(li.get(reverse("desk:cases") + "?began=2027-01-01"))


def test_reminders_and_untouchable_work_are_on_one_page(case):
    reminders.turn(AT + dt.timedelta(days=95))
    Officer.objects.filter(pk__in=case.investigators.values("pk")).update(certificate_to=dt.date(2020, 1, 1))
    li = client_of("李明")
    page = words(li.get(reverse("desk:watch")))
    assert "超期" in page and "不足两人" in page
    assert li.post(reverse("desk:read_all")).status_code == 302
    assert "0 条未读" in words(li.get(reverse("desk:watch")))


def test_the_transfer_desk_shows_what_runs_for_whom_with_its_turns(case):
    """A report waits for the leader; the leader decides on the desk; the twenty-four hours are shown to the minute."""
    li, wu = client_of("李明"), client_of("吴海涛")
    asked = {"kind": "crime", "to": "清源市公安局", "offence": "污染环境罪", "procuratorate": "清源市人民检察院", "papers": "案件调查报告", "why": "涉嫌污染环境犯罪。"}
    assert act(li, case, "report", **asked).status_code == 302
    row = Transfer.objects.get()
    page = words(wu.get(reverse("desk:transfers")))
    assert "待决定是否移送" in page and "提出移送书面报告" in page and "我方" in page
    assert act(li, case, f"crime_decide_transfer-{row.pk}", text="同意").status_code == 404
    assert act(wu, case, f"crime_decide_transfer-{row.pk}", text="同意移送").status_code == 302
    page = words(wu.get(reverse("desk:transfers")))
    assert "已决定，待移交" in page and "移送公安机关并抄送检察机关" in page
    soon = act(wu, case, f"crime_hand_over-{row.pk}", text="材料一套", moment=f"{clock.today() + dt.timedelta(days=2)} 09:00")
    assert soon.status_code == 302
    assert "移送" in words(li.get(reverse("desk:companions", args=[case.pk])))


def test_a_case_ready_to_be_deliberated_is_on_the_session_desk_with_its_review(case):
    """Penalty Law arts. 57, 58: whether the legality review passed stands beside it."""
    forward(case, "answered")
    Case.objects.filter(pk=case.pk).update(proposal={**case.proposal, "panel_required": True} if case.proposal else {"panel_required": True})
    legality.review_legality(case, is_passed=True, opinion="合法。", by=officer("周文博"), at=AT)
    page = words(client_of("吴海涛").get(reverse("desk:sessions")))
    assert "登记讨论" in page and "通过" in page


def test_a_sample_is_found_by_its_label_in_its_own_division(case):
    """A scanned label leads to the sample, its chain and its results; elsewhere it is not there."""
    row = sampled(case)
    code = row.samples.first().code
    li = client_of("李明")
    assert row.number in words(li.get(reverse("desk:laboratory")))
    found = li.get(reverse("desk:laboratory") + f"?code=QY-SAMPLE {code} abc")
    assert found.status_code == 302 and code in found.url
    assert "流转链完整" in words(li.get(found.url))
    assert stranger().get(found.url).status_code == 404


def test_a_filing_goes_from_the_handler_to_the_leader_on_the_desk(settings, tmp_path, db):
    """Measures 30 art. 18: asked, opinion of the unit, approved; the case opens with its number."""
    settings.QINGYUAN_FILES = tmp_path
    visit = inspected()
    li, zhao, wu = client_of("李明"), client_of("赵晓燕"), client_of("吴海涛")
    where = lambda step: reverse("desk:opening_step", args=[step])  # noqa: E731
    asked = {"violation": "air_exceedance", "act_began": AT.date(), "act_ended": AT.date(), "opinion": "建议立案。", "late_reason": "案情复杂，经批准。"}
    assert "不得超过" in words(li.post(where(f"spot-{visit.pk}"), {"violation": "air_exceedance", "fine_yuan": "9000", "heard": "无", "receiver": "陈立"}))
    assert li.post(where(f"ask-{visit.pk}"), {**asked, "opinion": ""}).status_code == 400
    assert li.post(where(f"ask-{visit.pk}"), asked).status_code == 302
    row = FilingRequest.objects.get()
    assert zhao.post(where(f"unit-{row.pk}"), {"opinion": "同意。"}).status_code == 302
    assert li.post(where(f"approve-{row.pk}"), {"opinion": "同意。"}).status_code == 409
    opened = wu.post(where(f"approve-{row.pk}"), {"opinion": "同意立案。"})
    assert opened.status_code == 302 and opened.url == reverse("desk:case", args=[Case.objects.get().pk])
    assert "没有待审批的立案" in words(wu.get(reverse("desk:openings")))


def test_an_item_of_evidence_is_checked_on_the_desk(case):
    """Penalty Law art. 46: what it proves is written down; only then does the file call it checked."""
    evidence(case)
    item = case.docket.evidence.first()
    li, where = client_of("李明"), reverse("desk:case_step", args=[case.pk, "verify_evidence"])
    assert li.post(where, {"item": item.pk, "proves": ""}).status_code == 400
    assert li.post(where, {"item": item.pk, "proves": "主体资格", "requirements": ["operator_identity"]}).status_code == 302
    item.refresh_from_db()
    assert item.is_verified and "operator_identity" in item.requirements
    assert "已查证" in words(li.get(reverse("desk:case", args=[case.pk])))


def test_the_case_page_collects_its_facts_once(case, django_assert_max_num_queries):
    """Forty-nine queries collected the same facts for every step; once is enough for all of them."""
    with django_assert_max_num_queries(40):
        queries.next_steps(officer("李明"), case, AT.date())
