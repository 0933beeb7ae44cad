// Talking to the server.  Every request after signing in is signed by the device's key over a word the server gave a moment ago;
// no password and no session lies on the device.
import { sha256, utf8 } from "./bytes.js";
import { met } from "./moments.js";
import { sign } from "./vault.js";

let word = null;
let wordAt = 0;

export class Offline extends Error {}
export class Refused extends Error {}

async function ask(path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 30_000);
  try {
    return await fetch(path, { ...options, cache: "no-store", signal: stop.signal });
  } catch {
    throw new Offline("没有网络");
  } finally {
    clearTimeout(timer);
  }
}
async function read(answer) {
  let told = {};
  try { told = await answer.json(); } catch { throw new Offline(`服务器没有正常应答（${answer.status}）`); }
  if (!answer.ok) throw new Refused(told.error || `服务器拒绝了请求（${answer.status}）`);
  return told;
}

export async function hello() {
  const told = await read(await ask("/field/api/hello"));
  met(told.now);
  [word, wordAt] = [told.challenge, performance.now()];
  return told;
}

// while the officer is signed in to the desk in this browser: register, recover
export async function asPerson(path, body) {
  const told = await hello();
  return read(await ask(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": told.csrf }, body: JSON.stringify(body) }));
}

export async function asDevice(person, method, path, body) {
  if (!word || performance.now() - wordAt > 600_000) await hello();
  const bytes = body === undefined ? new Uint8Array() : body instanceof ArrayBuffer ? new Uint8Array(body) : utf8(JSON.stringify(body));
  const message = ["qingyuan-field-1", word, method, path, await sha256(bytes)].join("\n");
  const headers = { "X-Field-Device": person.id, "X-Field-Challenge": word, "X-Field-Signature": await sign(person.signer, utf8(message)) };
  if (body !== undefined && !(body instanceof ArrayBuffer)) headers["Content-Type"] = "application/json";
  const answer = await ask(path, { method, headers, body: method === "GET" ? undefined : bytes });
  if (answer.status === 404) word = null; // a stale word: ask for another next time
  return read(answer);
}
