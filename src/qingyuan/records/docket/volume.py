"""Binding a file: one PDF with cover, contents, outline and page numbers; main and supplementary volume.

A bundle for machines holds the same and more (facts, digests, custody, packets) and is checked by ``qingyuan verify``.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import yaml

from qingyuan.errors import BadInput, NotAllowed

from . import queries
from .models import Docket
from .sheets import count_pages, pages_of
from .writing.kinds import kinds
from .writing.typeset import compile_template

VOLUMES = {"main": "正卷", "supplementary": "副卷"}
FORBIDDEN = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData")


@dataclass(frozen=True)
class Leaf:
    """One thing in the volume: where it stands, what it is, its pages."""

    part: str
    title: str
    number: str
    on: str
    reference: str
    content: bytes
    first: int = 0
    pages: int = 0


@lru_cache(maxsize=1)
def order() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "volume_order.yaml").read_text("utf-8"))


def leaves(docket: Docket, volume: str = "main") -> list[Leaf]:
    """Everything in a volume, in the order the file audit asks for, with page numbers from 1."""
    if volume not in VOLUMES:
        raise BadInput("案卷分 main（正卷）和 supplementary（副卷）", field="volume")
    found: list[Leaf] = []
    documents = list(docket.documents.select_related("issued_by"))
    named = {kind for part in order()["parts"] for kind in part["kinds"]}
    for part in [*order()["parts"], {"name": order()["other"], "kinds": [k for k in kinds() if k not in named]}]:
        of_part = [d for d in documents if d.kind in part["kinds"] and kinds()[d.kind].volume == volume]
        for document in sorted(of_part, key=lambda d: (part["kinds"].index(d.kind), d.ordinal)):
            found.append(Leaf(
                part["name"], document.title, document.number, document.issued_on.isoformat(), f"document:{document.pk}", queries.content(document)
            ))
        if part.get("evidence") and volume == "main":
            found += [
                Leaf(part["name"], f"证据{item.ordinal}：{item.name}", "", queries.local_day(item.taken_at), f"evidence:{item.pk}", pages_of(item))
                for item in docket.evidence.select_related("taken_by")
            ]
    return numbered(found)


def numbered(found: Sequence[Leaf]) -> list[Leaf]:
    """Give every leaf its first page and its count."""
    at, done = 1, []
    for leaf in found:
        pages = count_pages(leaf.content)
        done.append(replace(leaf, first=at, pages=pages))
        at += pages
    return done


def page_index(docket: Docket) -> dict[str, int]:
    """The page of every document and item in the main volume, by reference: what 见卷第…页 quotes."""
    return {leaf.reference: leaf.first for leaf in leaves(docket)}


def bind(docket: Docket, *, volume: str = "main", case_number: str = "", cause: str = "", party: str = "") -> bytes:
    """The volume as one PDF: cover, contents, then everything, page numbers at the top right, an outline to jump by.

    The same file gives the same bytes.  Raises NotAllowed when there is nothing to bind.
    """
    found = leaves(docket, volume)
    if not found:
        raise NotAllowed(f"{VOLUMES[volume]}里还没有材料，不能成卷")
    total = sum(leaf.pages for leaf in found)
    bound = pikepdf.new()
    front = compile_template("volume.typ", front_matter(docket, found, volume, total, case_number=case_number, cause=cause, party=party))
    with pikepdf.open(io.BytesIO(front)) as file:
        bound.pages.extend(file.pages)
    ahead = len(bound.pages)
    for leaf in found:
        with pikepdf.open(io.BytesIO(leaf.content)) as file:
            for page in file.pages:
                disarm(page)
            bound.pages.extend(file.pages)
    stamp(bound, ahead, total)
    outline(bound, found, ahead)
    label(bound, ahead)
    out = io.BytesIO()
    bound.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def front_matter(docket: Docket, found: Sequence[Leaf], volume: str, total: int, *, case_number: str, cause: str, party: str) -> dict[str, Any]:
    """What the cover and the contents say."""
    days = sorted(leaf.on for leaf in found)
    cover = [["卷名", docket.title], ["当事人", party], ["案由", cause], ["立案号", case_number], ["起止日期", f"{days[0]} 至 {days[-1]}"],
             ["件数、页数", f"{len(found)} 件 {total} 页"], ["立卷人", docket.opened_by.name]]  # fmt: skip
    rows = [[str(n), leaf.title, leaf.number, leaf.on, page_span(leaf)] for n, leaf in enumerate(found, 1)]
    return {
        "part": "front", "title": docket.title, "agency": docket.agency.name, "heading": "行政处罚案卷", "volume": VOLUMES[volume],
        "cover": [row for row in cover if row[1]], "rows": rows, "evidence": evidence_rows(docket, found), "pages": total,
    }  # fmt: skip


def evidence_rows(docket: Docket, found: Sequence[Leaf]) -> list[list[str]]:
    """The index of evidence: name, kind, source, what it proves, on which pages."""
    lines = {line["source"]: line for line in queries.evidence_lines(docket)}
    held = [(leaf, lines[leaf.reference]) for leaf in found if leaf.reference in lines]
    return [[str(n), line["title"], line["kind"], line["provider"], line["proves"], page_span(leaf)] for n, (leaf, line) in enumerate(held, 1)]


def page_span(leaf: Leaf) -> str:
    last = leaf.first + leaf.pages - 1
    return str(leaf.first) if last == leaf.first else f"{leaf.first}–{last}"


def stamp(bound: pikepdf.Pdf, ahead: int, total: int) -> None:
    """Print the page number on every page after the contents; the page beneath is not changed."""
    numbers = compile_template("volume.typ", {"part": "numbers", "title": "页号", "first": 1, "count": total})
    with pikepdf.open(io.BytesIO(numbers)) as file:
        for n, page in enumerate(file.pages):
            put_over(bound.pages[ahead + n], bound.copy_foreign(page.as_form_xobject()))


def put_over(page: pikepdf.Page, form: pikepdf.Object) -> None:
    """Draw ``form`` upright in the upper right corner, whatever the page's size and turn; the name is fixed, so the bytes are."""
    wide, high = (float(v) for v in (form.BBox[2], form.BBox[3]))
    x0, y0, x1, y1 = (float(v) for v in page.mediabox)
    turn = int(page.obj.get("/Rotate", 0)) % 360
    matrix = {
        0: (1, 0, 0, 1, x1 - wide, y1 - high), 90: (0, 1, -1, 0, x0 + high, y1 - wide),
        180: (-1, 0, 0, -1, x0 + wide, y0 + high), 270: (0, -1, 1, 0, x1 - high, y0 + wide),
    }[turn]  # fmt: skip
    known = page.obj.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary())
    name = next(f"/PageNumber{n}" for n in range(100) if f"/PageNumber{n}" not in known)
    page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name(name))
    page.contents_add(b"q", prepend=True)
    page.contents_add(f"Q q {' '.join(f'{v:.2f}' for v in matrix)} cm {name} Do Q".encode())


def outline(bound: pikepdf.Pdf, found: Sequence[Leaf], ahead: int) -> None:
    """Parts, and under them what they hold."""
    with bound.open_outline() as tree:
        tree.root.append(pikepdf.OutlineItem("卷皮", 0))
        tree.root.append(pikepdf.OutlineItem("卷内目录", 1))
        parts: dict[str, pikepdf.OutlineItem] = {}
        for leaf in found:
            place = ahead + leaf.first - 1
            if leaf.part not in parts:
                parts[leaf.part] = pikepdf.OutlineItem(leaf.part, place)
                tree.root.append(parts[leaf.part])
            parts[leaf.part].children.append(pikepdf.OutlineItem(f"{leaf.title} {leaf.number}".strip(), place))


def label(bound: pikepdf.Pdf, ahead: int) -> None:
    """Page labels, so that a viewer's page box speaks of the same page 12 as the paper."""
    bound.Root.PageLabels = bound.make_indirect(pikepdf.Dictionary(Nums=[
        0, pikepdf.Dictionary(P=pikepdf.String("目录"), S=pikepdf.Name.D), ahead, pikepdf.Dictionary(S=pikepdf.Name.D),
    ]))
    bound.Root.PageMode = pikepdf.Name.UseOutlines


def disarm(page: pikepdf.Page) -> None:
    """Take away what would run when somebody opens the volume; nothing that is seen changes."""
    for holder in (page.obj, *page.obj.get("/Annots", [])):
        if "/AA" in holder:
            del holder["/AA"]
        action = holder.get("/A")
        if action is not None and action.get("/S") in FORBIDDEN:
            del holder["/A"]
