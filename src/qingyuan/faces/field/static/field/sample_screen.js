// Samples with their chain labels, and readings of instruments whose calibration must hold that day.
import { cell, kinds, recordsOf, write } from "./book.js";
import { uuid7 } from "./bytes.js";
import { reasonAfterFinal, words } from "./field_screen.js";
import { corrected, dayOf } from "./moments.js";
import { soon } from "./sync.js";
import { button, h, icon, note, panel, toast } from "./ui.js";

export async function samplesScreen(pack, app, record) {
  const task = pack.task.number;
  if (record) return sheet(pack, app, "sample", record, "samples", [["number", "样品编号（扫码或手输）"], ["point", "采样点位"], ["factor", "监测项目"], ["volume", "数量"], ["container", "容器与固定剂"], ["seal", "封样号"], ["storage", "保存条件"]], "taken_at");
  const rows = recordsOf(task, "sample");
  return { title: "采样", back: `#/t/${task}`, body: [
    rows.map((id) => h("a", { class: "card", href: `#/t/${task}/samples/${id}` }, h("b", {}, cell(id, "number").value || "未编号"), h("p", {}, `${words(cell(id, "point").value)} · ${words(cell(id, "factor").value)}`))),
    button("新采样", () => { location.hash = `#/t/${task}/samples/${uuid7()}`; }, { kind: "main wide", ic: "plus", id: "new" })] };
}

export async function readingsScreen(pack, app, record) {
  const task = pack.task.number;
  if (record) return sheet(pack, app, "reading", record, "readings", [["place", "点位"], ["factor", "检测项目"], ["value", "读数"], ["unit", "单位"], ["note", "备注"]], "measured_at", instrumentField);
  const rows = recordsOf(task, "reading");
  return { title: "现场检测", back: `#/t/${task}`, body: [
    rows.map((id) => { const bad = unusable(pack, cell(id, "instrument").value?.serial, cell(id, "measured_at").value?.at); return h("a", { class: "card", href: `#/t/${task}/readings/${id}` }, h("b", {}, `${words(cell(id, "factor").value)} ${words(cell(id, "value").value)} ${cell(id, "unit").value ?? ""}`), h("p", {}, cell(id, "instrument").value?.name ?? ""), bad && h("p", { class: "bad" }, icon("alert-triangle"), ` ${bad}`)); }),
    pack.instruments.length ? null : note("warn", "单位没有登记检测仪器，读数不能作为证据；请先在办公端登记。"),
    button("新检测", () => { location.hash = `#/t/${task}/readings/${uuid7()}`; }, { kind: "main wide", ic: "plus", id: "new" })] };
}

// a reading counts only while the instrument's calibration holds (Penalty Law art. 46); the server decides by the same rule
export function unusable(pack, serial, at) {
  if (!serial) return "";
  const tool = pack.instruments.find((i) => i.serial === serial);
  const day = dayOf(at ?? corrected());
  if (!tool) return `仪器${serial}没有登记，读数不能作为证据`;
  if (!tool.to || tool.to < day || (tool.from && tool.from > day)) return `${tool.name}（${serial}）${tool.to ? `检定有效期至${tool.to}` : "没有检定记录"}，检测时不在有效期内，读数不能作为证据`;
  return "";
}

function instrumentField(pack, record, warn) {
  const now = cell(record, "instrument").value?.serial ?? "";
  const box = h("select", { id: "f-instrument", "aria-label": "检测仪器" }, h("option", { value: "" }, "请选择仪器"), pack.instruments.map((i) => h("option", { value: i.serial, selected: i.serial === now }, `${i.name}（${i.serial}）${unusable(pack, i.serial) ? "　检定已过期" : ""}`)));
  const tell = () => { const bad = unusable(pack, box.value); warn.replaceChildren(...(bad ? [note("bad", bad, "（行政处罚法第46条）。仍可记录，但不得作为证据使用。")] : [])); };
  box.addEventListener("change", tell);
  tell();
  return { node: h("label", {}, "检测仪器", box), value: () => { const tool = pack.instruments.find((i) => i.serial === box.value); return tool ? { serial: tool.serial, name: tool.name, valid_to: tool.to } : null; } };
}

async function sheet(pack, app, kind, record, back, fields, timeField, special) {
  const task = pack.task.number;
  const place = (field) => ({ task, kind, record, field });
  const warn = h("div", {});
  const tool = special?.(pack, record, warn);
  const boxes = fields.map(([field, label]) => [field, h("input", { id: `f-${field}`, value: typeof cell(record, field).value === "string" ? cell(record, field).value : "", autocomplete: "off", "aria-label": label }), label]);
  let isSaved = false;
  const save = async (isLeaving) => {
    if (isSaved) return true;
    const changed = boxes.filter(([f, box]) => box.value.trim() !== (cell(record, f).value ?? "") && box.value.trim());
    if (!changed.length && !tool?.value()) return true;
    const reason = isLeaving ? "" : await reasonAfterFinal(record);
    if (reason === null) return false;
    if (tool?.value()) await write(place("instrument"), tool.value());
    for (const [field, box] of changed) await write(place(field), box.value.trim(), { reason });
    if (!cell(record, timeField).value) await write(place(timeField), { at: corrected() });
    soon();
    return true;
  };
  const scan = kind === "sample" && "BarcodeDetector" in window ? button("扫码", () => scanInto(boxes.find(([f]) => f === "number")[1]), { kind: "plain", ic: "qrcode" }) : null;
  const label = kind === "sample" && cell(record, "number").value ? h("p", { class: "label" }, icon("qrcode"), ` 样品标签 ${cell(record, "number").value}　封样 ${words(cell(record, "seal").value)}`) : null;
  const handed = kind === "sample" && cell(record, "number").value ? button(cell(record, "handed_over").value ? `已移交：${words(cell(record, "handed_over").value)}` : "移交实验室", async () => {
    const { ask } = await import("./ui.js");
    const to = await ask("移交给（单位、接收人）", { isLong: false });
    if (to) { await write(place("handed_over"), { at: corrected(), to }); soon(); app.redraw(); }
  }, { kind: "plain wide" }) : null;
  const body = [label, warn, panel("", tool?.node, boxes.map(([, box, text]) => h("label", {}, text, box)), scan), button("保存", async () => { if (await save()) { isSaved = true; toast("已存"); location.hash = `#/t/${task}/${back}`; } }, { kind: "main wide big", ic: "check", id: "done" }), handed];
  return { title: kinds[kind].label, back: `#/t/${task}/${back}`, body, leave: () => save(true) };
}

async function scanInto(box) {
  const film = h("video", { class: "film", playsinline: true });
  try {
    film.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    box.after(film);
    await film.play();
    const reader = new BarcodeDetector();
    for (let n = 0; n < 200 && film.isConnected; n++) {
      const found = await reader.detect(film);
      if (found.length) { box.value = found[0].rawValue; break; }
      await new Promise((r) => setTimeout(r, 100));
    }
  } catch (error) { toast(`不能扫码：${error.message}，请手工输入`, "warn"); }
  film.srcObject?.getTracks().forEach((t) => t.stop());
  film.remove();
}
