"""Documents are tested: what they name exists, what is generated is fresh, what is promised can be run."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from qingyuan.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PROSE = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["glossary.md", "procedures.md"])
def test_generated_pages_are_fresh(page):
    """`make docs` would change nothing."""
    assert (ROOT / "docs" / page).read_text() == generator().PAGES[page]()


@pytest.mark.parametrize("file", PROSE, ids=lambda p: p.name)
def test_every_link_inside_the_project_leads_somewhere(file):
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\(([^)#]+)", file.read_text()):
        if "://" not in target:
            assert (file.parent / target).exists(), f"{file.name} links to {target}"


@pytest.mark.parametrize("file", PROSE, ids=lambda p: p.name)
def test_every_make_target_and_command_named_in_prose_exists(file):
    """`make x` and `qingyuan x` in code spans are real."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    text = file.read_text()
    for span in re.findall(r"`([^`\n]+)`", text) + re.findall(r"^((?:make|qingyuan) .*)$", text, re.M):
        words = span.split()
        if len(words) > 1 and words[0] == "make":
            assert words[1] in targets, f"{file.name}: make {words[1]}"
        if len(words) > 1 and words[0] == "qingyuan" and re.fullmatch(r"[a-z0-9]+", words[1]):
            assert words[1] in COMMANDS, f"{file.name}: qingyuan {words[1]}"


def test_both_readmes_show_the_same_two_commands():
    """The two languages do not drift."""
    for file in PROSE[:2]:
        assert "make demo" in file.read_text() and "make test" in file.read_text()


def test_no_package_index_or_machine_path_is_named_in_a_lock_file():
    """Requirement and lock files name no address."""
    for file in (ROOT / "deploy").iterdir():
        if file.suffix in (".txt", ".in", ".json"):
            assert not re.search(r"https?://", file.read_text()), file.name
