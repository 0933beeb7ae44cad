"""What a person's hand does on a page: unfold a step, fill its form, press its button, read what came back."""

from __future__ import annotations

from pathlib import Path


def take(page, step: str, files: dict[str, Path] | None = None, ticks: tuple[str, ...] = (), **words: str) -> None:
    """Take a step whose form is offered; fails with the page's own words when it was refused."""
    box = unfold(page, step)
    for field, value in words.items():
        place = box.locator(f"[name={field}]").first
        if place.evaluate("node => node.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    for label in ticks:
        box.get_by_label(label, exact=False).check()
    for field, path in (files or {}).items():
        box.locator(f"[name={field}]").set_input_files(str(path))
    with page.expect_navigation():
        box.locator("button[type=submit]").click()
    page.wait_for_load_state()
    assert page.locator(".qy-note.is-good[role=status]").count(), f"{step} 没有办成：{refusal(page)}"


def unfold(page, step: str):
    box = page.locator(f"#step-{step}")
    assert box.count(), f"页面上没有“{step}”这一步：{page.url}"
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    return box


def why_not(page, step: str) -> str:
    """The reasons that the page itself gives for a step that cannot be taken yet."""
    return unfold(page, step).locator(".qy-why").inner_text()


def refusal(page) -> str:
    """Whatever the page says went wrong."""
    said = page.locator("[role=alert], .qy-check, .qy-why").all_inner_texts()
    return "；".join(text.strip() for text in said if text.strip())[:600]
