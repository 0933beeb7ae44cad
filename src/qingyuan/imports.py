"""``qingyuan import KIND FILE``: what can be taken in.  Each room names its kinds here; the desk's upload page reads the same table."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qingyuan import clock
from qingyuan.errors import BadInput

if TYPE_CHECKING:
    from qingyuan.records.reports.taking import Kind, Outcome

MOST_BYTES = 512 << 20  # a package of photos; tables and texts have a lower limit of their own
SEEN, PLACES = "qingyuan.records.reports.sightings_in", "qingyuan.records.reports.places_in"
KINDS = {
    "patches": f"{SEEN}:PATCHES",
    "hotspots": f"{SEEN}:HOT_SPOTS",
    "photos": f"{SEEN}:PHOTOS",
    "smoke": f"{SEEN}:SMOKE",
    "tracks": f"{SEEN}:TRACKS",
    "rivers": f"{PLACES}:RIVERS",
    "sections": f"{PLACES}:SECTION_RECORDS",
    "stations": f"{PLACES}:STATIONS",
    "air": f"{PLACES}:AIR",
    "areas": f"{PLACES}:AREAS",
    "sources": f"{PLACES}:SOURCES",
    "villages": f"{PLACES}:VILLAGES",
    "projects": f"{PLACES}:PROJECTS",
    "money": f"{PLACES}:MONEY",
}


def kind_of(code: str) -> Kind:
    """The kind by its word on the command line.  BadInput names those there are."""
    if code not in KINDS:
        raise BadInput(f"没有名为 {code} 的导入种类；可用：{'、'.join(KINDS)}", field="kind")
    module, attribute = KINDS[code].split(":")
    return getattr(import_module(module), attribute)


def take(code: str, *, name: str, content: bytes, by: object, at: object) -> Outcome:
    """Take one file in, for an officer or (``by`` None) for the operator of the machine."""
    from qingyuan.records.reports.taking import take_file

    return take_file(code, kind_of(code), name=name, content=content, by=by, at=at)  # type: ignore[arg-type]


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="one JSON object: taken, known, refused")
def import_file(kind: str, file: Path, as_json: bool) -> int:
    """Take a file in: good rows go in together, the others are named with line and reason.  Exit 1 when a row was refused."""
    from qingyuan.processes import use_django

    use_django()
    if file.stat().st_size > MOST_BYTES:
        raise BadInput(f"{file.name} 超过 {MOST_BYTES >> 20}MB，请分成几个文件", field="file")
    outcome = take(kind, name=file.name, content=file.read_bytes(), by=None, at=clock.now())
    if as_json:
        told = {"kind": kind, "file": outcome.name, "taken": outcome.taken, "known": outcome.known, "refused": [{"line": line, "reason": reason} for line, reason in outcome.refused], "notes": outcome.notes}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"新收 {outcome.taken} 行，已有 {outcome.known} 行，未收 {len(outcome.refused)} 行")
        for note in outcome.notes:
            click.echo(note)
        for line, reason in outcome.refused[:200]:
            click.echo(f"第 {line} 行：{reason}", file=sys.stderr)
    return 1 if outcome.refused else 0
