"""The calculation of a fine on the screen: what has to be answered, the range, the amount and the working."""

from __future__ import annotations

from typing import Any

from django import forms

from qingyuan.errors import BadInput
from qingyuan.law.penalty.questions import Question, questions
from qingyuan.records.cases.investigation import province_name
from qingyuan.records.cases.models import Case

from . import names
from .frame import Look

OPEN_IN = ("filed", "investigated", "answered")
UNKNOWN = ("unknown", "尚未查清（按最轻计）")


class Facts(forms.Form):
    """One choice per factor of the benchmark; nothing is preset, an unanswered factor is refused by name."""

    def __init__(self, *args, asked: list[Question], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {f"q{number}": question for number, question in enumerate(asked)}
        for name, question in self.asked.items():
            self.fields[name] = field_of(question)
            if question.kind == "circumstance" and question.most:
                self.fields[f"{name}_percent"] = percent_of(question)

    def factors(self) -> list[forms.BoundField]:
        """The fields that must be answered."""
        return [self[name] for name, question in self.asked.items() if question.kind != "circumstance"]

    def grounds(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        """The circumstances, each with the field of its percent where the law leaves room."""
        rows = [name for name, question in self.asked.items() if question.kind == "circumstance"]
        return [(self[name], self[f"{name}_percent"] if f"{name}_percent" in self.fields else None) for name in rows]

    def clean(self) -> dict[str, Any]:
        """Turn the answers into the ``factors`` and ``circumstances`` of law/penalty."""
        given = super().clean()
        factors: dict[str, Any] = {}
        grounds: list[str] = []
        for name, question in self.asked.items():
            answer = given.get(name)
            if question.kind == "circumstance" and answer:
                percent = given.get(f"{name}_percent")
                grounds.append(f"{question.choices[0][0]}:{percent}" if percent else question.choices[0][0])
            elif question.kind == "factor" and answer:
                place_in(factors, question.field.split(".")[1:], answer)
        return {"factors": factors, "circumstances": grounds}


def place_in(factors: dict[str, Any], path: list[str], answer: str) -> None:
    """``factors.code.repeat`` → {"code": {"repeat": answer}}."""
    for part in path[:-1]:
        factors = factors.setdefault(part, {})
    factors[path[-1]] = answer


def field_of(question: Question) -> forms.Field:
    """A box to tick for a circumstance, a list of levels for everything else."""
    cited = "；".join(names.citation(text) for text in question.citations)
    if question.kind == "circumstance":
        return forms.BooleanField(label=question.label, required=False, help_text=cited)
    if question.kind == "base_yuan":
        return forms.IntegerField(label=question.label, min_value=1, help_text=cited)
    return forms.ChoiceField(label=question.label, choices=[("", "请选择"), *question.choices, UNKNOWN], help_text=cited)


def percent_of(question: Question) -> forms.Field:
    """How far a circumstance moves the fine, within what its article allows."""
    hint = {"placeholder": f"{question.least}—{question.most}%"}
    return forms.IntegerField(
        label=f"{question.label}的幅度（%）", required=False, min_value=question.least, max_value=question.most, widget=forms.NumberInput(attrs=hint),
    )


def asked_of(case: Case, look: Look) -> list[Question]:
    """The questions of the rule book for this violation, these days and this province."""
    return questions(
        case.violation, province_name(case), case.party.kind, began=case.act_began, ended=case.act_ended, decided_on=look.today,
    )


def form_of(case: Case, look: Look, data: Any) -> Facts:
    """The form of the calculation.  Raises BadInput when the rule book cannot weigh the case."""
    return Facts(data, auto_id="propose_penalty-%s", asked=asked_of(case, look))


def panel(case: Case, look: Look, bound: Facts | None) -> dict[str, Any]:
    """What the discretion panel of a case shows; a rule book that cannot weigh the case says so in its own words."""
    shown: dict[str, Any] = {"proposal": case.proposal, "form": bound, "is_open": bound is not None, "trouble": ""}
    if bound is None and case.state in OPEN_IN and look.viewer.has_role("inspector", "reviewer"):
        try:
            shown["form"] = form_of(case, look, None)
        except BadInput as error:
            shown["trouble"] = str(error)
    return shown
