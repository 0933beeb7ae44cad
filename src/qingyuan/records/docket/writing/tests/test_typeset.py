"""The page: GB/T 9704-2012's grid, embedded fonts, the same bytes twice, PDF/A."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys

import pikepdf
import pypdf
import pytest

from qingyuan.errors import BadInput
from qingyuan.records.docket.writing.compose import compose
from qingyuan.records.docket.writing.fonts import FALLBACK, families
from qingyuan.records.docket.writing.kinds import kinds
from qingyuan.records.docket.writing.paper import Paper, Paragraph, Picture, Sentence
from qingyuan.records.docket.writing.typeset import pdf
from qingyuan.records.docket.writing.word import docx_bytes

from .samples_for import facts_for

ADDRESS = "http://localhost:8000/public/verify/?digest=" + "0123456789abcdef" * 4


def paper_of(kind: str) -> Paper:
    return compose(kind, facts_for(kind), number="清环罚〔2026〕3号", dated="2026-10-20", verification=ADDRESS)


def fonts_of(document: bytes) -> list[pikepdf.Object]:
    with pikepdf.open(io.BytesIO(document)) as file:
        found = [f for page in file.pages for f in page.Resources.get("/Font", {}).values()]
        descendants = [f.DescendantFonts[0] if "/DescendantFonts" in f else f for f in found]
        return [(str(f.BaseFont), any(k in f.FontDescriptor for k in ("/FontFile", "/FontFile2", "/FontFile3"))) for f in descendants]


def test_every_font_is_embedded_and_is_the_one_asked_for():
    """A family name that is slightly wrong falls back silently; so the file itself is asked."""
    found = fonts_of(pdf(paper_of("penalty_decision")))
    assert found and all(is_embedded for _, is_embedded in found)
    allowed = {name.replace(" ", "") for role in families().values() for name in role}
    stripped = [name.split("+")[-1].replace(" ", "").split("-")[0] for name, _ in found]
    assert all(any(s.startswith(a.split("-")[0][:8]) for a in allowed) for s in stripped), stripped


def test_a_rare_name_is_set_and_not_boxed():
    """Noto Serif SC is always the fallback: a person's name is never printed as a box."""
    assert all(role[-1] == FALLBACK for role in families().values())
    text = pypdf.PdfReader(io.BytesIO(pdf(plain("垚燚堃喆昇玥祎婳")))).pages[0].extract_text()
    assert "垚燚堃喆昇玥祎婳" in text


def plain(text: str) -> Paper:
    return Paper("penalty_decision", "record", "", "题", blocks=(Paragraph((Sentence(text),), "plain"),))


def test_a_page_holds_22_lines_of_28_characters():
    """GB/T 9704-2012 5.2.3: 22 lines a page, 28 characters a line."""
    document = pdf(plain("国" * 28 * 60))
    lines: dict[float, int] = {}
    pypdf.PdfReader(io.BytesIO(document)).pages[1].extract_text(
        visitor_text=lambda text, cm, tm, font, size: lines.__setitem__(
            round(tm[5] + cm[5]), lines.get(round(tm[5] + cm[5]), 0) + text.count("国")
        )
    )
    full = [count for count in lines.values() if count]
    assert len(full) == 22
    assert set(full) == {28}


def test_the_page_is_a4_and_the_file_is_pdf_a():
    """PDF/A-2b: what is archived can be opened in decades (DA/T 47)."""
    with pikepdf.open(io.BytesIO(pdf(paper_of("penalty_decision")))) as file:
        box = [float(v) for v in file.pages[0].MediaBox]
        assert box[2] == pytest.approx(595.28, abs=0.1)
        assert box[3] == pytest.approx(841.89, abs=0.1)
        meta = file.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "B")


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_is_written_whole(kind):
    """All 58 kinds as PDF and DOCX; the title stands on the first page."""
    paper = paper_of(kind)
    first = pdf(paper)
    assert docx_bytes(paper)[:4] == b"PK\x03\x04"
    text = pypdf.PdfReader(io.BytesIO(first)).pages[0].extract_text().replace("\n", "").replace(" ", "")
    assert kinds()[kind].title in text


@pytest.mark.parametrize("kind", ["penalty_decision", "filing_approval", "on_site_record"])
def test_the_same_facts_give_the_same_bytes(kind):
    """One of each layout, PDF and DOCX; the archive's clock is fixed."""
    paper = paper_of(kind)
    assert pdf(paper) == pdf(paper)
    assert docx_bytes(paper) == docx_bytes(paper)


def test_another_process_makes_the_same_bytes():
    """A stranger can typeset it again and compare."""
    script = (
        "import hashlib;from qingyuan.records.docket.writing.tests.test_typeset import paper_of,pdf;"
        "print(hashlib.sha256(pdf(paper_of('penalty_decision'))).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert other == hashlib.sha256(pdf(paper_of("penalty_decision"))).hexdigest()


def test_a_broken_picture_is_a_sentence_not_a_traceback():
    """What went wrong and what to look at."""
    paper = Paper("on_site_record", "record", "", "题", blocks=(Picture("ab", "照片"),))
    with pytest.raises(BadInput, match="图片"):
        pdf(paper, {"ab": b"not a picture"})
