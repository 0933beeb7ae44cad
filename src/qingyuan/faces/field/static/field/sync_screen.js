// What waits, what was sent, what the server did not take and why; and whose device this is.
import { all, get, kinds, officer, save } from "./book.js";
import { labelOf, words } from "./field_screen.js";
import { offsetMs, shownTrue } from "./moments.js";
import { status, synchronise } from "./sync.js";
import { button, facts, h, icon, kb, note, panel } from "./ui.js";

export async function syncScreen(app) {
  const ops = all("op").sort((a, b) => a.serial - b.serial);
  const shots = all("capture").filter((c) => !c.isEvidence);
  const refused = all("refused").filter((r) => !r.isRead);
  const kept = all("draft").filter((d) => d.isFree);
  const split = all("record").flatMap((r) => Object.entries(r.cells).filter(([, c]) => c.said?.length > 1).map(([f]) => [r, f]));
  const body = [
    note(status.isOnline ? "info" : "warn", status.isBusy ? "正在同步…" : status.isOnline ? (ops.length ? "有内容待发送" : "没有待发送的填写") : "没有网络。内容都在本机，联网后自动送出。", status.why && h("p", { class: "bad" }, status.why)),
    button("现在同步", async (e) => { e.currentTarget.disabled = true; await synchronise(); app.redraw(); }, { kind: "main wide", ic: "refresh", id: "sync-now" }),
    split.length > 0 && panel(`需要您选定 ${split.length} 项`, split.map(([r, f]) => h("a", { class: "line", href: `#/t/${r.task}/field/${r.kind}/${r.id}~${f}` }, h("span", { class: "spot bad" }, icon("alert-triangle")), h("span", { class: "mid" }, h("b", {}, labelOf(r.kind, f)), h("small", {}, `${kinds[r.kind].label} · ${r.task}`)), icon("chevron-right")))),
    kept.length > 0 && panel("没有保存完的内容", kept.map((d) => h("a", { class: "line", href: `#/t/${d.place.task}/field/${d.place.kind}/${d.place.record}~${d.place.field}` }, h("span", { class: "mid" }, h("b", {}, labelOf(d.place.kind, d.place.field)), h("small", {}, words(d.value).slice(0, 60))), icon("chevron-right")))),
    refused.length > 0 && panel(`服务器没有采用 ${refused.length} 条（内容都留着）`, refused.map((r) => h("article", { class: "card" }, h("b", {}, r.label), h("p", { class: "pre" }, words(r.value)), h("p", { class: "bad" }, r.why), button("知道了", async () => { await save([["refused", r.id, { ...r, isRead: true }]]); app.redraw(); }, { kind: "plain" })))),
    panel("待发送", ops.length ? ops.slice(0, 100).map((o) => h("p", { class: "op" }, h("b", {}, o.value?.text ?? labelOf(o.kind, o.field)), h("small", {}, `${shownTrue(o.at, o.offset_ms)} · ${o.sent ? "已发送，等应答" : "待发送"}`))) : h("p", { class: "muted" }, "没有")),
    panel("待上传的照片、录像、录音", shots.length ? shots.map((c) => h("p", { class: "op" }, h("b", {}, c.entry.name), h("small", {}, `${kb(c.have)} / ${kb(c.entry.size)} ${c.why}`))) : h("p", { class: "muted" }, "没有")),
  ];
  return { title: "同步", body, live: true };
}

export async function meScreen(app) {
  const me = officer();
  const room = await navigator.storage?.estimate?.();
  const offset = offsetMs();
  const law = get("law", "book");
  return { title: "我的", body: [
    panel("", facts([["姓名", me.name], ["单位", me.agency], ["本设备", me.device_name], ["设备编号", me.id.slice(0, 8)], ["时钟", offset === null ? "未与服务器校时" : Math.abs(offset) < 60_000 ? "准确" : `与服务器相差约 ${Math.round(Math.abs(offset) / 60_000)} 分钟，已按服务器时间记录`], ["规则书", law ? `${law.digest.slice(0, 12)}（${law.on}）` : "未下载"], ["本机占用", room ? `${kb(room.usage)}（可用 ${kb(room.quota - room.usage)}）` : ""]])),
    button("锁定", app.lock, { kind: "main wide big", ic: "lock", id: "lock" }),
    button("换一位使用", app.lock, { kind: "plain wide", ic: "users" }),
    note("info", "您的草稿和未发送内容加密留在本机，别人解锁后看不到。不设打卡、积分、排名和在线时长；只统计检查结果。"),
    h("p", { class: "muted small" }, `版本 ${document.body.dataset.version}`),
  ] };
}
