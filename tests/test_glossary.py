"""The two languages do not drift: every model, field, state and step has its Chinese name."""

from __future__ import annotations

import re

from django.apps import apps

HAN = re.compile(r"[\u4e00-\u9fff]|^SHA-256$|^SM3$")  # the two digests are called the same in both languages
INHERITED = {"registry.Account"}  # Django's own user columns carry Django's translations


def our_models():
    return [m for m in apps.get_models() if m.__module__.startswith("qingyuan.")]


def test_every_model_and_every_column_has_a_chinese_name():
    """verbose_name is what screens and refusals say."""
    bare = []
    for model in our_models():
        if not HAN.search(str(model._meta.verbose_name)):
            bare.append(model._meta.label)
        if model._meta.label in INHERITED:
            continue
        for field in model._meta.concrete_fields:
            if not field.primary_key and not HAN.search(str(field.verbose_name)):
                bare.append(f"{model._meta.label}.{field.name}")
    assert not bare, bare


def test_no_column_is_called_status_and_no_file_has_a_forbidden_name():
    """The word is state; files are nouns of the trade (glossary, rules 3 and 8)."""
    from pathlib import Path

    import qingyuan

    for model in our_models():
        assert "status" not in {field.name for field in model._meta.fields}, model._meta.label
    forbidden = {"utils", "helpers", "common", "base", "core", "misc", "manager", "handler", "processor", "services", "signals", "serializers"}
    found = [p for p in Path(qingyuan.__file__).parent.rglob("*.py") if p.stem in forbidden]
    assert not found


def test_money_is_whole_fen_or_whole_yuan():
    """No float holds money."""
    from django.db import models

    for model in our_models():
        for field in model._meta.concrete_fields:
            if field.name.endswith(("_fen", "_yuan")):
                assert isinstance(field, (models.IntegerField, models.BigIntegerField)), f"{model._meta.label}.{field.name}"


def test_files_stay_under_four_hundred_lines_and_functions_under_forty():
    """The house rule; a function is counted from its first statement after signature and docstring to its end."""
    import ast
    from pathlib import Path

    import qingyuan

    long = []
    for path in Path(qingyuan.__file__).parent.rglob("*.py"):
        if "migrations" in path.parts or "tests" in path.parts:
            continue
        text = path.read_text("utf-8")
        if text.count("\n") > 400:
            long.append(f"{path.name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                if node.end_lineno - body[0].lineno >= 40:
                    long.append(f"{path.name}:{node.name} {node.end_lineno - body[0].lineno + 1} lines")
    assert not long, long
