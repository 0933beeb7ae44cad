// Everything an unlocked officer has on this device, in memory and in the store.  An answer is written with its operation in one
// transaction; until then it is a draft, saved at every key stroke's pause, so that a killed tab loses nothing that was typed.
import { spelled, uuid5, uuid7 } from "./bytes.js";
import { stamp } from "./moments.js";
import { change, keyOf, rows } from "./store.js";
import { open, seal } from "./vault.js";

const { namespace, kinds } = JSON.parse(document.getElementById("kinds").textContent);
export { kinds };

const SORTS = ["record", "op", "draft", "pack", "law", "capture", "local", "refused"];
let me = null; // {person, key, things: {sort: Map(id → value)}}

export const officer = () => me?.person;
export const dataKey = () => me?.key;

export async function unlockBook(person, key) {
  const things = {};
  for (const sort of SORTS) {
    things[sort] = new Map();
    for (const row of await rows(person.id, sort)) things[sort].set(row.id, await open(key, row));
  }
  me = { person, key, things };
  for (const [id, draft] of things.draft) if (draft.value !== undefined && !draft.isFree) await commitDraft(id);
}
export function lockBook() { me = null; }

async function sealed(sort, id, value) {
  return { key: keyOf(me.person.id, sort, id), owner: me.person.id, sort, id, ...(await seal(me.key, value)) };
}
// puts: [[sort, id, value]], drops: [[sort, id]]; the store first, then memory
export async function save(puts, drops = []) {
  await change(await Promise.all(puts.map((p) => sealed(...p))), drops.map(([sort, id]) => keyOf(me.person.id, sort, id)));
  if (!me) return;
  for (const [sort, id, value] of puts) me.things[sort].set(id, value);
  for (const [sort, id] of drops) me.things[sort].delete(id);
}
export const all = (sort) => (me ? [...me.things[sort].values()] : []);
export const get = (sort, id) => me?.things[sort].get(id);
export const ids = (sort) => (me ? [...me.things[sort].keys()] : []);

// ── records ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
export async function singleId(task, kind) { return uuid5(namespace, `${task}/${kind}`); }

export function pendingOf(record, field) {
  return all("op").filter((op) => op.record === record && op.field === field).sort((a, b) => a.serial - b.serial);
}
// what a field says on this device: {state, value, said, isPending}
export function cell(record, field) {
  const mine = pendingOf(record, field);
  const held = get("record", record)?.cells[field];
  if (mine.length) return { state: "pending", value: mine[mine.length - 1].value, said: held?.said, isPending: true };
  return held ? { ...held, isPending: false } : { state: "empty", value: null, isPending: false };
}
export function fieldsOf(record) {
  const names = new Set(Object.keys(get("record", record)?.cells ?? {}));
  for (const op of all("op")) if (op.record === record) names.add(op.field);
  return [...names].sort();
}
export function recordsOf(task, kind) {
  const found = new Set(all("record").filter((r) => r.task === task && r.kind === kind).map((r) => r.id));
  for (const op of all("op")) if (op.task === task && op.kind === kind) found.add(op.record);
  return [...found].sort();
}
export function finalOf(record) {
  const mine = pendingOf(record, "_final");
  return mine.length ? mine[mine.length - 1].id : (get("record", record)?.cells._final?.heads ?? []).at(-1) ?? "";
}
// draft → finalised → sent → received → accepted, as the officer sees it
export function stateOf(record) {
  const held = get("record", record);
  if (held?.state === "accepted") return "accepted";
  const finals = pendingOf(record, "_final");
  if (finals.length) return finals.at(-1).sent ? "sent" : "finalised";
  return held?.state === "received" ? "received" : "draft";
}
export const STATES = { draft: "草稿", finalised: "已定稿，待发送", sent: "已发送，等应答", received: "服务器已收到", accepted: "已制成文书" };

function headsOf(record, field) {
  const mine = pendingOf(record, field);
  return mine.length ? [mine.at(-1).id] : (get("record", record)?.cells[field]?.heads ?? []);
}
export function headsOfAll(record) {
  return Object.fromEntries(fieldsOf(record).filter((f) => f !== "_final").map((f) => [f, headsOf(record, f)]));
}

let serial = Date.now();
// One answer.  `reason` is asked for after finishing and when a person decides between two entries (`resolve`).
export async function write(place, value, { reason = "", resolve = false } = {}) {
  const { task, kind, record, field } = place;
  const before = cell(record, field);
  if (!resolve && before.state !== "conflict" && spelled(before.value ?? null) === spelled(value ?? null)) return null;
  const bases = headsOf(record, field);
  const op = {
    id: uuid7(), op: resolve ? "resolve" : "set", kind, record, task, field, value, bases, reason,
    after_final: field === "_final" ? "" : finalOf(record), ...stamp(),
  };
  await save([["op", op.id, { ...op, serial: serial++ }]], [["draft", draftId(place)]]);
  announce();
  return op;
}

// ── drafts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
const draftId = (p) => `${p.record}/${p.field}`;
export const draftOf = (place) => get("draft", draftId(place));
export const keepDraft = (place, value, more = {}) => save([["draft", draftId(place), { place, value, at: Date.now(), ...more }]]);
export const dropDraft = (place) => save([], [["draft", draftId(place)]]);
export async function commitDraft(id) {
  const draft = get("draft", id);
  if (!draft) return;
  const now = cell(draft.place.record, draft.place.field);
  const needsReason = finalOf(draft.place.record) || now.state === "conflict";
  if (needsReason) return save([["draft", id, { ...draft, isFree: true }]]); // kept until a person gives the reason
  if (!(await write(draft.place, draft.value))) await save([], [["draft", id]]);
}

// ── listeners ───────────────────────────────────────────────────────────────────────────────────────────────────────────
const heard = new Set();
export function onChange(f) { heard.add(f); return () => heard.delete(f); }
export function announce() { for (const f of heard) f(); }
