// Bytes, digests, ids and one spelling for JSON: what the server computes too, so every function here has its twin in Python.

export const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");
export const utf8 = (text) => new TextEncoder().encode(text);
export const text = (bytes) => new TextDecoder().decode(bytes);

export function base64(bytes) {
  let out = "";
  for (const b of new Uint8Array(bytes)) out += String.fromCharCode(b);
  return btoa(out);
}

export async function sha256(bytes) {
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

// canonical JSON: keys in order of their code points, no spaces (Python: sort_keys, separators, ensure_ascii off)
export function spelled(value) {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (value && typeof value === "object") {
    const keys = Object.keys(value).filter((k) => value[k] !== undefined).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${keys.map((k) => `${JSON.stringify(k)}:${spelled(value[k])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

// UUIDv7: milliseconds first, so that ids sort by the time they were made
let last = 0;
export function uuid7(now = Date.now()) {
  last = Math.max(now, last + 1);
  const b = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) b[i] = Math.floor(last / 2 ** (8 * (5 - i))) % 256;
  b[6] = (b[6] & 0x0f) | 0x70;
  b[8] = (b[8] & 0x3f) | 0x80;
  return dashed(hex(b));
}

const dashed = (h) => `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`;

// UUIDv5: the same name gives the same id on every device
export async function uuid5(namespace, name) {
  const space = Uint8Array.from(namespace.replaceAll("-", "").match(/../g), (p) => parseInt(p, 16));
  const whole = new Uint8Array([...space, ...utf8(name)]);
  const b = new Uint8Array(await crypto.subtle.digest("SHA-1", whole)).slice(0, 16);
  b[6] = (b[6] & 0x0f) | 0x50;
  b[8] = (b[8] & 0x3f) | 0x80;
  return dashed(hex(b));
}
