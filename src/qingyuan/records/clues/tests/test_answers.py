"""The firm is asked, has until the clock runs out, answers by its link, and is heard before anybody goes."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.clues import actions, answers, grounds, remote, timing
from qingyuan.records.clues.stage_models import ClueMessage
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.testing import PHOTO

from .cast import AT, HOUR, data_clue, officer

pytestmark = pytest.mark.usefixtures("province")


def asked(clue=None, **changes):
    given = {"questions": ["为什么缺数", "何时恢复"], "wanted": ["运维记录"], "by": officer("李明"), "at": AT, **changes}
    return answers.ask_firm(clue or data_clue(), **given)


def reply(request, **changes):
    given = {"by_firm": "刘芳", "phone": "13900000001", "answers": ["断电", "当日下午"], "at": AT + HOUR, **changes}
    return answers.answer(request, **given)


def token_of(request) -> str:
    return urlsplit(answers.link_of(request)).path.strip("/").split("/", 1)[1]


def test_an_answer_stops_the_clock_keeps_its_files_and_calls_the_officer():
    request = asked()
    assert request.due_at.hour == 12 and request.clue.clocks.filter(kind="answer", done_at=None).exists()
    row = reply(request, files=[("记录.jpg", PHOTO)])
    timing.deliver(AT + HOUR)
    assert (row.state, row.files.get().item.proves) == ("answered", "企业说明第1次")
    assert not row.clue.clocks.filter(kind="answer", done_at=None).exists()
    assert ClueMessage.objects.get(officer=officer("李明")).delivered_at is not None


def test_the_link_leads_to_its_request_only_and_ends_when_it_is_withdrawn():
    request = asked()
    token = token_of(request)
    assert answers.request_by(token, AT).pk == request.pk
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), token.replace(f"{request.pk}.", "99999.", 1), "x", ""):
        with pytest.raises(NotYours, match="链接无效"):
            answers.request_by(wrong, AT)
    with pytest.raises(NotYours):
        answers.request_by(token, request.due_at + answers.GRACE + HOUR)
    answers.withdraw_request(request, why="问错了", by=officer("李明"), at=AT)
    with pytest.raises(NotYours):
        answers.request_by(token, AT)


def test_an_answer_that_leaves_a_question_open_is_refused_and_no_file_is_kept():
    request = asked()
    with pytest.raises(BadInput, match="第 2 个问题没有答复"):
        reply(request, answers=["断电", " "], files=[("记录.jpg", PHOTO)])
    with pytest.raises(BadInput, match="答复人和联系电话"):
        reply(request, phone="")
    with pytest.raises(BadInput, match="不是能收取"):
        reply(request, files=[("记录.jpg", PHOTO), ("x.bin", b"\x00\x01\x02\x03")])
    request.refresh_from_db()
    assert request.state == "asked" and EvidenceItem.objects.count() == 0


def test_no_answer_in_time_goes_up_and_is_a_ground_for_going_there():
    request = asked()
    clue = request.clue
    assert grounds.ground_of(clue, AT) == ""
    late = request.due_at + HOUR / 60
    assert grounds.ground_of(clue, late) == "no_answer"
    timing.turn(late)
    assert ClueMessage.objects.filter(clue=clue, text__contains="企业说明已于").exists()
    row = reply(request, at=late)
    assert row.answered_at > row.due_at


def test_what_the_firm_said_is_assessed_with_a_reason_and_a_weak_answer_may_be_mended():
    request = reply(asked())
    li = officer("李明")
    with pytest.raises(BadInput, match="成立或者不成立"):
        answers.assess(request, is_accepted=True, why="", by=li, at=AT)
    with pytest.raises(NotAllowed, match="研判、执法"):
        answers.assess(request, is_accepted=True, why="x", by=officer("周文博"), at=AT)
    answers.assess(request, is_accepted=False, why="没有检修单", by=li, at=AT + HOUR)
    assert grounds.ground_of(request.clue, AT + HOUR) == "weak_answer"
    again = reply(request, answers=["断电，附单", "下午"], at=AT + 2 * HOUR)
    assert len(again.answers) == 2
    answers.assess(again, is_accepted=True, why="检修单相符", by=li, at=AT + 3 * HOUR)
    actions.dismiss(request.clue, cause="explained", why="检修断电，已标记", by=li, at=AT + 3 * HOUR)
    with pytest.raises(NotAllowed, match="已经办结"):
        reply(request, at=AT + 4 * HOUR)


def test_questions_are_asked_one_letter_at_a_time_of_a_known_firm():
    request = asked()
    with pytest.raises(NotAllowed, match="还没有答复"):
        asked(request.clue)
    with pytest.raises(BadInput, match="每行一个"):
        asked(data_clue(title="另一条"), questions=[" "])
    with pytest.raises(BadInput, match="至少留一小时"):
        asked(data_clue(title="再一条"), due_at=AT)
    nobody = actions.open_clue(source="grid", title="河边", severity="blue", began=AT, ended=AT, at=AT, division=request.clue.division)
    with pytest.raises(NotAllowed, match="还没有认定"):
        asked(nobody)


def test_a_desk_check_has_its_minutes_and_a_video_call_its_people():
    li, clue = officer("李明"), data_clue()
    given = {"way": "video_call", "minutes": 15, "found": "看了站房", "result": "problem", "by": li, "at": AT}
    with pytest.raises(BadInput, match="对方是谁"):
        remote.check_remotely(clue, **given)
    with pytest.raises(BadInput, match="1 至 600"):
        remote.check_remotely(clue, **{**given, "minutes": 0})
    row = remote.check_remotely(clue, **given, people="厂长 张某", file=("录像截图.jpg", PHOTO))
    assert row.item.source == "视频连线（非现场核查）" and grounds.ground_of(clue, AT) == "off_site_done"
