// The app: who is here, which screen, and the frame around it.  One thing per screen; the address after # names it, so that the
// back button of the phone works and a killed tab comes back to where it was.
import { announce, lockBook, officer, onChange, unlockBook } from "./book.js";
import { entrance } from "./entrance.js";
import { remember } from "./moments.js";
import { screens } from "./screens.js";
import { asDevice } from "./server.js";
import { people, persist, wipe } from "./store.js";
import { soon, status } from "./sync.js";
import { button, h, icon, note } from "./ui.js";
import { all, get, save } from "./book.js";

const root = document.getElementById("app");
let turn = 0;
let isLive = false; // a screen that shows what comes in, and holds no half-typed words
let leave = null; // what a screen wants done before it goes (drafts)

export async function go(hash) { location.hash = hash; }

async function show(isFresh = true) {
  if (!officer()) return;
  await leave?.();
  leave = null;
  const path = decodeURIComponent(location.hash.slice(2)).split("/").filter(Boolean);
  const mine = ++turn;
  const screen = await screens(path, { redraw: () => show(false), lock });
  if (mine !== turn || !officer()) return; // another screen was asked for meanwhile
  leave = screen.leave ?? null;
  isLive = Boolean(screen.live);
  root.replaceChildren(frame(screen));
  if (isFresh) window.scrollTo(0, 0);
  root.dataset.screen = path.join("/");
}

function frame(screen) {
  const bar = h("header", { class: "bar" }, screen.back ? h("a", { class: "back", href: screen.back, "aria-label": "返回" }, icon("chevron-left")) : h("span", { class: "mark" }, icon("shield-check")),
    h("h1", {}, screen.title), pill());
  const tabs = screen.back ? null : h("nav", { class: "tabs", "aria-label": "主导航" }, [["#/", "clipboard-list", "任务"], ["#/sync", "refresh", "同步"], ["#/law", "book", "法规"], ["#/me", "user", "我的"]]
    .map(([to, ic, label]) => h("a", { href: to, "aria-current": location.hash === to || (to === "#/" && !location.hash) ? "page" : undefined }, icon(ic), label)));
  return h("div", { class: "frame" }, bar, status.wipe && note("bad", "本设备已吊销。"), h("main", { id: "main" }, screen.body), tabs);
}

function pillWords() {
  const waiting = all("op").length + all("capture").filter((c) => !c.isEvidence && !c.why).length;
  if (status.isBusy) return ["同步中", "busy"];
  if (!status.isOnline) return [waiting ? `离线 · ${waiting} 条待发` : "离线", "off"];
  return waiting ? [`${waiting} 条待发`, "wait"] : [status.at ? "已同步" : "未同步", status.at ? "on" : "wait"];
}
function pill() {
  const [words, tone] = pillWords();
  return h("a", { class: `pill is-${tone}`, id: "pill", href: "#/sync" }, words);
}
function repill() {
  const old = document.getElementById("pill");
  if (old) old.replaceWith(pill());
}

export async function lock() {
  await leave?.();
  leave = null;
  lockBook();
  location.hash = "#/";
  root.replaceChildren(await entrance(enter));
}

async function enter(person, key) {
  await unlockBook(person, key);
  await persist();
  const here = get("local", "place");
  if (here?.hash && !location.hash) location.hash = here.hash;
  await show();
  soon(50);
}

// a revoked device has handed in what it held (the server keeps it apart); now it destroys its copy
async function wipeOut() {
  const person = officer();
  lockBook();
  await wipe(person.id);
  try { await asDevice(person, "POST", "/field/api/wiped", {}); } catch { /* gone is gone */ }
  await people.drop(person.id);
  status.wipe = false;
  root.replaceChildren(h("div", { class: "frame" }, h("main", {}, note("bad", h("b", {}, "本设备已被吊销"), h("p", {}, `${status.why || "设备遗失或停用"}。本机上属于${person.name}的数据已清除；已送达服务器的内容不受影响。`)), button("重新开始", () => location.reload(), { kind: "main" }))));
}

let later = 0;
onChange(() => {
  if (!officer()) return;
  if (status.wipe) { wipeOut(); return; }
  repill();
  clearTimeout(later);
  later = setTimeout(() => { if (isLive && !document.querySelector("dialog")) show(false); }, 120);
});
window.addEventListener("hashchange", async () => {
  await show();
  if (officer()) await save([["local", "place", { hash: location.hash }]]);
});
window.addEventListener("pagehide", () => { leave?.(); });
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { hiddenAt = performance.now(); leave?.(true); return; }
  if (officer() && performance.now() - hiddenAt > 15 * 60_000) lock();
});

async function oneWindow() {
  return new Promise((resolve) => {
    if (!navigator.locks) { resolve(true); return; }
    navigator.locks.request("qingyuan-field", { ifAvailable: true }, (held) => {
      resolve(Boolean(held));
      return held ? new Promise(() => {}) : undefined; // held until the tab goes, however it goes
    });
  });
}
async function keepShell() {
  if (!("serviceWorker" in navigator)) return;
  const kept = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
  kept.addEventListener("updatefound", () => kept.installing?.addEventListener("statechange", (e) => { if (e.target.state === "installed" && navigator.serviceWorker.controller) { status.update = kept; announce(); } }));
}

remember();
if (!window.isSecureContext) root.replaceChildren(note("bad", "移动执法须通过 HTTPS 打开：浏览器只在安全连接下提供加密和离线能力。"));
else if (!(await oneWindow())) root.replaceChildren(note("warn", "移动执法已在另一个窗口打开。请在那个窗口继续，或者关闭它之后刷新本页。"));
else {
  root.replaceChildren(await entrance(enter));
  keepShell().catch(() => {});
}
