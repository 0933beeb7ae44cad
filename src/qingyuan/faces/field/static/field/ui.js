// Making elements, icons and small pieces of screen.  No markup is built from text: nothing an officer types can become code.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}
export function icon(name) {
  return h("i", { class: "ic", style: `--i:url(/static/icons/${name}.svg)`, "aria-hidden": "true" });
}
export const button = (label, onclick, { kind = "", ic = "", disabled = false, ...more } = {}) =>
  h("button", { type: "button", class: `btn ${kind}`, onclick, disabled, ...more }, ic && icon(ic), label);
export const note = (tone, ...children) => h("div", { class: `note is-${tone}`, role: tone === "bad" ? "alert" : undefined }, ...children);
export const facts = (pairs) => h("dl", { class: "facts" }, pairs.filter(([, v]) => v).map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)]));
export const panel = (title, ...children) => h("section", { class: "panel" }, title && h("h2", {}, title), ...children);

// a line of a list that leads somewhere
export function line({ to, onclick, ic, title, sub, side, tone = "", ...more }) {
  const inner = [ic && h("span", { class: `spot ${tone}` }, icon(ic)), h("span", { class: "mid" }, h("b", {}, title), sub && h("small", {}, sub)), side && h("span", { class: `side ${tone}` }, side), icon("chevron-right")];
  return to ? h("a", { class: "line", href: to, ...more }, inner) : h("button", { type: "button", class: "line", onclick, ...more }, inner);
}

let hiding = 0;
export function toast(words, tone = "good") {
  let box = document.querySelector(".toast");
  if (!box) { box = h("div", { class: "toast", role: "status" }); document.body.append(box); }
  box.className = `toast is-${tone} on`;
  box.textContent = words;
  clearTimeout(hiding);
  hiding = setTimeout(() => box.classList.remove("on"), 2200);
}

// a question in the middle of the screen; resolves to the words, or null
export function ask(title, { help = "", value = "", yes = "确定", isLong = true, must = true } = {}) {
  return new Promise((resolve) => {
    const field = isLong === null ? null : h(isLong ? "textarea" : "input", { rows: "3", "aria-label": title });
    if (field) field.value = value;
    const end = (told) => { box.close(); box.remove(); resolve(told); };
    const box = h("dialog", { class: "ask", oncancel: (e) => { e.preventDefault(); end(null); } }, h("h2", {}, title), help && h("p", { class: "muted" }, help), field,
      h("div", { class: "row" }, button("取消", () => end(null), { kind: "plain" }), button(yes, () => { const told = field ? field.value.trim() : "yes"; if (told || !must) end(told); else field.focus(); }, { kind: "main" })));
    document.body.append(box);
    box.showModal();
    field?.focus();
  });
}
// one of a few answers, each with a button of its own; null when none was chosen
export function pick(title, options, help = "") {
  return new Promise((resolve) => {
    const end = (told) => { box.close(); box.remove(); resolve(told); };
    const box = h("dialog", { class: "ask", oncancel: (e) => { e.preventDefault(); end(null); } }, h("h2", {}, title), help && h("p", { class: "muted" }, help), h("div", { class: "stack" }, options.map(([label, value], n) => button(label, () => end(value), { kind: n ? "plain wide big" : "main wide big" })), button("取消", () => end(null), { kind: "plain wide" })));
    document.body.append(box);
    box.showModal();
  });
}
export const kb = (n) => (n < 1024 ? `${n} B` : n < 1048576 ? `${Math.round(n / 1024)} KB` : `${(n / 1048576).toFixed(1)} MB`);
