// One field, one screen: the words, saved while they are typed; and where two devices differ, both entries side by side, to be
// decided by a person with a reason.  Until then a legal field has no value.
import { cell, commitDraft, draftOf, dropDraft, finalOf, keepDraft, kinds, write } from "./book.js";
import { shown } from "./moments.js";
import { soon } from "./sync.js";
import { ask, button, h, icon, note, panel, toast } from "./ui.js";

export function labelOf(kind, field) {
  const fields = kinds[kind].fields;
  if (fields[field]) return fields[field].label;
  const [, stem, number] = field.match(/^(.*)_([^_]+)$/) ?? [];
  return fields[`${stem}_*`] ? `${fields[`${stem}_*`].label}${/^\d{1,3}$/.test(number) ? Number(number) : ""}` : field;
}
export const isLegal = (kind, field) => (kinds[kind].fields[field] ?? kinds[kind].fields[`${field.replace(/_[^_]+$/, "")}_*`])?.legal ?? true;

export function words(value) {
  if (value === null || value === undefined || value === "") return "（空）";
  if (typeof value === "string") return value;
  if (value.strokes) return `${value.name ?? ""} 签名`;
  if (value.question !== undefined) return `问：${value.question}\n答：${value.answer}`;
  if (value.answer !== undefined) return `${value.text ? `${value.text}\n` : ""}${ANSWERS[value.answer] ?? value.answer}${value.note ? `：${value.note}` : ""}`;
  return Object.entries(value).filter(([k, v]) => v !== "" && v !== null && k !== "strokes").map(([k, v]) => (k === "at" ? shown(v) : Array.isArray(v) ? v.join("、") : String(v))).join(" ");
}
export const ANSWERS = { yes: "符合", no: "不符合", na: "不适用", unseen: "未能查看" };

export async function reasonAfterFinal(record) {
  return finalOf(record) ? ask("定稿之后的改动须写明理由", { help: "改动后须请当事人重新核对、重新签名（令30第28条）" }) : "";
}

export async function fieldScreen(pack, app, kind, both) {
  const [record, field] = both.split("~");
  const place = { task: pack.task.number, kind, record, field };
  const now = cell(record, field);
  const back = backOf(pack, kind, record);
  if (now.said && now.said.length > 1 && !now.isPending) return { title: labelOf(kind, field), back, body: conflict(place, now, app) };
  return editor(pack, app, place, now, back);
}

const backOf = (pack, kind, record) => ({ visit: `#/t/${pack.task.number}/visit`, checklist: `#/t/${pack.task.number}/check`, sample: `#/t/${pack.task.number}/samples`, reading: `#/t/${pack.task.number}/readings` }[kind] ?? `#/t/${pack.task.number}/rec/${kind}/${record}`);

function editor(pack, app, place, now, back) {
  const draft = draftOf(place);
  const isLong = !/^(person_on_site|position|telephone|asked_name|id_number|employer|relation|place)$/.test(place.field);
  const box = h(isLong ? "textarea" : "input", { id: "words", class: "words", rows: "10", maxlength: "20000", autocomplete: "off", "aria-label": labelOf(place.kind, place.field) });
  box.value = draft?.value ?? (typeof now.value === "string" ? now.value : "");
  const state = h("p", { class: "muted small", id: "saved" }, draft ? "已恢复上次没有保存完的内容" : "边写边存，断电、关页面都不会丢");
  let timer = 0;
  const keep = () => keepDraft(place, box.value).then(() => { state.textContent = "草稿已存"; });
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 200); });
  let isDone = false;
  const done = async () => {
    if (isDone) return true;
    clearTimeout(timer);
    const value = box.value.trim();
    const before = typeof now.value === "string" ? now.value : "";
    if (value === before) { if (draftOf(place)) await dropDraft(place); return true; }
    const reason = await reasonAfterFinal(place.record);
    if (reason === null) { await keepDraft(place, box.value, { isFree: true }); return false; }
    isDone = true;
    await write(place, value, { reason });
    soon();
    return true;
  };
  const leave = async (isHidden) => {
    if (isDone) return;
    clearTimeout(timer);
    const before = typeof now.value === "string" ? now.value : "";
    if (box.value.trim() === before) return;
    await keepDraft(place, box.value);
    if (!isHidden && box.isConnected) { isDone = true; await commitDraft(`${place.record}/${place.field}`); soon(); }
  };
  const body = [
    now.state === "conflict" && note("warn", "另一台设备对这一项有不同填写；联网核对后由您选定。"),
    isLegal(place.kind, place.field) && h("p", { class: "chip is-law" }, icon("certificate"), "法定要件：有不同填写时，由检查人员选定并写明理由"),
    box, state,
    h("div", { class: "row end" }, button("完成", async () => { if (await done()) location.hash = back; }, { kind: "main big", ic: "check", id: "done" })),
  ];
  setTimeout(() => box.focus(), 0);
  return { title: labelOf(place.kind, place.field), back, body, leave };
}

function conflict(place, now, app) {
  const decide = async (value) => {
    const reason = await ask("为什么以此为准？", { help: "理由随记录保存。例如：与录像、台账核对。" });
    if (!reason) return;
    await write(place, value, { reason, resolve: true });
    toast("已选定，理由随记录保存");
    soon();
    app.redraw();
  };
  return [
    note(now.state === "conflict" ? "bad" : "warn", h("b", {}, now.state === "conflict" ? "两台设备填写不同，这一项现在没有值" : "两台设备填写不同，暂用后一份"), h("p", {}, "两份都保留。请检查人员核对后选定，并写明理由。")),
    now.said.map((one) => h("article", { class: "card said" }, h("p", { class: "muted small" }, `${one.by} · ${one.device} · ${shown(one.at)}`), h("p", { class: "pre" }, words(one.value)), button("以此为准", () => decide(one.value), { kind: "main wide" }))),
    now.said.every((one) => typeof one.value === "string") && panel("", button("两份都不准，另写", async () => {
      const fresh = await ask(labelOf(place.kind, place.field), { value: now.said.map((s) => s.value).join("\n") });
      if (fresh) await decide(fresh);
    }, { kind: "plain wide", ic: "edit" })),
  ].flat();
}
