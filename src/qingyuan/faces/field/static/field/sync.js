// Meeting the server: operations and capture lists go, changed records come, then the bytes in pieces.  An operation leaves the
// queue only in the transaction that stores what the server said; a lost answer is asked for again and does nothing twice.
import { all, announce, dataKey, get, officer, save } from "./book.js";
import { met } from "./moments.js";
import { Offline, Refused, asDevice } from "./server.js";
import { keyOf, row } from "./store.js";
import { open } from "./vault.js";

const MOST = 200;
const HEAVY = 2_000_000; // characters of one request
const PIECE = 512 * 1024;
export const status = { isBusy: false, isOnline: navigator.onLine, at: 0, why: "", wipe: false };

function set(changes) { Object.assign(status, changes); announce(); }

export async function synchronise() {
  if (!officer() || status.isBusy) return;
  set({ isBusy: true });
  try {
    let more = true;
    while (more && officer()) more = await once();
    await sendBytes();
    set({ isOnline: true, at: Date.now(), why: "" });
  } catch (error) {
    if (error instanceof Offline) { await unsent(); set({ isOnline: false }); }
    else if (error instanceof Refused) set({ isOnline: true, why: error.message });
    else { console.error(error); set({ why: `同步出错：${error.message}` }); }
  } finally {
    set({ isBusy: false });
  }
}

function portion(queue) {
  let weight = 0;
  const found = [];
  for (const op of queue.slice(0, MOST)) {
    weight += JSON.stringify(op).length;
    if (found.length && weight > HEAVY) break;
    found.push(op);
  }
  return found;
}

// no answer: whether it arrived is not known, so it waits to be sent again
async function unsent() {
  if (officer()) await save(all("op").filter((op) => op.sent).map((op) => ["op", op.id, { ...op, sent: false }]));
}

async function once() {
  const person = officer();
  const queue = all("op").sort((a, b) => a.serial - b.serial);
  const batch = portion(queue);
  const fresh = all("capture").filter((c) => !c.isKnown).sort((a, b) => a.entry.number - b.entry.number).slice(0, MOST);
  await save(batch.filter((op) => !op.sent).map((op) => ["op", op.id, { ...op, sent: true }]));
  const seen = Object.fromEntries(all("record").map((r) => [r.id, r.version]));
  const ops = batch.map(({ serial, sent, ...op }) => op);
  const told = await asDevice(person, "POST", "/field/api/sync", { ops, seen, captures: fresh.map((c) => c.entry) });
  if (told.wipe) { set({ wipe: true, why: told.why }); return false; }
  met(told.now);
  await take(told, batch, fresh);
  return queue.length > batch.length;
}

async function take(told, batch, fresh) {
  const answered = new Set(told.answers.map((a) => a.id));
  const puts = told.records.map((r) => ["record", r.id, r]);
  const drops = batch.filter((op) => answered.has(op.id)).map((op) => ["op", op.id]);
  for (const one of told.refused) if (!get("refused", one.id)) puts.push(["refused", one.id, one]);
  fresh.forEach((held, n) => puts.push(["capture", held.id, progress(held, told.captures[n])]));
  await save(puts, drops);
}
function progress(held, told) {
  const isKnown = told.have !== undefined;
  return { ...held, isKnown, have: told.have ?? 0, isEvidence: Boolean(told.is_evidence), why: told.why ?? "" };
}

// bytes in pieces, from where the server says it stands; kept here until the server holds them as evidence
async function sendBytes() {
  for (const held of all("capture").filter((c) => c.isKnown && !c.isEvidence && !c.why)) {
    const stored = await row(keyOf(officer().id, "bytes", held.id));
    if (!stored) continue;
    const bytes = await open(dataKey(), stored, true);
    let now = held;
    let isFirst = true;
    while ((now.have < bytes.byteLength || isFirst) && !now.isEvidence) {
      const piece = bytes.slice(now.have, now.have + PIECE);
      const told = await asDevice(officer(), "PUT", `/field/api/files/${held.entry.sha256}/${now.have}`, piece);
      now = { ...now, have: told.have, isEvidence: told.is_evidence, why: told.why };
      isFirst = false;
      await save([["capture", held.id, now]]);
      announce();
    }
  }
}

let timer = 0;
export function soon(ms = 400) {
  clearTimeout(timer);
  timer = setTimeout(synchronise, ms);
}
window.addEventListener("online", () => soon(100));
window.addEventListener("offline", () => set({ isOnline: false }));
document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(300); });
setInterval(() => { if (!document.hidden) synchronise(); }, 30_000);
