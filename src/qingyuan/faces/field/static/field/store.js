// What lies on the device: one database, two stores.  `people`: who uses this device (names, wrapped keys, never a PIN).
// `things`: everything else, encrypted under the key of the officer it belongs to; only owner and sort of thing are readable.
import { openDB } from "../js/idb.js";

const db = await openDB("qingyuan-field", 1, {
  upgrade(fresh) {
    fresh.createObjectStore("people", { keyPath: "id" });
    fresh.createObjectStore("things", { keyPath: "key" }).createIndex("by_sort", ["owner", "sort"]);
  },
});

export const people = {
  all: () => db.getAll("people"),
  put: (row) => db.put("people", row),
  get: (id) => db.get("people", id),
  drop: (id) => db.delete("people", id),
};

export const keyOf = (owner, sort, id) => `${owner}|${sort}|${id}`;

// Several rows in or out at once: an answer and its operation are written together or not at all, durably.
export async function change(puts, drops = []) {
  const tx = db.transaction("things", "readwrite", { durability: "strict" });
  for (const row of puts) tx.store.put(row);
  for (const key of drops) tx.store.delete(key);
  await tx.done;
}

export const rows = (owner, sort) => db.getAllFromIndex("things", "by_sort", [owner, sort]);
export const row = (key) => db.get("things", key);

export async function wipe(owner) {
  const tx = db.transaction("things", "readwrite", { durability: "strict" });
  let cursor = await tx.store.openCursor();
  while (cursor) {
    if (cursor.value.owner === owner) cursor.delete();
    cursor = await cursor.continue();
  }
  await tx.done;
}

export async function persist() {
  try { return await navigator.storage?.persist?.(); } catch { return false; }
}
