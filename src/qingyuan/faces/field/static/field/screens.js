// From an address to a screen.  Every screen is a function that gives {title, back, body, leave}.
import { cardOf, firmScreen, home, taskScreen } from "./tasks.js";
import { calcScreen } from "./calc_screen.js";
import { checkScreen } from "./check_screen.js";
import { evidenceScreen } from "./evidence_screen.js";
import { fieldScreen } from "./field_screen.js";
import { gateScreen, mapScreen } from "./gate_screen.js";
import { lawScreen } from "./law_screen.js";
import { meScreen, syncScreen } from "./sync_screen.js";
import { recordScreen, signScreen, talksScreen } from "./record_screen.js";
import { readingsScreen, samplesScreen } from "./sample_screen.js";
import { visitScreen } from "./visit_screen.js";
import { get } from "./book.js";

export async function screens(path, app) {
  const [first, task, name, a, b] = path;
  if (first === "sync") return syncScreen(app);
  if (first === "law") return lawScreen(app, task);
  if (first === "me") return meScreen(app);
  if (first !== "t" || !get("pack", task)) return home(app);
  const pack = get("pack", task);
  const found = {
    firm: firmScreen, visit: visitScreen, check: checkScreen, evidence: evidenceScreen, samples: samplesScreen, readings: readingsScreen, talks: talksScreen,
    calc: calcScreen, gate: gateScreen, map: mapScreen, rec: recordScreen, sign: signScreen, field: fieldScreen,
  }[name] ?? taskScreen;
  return found(pack, app, a, b);
}
export { cardOf };
