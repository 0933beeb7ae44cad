"""More verbs of a journey: what people do beside the ordinary road."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qingyuan.records.cases import (
    commitment,
    daily,
    decision,
    enforcement,
    hearing,
    liaison,
    measures,
    notice,
    red_flags,
    transfer,
)
from qingyuan.records.registry.models import Officer

SAID = hearing.Minutes("陈立（环保负责人）", "调查人员陈述事实、证据和拟处罚意见。", "请求从轻。", "双方对提取件无异议。", "请求考虑整改。")


class Beside:
    """Verbs on ``self.case`` at ``self.at``; what they make is held under its own name."""

    at: dt.datetime
    case: Any
    order: Any
    officer: Any

    def do_signals(self, by: Officer, facts: dict[str, Any]) -> None:
        self.case = red_flags.note_signals(self.case, facts=facts, by=by, at=self.at)

    def do_propose_sealing(self, by: Officer, why: str, content: str) -> None:
        items = [{"title": content, "model": "DN50", "count": "1", "place": "原地"}]
        self.measure = measures.propose_measure(self.case, kind="seize", why=why, content=content, items=items, place="原地封存", by=by, at=self.at)

    def do_impose_urgently(self, by: Officer, urgency: str) -> None:
        self.measure = measures.impose_urgently(self.measure, how="direct", receiver="陈立", process="张贴封条。", heard="无异议。", urgency=urgency, by=by, at=self.at)

    def do_approve_afterwards(self, by: Officer) -> None:
        self.measure = measures.approve_afterwards(self.measure, opinion="情况属实，同意。", by=by, at=self.at)

    def do_extend_measure(self, by: Officer, why: str) -> None:
        self.measure = measures.extend(self.measure, why=why, by=by, at=self.at)

    def do_release_measure(self, by: Officer, why: str) -> None:
        self.measure = measures.release_measure(self.measure, why=why, by=by, at=self.at)

    def do_serve_order(self, by: Officer) -> None:
        daily.serve_order(self.case, self.paper_of_order(), how="direct", receiver="陈立", on=self.at.date(), by=by, at=self.at)

    def paper_of_order(self) -> Any:
        return self.case.docket.documents.filter(kind__in=daily.ORDERS).last()

    def do_reinspect(self, by: Officer, still_violating: bool, findings: str) -> None:
        daily.reinspect(self.case, self.paper_of_order(), still_violating=still_violating, findings=findings, manner="暗查", began_at=self.at, by=by, at=self.at)

    def do_order_again(self, by: Officer) -> None:
        daily.order_again(self.case, content="立即停止违法排放。", correct_by=self.at.date() + dt.timedelta(days=5), by=by, at=self.at)

    def do_daily_penalty(self, by: Officer) -> None:
        self.case.refresh_from_db()
        self.penalty = daily.decide_daily_penalty(self.case, heard="已告知，当事人无异议。", receiver="陈立", by=by, at=self.at)

    def do_check_daily(self, days: int) -> None:
        assert self.penalty.fine_fen == self.case.fine_fen * days, self.penalty.working

    def do_request_hearing(self, by: Officer) -> None:
        notice.request_hearing(self.case, on=self.at.date(), by=by, at=self.at)

    def do_schedule_hearing(self, by: Officer, days: int) -> None:
        people = {"presiding_officer": self.officer("孙立军"), "recorder": self.officer("郑静")}
        self.hearing = hearing.schedule_hearing(self.case, held_at=self.at + dt.timedelta(days=days), place="会议室", by=by, at=self.at, **people)

    def do_serve_hearing_notice(self, by: Officer) -> None:
        hearing.serve_hearing_notice(self.hearing, how="direct", receiver="陈立", on=self.at.date(), by=by, at=self.at)

    def do_close_hearing(self, by: Officer) -> None:
        hearing.close_hearing(self.hearing, minutes=SAID, ended_at=self.at, by=by, at=self.at)

    def do_report_hearing(self, by: Officer, advice: str) -> None:
        hearing.report_hearing(self.hearing, issues="罚款数额", findings="违法事实属实。", advice=advice, by=by, at=self.at)

    def do_remedy(self, by: Officer, kind: str, body: str) -> None:
        self.remedy = enforcement.record_remedy(self.case, kind=kind, body=body, on=self.at.date(), by=by, at=self.at)

    def do_end_remedy(self, by: Officer, outcome: str, why: str) -> None:
        enforcement.end_remedy(self.remedy, outcome=outcome, on=self.at.date(), why=why, by=by, at=self.at)

    def do_report_transfer(self, by: Officer, why: str) -> None:
        self.transfer = transfer.report_transfer(
            self.case, kind="crime", to="清源市公安局", papers=["案件调查报告"], why=why, offence="污染环境罪", procuratorate="清源市人民检察院", by=by, at=self.at,
        )

    def do_decide_transfer(self, by: Officer) -> None:
        self.transfer = transfer.decide(self.transfer, by=by, at=self.at)

    def do_transfer_step(self, by: Officer, step: str, text: str, paper: str = "") -> None:
        self.transfer = transfer.take(self.transfer, step, text=text, paper=paper, by=by, at=self.at)

    def do_meeting(self, by: Officer, text: str, result: str) -> None:
        liaison.record_liaison(
            self.case, kind="meeting", body="清源市公安局", text=text, result=result, attendees="公安、检察、生态环境部门", place="联络室", on=self.at.date(), by=by, at=self.at,
        )

    def do_commitment(self, by: Officer, text: str, days: int) -> None:
        self.commitment = commitment.record_commitment(self.case, text=text, due_on=self.at.date() + dt.timedelta(days=days), signer="陈立", by=by, at=self.at)

    def do_check_commitment(self, by: Officer, is_kept: bool, finding: str) -> None:
        self.commitment = commitment.check_commitment(self.commitment, is_kept=is_kept, finding=finding, by=by, at=self.at)

    def do_exemption_notice(self, by: Officer) -> None:
        decision.give_exemption_notice(self.case, by=by, at=self.at)

    def do_exempt(self, by: Officer, education: str) -> None:
        decision.exempt(self.case, education=education, by=by, at=self.at)

    def do_guidance(self, by: Officer, advice: str) -> None:
        commitment.send_guidance(self.case, facts="治理设施维护不及时。", law="治理设施应当保持正常运行。", advice=advice, how="direct", receiver="陈立", by=by, at=self.at)
