"""From a cleaned form to the action of the record: one line per step, nothing decided here."""

from __future__ import annotations

from typing import Any

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.cases import (
    closing,
    decision,
    enforcement,
    filing,
    investigation,
    legality,
    notice,
    review,
    transfer,
)
from qingyuan.records.cases.models import Case
from qingyuan.records.cases.states import CASE
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import queries as dockets
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.publish import actions as publish
from qingyuan.records.publish import queries as releases
from qingyuan.records.registry.models import Officer

from .case_forms import NOTES
from .frame import Look
from .step_forms import Empty, Why
from .steps import Offer

SIMPLE = {
    "conclude": investigation.conclude, "suspend": investigation.suspend, "resume": investigation.resume, "terminate": investigation.terminate,
    "withdraw_filing": filing.withdraw_filing, "pass_review": review.pass_review, "send_back": review.send_back, "give_notice": notice.give_notice,
    "notify_again": notice.give_notice, "settle_notice": notice.settle_notice, "serve_decision": decision.serve_decision, "perform": enforcement.perform,
    "annul": enforcement.annul, "close": closing.close, "archive": closing.archive, "attach_telemetry": investigation.attach_telemetry,
    "record_waiver": notice.record_waiver, "record_statement": notice.record_statement, "request_hearing": notice.request_hearing,
    "review_legality": legality.review_legality, "deliberate": legality.deliberate, "draft_release": publish.draft,
    "exempt": decision.exempt, "apply_to_court": enforcement.apply_to_court, "enforce": enforcement.perform, "close_in_court": closing.close, "urge": enforcement.urge,
    "note_court_acceptance": enforcement.note_court_acceptance, "record_remedy": enforcement.record_remedy, "transfer": transfer.transfer,
}


def take(case: Case, step: str, given: dict[str, Any], look: Look, *, version: int | None) -> str:
    """Do it and say what was done; every refusal comes out of the action."""
    who = {"by": look.viewer, "at": look.at}
    if step in SIMPLE:
        SIMPLE[step](case, **given, **who)
    elif step in SPECIAL:
        SPECIAL[step](case, given, who, version)
    else:
        raise BadInput("案件没有这一步")
    label = CASE.steps[step].label if step in CASE.steps else NOTES[step].label if step in NOTES else LABELS[step]
    return f"已办理：{label}"


LABELS = {"propose_penalty": "裁量计算", "release": "公开", "withdraw": "撤回公开"}


def decide(case: Case, given: dict, who: dict, version: int | None) -> None:
    decision.decide(case, version=version, **who)


def propose(case: Case, given: dict, who: dict, version: int | None) -> None:
    investigation.propose_penalty(case, version=version, **given, **who)


def serve_notice(case: Case, given: dict, who: dict, version: int | None) -> None:
    """The newest prior notice of the file is the one that is handed over."""
    papers = [row for row in dockets.documents_of(who["by"], case.docket) if row.kind == "prior_notice"]
    if not papers:
        raise NotAllowed("案卷中没有事先告知书（行政处罚法第44条）")
    notice.serve_notice(case, max(papers, key=lambda row: row.pk), **given, **who)


def take_evidence(case: Case, given: dict, who: dict, version: int | None) -> None:
    for file in given["files"]:
        docket.take_evidence(docket=case.docket, kind=given["kind"], name=file.name, content=file, source=given["source"], taken_at=who["at"], **who)


def verify_evidence(case: Case, given: dict, who: dict, version: int | None) -> None:
    docket.verify_evidence(item=given["item"], proves=given["proves"], requirements=given["requirements"], **who)


def answer(case: Case, given: dict, who: dict, version: int | None) -> None:
    notice.answer_statement(given["statement"], answer=given["answer"], is_accepted=given["is_accepted"], **who)


def pay(case: Case, given: dict, who: dict, version: int | None) -> None:
    enforcement.record_payment(case, amount_fen=int(given["amount_yuan"] * 100), receipt=given["receipt"], on=given["on"], **who)


def end_remedy(case: Case, given: dict, who: dict, version: int | None) -> None:
    enforcement.end_remedy(given["remedy"], outcome=given["outcome"], on=given["on"], why=given["why"], new_fine_fen=given["new_fine_fen"], **who)


def correct(case: Case, given: dict, who: dict, version: int | None) -> None:
    inspections.verify_correction(given["order"], note=given["note"], **who)


def release(case: Case, given: dict, who: dict, version: int | None) -> None:
    publish.release(release_of(case, who["by"]), **who)


def withdraw(case: Case, given: dict, who: dict, version: int | None) -> None:
    publish.withdraw(release_of(case, who["by"]), why=given["why"], **who)


def release_of(case: Case, viewer: Officer):
    row = releases.release_of(viewer, case)
    if row is None:
        raise NotAllowed("尚未起草公示（行政处罚法第48条）")
    return row


SPECIAL = {
    "decide": decide, "propose_penalty": propose, "serve_notice": serve_notice, "take_evidence": take_evidence, "verify_evidence": verify_evidence, "answer_statement": answer,
    "record_payment": pay, "end_remedy": end_remedy, "verify_correction": correct, "release": release, "withdraw": withdraw,
}
RELEASE_FORMS = {"release": Empty, "withdraw": Why}


def release_steps(viewer: Officer, case: Case) -> list[Offer]:
    """What can be done with the publication of this case, with the reasons why not."""
    row = releases.release_of(viewer, case)
    if row is None or row.state == "withdrawn":
        return []
    name = "release" if row.state == "drafted" else "withdraw"
    reasons = publish.why_not(row, name, by=viewer, why="—")
    return [Offer(name, LABELS[name], "行政处罚法第48条", tuple(reasons), RELEASE_FORMS[name](auto_id=f"{name}-%s"))]
