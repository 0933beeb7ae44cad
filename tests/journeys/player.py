"""Play a journey: each step is what a person would say, done through the same actions the screens use.

A step has ``do`` (a verb below), ``by`` (a person of the cast), ``with`` (its words), ``after`` (time that passes first,
"3d" or "4h"), ``refused`` (part of the sentence that must refuse it; nothing may have changed) and ``expect``
(states afterwards).  ``include`` plays another journey first, up to and with the step named by ``until``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from qingyuan import clock
from qingyuan.errors import QingyuanError
from qingyuan.records.cases import closing, decision, enforcement, filing, investigation, legality, notice, review
from qingyuan.records.cases.models import Case
from qingyuan.records.clues import actions as clues
from qingyuan.records.clues import queries as clue_queries
from qingyuan.records.clues.models import Clue
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.docket import actions as docket
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.publish import actions as publish
from qingyuan.records.publish import queries as public
from qingyuan.records.publish.models import Release
from qingyuan.records.registry.models import Event, Facility, Officer
from qingyuan.testing import PHOTO, photo, small_province, telemetry

from .verbs import Beside

HERE = Path(__file__).parent


def steps_of(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The journey and all its steps, with what it includes in front."""
    journey = yaml.safe_load((HERE / name).read_text())
    steps = journey["steps"]
    if "include" in journey:
        _, before = steps_of(journey["include"])
        last = max(i for i, step in enumerate(before) if step["do"] == journey["until"])
        steps = before[: last + 1] + steps
    return journey, steps


class Player(Beside):
    """Holds what the journey has in hand: the clue, the task, the visit, the case, the release."""

    clue: Clue
    task: Assignment
    visit: Inspection
    case: Case
    release: Release

    def __init__(self, name: str) -> None:
        self.journey, self.steps = steps_of(name)
        begins = self.journey["begins"]
        self.at = (begins if isinstance(begins, dt.datetime) else dt.datetime.fromisoformat(begins)).astimezone(clock.CHINA)

    def play(self) -> None:
        for number, step in enumerate(self.steps, 1):
            where = f"{self.journey['title']}，第{number}步 {step['do']}"
            self.at += passing(step.get("after", "10m"))
            self.play_one(step, where)
            self.check(step.get("expect", {}), where)

    def play_one(self, step: dict[str, Any], where: str) -> None:
        verb = getattr(self, "do_" + step["do"])
        words = dict(step.get("with", {}))
        if "by" in step:
            words["by"] = self.officer(step["by"])
        refused = step.get("refused")
        if refused is None:
            verb(**words)
            return
        before = Event.objects.count()
        try:
            verb(**words)
        except QingyuanError as error:
            assert refused in str(error), f"{where}: 应因“{refused}”被拒，实际理由：{error}"
            assert Event.objects.count() == before, f"{where}: 被拒的步骤留下了写入"
        else:
            raise AssertionError(f"{where}: 应被拒绝（{refused}），却办成了")

    def check(self, expected: dict[str, Any], where: str) -> None:
        for what, value in expected.items():
            if what == "public":
                found: Any = public.published().count()
            else:
                thing, field = what.split(".")
                row = getattr(self, thing)
                row.refresh_from_db()
                found = getattr(row, field)
            assert found == value, f"{where}: {what} 应为 {value}，实际 {found}"

    def officer(self, name: str) -> Officer:
        return Officer.objects.get(name=name, agency__division__code="990100000000")

    # the verbs, in the order in which a thread meets them

    def do_telemetry(self) -> None:
        plan = small_province(self.at)
        telemetry(plan, settings.QINGYUAN_DATA, until=self.at)

    def do_pick_clue(self, facility: str, rule: str) -> None:
        rows = Clue.objects.filter(facility=Facility.objects.get(name=facility), findings__rule=rule).distinct()
        assert rows.count() == 1, f"{facility} 应恰有一条 {rule} 线索，实际 {[c.title for c in rows]}"
        self.clue = rows.get()

    def do_accept(self, by: Officer) -> None:
        clues.accept(self.clue, by=by, at=self.at)

    def do_dismiss(self, by: Officer, cause: str, why: str) -> None:
        clues.dismiss(self.clue, cause=cause, why=why, by=by, at=self.at)

    def do_assign(self, by: Officer, inspectors: list[str]) -> None:
        self.task = dispatch.assign(clue=self.clue, inspectors=[self.officer(name) for name in inspectors], by=by, at=self.at)

    def do_open_inspection(self, by: Officer) -> None:
        self.visit = inspections.open_inspection(self.task, by=by, at=self.at)

    def do_photo(self, by: Officer, name: str) -> None:
        inspections.take_photo(self.visit, name=name, content=PHOTO, by=by, at=self.at)

    def do_record(self, by: Officer, facts: str, person_on_site: str, was_certificate_shown: bool = True) -> None:
        inspections.record(
            self.visit, production="正常生产。", permits="持有排污许可证，环评、验收手续齐全。", treatment="治理设施现场检查情况见下。", facts=facts, person_on_site=person_on_site, position="环保负责人", was_certificate_shown=was_certificate_shown,
            was_told_of_recusal=True, was_signed=True, by=by, at=self.at,
        )

    def do_conclude_visit(self, by: Officer, conclusion: str, why: str, cause: str = "") -> None:
        inspections.conclude(self.visit, conclusion=conclusion, why=why, cause=cause, by=by, at=self.at)

    def do_order_correction(self, by: Officer, requirement: str, days: int) -> None:
        correct_by = self.at.date() + dt.timedelta(days=days)
        self.order = inspections.order_correction(self.visit, requirement=requirement, correct_by=correct_by, by=by, at=self.at)

    def do_verify_correction(self, by: Officer, note: str) -> None:
        inspections.verify_correction(self.order, note=note, by=by, at=self.at)

    def do_file_case(self, by: Officer, violation: str) -> None:
        began, ended = self.clue.began.astimezone(clock.CHINA).date(), self.clue.ended.astimezone(clock.CHINA).date()
        self.case = filing.file_case(self.visit, violation=violation, act_began=began, act_ended=ended, by=by, at=self.at)

    def do_gather(self, by: Officer) -> None:
        investigation.attach_telemetry(self.case, by=by, at=self.at)
        for shade, (kind, name) in enumerate((("statement_of_party", "调查询问笔录"), ("documentary", "营业执照"), ("documentary", "排污许可证副本"))):
            docket.take_evidence(
                docket=self.case.docket, kind=kind, name=name, content=photo((shade, shade, shade)), source=self.case.party.name, taken_at=self.at, by=by, at=self.at,
            )

    def do_propose(self, by: Officer, factors: dict[str, Any] | None = None, circumstances: list[str] | None = None) -> None:
        self.case = investigation.propose_penalty(self.case, factors=factors or {}, circumstances=circumstances or [], by=by, at=self.at)

    def do_conclude(self, by: Officer, summary: str) -> None:
        investigation.conclude(self.case, summary=summary, by=by, at=self.at)

    def do_pass_review(self, by: Officer, opinion: str) -> None:
        review.pass_review(self.case, opinion=opinion, by=by, at=self.at)

    def do_give_notice(self, by: Officer) -> None:
        self.notice = notice.give_notice(self.case, by=by, at=self.at)

    def do_serve_notice(self, by: Officer, receiver: str) -> None:
        notice.serve_notice(self.case, self.notice, how="direct", receiver=receiver, on=self.at.date(), by=by, at=self.at)

    def do_statement(self, by: Officer, text: str) -> None:
        self.statement = notice.record_statement(self.case, text=text, on=self.at.date(), by=by, at=self.at)

    def do_answer_statement(self, by: Officer, answer: str, is_accepted: bool) -> None:
        notice.answer_statement(self.statement, answer=answer, is_accepted=is_accepted, by=by, at=self.at)

    def do_settle_notice(self, by: Officer) -> None:
        notice.settle_notice(self.case, by=by, at=self.at)

    def do_legality(self, by: Officer, is_passed: bool, opinion: str) -> None:
        legality.review_legality(self.case, is_passed=is_passed, opinion=opinion, by=by, at=self.at)

    def do_deliberate(self, by: Officer, voters: list[str], conclusion: str) -> None:
        legality.deliberate(self.case, voters=[self.officer(name) for name in voters], conclusion=conclusion, by=by, at=self.at)

    def do_decide(self, by: Officer) -> None:
        decision.decide(self.case, by=by, at=self.at)

    def do_serve_decision(self, by: Officer, receiver: str) -> None:
        decision.serve_decision(self.case, how="direct", receiver=receiver, on=self.at.date(), by=by, at=self.at)

    def do_pay(self, by: Officer) -> None:
        self.case.refresh_from_db()
        enforcement.record_payment(self.case, amount_fen=self.case.fine_fen, receipt="财票0001", on=self.at.date(), by=by, at=self.at)

    def do_perform(self, by: Officer) -> None:
        enforcement.perform(self.case, by=by, at=self.at)

    def do_annul(self, by: Officer, ground: str) -> None:
        enforcement.annul(self.case, ground=ground, on=self.at.date(), by=by, at=self.at)

    def do_close(self, by: Officer) -> None:
        closing.close(self.case, by=by, at=self.at)

    def do_draft_release(self, by: Officer) -> None:
        self.case.refresh_from_db()
        self.release = publish.draft(self.case, by=by, at=self.at)

    def do_release(self, by: Officer) -> None:
        publish.release(self.release, by=by, at=self.at)

    def do_withdraw_release(self, by: Officer, why: str) -> None:
        publish.withdraw(self.release, why=why, by=by, at=self.at)

    def do_check_tombstone(self) -> None:
        row = public.published_by_id(self.release.pk)
        assert row.withdrawal_reason and (row.withdrawn_on - self.case_now().annulled_on).days <= 3

    def do_check_yield(self, rule: str, checked: int, confirmed: int) -> None:
        viewer = self.officer("李明")
        row = next(r for r in clue_queries.yield_by_rule(viewer, since=self.at.date() - dt.timedelta(days=60)) if r["rule"] == rule)
        assert (row["checked"], row["confirmed"]) == (checked, confirmed)

    def do_check_documents(self) -> None:
        from .papers_check import check

        check(self.case_now(), self.at.date())

    def case_now(self) -> Case:
        self.case.refresh_from_db()
        return self.case


def passing(text: str) -> dt.timedelta:
    units = {"d": "days", "h": "hours", "m": "minutes"}
    return dt.timedelta(**{units[text[-1]]: int(text[:-1])})
