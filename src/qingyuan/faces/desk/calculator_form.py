"""The questions of the rule book as forms: first which case, then which range of the article, then the facts.

Nothing is preset and nothing is guessed: an unanswered factor is refused by its name.  Used by the case page, the desk
calculator and the public self-test; works without scripts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms

from qingyuan.errors import BadInput
from qingyuan.law import rulebook
from qingyuan.law.penalty import PenaltyInput, Question, questions, shelf
from qingyuan.law.penalty.exemptions import Fit, assess
from qingyuan.law.penalty.given import PARTY_KINDS
from qingyuan.law.penalty.questions import EFFECTS
from qingyuan.law.penalty.selection import LAWS

from . import names
from .step_forms import day, long_text

UNKNOWN = ("unknown", "尚未查清（按最轻计）")
MEDIA = {
    "any": "通用", "air": "大气", "water": "水", "hazardous_waste": "危险废物", "solid_waste": "固体废物", "project": "建设项目", "noise": "噪声",
    "chemical": "化学物质", "vehicle": "机动车和非道路机械", "climate": "碳排放", "radiation": "辐射", "soil": "土壤",
}  # fmt: skip
BENCHMARKS = [("", "本省裁量基准（没有的，用国家框架）"), ("national", "国家裁量框架（不用本省基准，须集体讨论说明理由）")]


@dataclass(frozen=True)
class Numbered:
    """A piece of evidence a fact may point to: what to write, what it is, its reference in the file."""

    number: str
    name: str
    ref: str


@lru_cache(maxsize=1)
def violation_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every violation by medium, for one list."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, entry in rulebook.load().violations().items():
        groups.setdefault(MEDIA.get(entry["medium"], entry["medium"]), []).append((key, entry["name"]))
    return [(name, sorted(rows, key=lambda row: row[1])) for name, rows in sorted(groups.items(), key=lambda group: -len(group[1]))]


@lru_cache(maxsize=1)
def province_choices() -> list[tuple[str, str]]:
    """Provinces with tables of their own first."""
    pages = [page for page in shelf.load().provinces.values() if page["id"] != "national"]
    ordered = sorted(pages, key=lambda page: (not shelf.load().province(page["id"]).has_tables, page["id"] == "demo"))
    return [(page["name"], page["name"]) for page in ordered]


class Basis(forms.Form):
    """Which violation, whose, when, where: what decides the law and the table."""

    violation = forms.ChoiceField(label="违法行为")
    province = forms.ChoiceField(label="省份")
    party_kind = forms.ChoiceField(label="当事人", choices=list(PARTY_KINDS.items()))
    began = day("违法行为开始日")
    ended = day("违法行为终了日", required=False, help_text="仍在继续的不填")
    decided_on = day("拟作出决定的日期")
    benchmark = forms.ChoiceField(label="裁量基准", choices=BENCHMARKS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["violation"].choices = [("", "请选择"), *violation_choices()]
        self.fields["province"].choices = [("", "请选择"), *province_choices()]


class Tiers(forms.Form):
    """Which range of the article, once for each law that is weighed."""

    def __init__(self, data: Any, *, asked: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.asked = {f"tier_{question.regimes[0]}": question for question in asked}
        for name, question in self.asked.items():
            law = f"（{LAWS.get(question.regimes[0], question.regimes[0])}）" if len(asked) > 1 else ""
            cited = "；".join(names.citation(text) for text in question.citations)
            self.fields[name] = forms.ChoiceField(label=f"{question.label}{law}", choices=[("", "请选择"), *question.choices], help_text=cited)

    def tier(self) -> str:
        """What ``PenaltyInput.tier`` takes; "" while something is open."""
        if not self.asked or not self.is_valid():
            return ""
        if len(self.asked) == 1:
            return str(next(iter(self.cleaned_data.values())))
        return ",".join(f"{name.removeprefix('tier_')}.{value}" for name, value in self.cleaned_data.items())


class Facts(forms.Form):
    """One answer per factor, the base or number where the law counts by it, circumstances, other consequences."""

    def __init__(self, data: Any = None, *, asked: Sequence[Question], numbered: Sequence[Numbered] = (), departs: bool = False, fixed: Mapping[str, str] | None = None, catalogue: Sequence[Fit] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.asked = {name_of(question): question for question in asked}
        self.numbered = {row.number: row for row in numbered}
        self.fixed = dict(fixed or {})
        self.catalogue = list(catalogue)
        for name, question in self.asked.items():
            self.fields |= fields_of(name, question)
            if numbered and question.kind in ("factor", "circumstance"):
                hint = {"placeholder": "证据编号", "autocomplete": "off", "class": "qy-proof"}
                self.fields[f"{name}:evidence"] = forms.CharField(label=f"{question.label}的证据", required=False, max_length=120, widget=forms.TextInput(attrs=hint))
        if departs:
            self.fields["decided_yuan"] = forms.IntegerField(label="集体讨论决定的罚款（元）", required=False, min_value=0)
            self.fields["decided_reason"] = long_text("偏离裁量表的理由", required=False, rows=2, help_text="行政处罚法第34条、第57条：须集体讨论并写明理由")

    def rows(self, *kinds: str) -> list[dict[str, Any]]:
        """The questions of some kinds, each with its fields, for a template."""
        parts = ("number", "measure", "percent", "evidence")
        return [
            {"question": question, "field": self[name], **{part: self[f"{name}:{part}"] for part in parts if f"{name}:{part}" in self.fields}}
            for name, question in self.asked.items() if question.kind in kinds
        ]  # fmt: skip

    def factors(self) -> list[dict[str, Any]]:
        return self.rows("factor", "base_yuan", "count")

    def kinds(self) -> list[dict[str, Any]]:
        return self.rows("other_kinds")

    def grounds(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The circumstances by what they do, in the order of the law's mildness."""
        rows = self.rows("circumstance")
        groups = [(label, [row for row in rows if row["question"].effect == effect]) for effect, label in EFFECTS.items()]
        return [(label, found) for label, found in groups if found]

    def departure(self) -> list[forms.BoundField]:
        return [self[name] for name in ("decided_yuan", "decided_reason") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Turn the answers into the words of ``penalty.PenaltyInput``, with what was settled before (``fixed``)."""
        given = super().clean() or {}
        told: dict[str, Any] = {"factors": {}, "circumstances": [], "evidence": {}}
        for name, question in self.asked.items():
            self.take(told, name, question, given)
            self.link(told, name, question, given)
        for name in ("decided_yuan", "decided_reason"):
            if name in self.fields:
                told[name] = given.get(name)
        return {key: value for key, value in (told | self.fixed).items() if value is not None}

    def take(self, told: dict[str, Any], name: str, question: Question, given: Mapping[str, Any]) -> None:
        answer = given.get(name)
        if question.kind == "factor":
            answer = self.level(name, question, given)
            if answer is not None:
                place_in(told["factors"], question.field.split(".")[1:], answer)
        elif question.kind == "circumstance":
            if answer:
                percent = given.get(f"{name}:percent")
                told["circumstances"].append(f"{question.choices[0][0]}:{percent}" if percent is not None else question.choices[0][0])
        else:
            told[question.kind] = answer

    def level(self, name: str, question: Question, given: Mapping[str, Any]) -> Any:
        """The level that was chosen, or the number that was measured; one of them, not both."""
        level, number = given.get(name), given.get(f"{name}:number")
        if number is not None and level:
            self.add_error(name, "档次和数值只填一种")
        elif number is not None:
            return {given.get(f"{name}:measure") or question.measures[0][0]: str(number)}
        elif not level and question.measures and name not in self.errors and f"{name}:number" not in self.errors:
            self.add_error(name, f"请选择档次或者填写数值；查不清的选“{UNKNOWN[1]}”")
        return level or None

    def link(self, told: dict[str, Any], name: str, question: Question, given: Mapping[str, Any]) -> None:
        """Evidence numbers as references of the file."""
        text = (given.get(f"{name}:evidence") or "").replace("，", "、").replace(",", "、").replace(" ", "、")
        numbers = [part for part in text.split("、") if part]
        strange = [part for part in numbers if part not in self.numbered]
        if strange:
            self.add_error(f"{name}:evidence", f"案卷里没有编号“{'、'.join(strange)}”；可填：{'、'.join(self.numbered)}")
        elif numbers and (question.kind == "factor" or given.get(name)):
            fact = question.field.partition(".")[2] if question.kind == "factor" else question.choices[0][0]
            told["evidence"][fact] = [self.numbered[part].ref for part in numbers]


def name_of(question: Question) -> str:
    """The name of a question's field: its place in the input, so that answers keep their place when others come or go."""
    return f"circumstances.{question.choices[0][0]}" if question.kind == "circumstance" else question.field


def place_in(factors: dict[str, Any], path: list[str], answer: Any) -> None:
    """``factors.code.repeat`` → {"code": {"repeat": answer}}."""
    for part in path[:-1]:
        factors = factors.setdefault(part, {})
    factors[path[-1]] = answer


def fields_of(name: str, question: Question) -> dict[str, forms.Field]:
    """A box to tick for a circumstance, a list of levels (or a number) for a factor, a number for a base."""
    cited = "；".join(names.citation(text) for text in question.citations)
    if question.kind == "circumstance":
        fields: dict[str, forms.Field] = {name: forms.BooleanField(label=question.label, required=False, help_text=cited)}
        return fields | ({f"{name}:percent": percent_of(question)} if question.most else {})
    if question.kind in ("base_yuan", "count"):
        return {name: forms.IntegerField(label=question.label, min_value=1, help_text=cited)}
    if question.kind == "other_kinds":
        return {name: forms.MultipleChoiceField(label=question.label, choices=question.choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=cited)}
    fields = {name: forms.ChoiceField(label=question.label, choices=[("", "请选择"), *question.choices, UNKNOWN], required=not question.measures, help_text=cited)}
    if question.measures:
        label = question.measures[0][1] if len(question.measures) == 1 else "数值"
        attrs = {"placeholder": f"或填{label}", "inputmode": "decimal"}
        fields[f"{name}:number"] = forms.DecimalField(label=f"{question.label}：{label}", required=False, max_digits=18, widget=forms.TextInput(attrs=attrs))
    if len(question.measures) > 1:
        fields[f"{name}:measure"] = forms.ChoiceField(label=f"{question.label}：数值的种类", choices=question.measures, required=False)
    return fields


def percent_of(question: Question) -> forms.Field:
    """How far a circumstance moves the fine, within what its article allows."""
    hint = {"placeholder": f"{question.least}—{question.most}%"}
    return forms.IntegerField(
        label=f"{question.label}的幅度（%）", required=False, min_value=question.least, max_value=question.most, widget=forms.NumberInput(attrs=hint),
    )


def answered(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The initial values of ``Facts`` that repeat an earlier calculation, from the inputs of its certificate."""
    found: dict[str, Any] = {key: inputs[key] for key in ("base_yuan", "count", "other_kinds", "decided_yuan", "decided_reason") if inputs.get(key)}
    for key, value in inputs.get("factors", {}).items():
        if isinstance(value, Mapping):
            measure, number = next(iter(value.items()))
            found |= {f"factors.{key}:number": number, f"factors.{key}:measure": measure}
        else:
            found[f"factors.{key}"] = value
    for ground in inputs.get("circumstances", ()):
        name, _, percent = ground.partition(":")
        found |= {f"circumstances.{name}": True, f"circumstances.{name}:percent": percent}
    return found


def tiers_asked(given: PenaltyInput) -> list[Question]:
    """The open choices of the range, one for each law; [] when the articles leave none."""
    asked = ask(given, tier="")
    return asked if asked and asked[0].kind == "tier" else []


def ask(given: PenaltyInput, *, tier: str) -> list[Question]:
    """The questions of the rule book; raises BadInput when it cannot weigh such a case."""
    return questions(
        given.violation, given.province, given.party_kind, began=given.began, ended=given.ended, decided_on=given.decided_on, tier=tier, benchmark=given.benchmark,
    )


def catalogue_of(given: PenaltyInput) -> list[Fit]:
    """The no-penalty entries written for such a case, condition by condition; nothing is decided here (Penalty Law art. 33)."""
    return assess(given.violation, given.province, {}, on=given.decided_on)


def refused(form: forms.Form, error: BadInput) -> None:
    """Put a refusal beside the field it names, else at the head of the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
