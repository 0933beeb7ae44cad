"""How screens read campaigns, rounds, problems and notices; every query takes the viewer.

People sent from elsewhere see the round they are sent on and what they found, besides what lies in their own division.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from qingyuan.errors import NotYours
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import scoped

from .campaign_models import AssistanceRound, Campaign, Problem, SupervisionNotice, Target
from .campaign_states import GRAVITIES, PROBLEM_STATES
from .models import Assignment
from .secrecy import unveiled


def picked(rows: QuerySet[Any], **by: object) -> Any:
    """The one row, or NotYours (absent and out of scope look the same)."""
    row = rows.filter(**by).first()
    if row is None:
        raise NotYours("没有找到，或不在您的辖区范围内")
    return row


def above(viewer: Officer) -> Q:
    """What the levels above organise for the viewer's place: a campaign of the province reaches every city once it is published."""
    codes = viewer.agency.division.scope_codes()
    return Q(division_id__in=[code for code in codes.values() if code])


def keys(model: type[Model], viewer: Officer) -> QuerySet[Any]:
    return scoped(model._default_manager.all(), viewer).values("pk")


def campaigns(viewer: Officer) -> QuerySet[Campaign]:
    """Campaigns of the viewer's division and, once published, of the levels above."""
    rows = Campaign.objects.select_related("agency", "drawn_up_by", "approved_by")
    return rows.filter(Q(pk__in=keys(Campaign, viewer)) | (above(viewer) & Q(state__in=["published", "closed"]))).order_by("-began", "-pk")


def campaign(viewer: Officer, number: str) -> Campaign:
    return picked(campaigns(viewer), number=number)


def rounds(viewer: Officer) -> QuerySet[AssistanceRound]:
    sent = AssistanceRound.objects.filter(Q(team=viewer) | Q(lead=viewer) | Q(planned_by=viewer)).values("pk")
    rows = AssistanceRound.objects.select_related("campaign", "division", "lead", "planned_by")
    return rows.filter(Q(pk__in=keys(AssistanceRound, viewer)) | Q(pk__in=sent)).order_by("-began", "-pk")


def round_for(viewer: Officer, number: str) -> AssistanceRound:
    return picked(rounds(viewer), number=number)


def targets_of(viewer: Officer, *, campaign: Campaign | None = None, round: AssistanceRound | None = None) -> QuerySet[Target]:
    """Places on a list the viewer reached; of a campaign of above only those in the viewer's own division."""
    rows = Target.objects.select_related("facility", "division", "assignment", "checked_by").order_by("checked_on", "priority", "pk")
    if round is not None:
        return rows.filter(round=round, round__in=rounds(viewer))
    return rows.filter(campaign=campaign, pk__in=keys(Target, viewer))


def problems(viewer: Officer) -> QuerySet[Problem]:
    """The ledger: those still open first, soonest due first."""
    sent = Problem.objects.filter(Q(found_by=viewer) | Q(round__team=viewer) | Q(round__lead=viewer)).values("pk")
    rows = Problem.objects.select_related("facility", "division", "round", "campaign", "found_by", "rectified_by", "closed_by", "clue", "notice", "docket", "assignment")
    return rows.filter(Q(pk__in=keys(Problem, viewer)) | Q(pk__in=sent)).annotate(due=Coalesce("due_on", "found_on")).order_by("due", "pk")


def problem(viewer: Officer, number: str) -> Problem:
    return picked(problems(viewer), number=number)


def open_problems(viewer: Officer) -> QuerySet[Problem]:
    return problems(viewer).exclude(state__in=["closed", "dropped"])


def notices(viewer: Officer) -> QuerySet[SupervisionNotice]:
    return scoped(SupervisionNotice.objects.select_related("division", "sent_by"), viewer).annotate(count=Count("problems")).order_by("state", "reply_by", "pk")


def notice(viewer: Officer, number: str) -> SupervisionNotice:
    return picked(notices(viewer), number=number)


def tasks_of(viewer: Officer, row: Campaign) -> QuerySet[Assignment]:
    return unveiled(scoped(row.assignments.select_related("facility"), viewer), viewer)


def counters(rows: QuerySet[Problem], targets: QuerySet[Target], tasks: QuerySet[Assignment]) -> dict[str, Any]:
    """What a board counts: places looked at, problems by gravity and by standing, where they went.  From results, never from clicks."""
    rows = rows.order_by()
    by_gravity = dict(rows.values_list("gravity").annotate(n=Count("pk")))
    by_state = dict(rows.values_list("state").annotate(n=Count("pk")))
    return {
        "targets": targets.count(), "looked": targets.filter(Q(checked_on__isnull=False) | Q(assignment__state="finished")).count(),
        "tasks": tasks.exclude(state="cancelled").count(), "finished": tasks.filter(state="finished").count(),
        "problems": sum(by_gravity.values()), "by_gravity": [(label, by_gravity.get(key, 0)) for key, label in GRAVITIES.items()],
        "by_state": [(key, label, by_state.get(key, 0)) for key, label in PROBLEM_STATES.items()], "closed": by_state.get("closed", 0),
        "clues": rows.filter(clue__isnull=False).count(), "cases": rows.exclude(case_number="").count(), "transferred": rows.exclude(transferred="").count(),
        "notices": rows.filter(notice__isnull=False).count(),
    }  # fmt: skip


def target(viewer: Officer, pk: int) -> Target:
    rows = Target.objects.select_related("round", "campaign")
    return picked(rows.filter(Q(pk__in=keys(Target, viewer)) | Q(round__in=rounds(viewer))), pk=pk)
