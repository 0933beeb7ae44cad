// The check list: one point, four answers, words where something is wrong.  Answers are findings, so two that differ wait for a person.
import { cell, singleId, write } from "./book.js";
import { ANSWERS } from "./field_screen.js";
import { soon } from "./sync.js";
import { ask, button, h, icon, note } from "./ui.js";

export async function checkScreen(pack, app) {
  const record = await singleId(pack.task.number, "checklist");
  const answered = pack.checklist.filter((c) => cell(record, c.id).value).length;
  const groups = new Map();
  for (const point of pack.checklist) groups.set(point.group, [...(groups.get(point.group) ?? []), point]);
  const put = async (point, answer) => {
    const words = answer === "no" || answer === "unseen" ? await ask(answer === "no" ? "不符合的情况" : "为什么未能查看", { help: point.text }) : "";
    if (words === null) return;
    await write({ task: pack.task.number, kind: "checklist", record, field: point.id }, { answer, text: point.text, note: words });
    soon();
    app.redraw();
  };
  const body = [
    h("p", { class: "muted" }, `已查 ${answered} / ${pack.checklist.length} 项。要点由许可证、检查事项和线索生成；标“U”的为平台归纳，仅供参考。`),
    h("progress", { max: pack.checklist.length, value: answered, "aria-label": "进度" }),
    [...groups].map(([group, points]) => h("section", { class: "panel" }, h("h2", {}, group), points.map((point) => row(pack, record, point, put)))),
  ];
  return { title: "检查清单", back: `#/t/${pack.task.number}`, body, live: true };
}

function row(pack, record, point, put) {
  const now = cell(record, point.id);
  const split = now.said?.length > 1 && !now.isPending;
  return h("div", { class: `point ${now.value ? `is-${now.value.answer}` : ""}`, "data-point": point.id },
    h("p", {}, point.text, " ", h("small", { class: "muted" }, `${point.basis}${point.grade === "U" ? " · U" : ""}`)),
    split ? h("a", { class: "bad", href: `#/t/${pack.task.number}/field/checklist/${record}~${point.id}` }, icon("alert-triangle"), " 两台设备填写不同，请核对") :
      h("div", { class: "seg", role: "group", "aria-label": point.text }, Object.entries(ANSWERS).map(([key, label]) => button(label, () => put(point, key), { kind: now.value?.answer === key ? "on" : "", "aria-pressed": String(now.value?.answer === key), "data-answer": key }))),
    now.value?.note && note("warn", now.value.note));
}
