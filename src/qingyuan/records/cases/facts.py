"""What is true of a case on a day, as plain values: the only thing the guards of ``states.py`` look at."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qingyuan.law import citation, deadlines, rulebook
from qingyuan.records.docket import queries as docket_queries
from qingyuan.records.registry.models import Officer

from .models import Case
from .money import owed

# what must lie in the volume before a case with a penalty may be closed
CLOSING_DOCUMENTS = {
    "penalty_decision": "行政处罚决定书", "prior_notice": "行政处罚事先告知书", "filing_approval": "立案审批表", "investigation_report": "案件调查报告",
    "case_review": "案件审查意见表", "discretion_sheet": "裁量计算单", "service_record": "送达回证",
}  # fmt: skip

SUMMARY_DOCUMENTS = {"on_the_spot_decision": "当场行政处罚决定书"}
EXEMPTION_DOCUMENTS = {"no_penalty_decision": "不予行政处罚决定书", "filing_approval": "立案审批表"}


def facts_of(case: Case, *, by: Officer, on: dt.date) -> dict[str, Any]:
    """Collect every fact the guards ask for, as of ``on`` and for the person who wants to act."""
    investigators = list(case.investigators.all())
    return {
        "on": on,
        "by": by.pk,
        "by_is_leader": by.has_role("leader"),
        "investigators": {officer.pk for officer in investigators},
        "certified_investigators": sum(officer.is_certified(on) for officer in investigators),
        **evidence_facts(case),
        **money_facts(case, on),
        **notice_facts(case),
        **legality_facts(case),
        **enforcement_facts(case, on),
        "limitation_on": limitation_on(case),
        "untold_results": list(case.samplings.filter(state="reported").values_list("report_number", flat=True)),
        "open_recusals": case.recusals.filter(decided_on=None).count(),
        "running_measures": [row.get_kind_display() for row in case.measures.filter(state__in=("unapproved", "imposed", "extended")).exclude(kind="daily_penalty")],
        "open_corrections": case.inspection.correction_orders.filter(corrected_on=None).count(),
    }


def evidence_facts(case: Case) -> dict[str, Any]:
    kinds = docket_queries.kinds_present(case.docket)
    needed = documents_needed(case)
    return {
        "has_on_site_record": "on_site_record" in kinds,
        "evidence_missing": docket_queries.evidence_missing(case.docket, violation=case.violation),
        "documents_missing": [name for kind, name in needed.items() if kind not in kinds],
    }


def documents_needed(case: Case) -> dict[str, str]:
    """What must lie in the volume before this case may be closed."""
    if case.state in ("withdrawn", "terminated"):
        return {}
    if case.procedure == "summary":
        return SUMMARY_DOCUMENTS
    return EXEMPTION_DOCUMENTS if case.decision_kind == "no_penalty" else CLOSING_DOCUMENTS


def money_facts(case: Case, on: dt.date) -> dict[str, Any]:
    proposal = case.proposal or {}
    money = owed(case, on)
    return {
        "amount_yuan": None if case.fine_fen is None else case.fine_fen // 100,
        "low_yuan": proposal.get("floor_yuan", proposal.get("low_yuan", 0)),
        "high_yuan": proposal.get("high_yuan", 0),
        "penalty_citation": "、".join(str(citation.parse(cite)) for cite in proposal.get("penalty", [])) or "处罚依据",
        "notified_yuan": None if case.notified_fen is None else case.notified_fen // 100,
        "owed_fen": money.fine_fen, "late_fen": money.late_fen, "daily_fen": money.daily_fen,
    }


def notice_facts(case: Case) -> dict[str, Any]:
    served = case.notice_served_on
    return {
        "notice_served_on": served,
        "has_waived": case.waived_on is not None,
        "answer_until": answer_until(case),
        "has_open_statement": case.statements.filter(answered_on=None).exists(),
        "hearing_requested": case.hearing_requested_on is not None,
        "hearing_closed_on": case.hearing_closed_on,
    }


def answer_until(case: Case) -> dt.date | None:
    """The last day of both periods, statement and request for a hearing (Penalty Law art. 64; Measures 30 art. 44)."""
    if case.notice_served_on is None:
        return None
    return max(deadlines.due(clock, case.notice_served_on).due_on for clock in ("statement", "hearing_request"))


def legality_facts(case: Case) -> dict[str, Any]:
    """Whether legality review and deliberation are required, were done, and are still fresh (Penalty Law arts. 57, 58)."""
    last_review = case.legality_reviews.last()
    last_talk = case.deliberations.last()
    heard = [day for day in (case.hearing_closed_on, *case.statements.values_list("on", flat=True)) if day]
    newest = max(heard, default=None)
    legality_reason = legality_required(case)
    talk_reason = deliberation_required(case)
    return {
        "legality_required": bool(legality_reason),
        "legality_reason": legality_reason,
        "legality_result": None if last_review is None else ("passed" if last_review.is_passed else "failed"),
        "legality_is_stale": bool(last_review and newest and last_review.on < newest),
        "deliberation_required": bool(talk_reason),
        "deliberation_reason": talk_reason,
        "deliberated_on": last_talk.on if last_talk else None,
        "deliberation_is_stale": bool(last_talk and newest and last_talk.on < newest),
    }


def legality_required(case: Case) -> str:
    """Why this case needs a legality review; "" when it does not."""
    if case.hearing_requested_on:
        return "案件经过听证"
    if (case.proposal or {}).get("hearing_required"):
        return "拟作较大数额罚款，属听证范围，直接关系当事人重大权益"
    return ""


def deliberation_required(case: Case) -> str:
    """Why those in charge must deliberate together; "" when they need not.

    Only what is verified is a gate: the calculation itself asks for it (Penalty Law arts. 34, 57).  The amount from which a
    case counts as grave is not verified: ``deliberation_hint`` says it and nothing waits for it.
    """
    return "裁量计算结果须经集体讨论确认" if (case.proposal or {}).get("panel_required") else ""


def deliberation_hint(case: Case, on: dt.date) -> str:
    """What speaks for deliberating although no verified rule demands it; "" when nothing does."""
    line = rulebook.load().get("procedure/deliberation_threshold", on=on)
    if deliberation_required(case) or case.fine_fen is None or case.fine_fen < line["value"] * 100:
        return ""
    mark = "，条号与数额未核实，仅作提示" if line["grade"] == "U" else ""
    return f"罚款达到{line['value'] // 10000}万元，通常应当集体讨论（{'、'.join(str(one) for one in citation.parse_all(line['citation']))}{mark}）"


def enforcement_facts(case: Case, on: dt.date) -> dict[str, Any]:
    """Urging, remedies and the three months to go to court (Compulsion Law arts. 53, 54)."""
    remedies = list(case.remedies.all())
    running = next((r.get_kind_display() for r in remedies if r.ended_on is None), "")
    over = remedy_until(case, [r.ended_on for r in remedies if r.ended_on])
    return {
        "is_exempt": bool((case.proposal or {}).get("exempt")),
        "urged_on": case.urged_on,
        "urged_until": deadlines.due("urging", case.urged_on).due_on if case.urged_on else None,
        "open_remedy": running,
        "remedy_until": over or on,
        "court_until": deadlines.due("court_application", over).due_on if over else on,
        "court_accepted_on": case.court_accepted_on,
    }


def remedy_until(case: Case, ended: list[dt.date]) -> dt.date | None:
    """The day after which the decision can no longer be challenged: six months from service, or the end of what was begun."""
    if case.served_on is None:
        return None
    windows = [deadlines.due(clock, case.served_on).due_on for clock in ("reconsideration", "litigation")]
    return max([day for day in windows if day] + ended)


def limitation_on(case: Case) -> dt.date:
    """The last day on which the act may still be punished; an act that goes on is never too old (Penalty Law art. 36)."""
    if case.act_ended is None:
        return dt.date.max
    return deadlines.due("limitation_harm" if case.has_harm else "limitation", case.act_ended).due_on
