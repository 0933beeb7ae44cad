// Looking the law up without a network: violations with their ranges and articles, and one line for each article.
import { get } from "./book.js";
import { h, line, note, panel } from "./ui.js";

export async function lawScreen(app, id) {
  const book = get("law", "book");
  if (!book) return { title: "法规", body: [note("info", "下载任意一项任务的资料时，规则书随之下载。")] };
  if (id && book.violations[id]) return violation(book, book.violations[id]);
  const box = h("input", { type: "search", placeholder: "查案由或者条文，例如：超标、台账、回避", "aria-label": "查找", id: "find" });
  const list = h("div", { class: "stack" });
  const find = () => {
    const q = box.value.trim();
    const violations = Object.values(book.violations).filter((v) => !q || v.name.includes(q)).slice(0, 40);
    const articles = q ? book.articles.filter((a) => a.says.includes(q) || a.article === q).slice(0, 30) : [];
    list.replaceChildren(panel(`案由（${violations.length}）`, violations.map((v) => line({ to: `#/law/${v.id}`, ic: "scale", title: v.name }))), ...(articles.length ? [panel("条文大意", articles.map((a) => h("p", {}, h("b", {}, `${a.name}第${a.article}条`), ` ${a.says}`, h("small", { class: "muted" }, ` ${a.grade}`))))] : []));
  };
  box.addEventListener("input", find);
  find();
  return { title: "法规", body: [box, h("p", { class: "muted small" }, `规则书 ${book.digest.slice(0, 12)} · ${book.on}，与办公端同一版本`), list] };
}

function violation(book, v) {
  const range = (t) => (t.unit && t.unit !== "yuan" ? `${t.base}的 ${t.low}—${t.high}${t.unit === "percent" ? "%" : " 倍"}` : `${(t.low / 10000).toLocaleString()}—${(t.high / 10000).toLocaleString()} 万元`);
  return { title: v.name, back: "#/law", body: v.regimes.map((r) => panel(r.regime === "code" ? "生态环境法典" : "旧法", h("p", { class: "muted" }, `${r.valid_from} 起${r.valid_to ? `，至 ${r.valid_to}` : ""}`), h("p", {}, `违反：${r.prohibition.join("、")}`), h("p", {}, `处罚：${r.penalty.join("、")}`), h("ul", {}, (r.tiers ?? [r.fine]).map((t) => h("li", {}, `${t.name ?? "一般情形"}：${range(t)}`))))) };
}
