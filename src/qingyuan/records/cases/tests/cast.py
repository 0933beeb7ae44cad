"""The people and the case that tests of this room stand on; ``forward`` walks the ordinary procedure as far as asked."""

from __future__ import annotations

import datetime as dt

from qingyuan.records.cases import decision, filing, investigation, legality, notice, review
from qingyuan.records.cases.models import Case
from qingyuan.records.clues import actions as clues
from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.docket import actions as docket
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.testing import photo, small_province

AT = dt.datetime(2026, 9, 15, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DAY = dt.timedelta(days=1)
FACTORS = {"exceedance": {"multiple": "0.5"}, "flue_gas": {"flue_gas": "150000"}, "period": "ordinary", "repeat": "first", "region": "county"}

def officer(name: str) -> Officer:
    return Officer.objects.get(name=name, agency__division__code="990100000000")


def inspected() -> Inspection:
    """A visit by two certified officers that found a violation."""
    small_province(AT)
    place = Facility.objects.get(name="清河水泥有限公司")
    clue = clues.open_clue(facility=place, source="complaint", title="烟气异常", severity="yellow", began=AT, ended=AT, at=AT, violation="air_exceedance")
    clues.accept(clue, by=officer("李明"), at=AT)
    task = dispatch.assign(clue=clue, inspectors=[officer("李明"), officer("王建国")], by=officer("李明"), at=AT)
    row = inspections.open_inspection(task, by=officer("李明"), at=AT)
    inspections.record(
        row, production="正常生产。", permits="齐全。", treatment="喷氨泵停运。", facts="喷氨泵停运。", person_on_site="陈立",
        was_certificate_shown=True, was_told_of_recusal=True, was_signed=True, by=officer("李明"), at=AT,
    )
    return inspections.conclude(row, conclusion="violation", why="现场确认。", by=officer("李明"), at=AT)



def file(visit, at=AT, **changes) -> Case:
    words = {"violation": "air_exceedance", "act_began": AT.date(), "act_ended": AT.date(), "by": officer("李明"), "at": at}
    return filing.file_case(visit, **{**words, **changes})


def evidence(case: Case, at: dt.datetime = AT) -> None:
    """Everything that this violation must be proved with."""
    for name in ("调查询问笔录", "营业执照", "排污许可证副本", "现场照片", "监测报告", "采样记录"):
        docket.take_evidence(
            docket=case.docket, kind="audiovisual" if name == "现场照片" else "documentary", name=name, content=photo((len(name), ord(name[0]) % 200, case.pk % 250)),
            source="当事人", taken_at=at, by=officer("李明"), at=at,
        )  # fmt: skip


def forward(case: Case, to: str, at: dt.datetime = AT) -> Case:
    """Take the ordinary steps until the case stands in state ``to``; the notice is waived, so no days have to pass."""
    inspector, leader = officer("李明"), officer("吴海涛")
    road = {
        "filed": lambda: (evidence(case, at), investigation.propose_penalty(case, factors=FACTORS, circumstances=[], by=inspector, at=at), investigation.conclude(case, summary="事实清楚。", by=inspector, at=at)),
        "investigated": lambda: review.pass_review(case, opinion="同意。", by=officer("赵晓燕"), at=at),
        "reviewed": lambda: notice.give_notice(case, by=inspector, at=at),
        "notified": lambda: (waive(case, at), notice.settle_notice(case, by=inspector, at=at)),
        "answered": lambda: (
            legality.review_legality(case, is_passed=True, opinion="合法。", by=officer("周文博"), at=at),
            legality.deliberate(case, voters=[leader, officer("孙立军")], conclusion="同意。", by=leader, at=at), decision.decide(case, by=leader, at=at),
        ),
        "decided": lambda: decision.serve_decision(case, how="direct", receiver="陈立", on=at.date(), by=inspector, at=at),
    }  # fmt: skip
    while case.state != to:
        road[case.state]()
        case.refresh_from_db()
    return case


def serve(case: Case, at: dt.datetime = AT) -> None:
    document = case.docket.documents.filter(kind="prior_notice").last()
    notice.serve_notice(case, document, how="direct", receiver="陈立", on=at.date(), by=officer("李明"), at=at)


def waive(case: Case, at: dt.datetime = AT) -> None:
    serve(case, at)
    notice.record_waiver(case, why="书面放弃。", on=at.date(), by=officer("李明"), at=at)
