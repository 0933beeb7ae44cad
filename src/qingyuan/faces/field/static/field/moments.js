// What time it is: the device's clock, how far it is from the server's, and whether somebody set it in between.
// A clock that was set back, or set on while the screen was on, is noted; a device that slept is not blamed.

const boot = crypto.randomUUID();
let offset = null; // server minus device, ms; null until they have met
let jumped = 0;
let wall = Date.now();
let steady = performance.now();
let wasHidden = false;

function look() {
  const w = Date.now();
  const s = performance.now();
  const drift = w - wall - (s - steady);
  if (drift < -2000 || (drift > 2000 && !wasHidden)) jumped += Math.round(drift);
  [wall, steady, wasHidden] = [w, s, document.hidden];
}
setInterval(look, 4000);
document.addEventListener("visibilitychange", () => { wasHidden = wasHidden || document.hidden; });

export function met(serverNow) {
  offset = Math.round(new Date(serverNow).getTime() - Date.now());
  localStorage.setItem("field-offset", String(offset));
}
export function remember() {
  const held = localStorage.getItem("field-offset");
  if (offset === null && held !== null) offset = Number(held);
}
export const offsetMs = () => offset;

// ISO with the zone of China: the law's day is a day in China
export function iso(ms) {
  return new Date(ms + 8 * 3600e3).toISOString().replace("Z", "+08:00");
}
export const corrected = () => iso(Date.now() + (offset ?? 0));

// what every operation and every capture carries
export function stamp() {
  look();
  const told = { at: iso(Date.now()), elapsed_ms: Math.round(performance.now()), offset_ms: offset, clock_jump_ms: jumped, boot };
  jumped = 0;
  return told;
}
export const shown = (at) => (at ? new Date(new Date(at).getTime() + 8 * 3600e3).toISOString().slice(5, 16).replace("T", " ") : "");
// a device's own clock, corrected by what it was off
export const shownTrue = (at, off) => shown(new Date(new Date(at).getTime() + (off ?? 0)).toISOString());
export const dayOf = (at) => at.slice(0, 10);
