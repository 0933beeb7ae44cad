// The discretion calculator of the desk (qingyuan.law.penalty), word for word in exact numbers: which law, which range, which table,
// levels, model, circumstances, limits and rounding, the lighter of two laws.  It reads the very pages of the rule book that came
// with the pack; a test holds it against the desk's on thousands of drawn cases.  It proposes nothing: a panel's own amount stays at the desk.
import { add, ceil, cmp, div, exact, floor, frac, max, min, mul, ONE, percent, sub, ZERO } from "./fractions.js";

const EXEMPT = ["no_penalty", "may_no_penalty"];
const ORDER = ["lighter", "heavier", "mitigated", ...EXEMPT];
class Unfit extends Error {}
const unfit = (words) => { throw new Unfit(words); };

// ── law and range ───────────────────────────────────────────────────────────────────────────────────────────────────────
const regimes = (v) => [...v.regimes].sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
const regimeOn = (v, day) => regimes(v).find((r) => r.valid_from <= day && (!r.valid_to || day <= r.valid_to));
export function candidates(given, v) {
  const before = regimeOn(v, given.ended ?? given.decided_on);
  const now = regimeOn(v, given.decided_on);
  if (!before) unfit("行为终了日没有可适用的处罚规定");
  if (!now) unfit("决定日的法律里没有收录对应条款，请法制审核");
  return before === now ? [before] : [before, now];
}
const tierOf = (t) => ({ id: "general", name: "一般情形", unit: "yuan", party: "any", base_floor_yuan: 0, each: "", ...t });
export const tiersFor = (regime, party) => (regime.tiers?.length ? regime.tiers : [regime.fine]).map(tierOf).filter((t) => t.party === "any" || t.party === party);
function tiersGiven(given, regime) {
  const told = (given.tier ?? "").split(",").map((s) => s.trim()).filter(Boolean);
  const own = told.filter((t) => t.startsWith(`${regime.regime}.`)).map((t) => t.slice(regime.regime.length + 1));
  return own.length ? own : told.filter((t) => !t.includes("."));
}
function bounds(given, regime, summary) {
  const tiers = tiersFor(regime, given.party_kind);
  if (!tiers.length) unfit("该条款没有对此类当事人的罚款");
  const tier = tiers.find((t) => tiersGiven(given, regime).includes(t.id)) ?? (tiers.length > 1 ? unfit("请先选法定档次") : tiers[0]);
  let unit;
  if (tier.unit === "yuan") unit = frac(tier.each ? (given.count || 1) : 1);
  else {
    if (given.base_yuan === null || given.base_yuan === undefined) unfit(`请填写${tier.base}`);
    unit = mul(frac(Math.max(given.base_yuan, tier.base_floor_yuan)), tier.unit === "percent" ? frac(1n, 100n) : ONE);
  }
  const [low, high] = [mul(exact(tier.low), unit), mul(exact(tier.high), unit)];
  const lowYuan = ceil(low);
  return { tier, low, high, unit, summary: frac(summary), lowYuan, highYuan: floor(high) > lowYuan ? floor(high) : lowYuan };
}

// ── table and levels ────────────────────────────────────────────────────────────────────────────────────────────────────
function match(book, province, violation, regime, tier, party) {
  const rows = Object.values(book.tables).filter((t) => t.province === province);
  const mine = rows.filter((t) => t.applies.some((u) => u.violation === violation));
  const any = rows.filter((t) => t.applies.some((u) => u.violation === "*"));
  for (const table of [...mine, ...any]) {
    const use = table.applies.find((u) => [violation, "*"].includes(u.violation) && [regime, "*"].includes(u.regime) && ["", tier].includes(u.tier ?? "") && ["", party].includes(u.party ?? ""));
    if (use) return [table, Boolean(use.carried)];
  }
  return null;
}
export function tableFor(book, given, violation, regime, tier) {
  const home = book.provinces[given.province];
  if (!home) unfit("规则书里没有本省");
  const official = (t) => t.official ?? true;
  if (home.id !== "national" && given.benchmark !== "national") {
    const own = match(book, home.id, violation.id, regime.regime, tier, given.party_kind);
    if (own) {
      const [table, carried] = own;
      const rules = home.benchmark ?? {};
      if ((rules.valid_from && rules.valid_from > given.decided_on) || (rules.valid_to && given.decided_on > rules.valid_to)) unfit("本省裁量基准在决定日不在有效期内");
      return { table, home, provisional: !official(table), panel: carried || !official(table) };
    }
  }
  const table = match(book, "national", violation.id, regime.regime, tier, given.party_kind)?.[0] ?? book.tables["national/general"];
  return { table, home, provisional: !official(table), panel: true };
}
export const measuresOf = (factor) => [...new Set(factor.levels.flatMap((l) => (l.spans ?? []).map((s) => s.measure)))];
const points = (level) => BigInt(level.points ?? level.grade);
const first = (rows, better) => rows.reduce((a, b) => (better(b, a) ? b : a));
const isNumber = (told) => ["string", "number"].includes(typeof told) && /^[+-]?\d{1,18}(\.\d{1,18})?$/.test(String(told).trim());

function holds(span, x) {
  return (span.at_least === undefined || cmp(x, exact(span.at_least)) >= 0) && (span.above === undefined || cmp(x, exact(span.above)) > 0)
    && (span.below === undefined || cmp(x, exact(span.below)) < 0) && (span.at_most === undefined || cmp(x, exact(span.at_most)) <= 0);
}
function measured(factor, measure, told) {
  if (!measuresOf(factor).includes(measure) || !isNumber(told)) unfit(`${factor.name}不能按“${told}”取档`);
  const x = exact(told);
  return factor.levels.find((l) => (l.spans ?? []).some((s) => s.measure === measure && holds(s, x))) ?? unfit(`${factor.name}的 ${told} 不在任何一档内`);
}
function levelsOf(factor, told) {
  if (told && typeof told === "object") return Object.entries(told).map(([m, x]) => measured(factor, m, x));
  const named = typeof told === "string" && factor.levels.find((l) => told === l.id || told === l.name);
  if (named) return [named];
  const measures = measuresOf(factor);
  if (measures.length && isNumber(told)) return [measured(factor, measures[0], told)];
  return unfit(`${factor.name}没有“${told}”这一档`);
}
function factorsFor(given, regime) {
  const all = Object.entries(given.factors ?? {});
  const own = all.filter(([k]) => k.startsWith(`${regime}.`)).map(([k, v]) => [k.slice(regime.length + 1), v]);
  return Object.fromEntries([...all.filter(([k]) => !k.includes(".")), ...own]);
}
function choose(table, factors) {
  return table.factors.map((factor) => {
    const told = factors[factor.id];
    if (told === undefined || told === null || told === "") unfit(`请填写${factor.name}`);
    if (told === "unknown") return { factor, level: first(factor.levels, (b, a) => points(b) < points(a)) };
    const found = (Array.isArray(told) ? told : [told]).flatMap((one) => levelsOf(factor, one));
    if (!found.length) unfit(`${factor.name}是空的`);
    return { factor, level: first(found, (b, a) => points(b) > points(a)) };
  });
}

// ── the six models: {amount, band} ──────────────────────────────────────────────────────────────────────────────────────
const sum = (chosen) => chosen.reduce((n, c) => n + points(c.level), 0n);
function spread(b, share) {
  const start = b.high.n === 0n ? ZERO : b.low.n > 0n ? div(b.low, b.high) : min(div(b.summary, b.high), ONE);
  return mul(add(start, mul(share, sub(ONE, start))), b.high);
}
const MODELS = {
  weights(t, chosen, b) {
    const [total, scale, least] = [BigInt(t.start ?? 0) + sum(chosen), BigInt(t.scale ?? 100), BigInt(t.floor_percent ?? 0)];
    const capped = total < scale ? total : scale;
    return { amount: mul(b.high, frac(capped > least ? capped : least, scale)) };
  },
  normalised_start(t, chosen, b) { const s = sum(chosen); return { amount: spread(b, percent(s < 100n ? s : 100n)) }; },
  grades(t, chosen, b) {
    let total = ZERO;
    for (const share of ["individual", "shared"]) {
      const score = chosen.filter((c) => c.factor.share === share).reduce((n, c) => add(n, mul(percent(c.factor.weight ?? 0), frac(points(c.level) - 1n, 4n))), ZERO);
      total = add(total, mul(score, percent(t.shares[share])));
    }
    return { amount: spread(b, total) };
  },
  bands(t, chosen, b) {
    const levels = Object.fromEntries(chosen.map((c) => [c.factor.id, c.level.id]));
    const band = (t.bands ?? []).find((one) => Object.entries(one.when).every(([f, l]) => levels[f] === l)) ?? unfit("裁量表没有这一组合的幅度");
    let low = min(max(mul(exact(band.low), b.unit), b.low), b.high);
    const high = min(max(mul(exact(band.high), b.unit), low), b.high);
    let amount = div(add(low, high), frac(2n));
    if (low.n === 0n && t.ceiling_only && Object.keys(t.ceiling_only).length) [low, amount] = [mul(high, percent(t.ceiling_only.lighter)), mul(high, percent(t.ceiling_only.ordinary))];
    return { amount, band: [low, high] };
  },
  coefficients(t, chosen, b) {
    const start = add(b.low, mul(sub(b.high, b.low), percent(t.start ?? 0)));
    return { amount: max(mul(start, add(ONE, percent(sum(chosen)))), ZERO) };
  },
  steps(t, chosen, b) {
    const half = div(sub(b.high, b.low), frac(2n * BigInt(t.start ?? 0)));
    return { amount: min(add(b.low, mul(half, frac(1n + sum(chosen)))), b.high) };
  },
};

// ── circumstances ───────────────────────────────────────────────────────────────────────────────────────────────────────
const within = (a, day) => (!a.valid_from || a.valid_from <= day) && (!a.valid_to || day <= a.valid_to);
export const cited = (item, day) => item.articles.filter((a) => within(a, day)).map((a) => a.cite);
const dayFor = (given, item) => (item.effect === "heavier" ? (given.ended ?? given.decided_on) : given.decided_on);

function ground(book, given, entry, home) {
  const [key, told = ""] = String(entry).split(/:(.*)/s);
  const item = book.circumstances[key.trim()] ?? unfit(`没有“${key}”这一情节`);
  if (!["national", home].includes(item.province ?? "national")) unfit(`${item.name}不在本省适用`);
  if (!(item.violations ?? ["*"]).some((v) => v === "*" || v === given.violation)) unfit(`${item.name}不适用于本案由`);
  if (!["any", given.party_kind].includes(item.party ?? "any")) unfit(`${item.name}不适用于此类当事人`);
  if (!cited(item, dayFor(given, item)).length) unfit(`${item.name}没有生效的依据`);
  if (EXEMPT.includes(item.effect) && !["A", "B"].includes(item.grade)) unfit(`${item.name}来源未核实，不能单独作为不予处罚的依据`);
  if (!item.extent) return told ? unfit(`${item.name}不带幅度`) : { item, percent: 0 };
  if (!isNumber(told) || exact(told).d !== 1n || Number(told) < (item.extent.at_least ?? 0) || Number(told) > item.extent.at_most) unfit(`${item.name}须写明 ${item.extent.at_least ?? 0} 至 ${item.extent.at_most} 的百分数`);
  return { item, percent: Number(told) };
}
function grounds(book, given, home) {
  const found = (given.circumstances ?? []).map((entry) => ground(book, given, entry, home));
  const ids = found.map((g) => g.item.id);
  for (const { item } of found) {
    if (ids.filter((i) => i === item.id).length > 1) unfit(`${item.name}写了两次`);
    for (const other of found) if ((item.excludes ?? []).includes(other.item.id) || (EXEMPT.includes(item.effect) && other.item.effect === "heavier")) unfit(`${item.name}与${other.item.name}不能并存`);
  }
  return found;
}
function checkLevels(found, chosen) {
  for (const { item } of found) for (const c of chosen) if ((item.excludes_levels?.[c.factor.id] ?? []).includes(c.level.id)) unfit(`${item.name}与${c.factor.name}＝${c.level.name}不能并存`);
}
function moved(amount, g, priced, b, least) {
  if (EXEMPT.includes(g.item.effect) || !g.item.extent) return amount;
  const change = mul({ high: b.high, low: b.low, fine: amount }[g.item.extent.of], percent(g.percent));
  const [low, high] = priced.band ?? [b.low, b.high];
  if (g.item.effect === "heavier") return min(add(amount, change), max(high, amount));
  if (g.item.effect === "mitigated") return max(sub(amount, change), least);
  return max(sub(amount, change), min(low, amount));
}
function adjust(found, priced, b) {
  let [amount, least] = [priced.amount, b.low];
  const sorted = ORDER.flatMap((effect) => found.filter((g) => g.item.effect === effect));
  for (const g of sorted) {
    if (g.item.effect === "mitigated" && g.percent) least = min(least, mul(b.low, sub(ONE, percent(g.percent))));
    amount = moved(amount, g, priced, b, least);
  }
  const exempt = found.some((g) => EXEMPT.includes(g.item.effect));
  return { amount: exempt ? ZERO : amount, floor: least, exempt, panel: found.some((g) => g.item.panel) };
}

// ── one law, and the lighter of two ─────────────────────────────────────────────────────────────────────────────────────
function outcome(book, given, v, regime) {
  const b = bounds(given, regime, book.provinces.national.simple_procedure[given.party_kind]);
  const found = tableFor(book, given, v, regime, b.tier.id);
  const chosen = choose(found.table, factorsFor(given, regime.regime));
  const grounded = grounds(book, given, found.home.id);
  checkLevels(grounded, chosen);
  const adjusted = adjust(grounded, MODELS[found.table.model](found.table, chosen, b), b);
  let amount = 0n;
  if (!adjusted.exempt) {
    const unit = BigInt(found.home.benchmark?.rounding_yuan ?? 1);
    const least = ceil(adjusted.floor) > 1n ? ceil(adjusted.floor) : 1n;
    const rounded = floor(div(adjusted.amount, frac(unit))) * unit;
    const kept = rounded > least ? rounded : least;
    amount = kept < b.highYuan ? kept : b.highYuan;
  }
  return { regime, b, found, chosen, adjusted, amount };
}
function knownFactors(given, outs) {
  for (const key of Object.keys(given.factors ?? {})) {
    const [, regime, id] = key.match(/^(?:(legacy|code)\.)?(.+)$/);
    if (!outs.some((o) => (!regime || o.regime.regime === regime) && o.found.table.factors.some((f) => f.id === id))) unfit(`没有“${key}”这个裁量因素`);
  }
}
export function calculate(book, given) {
  const v = book.violations[given.violation] ?? unfit("没有这个案由");
  const outs = candidates(given, v).map((regime) => outcome(book, given, v, regime));
  knownFactors(given, outs);
  const weight = (o) => [o.amount, o.b.highYuan, BigInt((o.regime.kinds ?? []).length)];
  const lighter = (x, y) => { const [a, b] = [weight(x), weight(y)]; for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i] < b[i]; return false; };
  const o = first(outs, lighter);
  return {
    regime: o.regime.regime, low_yuan: Number(o.b.lowYuan), high_yuan: Number(o.b.highYuan), amount_yuan: Number(o.amount), floor_yuan: o.adjusted.exempt ? 0 : Number(ceil(o.adjusted.floor)),
    exempt: o.adjusted.exempt, table: o.found.table.id, tier: o.b.tier.id, levels: Object.fromEntries(o.chosen.map((c) => [c.factor.id, c.level.id])),
    provisional: o.found.provisional, panel_required: o.found.panel || o.adjusted.panel, weighed: outs.map((x) => [x.regime.regime, Number(x.amount)]),
  };
}
export const attempt = (book, given) => { try { return calculate(book, given); } catch (error) { if (error instanceof Unfit) return { refused: error.message }; throw error; } };
// the level of one factor alone, for the test of the spans' ends; null where the facts fit no level
export function levelIn(table, factors, id) {
  try { return choose(table, factors).find((c) => c.factor.id === id).level.id; } catch (error) { if (error instanceof Unfit) return null; throw error; }
}
