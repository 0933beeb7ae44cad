"""The cast of the docket's tests: one city, its bureau, two officers, an officer next door, an empty file."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from PIL import Image

from qingyuan.records.docket import actions
from qingyuan.records.docket.models import Docket
from qingyuan.records.docket.writing.paper import Paper, Paragraph, Sentence
from qingyuan.records.docket.writing.tests.samples import FACTS
from qingyuan.records.docket.writing.typeset import pdf
from qingyuan.records.registry.models import Agency, Division, Officer

AT = dt.datetime(2026, 10, 20, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


class Cast:
    """Who and what the tests act with."""

    def __init__(self) -> None:
        province = Division.objects.create(code="990000000000", name="示范省", level="province")
        here, there = (
            Division.objects.create(code=code, name=name, level="city", parent=province)
            for code, name in (("990100000000", "清源市"), ("990200000000", "云汐市"))
        )
        self.agency, self.other_agency = (
            Agency.objects.create(
                code=code, name=f"示范省{city.name}生态环境局", short_name=short, division=city, address="清波路1号", phone="000-12345678",
                payee="示范银行清源支行（户名：非税收入）", reconsideration_body=f"{city.name}人民政府", court=f"{city.name}人民法院",
            )
            for code, short, city in (("A1", "清环", here), ("A2", "云环", there))
        )  # fmt: skip
        self.officer = Officer.objects.create(name="李明", agency=self.agency, roles=["inspector"], certificate_number="990101001")
        self.second = Officer.objects.create(name="王建国", agency=self.agency, roles=["inspector"], certificate_number="990101002")
        self.stranger = Officer.objects.create(name="何远", agency=self.other_agency, roles=["inspector"])
        self.docket = self.open()

    def open(self) -> Docket:
        return actions.open_docket(title="清河水泥有限公司现场检查", agency=self.agency, by=self.officer, at=AT)

    def issue(self, kind: str = "penalty_decision", **given: Any):
        facts = given.pop("facts", {k: v for k, v in FACTS.items() if k != "agency"})
        return actions.issue(kind=kind, docket=given.pop("docket", self.docket), facts=facts, by=self.officer, at=given.pop("at", AT), **given)

    def take(self, name: str = "窑尾照片.jpg", content: bytes | None = None, **given: Any):
        words: dict[str, Any] = {"kind": "audiovisual", "source": "现场拍摄", "taken_at": AT, "by": self.officer, "at": AT, **given}
        return actions.take_evidence(docket=words.pop("docket", self.docket), name=name, content=content or photo(), **words)


def photo(colour: tuple[int, int, int] = (40, 90, 160)) -> bytes:
    """A real JPEG, small."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "JPEG")
    return out.getvalue()


def page(text: str = "营业执照") -> bytes:
    """A real PDF of one page."""
    return pdf(Paper("", "record", "", text, blocks=(Paragraph((Sentence(text),)),)))
