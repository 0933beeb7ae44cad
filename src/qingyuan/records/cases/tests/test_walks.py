"""Random walks over the real actions, by the right and by the wrong people, in any order and with any delay.

Two things are checked after every attempt, against the rows themselves and not through the guards: a refused attempt changed nothing;
an allowed one left a case whose past entitles it to the state it stands in.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest

from qingyuan.errors import QingyuanError
from qingyuan.law import workdays
from qingyuan.records.cases import (
    closing,
    daily,
    decision,
    enforcement,
    filing,
    hearing,
    investigation,
    legality,
    measures,
    notice,
    recusal,
    red_flags,
    review,
    transfer,
)
from qingyuan.records.cases.models import Case, Measure, Payment
from qingyuan.records.docket import issuing
from qingyuan.records.docket.models import Document, DocumentNumber, EvidenceItem, NumberSeries
from qingyuan.records.docket.numbering import gaps
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.registry.models import Event, Officer

from .cast import AT, FACTORS, evidence, file, officer

pytestmark = pytest.mark.django_db
PEOPLE = ["李明", "王建国", "冯磊", "赵晓燕", "孙立军", "周文博", "吴海涛", "郑静"]
AHEAD = {
    "filed": ["gather", "propose", "conclude"], "suspended": ["resume"], "investigated": ["propose", "pass_review"], "reviewed": ["give_notice", "exempt"],
    "notified": ["serve_notice", "waive", "answer_statement", "schedule", "serve_hearing", "close_hearing", "settle"], "answered": ["legality", "deliberate", "decide_recusal", "decide"],
    "decided": ["serve_decision"], "served": ["pay_all", "correct", "release", "perform"], "performed": ["release", "close"], "annulled": ["close"], "withdrawn": ["close"],
    "terminated": ["close"], "closed": ["archive"], "in_court": ["accepted", "close"],
}  # fmt: skip
RIGHT = {
    "pass_review": "赵晓燕", "legality": "周文博", "deliberate": "吴海涛", "decide": "吴海涛", "close": "吴海涛", "resume": "吴海涛", "exempt": "吴海涛",
    "decide_recusal": "吴海涛", "close_hearing": "孙立军", "schedule": "赵晓燕",
}  # fmt: skip


class Walk:
    """One case and the day on which it stands; every verb is one attempt of one person."""

    def __init__(self, case: Case, chance: random.Random) -> None:
        self.case, self.chance, self.at, self.receipts = case, chance, AT, 0
        self.verbs: dict[str, Callable[[Officer], Any]] = {name[3:]: getattr(self, name) for name in dir(self) if name.startswith("do_")}

    def attempt(self) -> str:
        """Try something: most often what leads on by whom it should be done, else anything by anybody."""
        ahead = AHEAD.get(self.case.state, [])
        name = self.chance.choice(ahead) if ahead and self.chance.random() < 0.8 else self.chance.choice(sorted(self.verbs))
        person = RIGHT.get(name, "李明") if self.chance.random() < 0.8 else self.chance.choice(PEOPLE)
        self.at += dt.timedelta(days=self.chance.choice([0, 0, 0, 1, 3, 12]), minutes=7)
        before = picture(self.case)
        try:
            self.verbs[name](officer(person))
        except QingyuanError as refusal:
            assert str(refusal), name
            assert picture(self.case) == before, f"{name} 被拒，却留下了写入"
        self.case.refresh_from_db()
        return name

    @property
    def who(self) -> dict[str, Any]:
        return {"at": self.at}

    def do_gather(self, by: Officer) -> None:
        if not self.case.docket.evidence.exists():
            evidence(self.case, self.at)

    def do_propose(self, by: Officer) -> None:
        factors = {**FACTORS, "exceedance": {"multiple": self.chance.choice(["0.05", "0.5", "2.5"])}}
        grounds = ["first_violation"] if self.chance.random() < 0.2 else []
        investigation.propose_penalty(self.case, factors=factors, circumstances=grounds, by=by, **self.who)

    def do_conclude(self, by: Officer) -> None:
        investigation.conclude(self.case, summary="事实清楚。", by=by, **self.who)

    def do_suspend(self, by: Officer) -> None:
        investigation.suspend(self.case, why="等待鉴定", by=by, **self.who)

    def do_resume(self, by: Officer) -> None:
        investigation.resume(self.case, by=by, **self.who)

    def do_pass_review(self, by: Officer) -> None:
        review.pass_review(self.case, opinion="同意。", by=by, **self.who)

    def do_send_back(self, by: Officer) -> None:
        review.send_back(self.case, opinion="补充。", by=by, **self.who)

    def do_give_notice(self, by: Officer) -> None:
        notice.give_notice(self.case, by=by, **self.who)

    def do_serve_notice(self, by: Officer) -> None:
        paper = self.case.docket.documents.filter(kind="prior_notice").last() or self.case.docket.documents.first()
        notice.serve_notice(self.case, paper, how="direct", receiver="陈立", on=self.at.date(), by=by, **self.who)

    def do_waive(self, by: Officer) -> None:
        if self.chance.random() < 0.4:
            notice.record_waiver(self.case, why="书面放弃", on=self.at.date(), by=by, **self.who)

    def do_state(self, by: Officer) -> None:
        notice.record_statement(self.case, text="请求从轻。", on=self.at.date(), by=by, **self.who)

    def do_answer_statement(self, by: Officer) -> None:
        row = self.case.statements.filter(answered_on=None).first()
        if row is not None:
            notice.answer_statement(row, answer="不采纳，理由如下。", is_accepted=False, by=by, **self.who)

    def do_request_hearing(self, by: Officer) -> None:
        notice.request_hearing(self.case, on=self.at.date(), by=by, **self.who)

    def do_schedule(self, by: Officer) -> None:
        days = self.chance.choice([2, 15, 15])
        hearing.schedule_hearing(
            self.case, held_at=self.at + dt.timedelta(days=days), place="会议室", presiding_officer=officer(self.chance.choice(["孙立军", "孙立军", "李明"])), recorder=officer("郑静"), by=by, **self.who,
        )  # fmt: skip

    def do_serve_hearing(self, by: Officer) -> None:
        row = self.case.hearings.last()
        if row is not None:
            hearing.serve_hearing_notice(row, how="direct", receiver="陈立", on=self.at.date(), by=by, **self.who)

    def do_close_hearing(self, by: Officer) -> None:
        row = self.case.hearings.last()
        if row is not None:
            hearing.close_hearing(row, minutes=hearing.Minutes("陈立", "陈述", "申辩", "质证", "最后陈述"), ended_at=row.held_at + dt.timedelta(hours=1), by=by, **self.who)

    def do_settle(self, by: Officer) -> None:
        notice.settle_notice(self.case, by=by, **self.who)

    def do_legality(self, by: Officer) -> None:
        legality.review_legality(self.case, is_passed=self.chance.random() < 0.9, opinion="意见。", by=by, **self.who)

    def do_deliberate(self, by: Officer) -> None:
        voters = [officer(name) for name in self.chance.sample(["吴海涛", "孙立军", "郑静", "李明"], 2)]
        legality.deliberate(self.case, voters=voters, conclusion="同意。", by=by, **self.who)

    def do_decide(self, by: Officer) -> None:
        decision.decide(self.case, by=by, **self.who)

    def do_exempt(self, by: Officer) -> None:
        decision.exempt(self.case, education="已约谈。", by=by, **self.who)

    def do_serve_decision(self, by: Officer) -> None:
        decision.serve_decision(self.case, how="direct", receiver="陈立", on=self.at.date(), by=by, **self.who)

    def do_pay_all(self, by: Officer) -> None:
        self.receipts += 1
        enforcement.record_payment(self.case, amount_fen=(self.case.fine_fen or 100) * self.chance.choice([1, 2]), receipt=f"票{self.receipts}", on=self.at.date(), by=by, **self.who)

    def do_correct(self, by: Officer) -> None:
        for order in self.case.inspection.correction_orders.filter(corrected_on=None):
            inspections.verify_correction(order, note="已改正。", by=by, **self.who)

    def do_perform(self, by: Officer) -> None:
        enforcement.perform(self.case, by=by, **self.who)

    def do_urge(self, by: Officer) -> None:
        enforcement.urge(self.case, on=self.at.date(), by=by, **self.who)

    def do_apply_to_court(self, by: Officer) -> None:
        enforcement.apply_to_court(self.case, by=by, **self.who)

    def do_accepted(self, by: Officer) -> None:
        enforcement.note_court_acceptance(self.case, on=self.at.date(), by=by, **self.who)

    def do_remedy(self, by: Officer) -> None:
        running = self.case.remedies.filter(ended_on=None).first()
        if running is None:
            enforcement.record_remedy(self.case, kind="reconsideration", body="市政府", on=self.at.date(), by=by, **self.who)
        else:
            sum_ = self.chance.choice([None, 0, 100, 10**12])
            enforcement.end_remedy(running, outcome=self.chance.choice(["upheld", "changed", "annulled"]), on=self.at.date(), new_fine_fen=sum_, by=by, **self.who)

    def do_annul(self, by: Officer) -> None:
        if self.chance.random() < 0.2:
            enforcement.annul(self.case, ground="自行撤销", on=self.at.date(), by=by, **self.who)

    def do_withdraw(self, by: Officer) -> None:
        if self.chance.random() < 0.2:
            filing.withdraw_filing(self.case, why="不符合立案条件", by=by, **self.who)

    def do_recusal(self, by: Officer) -> None:
        recusal.request_recusal(self.case, person=officer(self.chance.choice(PEOPLE)), applicant="当事人", reason="利害关系", by=by, **self.who)

    def do_decide_recusal(self, by: Officer) -> None:
        row = self.case.recusals.filter(decided_on=None).first()
        if row is not None:
            recusal.decide_recusal(row, is_granted=self.chance.random() < 0.3, why="理由。", by=by, **self.who)

    def do_appoint(self, by: Officer) -> None:
        recusal.appoint_investigator(self.case, person=officer(self.chance.choice(PEOPLE)), why="补足", by=by, **self.who)

    def do_facts(self, by: Officer) -> None:
        red_flags.note_signals(self.case, facts={self.chance.choice(["toxic", "hidden_discharge", "safety_risk"]): self.chance.choice([True, False])}, by=by, **self.who)

    def do_seal(self, by: Officer) -> None:
        row = self.case.measures.filter(kind="seize").last()
        if row is None:
            measures.propose_measure(self.case, kind="seize", why="逃避监管", content="阀门", items=[{"title": "阀门"}], place="原地", by=by, **self.who)
        elif row.state == "proposed":
            measures.approve_measure(row, by=by, **self.who)
        else:
            measures.impose(row, how="direct", receiver="陈立", process="贴封条", heard="无", by=by, **self.who)

    def do_release(self, by: Officer) -> None:
        row = self.case.measures.filter(kind="seize").last()
        if row is not None:
            measures.release_measure(row, why="已消除", receiver="陈立", by=by, **self.who)

    def do_transfer(self, by: Officer) -> None:
        transfer.transfer(self.case, kind="crime", to="公安局", papers=[], why="涉嫌犯罪", offence="污染环境罪", procuratorate="检察院", by=by, **self.who)

    def do_reply(self, by: Officer) -> None:
        row = self.case.transfers.filter(replied_on=None).first()
        if row is not None:
            for step in ("hand_over", "note_receipt"):
                transfer.take(row, step, text="登记。", by=by, **self.who)
            transfer.record_reply(row, reply="不立案", is_taken=False, by=by, **self.who)

    def do_daily(self, by: Officer) -> None:
        daily.decide_daily_penalty(self.case, heard="无", receiver="陈立", by=by, **self.who)

    def do_close(self, by: Officer) -> None:
        closing.close(self.case, by=by, **self.who)

    def do_archive(self, by: Officer) -> None:
        closing.archive(self.case, by=by, **self.who)


def picture(case: Case) -> tuple[Any, ...]:
    """Everything a half-written step would have changed."""
    numbers = tuple(DocumentNumber.objects.order_by("pk").values_list("text", "state"))
    return Case.objects.filter(pk=case.pk).values().get(), Event.objects.count(), Document.objects.count(), EvidenceItem.objects.count(), Payment.objects.count(), numbers


def check(case: Case) -> None:
    """What must be true of the past of a case that stands where it stands, told from its rows."""
    kinds = set(case.docket.documents.values_list("kind", flat=True))
    investigators = set(case.investigators.values_list("pk", flat=True))
    for series in NumberSeries.objects.all():
        assert gaps(series) == []
    assert not {row.by_id for row in case.reviews.all()} & investigators
    assert not {row.by_id for row in case.legality_reviews.all()} & investigators
    for talk in case.deliberations.all():
        assert talk.voters.count() >= 2
    for row in case.measures.all():
        assert row.state in ("proposed", "refused") or row.approved_on
        assert row.state not in ("imposed", "extended", "released") or row.decision.services.exists()
    if case.decided_on and case.decision_kind == "penalty":
        check_penalty(case)
    if case.decision_kind == "no_penalty":
        assert case.proposal["exempt"] and case.fine_fen == 0
    if case.served_on:
        assert case.decision.services.exists() and case.served_on >= case.decided_on
    if case.state == "performed" and not case.annulled_on:
        assert sum(row.amount_fen for row in case.payments.all()) >= (case.fine_fen or 0)
    if case.state in ("closed", "archived"):
        assert "closing_approval" in kinds and case.closing_reason
        assert not case.measures.filter(state__in=("imposed", "extended")).exclude(kind="daily_penalty").exists() or case.court_accepted_on
    assert (case.state == "archived") == (case.docket.archived_at is not None)


def check_penalty(case: Case) -> None:
    """Told, heard, reviewed, within the law, not heavier than told (Penalty Law arts. 44, 45, 57, 58, 64)."""
    assert case.notice_served_on and case.decision.number and case.decision.kind == "penalty_decision"
    assert case.waived_on or case.decided_on > workdays.add_workdays(case.notice_served_on, 5)
    assert not case.statements.filter(on__lte=case.decided_on, answered_on=None).exists()
    assert not case.hearing_requested_on or case.hearing_closed_on
    fine = case.original_fine_fen if case.original_fine_fen is not None else case.fine_fen
    assert fine <= case.notified_fen and fine <= case.proposal["high_yuan"] * 100
    assert not case.recusals.filter(on__lt=case.decided_on, decided_on=None).exists()
    if case.proposal["hearing_required"]:
        last = case.legality_reviews.filter(made_at__lte=case.decision.issued_at).last()
        assert last is not None and last.is_passed


@pytest.fixture
def walk_of(visit, monkeypatch) -> Callable[[int], Walk]:
    """A case to walk with; the typesetter is set aside, everything else is as in production."""
    blank, kept = issuing.pdf, {}
    monkeypatch.setattr(issuing, "pdf", lambda paper, pictures=None: kept.setdefault("page", blank(paper, {})))
    monkeypatch.setattr(issuing, "docx_bytes", lambda paper, pictures=None: b"PK\x03\x04")
    inspections.order_correction(visit, requirement="停止违法排放。", correct_by=AT.date(), by=officer("李明"), at=AT)
    return lambda seed: Walk(file(visit), random.Random(seed))


def go(walk: Walk, attempts: int) -> set[str]:
    """Walk, checking after every attempt; the states that were seen."""
    seen = set()
    for _ in range(attempts):
        walk.attempt()
        check(walk.case)
        seen.add(walk.case.state)
    assert Event.objects.filter(subject=f"case:{walk.case.pk}").count() >= walk.case.version - 1
    assert not Measure.objects.filter(decision=None, state="imposed").exists()
    return seen


@pytest.mark.parametrize("seed", [101, 104, 105, 109])
def test_no_walk_over_the_real_actions_reaches_what_its_past_does_not_allow(walk_of, seed):
    """Among the walks are one that ends in the archive and one that is told and answered."""
    assert {"investigated", "reviewed"} <= go(walk_of(seed), 70)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 216))
def test_many_long_walks(walk_of, seed):
    """The same, longer and more of it."""
    assert "investigated" in go(walk_of(seed), 200)
