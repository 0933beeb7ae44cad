"""What may be asked of a device from the desk, in the words of HJ 212, each with its form.

Offered are commands that read, set clocks and intervals, calibrate, sample and pull history.  Setting an instrument's parameters is
not offered: whoever changes a slope from afar could be the one the rules look for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from qingyuan.clock import CHINA
from qingyuan.engines.sense.hj212 import commands as hj212
from qingyuan.records.registry import door
from qingyuan.records.registry.models import Monitor

from .step_forms import long_text

GAS, WATER = ("21", "31", "51"), ("21", "32", "52")
LONGEST_PULL = dt.timedelta(days=7)
PULLS = [("2061", "小时数据 2061"), ("2051", "分钟数据 2051"), ("2031", "日数据 2031")]


class Plain(forms.Form):
    """A command that changes nothing at the site."""

    def arguments(self) -> dict[str, Any]:
        """The arguments as ``hj212/requests`` names them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "why" and value not in ("", None)}


class Reasoned(Plain):
    """A command that changes something at the site: why stands in the trail."""

    why = long_text("下发理由", rows=2)


class Pull(Plain):
    """A window of history, both ends inclusive, as starts of periods in China's time."""

    cn = forms.ChoiceField(label="数据", choices=PULLS)
    began = forms.DateTimeField(label="起", input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"], widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M", attrs={"autocomplete": "off"}))
    ended = forms.DateTimeField(label="止（含）", input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"], widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M", attrs={"autocomplete": "off"}))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        began, ended = told.get("began"), told.get("ended")
        if began and ended and not began <= ended <= began + LONGEST_PULL:
            raise forms.ValidationError("起止时间须先起后止，一次不超过 7 天：数采仪要逐包补传，分几次更稳妥")
        return told

    def arguments(self) -> dict[str, Any]:
        told = super().arguments()
        return {**told, **{end: told[end].astimezone(CHINA).isoformat() for end in ("began", "ended")}}


class About(Plain):
    """A command about one factor."""

    factor = forms.ChoiceField(label="监测因子")


class ReasonedAbout(Reasoned):
    factor = forms.ChoiceField(label="监测因子")
    field_order = ["factor", "why"]


class Seconds(Reasoned):
    seconds = forms.IntegerField(label="间隔（秒）", min_value=30, max_value=3600, help_text="30 至 3600（HJ 212-2017 表4）")
    field_order = ["seconds", "why"]


class Minutes(Reasoned):
    minutes = forms.TypedChoiceField(label="间隔（分钟）", coerce=int, choices=[(n, str(n)) for n in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)])
    field_order = ["minutes", "why"]


@dataclass(frozen=True)
class Command:
    """One button: command of ``hj212/requests``, its code for the reader, its form, and for which system codes it makes sense."""

    name: str
    code: str
    form: type[Plain]
    systems: tuple[str, ...] = ()

    def suits(self, st: str, version: int) -> bool:
        """Whether a device of that system code and version of HJ 212 (0: not known yet) has such a command."""
        return (not self.systems or st in self.systems) and (not version or version in hj212.COMMANDS[self.code[:4]].versions)


GROUPS: list[tuple[str, list[Command]]] = [
    ("取数", [
        Command("history", "2061 等", Pull), Command("start_real_time", "2011", Reasoned), Command("stop_real_time", "2012", Reasoned),
        Command("read_serial_number", "3019", About, (*GAS, *WATER)), Command("read_delivery_time", "3018", About, WATER),
    ]),
    ("时钟与间隔", [
        Command("read_clock", "1011", Plain), Command("set_clock", "1012", Reasoned), Command("read_real_time_interval", "1061", Plain),
        Command("set_real_time_interval", "1062", Seconds), Command("read_minute_interval", "1063", Plain), Command("set_minute_interval", "1064", Minutes),
    ]),
    ("反控", [
        Command("calibrate", "3011", ReasonedAbout, (*GAS, *WATER)), Command("sample_now", "3012", ReasonedAbout, (*GAS, *WATER)),
        Command("clean", "3013", ReasonedAbout, (*GAS, *WATER)), Command("retain_sample", "3015", Reasoned, WATER),
        Command("retain_sample_now", "3022", Reasoned, WATER), Command("check_standard", "3024", ReasonedAbout, (*GAS, *WATER)),
    ]),
]  # fmt: skip
COMMANDS = {command.name: command for _, commands in GROUPS for command in commands}


def offered(monitor: Monitor, version: int, at: dt.datetime, *, sent: str = "", data: QueryDict | None = None, start: Mapping[str, Any] | None = None) -> list[tuple[str, list[tuple[Command, str, Plain, bool]]]]:
    """The groups of commands for one device: (command, its name, its form, whether it stands open).

    ``sent`` with ``data`` binds the form of the command that was just refused; ``start`` fills the window of the pull.
    """
    labels = door.command_names()
    rows = []
    for title, commands in GROUPS:
        mine = [c for c in commands if c.suits(monitor.st, version)]
        rows.append((title, [(c, labels[c.name], built(c, monitor, at, data if c.name == sent else None, start), c.name == sent or (c.name == "history" and bool(start))) for c in mine]))
    return rows


def built(command: Command, monitor: Monitor, at: dt.datetime, data: QueryDict | None, start: Mapping[str, Any] | None = None) -> Plain:
    """The form of one command; a pull starts with the last whole day of hours."""
    hour = at.astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    first: dict[str, Any] = {"seconds": 30, "minutes": 10}
    if command.form is Pull:
        first = {"cn": "2061", "began": hour - dt.timedelta(hours=24), "ended": hour - dt.timedelta(hours=1), **(start or {})}
    form = command.form(data, initial=first, auto_id=f"id_{command.name}_%s")
    if "factor" in form.fields:
        form.fields["factor"].choices = [(code, f"{door.factor_name(code)} {code}") for code in monitor.factors]
    return form


