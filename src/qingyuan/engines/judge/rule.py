"""A rule: its name, its law, its dated numbers, its function; read from ``rules/<finding>.py`` and ``rules/<finding>.yaml``.

The YAML holds everything a lawyer may want to read or dispute: title, severity, violation, citations by date, evidence
still needed, parameters with source and grade, and the cases.  The Python holds the function and nothing else.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from qingyuan.errors import BadInput

from .finding import SEVERITIES, Finding
from .series import HOUR

if TYPE_CHECKING:
    from .inforce import LawInForce
    from .stretch import Stretch

Function = Callable[["Stretch", "LawInForce"], list[Finding]]
FOLDER = Path(__file__).with_name("rules")
GRADES = ("A", "B", "C", "U")
SINCE = ("month", "quarter", "year")
FIRST_DAY = dt.date(2000, 1, 1)
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Parameter:
    """One dated number of a rule: (first day, value) in order, with what it is called on screens, unit, source and grade."""

    name: str
    values: tuple[tuple[dt.date, Any], ...]
    unit: str
    citation: str
    grade: str
    label: str = ""

    def on(self, day: dt.date) -> Any:
        """Return the value in force on a day; before the first day the first value (judging the past needs a number)."""
        held = [value for since, value in self.values if since <= day]
        return held[-1] if held else self.values[0][1]


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule.  ``kinds`` maps the kind of reading it reads to its look-back in milliseconds, or to month|quarter|year.

    Its findings are a function of one day and its look-back.  ``needs``: it can find nothing at a facility that has none of
    these (see applies.py); ``ripens`` (hour|day|month|quarter): it finds nothing before one has ended; ``silence``: it may find
    something because nothing arrives.
    """

    name: str
    revision: int
    chinese: str
    says: str
    family: str
    severity: str
    title: str
    violation: Mapping[str, str]
    kinds: Mapping[str, int | str]
    basis: tuple[Any, ...]
    evidence: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    cases: tuple[dict[str, Any], ...]
    function: Function
    needs: tuple[str, ...] = ()
    ripens: str = ""
    silence: bool = False

    @classmethod
    def beside(cls, file: str, function: Function) -> Rule:
        """Return the rule described by the YAML file beside ``file``.  Raises BadInput naming what the YAML lacks."""
        path = Path(file).with_suffix(".yaml")
        told = yaml.load(path.read_text("utf-8"), Loader=LOADER)
        try:
            return _from_yaml(path.stem, told, function)
        except KeyError as missing:
            raise BadInput(f"规则文件 {path.name} 缺少 {missing}", field=str(missing)) from None

    def on(self, day: dt.date, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the parameters in force on a day, with a what-if's overrides laid over them."""
        known = {name: parameter.on(day) for name, parameter in self.parameters.items()}
        for name, value in (overrides or {}).items():
            if name not in known:
                raise BadInput(f"规则 {self.name} 没有参数 {name}，可用参数：{'、'.join(known)}", field=name)
            known[name] = type(known[name])(value) if isinstance(known[name], int | float) else value
        return known

    def changes(self) -> set[dt.date]:
        """Return the days on which any parameter or citation changes."""
        return {since for parameter in self.parameters.values() for since, _ in parameter.values[1:]}

    def violation_of(self, medium: str) -> str:
        """Return the id of the violation (law/book/violations) that a finding at a gas or water point points to."""
        return self.violation.get(medium) or self.violation.get("any", "")


@cache
def grounds() -> dict[str, Any]:
    """Return the shared grounds: citations and evidence by name."""
    return yaml.safe_load(Path(__file__).with_name("grounds.yaml").read_text("utf-8"))


@cache
def names() -> tuple[str, ...]:
    """Return the names of all rules, by listing the folder."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"))


@cache
def named(name: str) -> Rule:
    """Return one rule by name; raises BadInput with the names that exist."""
    if name not in names():
        raise BadInput(f"没有名为 {name} 的规则；现有规则：{'、'.join(names())}", field="rule")
    rule: Rule = importlib.import_module(f"{__package__}.rules.{name}").RULE
    return rule


def chosen(wanted: Iterable[str] | None = None) -> list[Rule]:
    """Return the rules wanted (``name`` or ``name@revision``), all of them for None."""
    if not wanted:
        return [named(name) for name in names()]
    rules = []
    for told in wanted:
        name, _, revision = told.partition("@")
        rule = named(name)
        if revision and int(revision) != rule.revision:
            raise BadInput(f"规则 {name} 现为第{rule.revision}版，没有第{revision}版", field="rule")
        rules.append(rule)
    return rules


def _from_yaml(name: str, told: dict[str, Any], function: Function) -> Rule:
    if told["severity"] not in SEVERITIES:
        raise BadInput(f"规则 {name} 的 severity 应为 {SEVERITIES} 之一", field="severity")
    violation = told["violation"]
    return Rule(
        name=name,
        revision=int(told.get("revision", 1)),
        chinese=told["name"],
        says=told["says"],
        family=told["family"],
        severity=told["severity"],
        title=told["title"],
        violation={"any": violation} if isinstance(violation, str) else violation,
        kinds={kind: _look_back(back) for kind, back in told["reads"].items()},
        basis=tuple(told["basis"]),
        evidence=tuple(told.get("evidence", ())),
        parameters={key: _parameter(key, value) for key, value in told.get("parameters", {}).items()},
        cases=tuple(told["cases"]),
        function=function,
        needs=tuple(told.get("needs", ())),
        ripens=told.get("ripens", ""),
        silence=bool(told.get("silence", False)),
    )


def _look_back(back: Any) -> int | str:
    if back in SINCE:
        return str(back)
    return round(float(back) * HOUR)


def _parameter(name: str, told: dict[str, Any]) -> Parameter:
    dated = told.get("values") or {told.get("valid_from", FIRST_DAY): told["value"]}
    if told["grade"] not in GRADES:
        raise BadInput(f"参数 {name} 的 grade 应为 A、B、C、U 之一", field="grade")
    return Parameter(name, tuple(sorted(dated.items())), str(told.get("unit", "")), str(told["citation"]), told["grade"], str(told["label"]))
