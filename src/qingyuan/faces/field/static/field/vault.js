// Keys of one officer on one device.
//   signing key  ECDSA P-256, made here, not exportable: speaks for the device to the server and signs captures
//   data key     AES-GCM 256: encrypts every stored record; lies here only wrapped, once under the PIN, once under a recovery
//                key that the server keeps and destroys when the device is revoked
// Five wrong PINs destroy the copy under the PIN; what was written stays and opens again on line.
import { base64, text, utf8 } from "./bytes.js";
import { people } from "./store.js";

const ROUNDS = 310_000;
export const TRIES = 5;

async function slow(pin, salt) {
  const raw = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
async function fromRecovery(recovery) {
  return crypto.subtle.importKey("raw", await crypto.subtle.digest("SHA-256", utf8(recovery)), "AES-GCM", false, ["encrypt", "decrypt"]);
}
async function wrap(key, raw) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, raw) };
}
const unwrap = (key, held) => crypto.subtle.decrypt({ name: "AES-GCM", iv: held.iv }, key, held.data);
const asKey = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

export async function newSigner() {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  return { signer: pair.privateKey, public_key: base64(await crypto.subtle.exportKey("spki", pair.publicKey)) };
}

export async function keep(person, pin, recovery) {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  await people.put({ ...person, salt, tries: 0, byPin: await wrap(await slow(pin, salt), raw), byRecovery: await wrap(await fromRecovery(recovery), raw) });
  return asKey(raw);
}

// the data key, or null for a wrong PIN; the count of tries is written down before the try
export async function unlock(id, pin) {
  const person = await people.get(id);
  if (!person.byPin) return null;
  await people.put({ ...person, tries: person.tries + 1 });
  try {
    const raw = await unwrap(await slow(pin, person.salt), person.byPin);
    await people.put({ ...person, tries: 0 });
    return await asKey(raw);
  } catch {
    if (person.tries + 1 >= TRIES) await people.put({ ...person, tries: TRIES, byPin: null });
    return null;
  }
}

export async function newPin(id, pin, recovery) {
  const person = await people.get(id);
  const raw = await unwrap(await fromRecovery(recovery), person.byRecovery);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  await people.put({ ...person, salt, tries: 0, byPin: await wrap(await slow(pin, salt), raw) });
  return asKey(raw);
}

export async function seal(key, value) {
  return wrap(key, value instanceof ArrayBuffer ? value : utf8(JSON.stringify(value)));
}
export async function open(key, held, asBytes = false) {
  const raw = await unwrap(key, held);
  return asBytes ? raw : JSON.parse(text(raw));
}
export async function sign(signer, bytes) {
  return base64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer, bytes));
}
