"""A model of the field: up to five devices, a bad network, liars' clocks, killed tabs; and what must hold at the end.

A device is what the app is: a store that survives a crash (what was seen of the server, and the queue of own operations), and a
draft that is saved at every answer.  The network loses requests and answers, repeats and reorders.  At the end everybody
meets the server until nothing is left to send, and the truths of ``proven`` are checked.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from qingyuan.records.inspections import merging, pulls, sync
from qingyuan.records.inspections.field_kinds import kinds, single_id
from qingyuan.records.inspections.models import FieldCell, FieldDevice, SyncOperation

from .cast import AT, uuid7

FIELDS = ("facts", "position", "person_on_site")  # legal, ordinary, legal


@dataclass
class Tablet:
    """One device and the person who types on it."""

    row: FieldDevice
    task: str
    dice: random.Random
    skew_ms: int = 0
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    queue: list[dict[str, Any]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    typed: list[tuple[str, Any]] = field(default_factory=list)
    serial: int = 0

    def type(self, name: str, value: Any, at_ms: int) -> None:
        """An answer: stored with its operation before anything else; in a conflict the officer decides, and says why."""
        own = [op for op in self.queue if op["field"] == name]
        heads = [own[-1]["id"]] if own else list(self.cells.get(name, {}).get("heads", []))
        split = not own and self.cells.get(name, {}).get("state") == "conflict"
        self.serial += 1
        self.queue.append({
            "id": uuid7(at_ms + self.skew_ms, self.dice.getrandbits(60)), "op": "resolve" if split else "set", "kind": "on_site",
            "record": str(single_id(self.task, "on_site")), "task": self.task, "field": name, "value": value, "bases": heads,
            "reason": "现场核对" if split else "", "at": (AT + dt.timedelta(milliseconds=self.skew_ms)).isoformat(), "offset_ms": -self.skew_ms, "elapsed_ms": self.serial,
        })  # fmt: skip
        self.typed.append((name, value))

    def send(self, *, is_request_lost: bool, is_answer_lost: bool, is_shuffled: bool, is_repeated: bool) -> None:
        """One visit to the network with whatever misfortune it meets."""
        batch = self.queue[: self.dice.randint(1, len(self.queue))] if self.queue else []
        if is_shuffled:
            self.dice.shuffle(batch)
        if is_repeated:
            batch = batch + batch[:2]
        if is_request_lost:
            return
        answers = sync.push(self.row, batch, at=AT)
        if is_answer_lost:
            return
        done = {answer["id"] for answer in answers}
        told = pulls.pull(self.row, self.versions)
        self.queue = [op for op in self.queue if op["id"] not in done]
        for record in told["records"]:
            self.cells = record["cells"]
            self.versions[record["id"]] = record["version"]

    def shown(self) -> dict[str, tuple[str, Any]]:
        return {name: (cell["state"], cell["value"]) for name, cell in self.cells.items()}


def play(seed: int, rows: list[FieldDevice], task: str, steps: int) -> list[Tablet]:
    """One random day, then the evening on which everybody is on line again."""
    dice = random.Random(seed)
    tablets = [Tablet(row, task, random.Random(dice.getrandbits(64)), dice.choice([0, 0, 3_600_000, -86_400_000, 40])) for row in rows]
    for step in range(steps):
        tablet = dice.choice(tablets)
        deed = dice.random()
        if deed < 0.6:
            tablet.type(dice.choice(FIELDS), f"{seed}-{step % 4}", 1_789_444_800_000 + step)
        elif deed < 0.95:
            tablet.send(is_request_lost=dice.random() < 0.2, is_answer_lost=dice.random() < 0.3, is_shuffled=dice.random() < 0.5, is_repeated=dice.random() < 0.3)
        elif deed < 0.97:
            tablet.skew_ms += dice.choice([-3_600_000, 3_600_000])  # somebody sets the clock
        else:
            tablet.cells, tablet.versions = {}, {}  # the tab was killed: what was seen is gone, what was typed is not
    for tablet in tablets * 2:
        while tablet.queue:
            tablet.send(is_request_lost=False, is_answer_lost=False, is_shuffled=False, is_repeated=False)
    for tablet in tablets:
        tablet.send(is_request_lost=False, is_answer_lost=False, is_shuffled=False, is_repeated=False)
    return tablets


def proven(tablets: list[Tablet]) -> None:
    """No input lost, none applied twice, no unflagged merge, all devices alike."""
    rows = list(SyncOperation.objects.all())
    typed = sorted((name, value) for tablet in tablets for name, value in tablet.typed)
    assert sorted((row.body["field"], row.body["value"]) for row in rows) == typed, "every answer is in the inbox, once"
    known = {str(row.operation): merging.Said(str(row.operation), tuple(row.bases), row.value, row.outcome == "refused") for row in rows}
    field_of = {str(row.operation): row.field for row in rows}
    for cell in FieldCell.objects.all():
        mine = {key: one for key, one in known.items() if field_of[key] == cell.field}
        alive = [key for key, one in mine.items() if not one.is_refused]
        for key in alive:
            seen_by_another = any(key in merging.ancestors(mine, other) for other in alive)
            assert seen_by_another or key in cell.heads, "an answer nobody saw stands beside the others"
        split = len({merging.spelled(mine[head].value) for head in cell.heads}) > 1
        legal = kinds()["on_site"].is_legal(cell.field)
        assert cell.state == (("conflict" if legal else "flagged") if split else "settled")
        assert not (legal and split) or cell.value is None
        assert cell.missing == []
    shown = [tablet.shown() for tablet in tablets]
    assert all(one == shown[0] for one in shown), "all devices show the same"
