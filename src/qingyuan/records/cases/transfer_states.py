"""What may become of a transfer, of a listed supervision and of a damage claim, as tables; and the clocks their steps start and stop.

Suspected crimes: criminal transfer measures of 2017.  Detention: measures of 2014.  Other agencies: Measures 30 arts. 16, 17.
Damage: Code arts. 1073-1074 and the rules of 2022, whose days are unverified: no clock of them stops anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingyuan.machine import Machine, step, table

Facts = Mapping[str, Any]
STATES = {
    "reported": "待决定是否移送", "dropped": "决定不移送", "decided": "已决定，待移交", "handed_over": "已移交，待回执", "received": "对方审查中",
    "supplementing": "待补正材料", "returned": "对方退回", "taken": "对方已立案（受理）", "declined": "对方不予立案（受理）", "reconsidering": "复议中",
    "upheld": "复议维持不予立案", "supervised": "已建议检察监督", "ended": "已办结",
}  # fmt: skip


def by_a_leader(_: Any, f: Facts) -> str | None:
    """Transfer Regulation art. 5; criminal transfer measures art. 5; detention measures art. 12."""
    return None if f["by_is_leader"] else "是否移送由机关负责人决定（行刑衔接工作办法第5条）"


def reply_overdue(_: Any, f: Facts) -> str | None:
    """Criminal transfer measures art. 9: urging makes sense once the other side's time is over."""
    return None if f["their_clock_is_late"] else f"对方的期限尚未届满{f['their_due']}，期满仍未答复的才催办（行刑衔接工作办法第9条）"


def list_is_whole(_: Any, f: Facts) -> str | None:
    """Criminal transfer measures art. 6; detention measures art. 11."""
    return f"移送材料还缺：{'、'.join(f['papers_missing'])}（行刑衔接工作办法第6条）" if f["papers_missing"] else None


BOTH = "inspector leader"
LIVE = "decided handed_over received supplementing taken declined reconsidering upheld supervised"
CRIME = table(
    "transfer_crime",
    STATES,
    [
        step("decide_transfer", "决定移送", "reported", "decided", by_a_leader, article="行刑衔接工作办法第5条", roles="leader"),
        step("drop_transfer", "决定不移送", "reported", "dropped", by_a_leader, article="行刑衔接工作办法第5条", roles="leader"),
        step("hand_over", "移交公安机关并抄送检察院", "decided returned", "handed_over", list_is_whole, article="行刑衔接工作办法第6条", roles=BOTH),
        step("note_receipt", "登记公安机关回执", "handed_over", "received", article="行刑衔接工作办法第7条", roles=BOTH),
        step("ask_supplement", "登记公安机关补正告知", "received", "supplementing", article="行刑衔接工作办法第8条", roles=BOTH),
        step("supplement", "补正移送材料", "supplementing", "received", article="行刑衔接工作办法第8条", roles=BOTH),
        step("note_verification", "公安机关告知需要查证（7日）", "received", "", article="行刑衔接工作办法第9条", roles=BOTH),
        step("note_complexity", "公安机关告知重大疑难（30日）", "received", "", article="行刑衔接工作办法第9条", roles=BOTH),
        step("note_return", "登记退回（不属该公安机关管辖）", "received", "returned", article="行刑衔接工作办法第9条", roles=BOTH),
        step("urge_reply", "催办", "handed_over received reconsidering", "", reply_overdue, article="行刑衔接工作办法第9条", roles=BOTH),
        step("note_taken", "登记立案通知", "handed_over received reconsidering supervised", "taken", article="行刑衔接工作办法第9条", roles=BOTH),
        step("note_declined", "登记不予立案通知", "handed_over received", "declined", article="行刑衔接工作办法第9条", roles=BOTH),
        step("ask_reconsideration", "提请公安机关复议", "declined", "reconsidering", article="行刑衔接工作办法第11条", roles=BOTH),
        step("note_upheld", "登记复议维持不予立案", "reconsidering", "upheld", article="行刑衔接工作办法第11条", roles=BOTH),
        step("suggest_supervision", "建议检察院立案监督", "received declined upheld", "supervised", article="行刑衔接工作办法第11条", roles="leader"),
        step("hand_goods", "移交涉案物品（没有的写明）", "taken", "", article="行刑衔接工作办法第10条", roles=BOTH),
        step("enter_platform", "录入行刑衔接信息共享平台", LIVE, "", article="行刑衔接工作办法第34条", roles=BOTH),
        step("note_outcome", "登记刑事处理结果", "taken", "ended", article="行刑衔接工作办法第16条", roles=BOTH),
        step("accept_refusal", "接受不予立案，转行政处理", "declined upheld supervised returned", "ended", article="行刑衔接工作办法第16条", roles="leader"),
    ],
    initial="reported",
    final=("ended", "dropped"),
)
DETENTION = table(
    "transfer_detention",
    STATES,
    [
        step("decide_transfer", "决定移送", "reported", "decided", by_a_leader, article="移送拘留暂行办法第12条", roles="leader"),
        step("drop_transfer", "决定不移送", "reported", "dropped", by_a_leader, article="移送拘留暂行办法第12条", roles="leader"),
        step("hand_over", "移交公安机关", "decided", "handed_over", list_is_whole, article="移送拘留暂行办法第12条", roles=BOTH),
        step("note_receipt", "登记公安机关签收", "handed_over", "received", article="移送拘留暂行办法第12条", roles=BOTH),
        step("ask_supplement", "登记公安机关补证通知", "received", "supplementing", article="移送拘留暂行办法第13条", roles=BOTH),
        step("supplement", "补充证据", "supplementing", "received", article="移送拘留暂行办法第13条", roles=BOTH),
        step("urge_reply", "催办", "handed_over received", "", reply_overdue, article="移送拘留暂行办法", roles=BOTH),
        step("note_taken", "登记拘留决定", "handed_over received", "taken", article="移送拘留暂行办法第14条", roles=BOTH),
        step("note_declined", "登记不予拘留、退卷", "handed_over received", "declined", article="移送拘留暂行办法第15条", roles=BOTH),
        step("note_outcome", "登记拘留执行情况", "taken", "ended", article="移送拘留暂行办法", roles=BOTH),
        step("accept_refusal", "接受退卷，转行政处理", "declined", "ended", article="移送拘留暂行办法第15条", roles="leader"),
    ],
    initial="reported",
    final=("ended", "dropped"),
)
AGENCY = table(
    "transfer_agency",
    STATES,
    [
        step("note_receipt", "登记对方签收", "handed_over", "received", article="令30第17条", roles=BOTH),
        step("note_return", "登记对方退回", "handed_over received", "returned", article="令30第17条", roles=BOTH),
        step("note_taken", "登记对方受理", "handed_over received", "taken", article="令30第17条", roles=BOTH),
        step("note_declined", "登记对方不受理", "handed_over received", "declined", article="令30第17条", roles=BOTH),
        step("ask_reconsideration", "报请共同上一级机关指定管辖", "declined returned", "reconsidering", article="令30第16条", roles="leader"),
        step("note_outcome", "登记对方处理结果", "taken", "ended", article="令30第17条", roles=BOTH),
        step("accept_refusal", "收回自办", "declined returned reconsidering", "ended", article="令30第17条", roles="leader"),
    ],
    initial="handed_over",
    final=("ended",),
)
TABLES: dict[str, Machine] = {"crime": CRIME, "detention": DETENTION, "agency": AGENCY, "damage": AGENCY}


@dataclass(frozen=True)
class Run:
    """One clock of law/book/procedure: the step that starts it, the steps that stop it, and whether it is ours or the other side's.

    ``counted_from`` when the days are counted from an earlier step than the one that makes the clock apply; ``decided``
    when they are counted from the day on which the other side decided; ``lapses`` when nothing said in time means that nothing
    had to be said (no supplement asked, not sent back): it ends by itself and is never late.
    """

    clock: str
    started_by: str
    stopped_by: tuple[str, ...]
    is_ours: bool = True
    counted_from: str = ""
    from_their_decision: bool = False
    lapses: bool = False


ANSWERED = ("note_taken", "note_declined", "note_return")
CLOCKS: dict[str, tuple[Run, ...]] = {
    "crime": (
        Run("crime_decision", "report_transfer", ("decide_transfer", "drop_transfer")),
        Run("crime_transfer", "decide_transfer", ("hand_over",)),
        Run("platform_entry", "decide_transfer", ("enter_platform",)),
        Run("police_supplement_notice", "note_receipt", ("ask_supplement", *ANSWERED), is_ours=False, lapses=True),
        Run("police_return", "note_receipt", ("ask_supplement", "note_verification", "note_complexity", *ANSWERED), is_ours=False, lapses=True),
        Run("crime_supplement", "ask_supplement", ("supplement",)),
        Run("police_filing", "note_receipt", ("note_verification", "note_complexity", "suggest_supervision", *ANSWERED), is_ours=False),
        Run("police_filing_verify", "note_verification", ("note_complexity", "suggest_supervision", *ANSWERED), is_ours=False, counted_from="note_receipt"),
        Run("police_filing_complex", "note_complexity", ("suggest_supervision", *ANSWERED), is_ours=False, counted_from="note_receipt"),
        Run("police_notice", "note_taken", ("note_taken",), is_ours=False, from_their_decision=True),
        Run("police_notice", "note_declined", ("note_declined",), is_ours=False, from_their_decision=True),
        Run("crime_goods", "note_taken", ("hand_goods", "note_outcome")),
        Run("crime_reconsideration", "note_declined", ("ask_reconsideration", "suggest_supervision", "accept_refusal")),
        Run("police_reconsideration", "ask_reconsideration", ("note_taken", "note_upheld"), is_ours=False),
    ),
    "detention": (
        Run("detention_transfer", "decide_transfer", ("hand_over",)),
        Run("detention_supplement", "note_receipt", ("ask_supplement", "note_taken", "note_declined"), is_ours=False),
        Run("detention_copy", "note_taken", ("note_taken",), is_ours=False, from_their_decision=True),
        Run("detention_refusal", "note_declined", ("note_declined",), is_ours=False, from_their_decision=True),
    ),
}  # fmt: skip
THEIRS = frozenset(run.clock for runs in CLOCKS.values() for run in runs if not run.is_ours)

SUPERVISION_STATES = {"listed": "挂牌督办中", "reported": "已申请解除", "released": "已解除"}
SUPERVISION = table(
    "supervision",
    SUPERVISION_STATES,
    [
        step("note_progress", "登记进展", "listed", "", article="平台做法，依据未核实", roles=BOTH),
        step("extend_supervision", "延长督办期限", "listed", "", article="平台做法，依据未核实", roles="leader"),
        step("ask_release", "申请解除督办", "listed", "reported", article="平台做法，依据未核实", roles="leader"),
        step("return_release", "退回继续督办", "reported", "listed", article="平台做法，依据未核实", roles=BOTH),
        step("release_supervision", "登记解除督办", "reported", "released", article="平台做法，依据未核实", roles=BOTH),
    ],
    initial="listed",
    final=("released",),
)

DAMAGE_STATES = {
    "screened": "已筛查，待决定", "not_started": "决定不启动", "surveying": "调查、鉴定评估", "assessed": "损害已查明", "consulting": "磋商中", "agreed": "已达成协议",
    "failed": "磋商不成", "sued": "已提起诉讼", "performed": "赔偿、修复完毕",
}  # fmt: skip


def amount_known(_: Any, f: Facts) -> str | None:
    """Rules on damage compensation of 2022, art. 20: nothing is claimed that was not assessed."""
    return None if f["amount_fen"] else "损害数额尚未查明：先登记鉴定评估、专家意见的结论（生态环境损害赔偿管理规定第20条）"


def decided_by_a_leader(_: Any, f: Facts) -> str | None:
    """Code art. 1073."""
    return None if f["by_is_leader"] else "是否启动索赔由机关负责人决定（法典第1073条）"


DAMAGE = table(
    "damage_claim",
    DAMAGE_STATES,
    [
        step("start_claim", "启动索赔", "screened", "surveying", decided_by_a_leader, article="法典第1073条", roles="leader"),
        step("decline_claim", "决定不启动", "screened", "not_started", decided_by_a_leader, article="生态环境损害赔偿管理规定第18条", roles="leader"),
        step("note_assessment", "登记鉴定评估结论", "surveying", "assessed", article="生态环境损害赔偿管理规定第20条", roles=BOTH),
        step("invite_consultation", "制发磋商告知书", "assessed", "consulting", amount_known, article="法典第1073条", roles="leader"),
        step("record_consultation", "登记磋商会议", "consulting", "", article="法典第1073条", roles=BOTH),
        step("agree", "登记赔偿协议", "consulting", "agreed", article="法典第1073条", roles="leader"),
        step("fail_consultation", "登记磋商不成", "consulting", "failed", article="法典第1073条", roles="leader"),
        step("sue", "登记提起诉讼", "failed", "sued", article="法典第1073条", roles="leader"),
        step("note_performance", "登记赔偿、修复完毕", "agreed sued", "performed", article="法典第1074条", roles=BOTH),
    ],
    initial="screened",
    final=("performed", "not_started"),
)
