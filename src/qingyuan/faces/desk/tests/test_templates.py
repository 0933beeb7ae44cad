"""What holds for every template: nothing inline that the script policy forbids, no icon that is not fetched."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

FACES = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(FACES.rglob("templates/**/*.html"))
LOCK = FACES.parents[2] / "deploy" / "assets.lock.json"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_style_or_handlers(path):
    """Content-Security-Policy: script-src 'self', style-src 'self'."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|javascript:|hx-on", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style", text)
    assert "|safe" not in text and "autoescape off" not in text


def test_every_icon_that_is_drawn_is_fetched():
    """An icon outside the lock file would be drawn as a plain dot."""
    fetched = {Path(target).stem for package in json.loads(LOCK.read_text())["packages"] for target in package["files"].values() if target.startswith("icons/")}
    used = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text(encoding="utf-8"))}
    used |= set(re.findall(r'"([a-z0-9-]+)"\)', (FACES / "desk" / "frame.py").read_text(encoding="utf-8")))
    assert used and used <= fetched, used - fetched
