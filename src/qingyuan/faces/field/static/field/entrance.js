// The door: choose who you are, give the PIN; on line once, register this device.  Several officers may share a tablet; each has
// a key and drafts of their own, and nobody sees another's.
import { keep, newPin, newSigner, TRIES, unlock } from "./vault.js";
import { people } from "./store.js";
import { asPerson, hello } from "./server.js";
import { button, h, icon, line, note, panel } from "./ui.js";

let enter = null;
const stage = h("main", { class: "door" });

export async function entrance(whenIn) {
  enter = whenIn;
  await choose();
  return h("div", { class: "frame is-door" }, h("header", { class: "hero" }, h("img", { src: "/static/field/icon.svg", alt: "", width: "64", height: "64" }), h("h1", {}, "移动执法"), h("p", {}, "清源生态环境执法")), stage);
}

async function choose() {
  const rows = await people.all();
  stage.replaceChildren(
    rows.length ? panel("谁在使用", rows.map((p) => line({ ic: "user", title: p.name, sub: `${p.agency} · ${p.device_name}`, onclick: () => pin(p) }))) : note("info", "首次使用：联网登录办案系统后登记本设备，之后可离线工作数日。"),
    button(rows.length ? "登记另一位执法人员" : "登记本设备", register, { kind: rows.length ? "plain wide" : "main wide", ic: "plus", id: "register" }),
  );
}

function pinField(label, id) {
  return h("label", {}, label, h("input", { id, type: "password", inputmode: "numeric", autocomplete: "off", maxlength: "12", class: "pin" }));
}

function pin(person) {
  const say = h("p", { class: "bad", role: "alert" });
  const form = h("form", { onsubmit: async (e) => {
    e.preventDefault();
    say.textContent = "正在核对…";
    const key = await unlock(person.id, form.querySelector("#pin").value);
    if (key) { await enter(await people.get(person.id), key); return; }
    const now = await people.get(person.id);
    say.textContent = now.byPin ? `口令不对，还可以试 ${TRIES - now.tries} 次` : "口令已锁定，请联网找回；已填写的内容都在，不会丢失";
    form.querySelector("#pin").value = "";
  } }, h("h2", {}, person.name), h("p", { class: "muted" }, person.agency), pinField("口令", "pin"), say, h("button", { class: "btn main wide", type: "submit" }, icon("lock"), "解锁"));
  stage.replaceChildren(form, button("忘记口令，联网找回", () => recover(person, say), { kind: "plain wide" }), button("换一位", choose, { kind: "plain wide", ic: "users" }));
  form.querySelector("#pin").focus();
}

async function signedIn() {
  try {
    const told = await hello();
    if (!told.me) { stage.replaceChildren(note("warn", "请先登录办案系统，登录后回到本页。"), h("a", { class: "btn main wide", href: "/login/?next=/field/" }, "去登录"), button("返回", choose, { kind: "plain wide" })); return null; }
    if (!told.me.may_enrol) { stage.replaceChildren(note("bad", `${told.me.name}不是执法人员，移动执法只供持证执法人员使用（行政处罚法第42条）。`), button("返回", choose, { kind: "plain wide" })); return null; }
    return told.me;
  } catch (error) {
    stage.replaceChildren(note("warn", `${error.message}。登记和找回口令需要联网。`), button("返回", choose, { kind: "plain wide" }));
    return null;
  }
}

const PIN = /^\d{6,12}$/;
function twice(say, form) {
  const [a, b] = [form.querySelector("#pin1").value, form.querySelector("#pin2").value];
  if (!PIN.test(a)) say.textContent = "口令须是6至12位数字";
  else if (/^(\d)\1+$/.test(a)) say.textContent = "口令不能是同一个数字";
  else if (a !== b) say.textContent = "两次口令不一样";
  else return a;
  return null;
}

async function register() {
  const me = await signedIn();
  if (!me) return;
  const say = h("p", { class: "bad", role: "alert" });
  const form = h("form", { onsubmit: async (e) => {
    e.preventDefault();
    const code = twice(say, form);
    if (!code) return;
    say.textContent = "正在登记…";
    try {
      const { signer, public_key } = await newSigner();
      const id = crypto.randomUUID();
      const name = form.querySelector("#device").value.trim();
      const told = await asPerson("/field/api/enrol", { id, name, public_key });
      const person = { id, name: told.officer, agency: told.agency, device_name: name, signer, public_key };
      const key = await keep(person, code, told.recovery);
      await enter(await people.get(id), key);
    } catch (error) { say.textContent = error.message; }
  } }, h("h2", {}, `登记：${me.name}`), h("p", { class: "muted" }, me.agency), h("label", {}, "设备名称", h("input", { id: "device", value: "我的平板", maxlength: "40" })), pinField("设置口令（6至12位数字）", "pin1"), pinField("再输一次", "pin2"), say,
  h("p", { class: "muted small" }, "口令只在本机使用，用来加密您在本机的记录。设备遗失时请在办案系统“移动设备”里吊销。"), h("button", { class: "btn main wide", type: "submit" }, icon("key"), "登记并进入"));
  stage.replaceChildren(form, button("返回", choose, { kind: "plain wide" }));
}

async function recover(person) {
  const me = await signedIn();
  if (!me) return;
  const say = h("p", { class: "bad", role: "alert" });
  const form = h("form", { onsubmit: async (e) => {
    e.preventDefault();
    const code = twice(say, form);
    if (!code) return;
    try {
      const told = await asPerson("/field/api/recover", { id: person.id });
      const key = await newPin(person.id, code, told.recovery);
      await enter(await people.get(person.id), key);
    } catch (error) { say.textContent = error.message; }
  } }, h("h2", {}, `找回：${person.name}`), pinField("新口令（6至12位数字）", "pin1"), pinField("再输一次", "pin2"), say, h("button", { class: "btn main wide", type: "submit" }, "换新口令并进入"));
  stage.replaceChildren(form, button("返回", choose, { kind: "plain wide" }));
}
