// The calculator on the tablet: which violation, which days, what facts; the answer is the desk's, to the yuan.
import { get } from "./book.js";
import { attempt, candidates, cited, measuresOf, tableFor, tiersFor } from "./calc.js";
import { corrected, dayOf } from "./moments.js";
import { facts, h, icon, note, panel } from "./ui.js";

const EFFECTS = { no_penalty: "不予处罚", may_no_penalty: "可以不予处罚", lighter: "从轻", mitigated: "减轻", heavier: "从重" };

export async function calcScreen(pack) {
  const book = get("law", "book");
  const back = `#/t/${pack.task.number}`;
  if (!book) return { title: "裁量试算", back, body: [note("info", "规则书尚未下载，请联网下载任务资料。")] };
  const today = dayOf(corrected());
  const given = { violation: pack.task.violation || "", province: book.home, party_kind: "company", began: today, ended: null, decided_on: today, factors: {}, circumstances: [], tier: "", base_yuan: null, count: null, benchmark: "" };
  const asked = h("div", { class: "stack" });
  const result = h("div", { id: "result", "aria-live": "polite" });
  const redo = () => { asked.replaceChildren(...questions(book, given, tell)); tell(); };
  const tell = () => result.replaceChildren(shown(book, given));
  const pick = h("select", { id: "violation", "aria-label": "案由", onchange: (e) => { Object.assign(given, { violation: e.target.value, factors: {}, circumstances: [], tier: "" }); redo(); } },
    h("option", { value: "" }, "请选择案由"), Object.values(book.violations).map((v) => h("option", { value: v.id, selected: v.id === given.violation }, v.name)));
  const party = h("select", { id: "party", "aria-label": "当事人", onchange: (e) => { given.party_kind = e.target.value; redo(); } }, h("option", { value: "company" }, "单位"), h("option", { value: "person" }, "个人"));
  const day = (name, label) => h("label", {}, label, h("input", { type: "date", id: name, value: given[name] ?? "", onchange: (e) => { given[name] = e.target.value || null; redo(); } }));
  redo();
  return { title: "裁量试算", back, body: [panel("", h("label", {}, "案由", pick), h("label", {}, "当事人", party), day("began", "违法行为开始"), day("ended", "违法行为终了（仍在继续的留空）")), asked, result,
    h("p", { class: "muted small" }, `规则书 ${book.digest.slice(0, 12)} · ${book.on}。试算供现场参考，不作为处罚依据；正式计算和裁量证书在办公端办理。`)] };
}

function choice(id, label, options, onchange, help) {
  return h("label", {}, label, help && h("small", { class: "muted" }, help), h("select", { id, onchange: (e) => onchange(e.target.value) }, h("option", { value: "" }, "请选择"), options.map(([v, t]) => h("option", { value: v }, t))));
}

// what has to be asked: tiers, bases, the factors of each law's table, the circumstances that could apply
function questions(book, given, tell) {
  const v = book.violations[given.violation];
  if (!v) return [];
  let laws;
  try { laws = candidates(given, v); } catch (error) { return [note("bad", error.message)]; }
  const out = [];
  const set = (key, value) => { given[key] = value; tell(); };
  const tiers = new Map(laws.flatMap((r) => tiersFor(r, given.party_kind)).map((t) => [t.id, t]));
  if (laws.some((r) => tiersFor(r, given.party_kind).length > 1)) out.push(choice("tier", "法定档次", [...tiers].map(([id, t]) => [id, t.name]), (x) => set("tier", x)));
  const based = [...tiers.values()].find((t) => t.unit !== "yuan");
  if (based) out.push(h("label", {}, `${based.base}（元）`, h("input", { id: "base", inputmode: "numeric", oninput: (e) => set("base_yuan", /^\d{1,14}$/.test(e.target.value) ? Number(e.target.value) : null) })));
  const each = [...tiers.values()].find((t) => t.each);
  if (each) out.push(h("label", {}, `${each.each}数`, h("input", { id: "count", inputmode: "numeric", oninput: (e) => set("count", Number(e.target.value) || null) })));
  return [panel("法定幅度", out.length ? out : h("p", { class: "muted" }, "按条款直接确定")), panel("裁量因素", factorFields(book, given, v, laws, tell)), panel("情节", circumstanceFields(book, given, tell))];
}

function factorFields(book, given, v, laws, tell) {
  const seen = new Set();
  return laws.flatMap((law) => {
    const tier = tiersFor(law, given.party_kind).find((t) => t.id === given.tier) ?? tiersFor(law, given.party_kind)[0];
    let table;
    try { ({ table } = tableFor(book, given, v, law, tier?.id ?? "")); } catch (error) { return [note("bad", error.message)]; }
    return table.factors.filter((f) => laws.length > 1 || !seen.has(f.id)).map((factor) => {
      seen.add(factor.id);
      const key = laws.length > 1 ? `${law.regime}.${factor.id}` : factor.id;
      const measures = measuresOf(factor);
      const put = (value) => { if (value === "") delete given.factors[key]; else given.factors[key] = value; tell(); };
      const list = choice(`f-${key}`, `${factor.name}${laws.length > 1 ? `（${law.regime === "code" ? "法典" : "旧法"}）` : ""}`, [...factor.levels.map((l) => [l.id, l.name]), ["unknown", "查不清（取最低档）"]], put);
      return measures.length ? h("div", {}, list, measures.map((m) => h("label", { class: "inline" }, `或填数值：${book.measures[m] ?? m}`, h("input", { inputmode: "decimal", oninput: (e) => put(e.target.value ? { [m]: e.target.value } : "") })))) : list;
    });
  });
}

function circumstanceFields(book, given, tell) {
  const usable = Object.values(book.circumstances).filter((c) => ["national", book.home].includes(c.province ?? "national") && (c.violations ?? ["*"]).some((x) => x === "*" || x === given.violation) && ["any", given.party_kind].includes(c.party ?? "any") && cited(c, given.decided_on).length && (["A", "B"].includes(c.grade) || !["no_penalty", "may_no_penalty"].includes(c.effect)));
  return usable.map((c) => {
    const tick = h("input", { type: "checkbox" });
    const share = c.extent ? h("input", { class: "percent", inputmode: "numeric", value: String(c.extent.at_least || c.extent.at_most), "aria-label": `${c.name}的百分数` }) : null;
    const put = () => { given.circumstances = [...given.circumstances.filter((x) => x.split(":")[0] !== c.id), ...(tick.checked ? [share ? `${c.id}:${share.value}` : c.id] : [])]; tell(); };
    tick.addEventListener("change", put);
    share?.addEventListener("input", put);
    return h("label", { class: "tick" }, tick, h("span", {}, `${EFFECTS[c.effect]}：${c.name}`), share && h("span", { class: "nowrap" }, share, "%"));
  });
}

function shown(book, given) {
  if (!given.violation) return note("info", "先选案由。");
  const told = attempt(book, given);
  if (told.refused) return note("info", told.refused);
  const yuan = (n) => `${n.toLocaleString("zh-CN")} 元`;
  return h("section", { class: "panel sum" }, h("p", { class: "amount", id: "amount", "data-yuan": String(told.amount_yuan) }, told.exempt ? "不予处罚" : yuan(told.amount_yuan)),
    h("details", {}, h("summary", {}, "试算依据"), facts([["法定幅度", `${yuan(told.low_yuan)} 至 ${yuan(told.high_yuan)}`], ["适用", told.regime === "code" ? "生态环境法典" : "旧法"], ["裁量表", book.tables[told.table]?.title ?? told.table], ["比较", told.weighed.length > 1 ? told.weighed.map(([r, a]) => `${r === "code" ? "法典" : "旧法"} ${yuan(a)}`).join("，") : ""]]),
      told.panel_required && h("p", { class: "muted" }, "须经集体讨论。")), told.provisional && h("p", { class: "bad small" }, icon("alert-triangle"), " 裁量公式未核实，结果仅供集体讨论参考"));
}
