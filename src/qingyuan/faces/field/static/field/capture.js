// Taking a photo, a recording or a signature: digested, placed in time and space, chained to the one before and signed by the
// device before anything else happens to it.  The bytes stay as they came from the camera.
import { sha256, spelled, utf8 } from "./bytes.js";
import { all, announce, dataKey, officer, save } from "./book.js";
import { stamp } from "./moments.js";
import { change, keyOf } from "./store.js";
import { seal, sign } from "./vault.js";

const START = "0".repeat(64);

// where we are, as text with six decimals; null when the device does not say within ten seconds
export function whereAmI() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) { resolve(null); return; }
    const give = (p) => resolve({ lon: p.coords.longitude.toFixed(6), lat: p.coords.latitude.toFixed(6), accuracy: Math.round(p.coords.accuracy), at: new Date(p.timestamp).toISOString() });
    navigator.geolocation.getCurrentPosition(give, () => resolve(null), { enableHighAccuracy: true, timeout: 10_000, maximumAge: 15_000 });
  });
}

export const capturesOf = (task) => all("capture").filter((c) => c.entry.task === task).sort((a, b) => a.entry.number - b.entry.number);

let turn = Promise.resolve(); // one after another: the chain has one end
export function capture(task, { name, type, bytes, caption = "" }) {
  const made = stamp();
  const digest = sha256(bytes); // begun at once, before the place is known
  const done = turn.then(async () => {
    const position = await whereAmI();
    const person = officer();
    const chain = capturesOf(task);
    const before = chain.at(-1);
    const entry = {
      number: chain.length + 1, task, device: person.id, sha256: await digest, size: bytes.byteLength, name, media_type: type, caption,
      taken_at: made.at, elapsed_ms: made.elapsed_ms, offset_ms: made.offset_ms, clock_jump_ms: made.clock_jump_ms, boot: made.boot, position,
      previous: before ? await link(before.entry) : START,
    };
    entry.signature = await sign(person.signer, utf8(spelled(entry)));
    const id = `${task}/${String(entry.number).padStart(4, "0")}`;
    const stored = { key: keyOf(person.id, "bytes", id), owner: person.id, sort: "bytes", id, ...(await seal(dataKey(), bytes)) };
    await change([stored]); // the bytes first: a list entry never stands without them
    await save([["capture", id, { id, entry, isKnown: false, have: 0, isEvidence: false, why: "" }]]);
    announce();
    return { id, entry };
  });
  turn = done.catch(() => {});
  return done;
}

async function link(entry) {
  const { signature, ...body } = entry;
  return sha256(utf8(spelled(body)));
}
