"""Campaigns, rounds of assistance, the ledger of problems, notices to governments."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.clues.models import Clue
from qingyuan.records.dispatch import campaign_queries as queries
from qingyuan.records.dispatch import campaign_states, campaigns, notices, problems, rounds
from qingyuan.records.dispatch.campaign_models import AssistanceRound, Campaign, Problem, Target
from qingyuan.records.registry.models import Division
from qingyuan.testing import PHOTO

from .cast_visits import AT, inspectors_of, officer, place, planner, published_campaign, sent

pytestmark = [pytest.mark.usefixtures("province", "db", "files")]
DAY = dt.timedelta(days=1)


def drafted(**given) -> Campaign:
    told = {"kind": "third_party", "title": "第三方整治", "began": dt.date(2026, 9, 1), "ended": dt.date(2026, 10, 31), "most": 10, "by": officer("李明"), "at": AT, **given}
    return campaigns.draw_up(**told)


def running(division: str = "990200000000", team: str = "9901", mode: str = "on_site") -> AssistanceRound:
    lead, other = inspectors_of(team)
    row = rounds.plan_round(
        mode=mode, theme="秋冬季大气帮扶", division=Division.objects.get(code=division), began=AT.date(), ended=AT.date() + 14 * DAY, lead=lead, team=[other], by=planner(), at=AT
    )
    rounds.take(row, "begin", by=planner(), at=AT)
    return row


def noted(**given) -> Problem:
    return problems.note_problem(**{"kind": "dust", "description": "堆场未覆盖", "facility": place(), "by": officer("李明"), "at": AT, **given})


# -- campaigns ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", [campaign_states.CAMPAIGN, campaign_states.ROUND, campaign_states.PROBLEM, campaign_states.NOTICE])
def test_every_state_of_the_tables_can_be_reached(machine):
    assert machine.reachable() == set(machine.states)


def test_a_campaign_brings_its_items_packs_and_departments_from_the_book():
    row = drafted()
    points = campaigns.points_of(row.packs, AT.date())
    assert "EE-I14" in row.items and "市场监督管理部门" in row.departments
    assert {"LAB02", "AUT02", "EIA01", "VEH04", "GHG01", "WID01"} <= {point["id"] for point in points} and all(point["grade"] for point in points)


def test_every_check_point_has_its_own_number_and_every_pack_named_exists():
    known = campaigns.packs(AT.date())
    ids = [point["id"] for point in campaigns.points_of(known, AT.date())]
    assert len(ids) == len(set(ids)) > 60
    assert {pack for entry in campaigns.kinds(AT.date()).values() for pack in entry["packs"]} <= set(known)


def test_a_campaign_is_approved_by_another_and_published_before_anybody_is_sent():
    row = drafted()
    with pytest.raises(NotAllowed, match="公布之后才能派发"):
        sent(basis="campaign", campaign=row)
    with pytest.raises(NotAllowed, match="岗位"):
        campaigns.take(row, "approve", by=officer("李明"), at=AT)
    campaigns.take(row, "approve", by=officer("吴海涛"), at=AT)
    campaigns.take(row, "publish", by=officer("吴海涛"), at=AT)
    task = sent(basis="campaign", campaign=row, items=[])
    assert task.items == row.items and campaigns.points_for(task, AT.date())[0]["id"] == "LAB01"


def test_the_leader_who_drew_it_up_does_not_approve_it():
    wu = officer("吴海涛")
    with pytest.raises(NotAllowed, match="拟订人以外"):
        campaigns.take(drafted(by=wu), "approve", by=wu, at=AT)


def test_a_campaign_without_a_number_is_not_approved_and_one_that_is_spent_sends_nobody():
    """国办发〔2024〕54号: limited in number."""
    with pytest.raises(NotAllowed, match="限定数量"):
        campaigns.take(drafted(most=0), "approve", by=officer("吴海涛"), at=AT)
    row = published_campaign(most=1)
    sent(basis="campaign", campaign=row)
    with pytest.raises(NotAllowed, match="限定1家次，已派1家次"):
        sent(basis="campaign", campaign=row, facility=place("东山造纸有限公司"))


def test_outside_its_days_and_without_a_campaign_nobody_is_sent():
    row = published_campaign(began=dt.date(2026, 10, 1))
    with pytest.raises(NotAllowed, match="检查期为2026-10-01"):
        sent(basis="campaign", campaign=row)
    with pytest.raises(NotAllowed, match="哪一项已公布的专项行动"):
        sent(basis="campaign", campaign=None)


def test_a_cross_campaign_sends_no_team_of_the_place():
    row = published_campaign(kind="clear_water")
    with pytest.raises(NotAllowed, match="异地交叉执法，组织方式须为"):
        sent(basis="campaign", campaign=row)
    with pytest.raises(NotAllowed, match="在其本辖区"):
        sent(basis="campaign", campaign=row, mode="mobile", authority_letter="示环执〔2026〕9号")


@pytest.mark.parametrize(
    ("given", "said"), [({"kind": "beach"}, "种类"), ({"title": " "}, "名称"), ({"ended": dt.date(2026, 8, 1)}, "早于"), ({"chosen": ["nothing"]}, "nothing")]
)
def test_a_campaign_that_cannot_be_read_is_not_written(given, said):
    with pytest.raises(BadInput, match=said):
        drafted(**given)
    assert not Campaign.objects.exists()


def test_a_campaign_ends_when_its_problems_are_closed_and_says_what_came_of_it():
    row = published_campaign()
    problem = noted(campaign=row)
    with pytest.raises(NotAllowed, match="还有 1 个问题没有销号"):
        campaigns.take(row, "close", by=officer("吴海涛"), at=AT, report="查了")
    problems.drop(problem, why="看错了", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="总结"):
        campaigns.take(row, "close", by=officer("吴海涛"), at=AT, report=" ")
    campaigns.take(row, "close", by=officer("吴海涛"), at=AT, report="查 1 家，未发现问题")
    assert row.state == "closed"


def test_a_campaign_of_the_province_reaches_a_city_when_published_and_is_not_the_citys_to_close():
    row = drafted(by=planner())
    wu = officer("吴海涛")
    with pytest.raises(NotYours):
        queries.campaign(wu, row.number)
    Campaign.objects.filter(pk=row.pk).update(state="published")
    found = queries.campaign(wu, row.number)
    with pytest.raises(NotAllowed, match="由示范省"):
        campaigns.take(found, "close", by=wu, at=AT, report="x")


def test_targets_are_read_line_by_line_and_all_or_none():
    row, code = published_campaign(), place().code
    made = campaigns.add_targets(campaign=row, lines=f"{code}，夜间用电不降\n\n北环路堆场, 扬尘", source="power", by=officer("李明"), at=AT)
    assert [(one.place, one.reason) for one in made] == [("清河水泥有限公司", "夜间用电不降"), ("北环路堆场", "扬尘")]
    assert campaigns.add_targets(campaign=row, lines=code, source="list", by=officer("李明"), at=AT) == []  # already there
    with pytest.raises(BadInput, match="NOPE"):
        campaigns.add_targets(campaign=row, lines=f"{code}\nNOPE", source="list", by=officer("李明"), at=AT)
    with pytest.raises(BadInput, match="不在您的辖区"):
        campaigns.add_targets(campaign=row, lines=place("云汐城市污水处理厂").code, source="list", by=officer("李明"), at=AT)
    for lines, source in (("", "list"), ("x", "dream")):
        with pytest.raises(BadInput):
            campaigns.add_targets(campaign=row, lines=lines, source=source, by=officer("李明"), at=AT)
    assert Target.objects.count() == 2


def test_a_task_of_the_campaign_stands_at_its_target_and_in_the_counters():
    row = published_campaign()
    campaigns.add_targets(campaign=row, lines=place().code, source="list", by=officer("李明"), at=AT)
    task = sent(basis="campaign", campaign=row)
    noted(campaign=row, gravity="outstanding")
    li = officer("李明")
    told = queries.counters(queries.problems(li).filter(campaign=row), queries.targets_of(li, campaign=row), queries.tasks_of(li, row))
    assert Target.objects.get().assignment == task
    assert (told["targets"], told["tasks"], told["finished"], told["problems"]) == (1, 1, 0, 1) and dict(told["by_gravity"])["突出问题"] == 1


# -- rounds -------------------------------------------------------------------------------------------------------------------


def test_nobody_goes_on_a_round_to_their_own_city():
    with pytest.raises(NotAllowed, match="不参加本地的监督帮扶"):
        running(division="990100000000")
    with pytest.raises(NotAllowed, match="不参加本地的监督帮扶"):
        running(division="990102000000")  # a district of that city
    assert not AssistanceRound.objects.exists()


def test_people_sent_elsewhere_see_their_round_and_what_they_found_there():
    row = running()
    lead = row.lead
    problem = problems.note_problem(kind="organics", description="集气罩未开", facility=place("临江印染有限公司"), round=row, by=lead, at=AT)
    assert queries.round_for(lead, row.number) == row and problem in queries.problems(lead)
    outsider = inspectors_of("9903")[0]
    assert problem not in queries.problems(outsider)
    with pytest.raises(NotYours):
        queries.round_for(outsider, row.number)
    assert problem in queries.problems(inspectors_of("9902")[0])  # the locality puts it right


def test_a_round_ends_when_its_problems_are_handed_over():
    row = running()
    problem = problems.note_problem(kind="truck", description="尿素未喷", place="国道收费站", round=row, by=row.lead, at=AT)
    with pytest.raises(NotAllowed, match="还有 1 个问题没有交办属地"):
        rounds.take(row, "end", by=planner(), at=AT)
    problems.hand_over(problem, note="示环帮〔2026〕1号", by=row.lead, at=AT)
    rounds.take(row, "end", by=planner(), at=AT)
    assert row.state == "ended" and problem.division.code == "990200000000"


def test_a_remote_round_pushes_a_list_and_the_locality_answers_it():
    row = rounds.plan_round(
        mode="remote", theme="热点网格", division=Division.objects.get(code="990100000000"), began=AT.date(), ended=AT.date(), lead=officer("李明"), team=[], by=planner(), at=AT
    )
    rounds.take(row, "begin", by=planner(), at=AT)
    target = campaigns.add_targets(round=row, lines="网格 104.1-36.5，PM2.5 高于周边", source="hot_grid", by=planner(), at=AT)[0]
    with pytest.raises(BadInput, match="核查结果"):
        campaigns.answer_target(target, answer=" ", by=officer("李明"), at=AT)
    campaigns.answer_target(target, answer="工地土方作业，已停", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="已于"):
        campaigns.answer_target(target, answer="再填", by=officer("李明"), at=AT)


def test_a_visit_of_a_round_needs_the_round_to_have_begun():
    with pytest.raises(NotAllowed, match="须写明哪一轮"):
        sent(basis="assist")
    row = running()
    task = sent(basis="assist", round=row, facility=place("临江印染有限公司"), inspectors=list(row.team.all()), by=planner(), mode="mobile", authority_letter="示环执〔2026〕1号")
    assert task.round == row


# -- problems -----------------------------------------------------------------------------------------------------------------


def test_a_problem_from_finding_to_closing_with_proof_and_a_second_pair_of_eyes():
    row, li, wang = noted(), officer("李明"), officer("王建国")
    problems.hand_over(row, note="清环帮〔2026〕3号", by=li, at=AT)
    assert row.due_on == AT.date() + 15 * DAY and row.note == "清环帮〔2026〕3号"
    with pytest.raises(NotAllowed, match="整改须附佐证材料"):
        problems.rectify(row, plan="已覆盖", by=li, at=AT)
    problems.add_proof(row, name="覆盖后.jpg", content=PHOTO, by=li, at=AT)
    problems.rectify(row, plan="已覆盖防尘网 300 平方米", by=li, at=AT)
    with pytest.raises(NotAllowed, match="不能自己复核"):
        problems.close(row, why="看过", by=li, at=AT)
    problems.send_back(row, why="北侧仍裸露", by=wang, at=AT)
    assert (row.state, row.returns, row.rectified_by) == ("handed", 1, None)
    problems.rectify(row, plan="北侧已补", by=li, at=AT)
    problems.close(row, why="现场复核属实", by=wang, at=AT)
    assert row.state == "closed" and row.closed_by == wang
    with pytest.raises(NotAllowed, match="不再收取材料"):
        problems.add_proof(row, name="b.jpg", content=PHOTO, by=li, at=AT)


def test_an_outstanding_problem_is_closed_from_the_level_above():
    row = noted(place="清源市中心城区", facility=None, division=Division.objects.get(code="990100000000"), gravity="outstanding")
    problems.hand_over(row, note="示环帮〔2026〕3号", by=planner(), at=AT)
    problems.add_proof(row, name="a.jpg", content=PHOTO, by=officer("李明"), at=AT)
    problems.rectify(row, plan="已整改", by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="上一级复核"):
        problems.close(row, why="看过", by=officer("王建国"), at=AT)
    problems.close(row, why="省级复核属实", by=planner(), at=AT)


def test_a_suspected_violation_becomes_a_clue_once_and_only_of_a_known_facility():
    row = noted(kind="fake_data", description="管路加装过滤")
    clue = problems.to_clue(row, by=officer("李明"), at=AT)
    assert Clue.objects.get() == clue == row.clue and clue.severity == "orange"
    with pytest.raises(NotAllowed, match="已转为线索"):
        problems.to_clue(row, by=officer("李明"), at=AT)
    with pytest.raises(NotAllowed, match="没有登记固定污染源"):
        problems.to_clue(noted(facility=None, place="国道"), by=officer("李明"), at=AT)


@pytest.mark.parametrize(("given", "said"), [({"kind": "ghost"}, "问题类别"), ({"gravity": "awful"}, "程度"), ({"description": ""}, "看到什么"), ({"facility": None, "place": " "}, "在哪里")])
def test_a_problem_that_cannot_be_read_is_not_written(given, said):
    with pytest.raises(BadInput, match=said):
        noted(**given)
    assert not Problem.objects.exists()


def test_handing_over_needs_a_note_and_a_term_that_is_not_over():
    row = noted()
    with pytest.raises(NotAllowed, match="交办单编号"):
        problems.hand_over(row, note=" ", by=officer("李明"), at=AT)
    with pytest.raises(BadInput, match="早于交办日期"):
        problems.hand_over(row, note="1号", due_on=AT.date() - DAY, by=officer("李明"), at=AT)
    row.refresh_from_db()
    assert row.state == "found" and row.note == ""


# -- notices ------------------------------------------------------------------------------------------------------------------


def test_a_notice_goes_down_to_a_government_with_its_own_problems_and_ends_when_they_are_closed():
    row, leader = noted(), planner()
    problems.hand_over(row, note="1号", by=officer("李明"), at=AT)
    city = Division.objects.get(code="990100000000")
    given = {"division": city, "content": "堆场扬尘长期未解决", "reply_by": AT.date() + 30 * DAY, "problems": [row], "at": AT}
    with pytest.raises(NotAllowed, match="不是上下级"):
        notices.send_notice(by=officer("吴海涛"), **given)
    with pytest.raises(NotAllowed, match="不在云汐市"):
        notices.send_notice(by=leader, **{**given, "division": Division.objects.get(code="990200000000")})
    notice = notices.send_notice(by=leader, **given)
    row.refresh_from_db()
    with pytest.raises(NotAllowed, match="已列入其他督办通知"):
        notices.send_notice(by=leader, **{**given, "problems": [row]})
    notices.take(notice, "answer", text="已部署", by=leader, at=AT)
    with pytest.raises(NotAllowed, match="还有1个问题没有销号"):
        notices.take(notice, "close", text="办结", by=leader, at=AT)
    with pytest.raises(NotAllowed, match="新的反馈期限"):
        notices.take(notice, "urge", text="不到位", by=leader, at=AT)
    notices.take(notice, "urge", text="不到位", reply_by=AT.date() + 40 * DAY, by=leader, at=AT)
    assert notice.state == "sent" and notice.reply_by == AT.date() + 40 * DAY


@pytest.mark.parametrize(("given", "said"), [({"content": " "}, "存在问题"), ({"problems": []}, "至少列入一个"), ({"reply_by": AT.date()}, "今天之后")])
def test_a_notice_that_says_nothing_is_not_sent(given, said):
    told = {"division": Division.objects.get(code="990100000000"), "content": "x", "reply_by": AT.date() + DAY, "problems": [noted()], "by": planner(), "at": AT, **given}
    with pytest.raises(BadInput, match=said):
        notices.send_notice(**told)
