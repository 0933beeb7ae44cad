// The on-site record and the interview record: their elements one by one, the signatures, the refusal, and finishing.
import { cell, fieldsOf, get, headsOfAll, kinds, recordsOf, singleId, stateOf, STATES, write } from "./book.js";
import { capture } from "./capture.js";
import { sha256, spelled, utf8, uuid7 } from "./bytes.js";
import { labelOf, reasonAfterFinal, words } from "./field_screen.js";
import { corrected } from "./moments.js";
import { pad } from "./signature.js";
import { soon } from "./sync.js";
import { ask, button, h, icon, line, note, panel, toast } from "./ui.js";
import { askRecusal, stepsOf } from "./visit_screen.js";

const PARTS = {
  on_site: [["检查情况", ["production", "permits", "treatment", "facts", "sampling"]], ["现场人员", ["person_on_site", "position", "telephone"]], ["审阅", ["comment"]]],
  interview: [["被询问人", ["asked_name", "id_number", "employer", "position", "telephone", "relation", "place"]], ["审阅", ["comment"]]],
};
const OPTIONAL = new Set(["sampling", "position", "telephone", "comment", "id_number"]); // unless the kind needs it
export const REFUSALS = ["不认可检查结果", "被检查人离开现场", "以没有授权为由", "其他"];

export async function recordScreen(pack, app, kind, record) {
  const state = stateOf(record);
  const held = get("record", record);
  const at = `#/t/${pack.task.number}`;
  const missing = await gaps(pack, kind, record);
  const flow = ["draft", "finalised", "sent", "received", "accepted"];
  const body = [
    h("ol", { class: "flow", "aria-label": "笔录状态" }, flow.map((s) => h("li", { class: flow.indexOf(state) >= flow.indexOf(s) ? "on" : "", "aria-current": s === state ? "step" : undefined }, STATES[s]))),
    held?.problems?.length ? note("warn", h("b", {}, "服务器还不能制成文书："), h("ul", {}, held.problems.map((p) => h("li", {}, p)))) : null,
    state === "accepted" && note("good", `已制成《${held.document}》，归入案卷。`),
    kind === "interview" && state !== "accepted" && opening(pack, record, app),
    PARTS[kind].map(([title, fields]) => panel(title, fields.map((f) => fieldLine(pack, kind, record, f)))),
    kind === "interview" && talk(pack, record, app),
    panel("签名", signatures(pack, kind, record)),
    state === "accepted" ? null : missing.length ? note("info", h("b", {}, "定稿之前还差："), h("ul", {}, missing.map((m) => h("li", {}, m)))) : null,
    state === "accepted" ? null : button(state === "draft" ? "定稿" : "重新定稿", () => finish(pack, kind, record, app), { kind: "main wide big", ic: "file-text", disabled: missing.length > 0, id: "finish" }),
  ];
  return { title: kinds[kind].label, back: kind === "interview" ? `${at}/talks` : at, body, live: true };
}

const isOptional = (kind, field) => OPTIONAL.has(field) && !kinds[kind].needs.includes(field);

export function fieldLine(pack, kind, record, field) {
  const now = cell(record, field);
  const split = now.said?.length > 1 && !now.isPending;
  const empty = now.value === null || now.value === undefined || now.value === "";
  return line({ to: `#/t/${pack.task.number}/field/${kind}/${record}~${field}`, title: labelOf(kind, field), sub: split ? "两台设备填写不同，请核对" : empty ? (isOptional(kind, field) ? "可不填" : "未填写") : words(now.value).slice(0, 60), tone: split ? "bad" : empty && !isOptional(kind, field) ? "wait" : "", ic: split ? "alert-triangle" : empty ? "circle-dashed" : "circle-check", "data-field": field });
}

// what stands between this record and finishing; the server asks for the same and more
export async function gaps(pack, kind, record) {
  const label = (f) => labelOf(kind, f);
  const value = (f) => cell(record, f).value;
  const found = kinds[kind].needs.filter((f) => !value(f) && f !== "began").map((f) => `填写${label(f)}`);
  const steps = kind === "on_site" ? Object.fromEntries((await stepsOf(pack)).map((s) => [s.field, s.value])) : Object.fromEntries(["certificates_shown", "rights_told", "recusal_asked"].map((f) => [f, value(f)]));
  if (kind === "on_site" && !steps.entered) found.push("记录进入现场");
  if (!steps.certificates_shown) found.push("记录出示执法证件（行政处罚法第55条）");
  if (!steps.rights_told) found.push("记录告知权利义务");
  if (!steps.recusal_asked) found.push("记录询问是否申请回避（行政处罚法第43条）");
  if (kind === "interview" && !fieldsOf(record).some((f) => f.startsWith("qa_") && value(f)?.question)) found.push("至少一个问答");
  if (fieldsOf(record).filter((f) => f.startsWith("signature_officer_") && value(f)).length < 2) found.push("两名检查人员签名");
  if (!value("signature_party") && !value("refusal")) found.push("当事人签名，或者注明拒签情况和见证人");
  for (const f of fieldsOf(record)) { const c = cell(record, f); if (c.said?.length > 1 && !c.isPending) found.push(`核对${label(f)}的不同填写`); }
  return found;
}

function signatures(pack, kind, record) {
  const at = `#/t/${pack.task.number}/sign/${kind}/${record}`;
  const who = kind === "interview" ? "被询问人" : "当事人（现场负责人）";
  const rows = [["signature_party", who], ...pack.task.team.map((o, n) => [`signature_officer_${n + 1}`, `检查人 ${o.name}`, o.name])];
  if (cell(record, "refusal").value) rows.push(["signature_witness", "见证人"]);
  return [
    rows.map(([field, label, name]) => { const told = cell(record, field).value; return line({ to: `${at}~${field}~${name ?? ""}`, title: label, sub: told ? `${told.name} 已签名` : "未签名", ic: told ? "circle-check" : "signature", tone: told ? "good" : "", "data-sign": field }); }),
    cell(record, "signature_party").value ? null : line({ to: `${at}~refusal~`, title: "当事人拒绝签名或者不在场", sub: cell(record, "refusal").value ? words(cell(record, "refusal").value) : "注明情况，由见证人签名或者全程音像记录（令30第28条）", ic: "alert-triangle" }),
  ];
}

export async function signScreen(pack, app, kind, told) {
  const [record, field, name] = told.split("~");
  const back = `#/t/${pack.task.number}/rec/${kind}/${record}`;
  if (field === "refusal") return refusalScreen(pack, app, kind, record, back);
  const canvas = pad();
  const who = h("input", { id: "who", value: name || cell(record, kind === "interview" ? "asked_name" : "person_on_site").value || "", placeholder: "签名人姓名", "aria-label": "签名人姓名" });
  if (field === "signature_witness") who.value = cell(record, "refusal").value?.witness ?? "";
  const save = async () => {
    if (canvas.isEmpty()) { toast("还没有签名", "warn"); return; }
    if (!who.value.trim()) { toast("请写明签名人姓名", "warn"); return; }
    const reason = await reasonAfterFinal(record);
    if (reason === null) return;
    const strokes = canvas.strokes();
    const content = await contentDigest(record);
    const kept = { name: who.value.trim(), at: corrected(), content_sha256: content, strokes };
    const bytes = utf8(spelled({ ...kept, field, record, task: pack.task.number }));
    await write({ task: pack.task.number, kind, record, field }, { ...kept, sha256: await sha256(bytes) }, { reason });
    await capture(pack.task.number, { name: `${labelOf(kind, field)}（${kept.name}）.json`, type: "application/json", bytes: bytes.buffer, caption: `${kinds[kind].label}签名笔迹` });
    soon();
    location.hash = back;
  };
  const body = [note("info", field === "signature_party" ? "请当事人阅读全文后签名。签名绑定此刻笔录内容的摘要。" : "签名绑定此刻笔录内容的摘要。"), field === "signature_party" && panel("笔录全文", fullText(kind, record)), h("label", {}, "签名人", who), canvas.node,
    h("div", { class: "row" }, button("重写", () => canvas.clear(), { kind: "plain", ic: "trash" }), button("确认签名", save, { kind: "main big", ic: "check", id: "signed" }))];
  return { title: labelOf(kind, field), back, body };
}

function fullText(kind, record) {
  return fieldsOf(record).filter((f) => !f.startsWith("signature") && f !== "_final" && cell(record, f).value).map((f) => h("p", { class: "pre" }, h("b", {}, `${labelOf(kind, f)}：`), words(cell(record, f).value)));
}

// what is signed: every field but the signatures, in one spelling
async function contentDigest(record) {
  const content = Object.fromEntries(fieldsOf(record).filter((f) => !f.startsWith("signature") && f !== "_final").map((f) => [f, cell(record, f).value ?? null]));
  return sha256(utf8(spelled(content)));
}

function refusalScreen(pack, app, kind, record, back) {
  const now = cell(record, "refusal").value ?? {};
  const reason = h("select", { id: "reason", "aria-label": "情况" }, REFUSALS.map((r) => h("option", { value: r, selected: now.reason?.startsWith(r) }, r)));
  const more = h("textarea", { rows: "3", placeholder: "具体情况", "aria-label": "具体情况" });
  const witness = h("input", { id: "witness", value: now.witness ?? "", placeholder: "见证人姓名、单位", "aria-label": "见证人" });
  const taped = h("input", { type: "checkbox", id: "taped" });
  taped.checked = Boolean(now.recorded);
  const save = async () => {
    if (!witness.value.trim() && !taped.checked) { toast("须有见证人，或者以录音录像记录", "warn"); return; }
    const why = await reasonAfterFinal(record);
    if (why === null) return;
    await write({ task: pack.task.number, kind, record, field: "refusal" }, { reason: [reason.value, more.value.trim()].filter(Boolean).join("："), witness: witness.value.trim(), recorded: taped.checked ? "已以录音录像记录" : "", at: corrected() }, { reason: why });
    soon();
    location.hash = back;
  };
  return { title: "拒签情况", back, body: [h("label", {}, "情况", reason), h("label", {}, "说明", more), h("label", {}, "见证人", witness), h("label", { class: "tick" }, taped, "没有见证人，已以录音录像记录"), button("记下", save, { kind: "main wide big", ic: "check", id: "refused" })] };
}

async function finish(pack, kind, record, app) {
  const yes = await ask("定稿？", { isLong: null, yes: "定稿", help: "定稿后的改动须写明理由，并请当事人重新核对。" });
  if (!yes) return;
  if (kind === "interview" && !cell(record, "ended").value) await write({ task: pack.task.number, kind, record, field: "ended" }, { at: corrected() });
  const value = { at: corrected(), content_sha256: await contentDigest(record), heads: headsOfAll(record) };
  await write({ task: pack.task.number, kind, record, field: "_final" }, value);
  toast("已定稿，联网后自动送出");
  soon();
  app.redraw();
}

// ── interviews ──────────────────────────────────────────────────────────────────────────────────────────────────────────
export async function talksScreen(pack) {
  const rows = recordsOf(pack.task.number, "interview");
  const at = `#/t/${pack.task.number}/rec/interview`;
  return { title: "调查询问笔录", back: `#/t/${pack.task.number}`, body: [
    rows.length ? panel("", rows.map((id) => line({ to: `${at}/${id}`, ic: "message-report", title: cell(id, "asked_name").value || "未写姓名", sub: STATES[stateOf(id)] }))) : h("div", { class: "empty" }, icon("message-report"), h("p", {}, "还没有询问笔录")),
    button("开始询问", () => { location.hash = `${at}/${uuid7()}`; }, { kind: "main wide", ic: "plus", id: "new" })] };
}

function opening(pack, record, app) {
  const steps = [["began", "询问开始"], ["certificates_shown", "出示执法证件"], ["rights_told", "告知权利义务"], ["recusal_asked", "询问是否申请回避"]];
  return panel("开始", steps.map(([field, label]) => {
    const now = cell(record, field).value;
    return now ? h("p", {}, icon("circle-check"), ` ${label} ${words(now)}`) : button(label, async () => {
      const at = corrected();
      const value = field === "certificates_shown" ? { at, officers: pack.task.team.map((o) => o.name) } : field === "recusal_asked" ? await askRecusal(at) : { at };
      if (!value) return;
      await write({ task: pack.task.number, kind: "interview", record, field }, value);
      soon();
      app.redraw();
    }, { kind: "plain wide", "data-step": field });
  }));
}

const ASKS = ["请介绍你的姓名、单位和职务。", "请说明企业的生产和治污设施运行情况。", "发现的问题是从什么时候开始的？", "你对检查发现的情况有什么说明？"];
function talk(pack, record, app) {
  const fields = fieldsOf(record).filter((f) => f.startsWith("qa_") && cell(record, f).value);
  const put = async (field, before) => {
    const question = await ask("问", { value: before?.question ?? ASKS[fields.length] ?? "" });
    if (!question) return;
    const answer = await ask(`答（${question}）`, { value: before?.answer ?? "", must: false });
    const reason = await reasonAfterFinal(record);
    if (answer === null || reason === null) return;
    await write({ task: pack.task.number, kind: "interview", record, field }, { question, answer }, { reason });
    soon();
    app.redraw();
  };
  const next = `qa_${String(fields.length + 1).padStart(3, "0")}`;
  return panel("问答", fields.map((f) => line({ onclick: () => put(f, cell(record, f).value), title: `问：${cell(record, f).value.question}`, sub: `答：${cell(record, f).value.answer}` })), button("添加问答", () => put(next), { kind: "plain wide", ic: "plus", id: "add-qa" }));
}
