// The list of tasks with what is downloaded, one task with its next step, and one firm's file in the pocket.
import { all, get, recordsOf, save, singleId, stateOf, STATES, cell } from "./book.js";
import { capturesOf } from "./capture.js";
import { corrected, dayOf, shown } from "./moments.js";
import { asDevice } from "./server.js";
import { officer } from "./book.js";
import { soon, status } from "./sync.js";
import { button, facts, h, icon, kb, line, note, panel, toast } from "./ui.js";
import { stepsOf } from "./visit_screen.js";

export const isExpired = (pack) => new Date(pack.expires_at) < new Date(corrected());

export async function home(app) {
  const list = get("local", "tasks")?.tasks ?? [];
  const today = dayOf(corrected());
  const rows = [...list, ...all("pack").map((p) => p.task).filter((t) => !list.some((l) => l.number === t.number))];
  const body = [
    status.update && note("info", "有新版本。", button("现在更新", () => { status.update.waiting?.postMessage("take over"); location.reload(); }, { kind: "tiny" })),
    button("获取最新任务", async (e) => { e.target.disabled = true; await fetchTasks(); app.redraw(); }, { kind: "plain wide", ic: "refresh", id: "fetch" }),
    rows.length ? rows.map((t) => cardOf(t, today, app)) : h("div", { class: "empty" }, icon("clipboard-list"), h("p", {}, "还没有任务。联网后点“获取最新任务”。")),
  ];
  return { title: "检查任务", body, live: true };
}

export function cardOf(task, today, app) {
  const pack = get("pack", task.number);
  const late = task.due_on < today;
  const act = pack
    ? h("a", { class: "btn main", href: `#/t/${task.number}` }, icon("arrow-right"), "打开")
    : button(`下载 ${kb(task.bytes ?? 0)}`, async (e) => { e.currentTarget.disabled = true; await download(task.number); app.redraw(); }, { kind: "main", ic: "download", "data-task": task.number });
  return h("article", { class: "card" }, h("h2", {}, task.facility), h("p", { class: "muted" }, icon("map-pin"), task.address || "—"), h("p", {}, `${task.basis}：${task.reason}`),
    h("div", { class: "row" }, h("span", { class: late ? "chip is-late" : "chip" }, `${late ? "已超期" : "期限"} ${task.due_on}`), pack && h("span", { class: "chip is-good" }, isExpired(pack) ? "资料已过期" : `已下载 · 有效至 ${dayOf(pack.expires_at)}`), act));
}

async function fetchTasks() {
  try {
    const told = await asDevice(officer(), "GET", "/field/api/tasks");
    await save([["local", "tasks", told]]);
    soon(50);
  } catch (error) { toast(`${error.message}，显示的是上次的任务`, "warn"); }
}

// a pack brings the rule book with it when the server's is another
async function download(number) {
  try {
    const pack = await asDevice(officer(), "GET", `/field/api/packs/${number}`);
    const law = await asDevice(officer(), "GET", "/field/api/law");
    await save([["pack", number, pack], ["law", "book", law]]);
    toast("已下载，可离线使用");
    soon(50);
  } catch (error) { toast(`没有下载成：${error.message}`, "bad"); }
}

export async function taskScreen(pack, app) {
  const number = pack.task.number;
  const at = `#/t/${number}`;
  const onSite = await singleId(number, "on_site");
  const steps = await stepsOf(pack);
  const checks = await singleId(number, "checklist");
  const done = pack.checklist.filter((c) => cell(checks, c.id).value).length;
  const next = steps.find((s) => !s.value && s.field !== "left");
  const why = next ? [`${at}/visit`, `下一步：${next.label}`, next.why] : done < pack.checklist.length && stateOf(onSite) === "draft" ? [`${at}/check`, "下一步：逐项检查", "清单由许可证、检查事项和线索生成"] : stateOf(onSite) === "draft" ? [`${at}/rec/on_site/${onSite}`, "下一步：制作现场检查笔录", "行政处罚法第55条；令30第28条"] : [`${at}/visit`, "笔录已定稿", "离开前记录离开时间，联网后自动送出"];
  const count = (kind) => recordsOf(number, kind).length;
  const body = [
    isExpired(pack) && note("warn", "资料包已过期，请联网后重新下载。已填写的内容不受影响。", button("重新下载", async () => { await download(number); app.redraw(); }, { kind: "tiny" })),
    h("a", { class: "next", href: why[0] }, h("span", {}, h("b", {}, why[1]), h("small", {}, why[2])), icon("arrow-right")),
    panel("",
      line({ to: `${at}/visit`, ic: "shield-check", title: "到场与告知", sub: "进入、出示证件、告知、回避、离开", side: `${steps.filter((s) => s.value).length}/${steps.length}` }),
      line({ to: `${at}/gate`, ic: "qrcode", title: "任务码", sub: "入企时请企业扫码核对" }),
      line({ to: `${at}/map`, ic: "map-pin", title: "位置", sub: "离线示意图、距离和方向" }),
      line({ to: `${at}/firm`, ic: "building-factory-2", title: "一企一档", sub: `${pack.firm.permits.length} 证 · ${pack.firm.outlets.length} 排放口 · ${pack.findings.length} 条判定 · ${pack.cases.length} 件案件` }),
      line({ to: `${at}/check`, ic: "list-check", title: "检查清单", side: `${done}/${pack.checklist.length}` }),
      line({ to: `${at}/evidence`, ic: "camera", title: "拍照取证", sub: "照片、录像、录音，拍下即固定", side: String(capturesOf(number).length) }),
      line({ to: `${at}/samples`, ic: "droplet", title: "采样", side: String(count("sample")) }),
      line({ to: `${at}/readings`, ic: "gauge", title: "现场检测", side: String(count("reading")) }),
      line({ to: `${at}/talks`, ic: "message-report", title: "调查询问笔录", side: String(count("interview")) }),
      line({ to: `${at}/rec/on_site/${onSite}`, ic: "writing", title: "现场检查（勘察）笔录", side: STATES[stateOf(onSite)], tone: stateOf(onSite) === "accepted" ? "good" : "" }),
      line({ to: `${at}/calc`, ic: "scale", title: "裁量试算", sub: "与办公端同一规则、同一结果" })),
    h("p", { class: "muted small" }, `任务 ${number} · 资料截至 ${shown(pack.made_at)}`),
  ];
  return { title: pack.task.facility, back: "#/", body, live: true };
}

export async function firmScreen(pack) {
  const f = pack.firm;
  const body = [
    panel("单位", facts([["单位", f.operator], ["信用代码", f.uscc], ["法定代表人", f.legal_representative], ["地址", f.address], ["电话", f.phone], ["重点排污单位", f.is_key ? "是" : "否"]])),
    panel("任务", facts([["依据", pack.task.basis], ["事由", pack.task.reason], ["检查事项", pack.task.items.join("、")], ["检查人员", pack.task.team.map((o) => `${o.name}（${o.certificate}）`).join("、")]])),
    panel("许可证", f.permits.length ? f.permits.map((p) => h("p", {}, h("b", {}, p.number), h("br"), `有效期 ${p.from} 至 ${p.to}`)) : h("p", { class: "muted" }, "没有查到许可证")),
    panel("排放口与限值", f.outlets.map((o) => h("div", { class: "outlet" }, h("b", {}, `${o.name}（${o.medium}）`), h("ul", {}, o.limits.map((m) => h("li", {}, `${m.name} ${m.averaging} ≤ ${m.value} ${m.unit}`, h("small", { class: "muted" }, ` ${m.kind}`))))))),
    panel("近期判定（摘要已固定）", pack.findings.length ? pack.findings.map((x) => h("p", {}, h("b", {}, x.title), h("br"), h("small", { class: "muted" }, `${shown(x.began)} 起 · ${x.state}`), h("br"), h("code", {}, `SHA-256 ${x.sha256.slice(0, 16)}…`))) : h("p", { class: "muted" }, "没有")),
    panel("以往检查", pack.visits.length ? pack.visits.map((v) => h("p", {}, h("b", {}, v.on), ` ${v.conclusion || "未得出结论"}`, h("br"), h("small", {}, v.facts))) : h("p", { class: "muted" }, "没有")),
    panel("案件（目录）", pack.cases.length ? pack.cases.map((c) => h("p", {}, h("b", {}, c.number), ` ${c.cause} · ${c.state}`)) : h("p", { class: "muted" }, "没有")),
  ];
  return { title: "一企一档", back: `#/t/${pack.task.number}`, body };
}
