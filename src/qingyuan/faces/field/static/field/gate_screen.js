// At the gate: the task code the firm scans, drawn from the pack without a network; and a map that needs no tiles: the border of
// the county, this place, its neighbours, and where we stand, with distance and direction.
import { whereAmI } from "./capture.js";
import { dayOf } from "./moments.js";
import { button, facts, h, note, panel, toast } from "./ui.js";

const SVG = "http://www.w3.org/2000/svg";
function s(tag, props, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export async function gateScreen(pack) {
  const code = pack.code ?? { why: "资料包里没有任务码，请重新下载" };
  const back = `#/t/${pack.task.number}`;
  if (code.why) return { title: "任务码", back, body: [note("warn", code.why)] };
  const size = code.rows.length;
  const squares = code.rows.flatMap((row, y) => [...row].map((bit, x) => (bit === "1" ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  const picture = s("svg", { viewBox: `0 0 ${size} ${size}`, class: "code", role: "img", "aria-label": "检查任务码", "shape-rendering": "crispEdges" }, s("rect", { width: size, height: size, fill: "#fff" }), s("path", { d: squares, fill: "#000" }));
  return { title: "任务码", back, body: [
    note("info", "请企业扫码核对检查单位、人员、事项和依据；检查结束后可匿名评价。不能出示任务码的，企业可以拒绝入企（国办发〔2024〕54号）。"),
    h("div", { class: "panel center" }, picture, h("b", {}, pack.task.facility)),
    panel("", facts([["检查单位", code.body], ["检查人员", code.officers.map((o) => `${o.name}（${o.certificate}）`).join("、")], ["检查事项", code.items.join("、")], ["有效期至", dayOf(code.valid_to)]]))] };
}

// metres and direction from here to there
export function between(here, there) {
  const rad = Math.PI / 180;
  const [dx, dy] = [(there.lon - here.lon) * Math.cos(((here.lat + there.lat) / 2) * rad) * 111_320, (there.lat - here.lat) * 110_574];
  const turn = (Math.atan2(dx, dy) / rad + 360) % 360;
  return { metres: Math.round(Math.hypot(dx, dy)), way: ["北", "东北", "东", "东南", "南", "西南", "西", "西北"][Math.round(turn / 45) % 8] };
}

export async function mapScreen(pack) {
  const box = h("div", { class: "map" }, drawn(pack.map, null));
  const words = h("p", { id: "where" }, `${pack.map.division} · ${pack.task.address || pack.task.facility}`);
  const find = button("我在哪里", async () => {
    words.textContent = "正在定位…";
    const told = await whereAmI();
    if (!told) { words.textContent = "没有定位，请到空旷处再试"; toast("没有定位", "warn"); return; }
    const here = { lon: Number(told.lon), lat: Number(told.lat) };
    const { metres, way } = between(here, pack.map);
    words.textContent = metres < 60 ? "就在这里" : `距${pack.task.facility} ${metres < 2000 ? `${metres} 米` : `${(metres / 1000).toFixed(1)} 公里`}，往${way}（定位 ±${told.accuracy} 米）`;
    box.replaceChildren(drawn(pack.map, here));
  }, { kind: "main wide", ic: "map-pin", id: "locate" });
  return { title: "位置", back: `#/t/${pack.task.number}`, body: [box, words, find, h("p", { class: "muted small" }, "离线示意图：辖区边界、本单位和附近污染源，不含道路。")] };
}

function drawn(map, here) {
  const seen = [map, ...map.others, ...(here ? [here] : [])];
  const points = [...map.border.flat().map(([lon, lat]) => ({ lon, lat })), ...(here ? seen : [map])];
  const [west, east] = [Math.min(...points.map((p) => p.lon)), Math.max(...points.map((p) => p.lon))];
  const [south, north] = [Math.min(...points.map((p) => p.lat)), Math.max(...points.map((p) => p.lat))];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const side = Math.max((east - west) * squeeze, north - south, 0.01) * 1.12;
  const [cx, cy] = [(west + east) / 2, (south + north) / 2];
  const at = (p) => [(((p.lon - cx) * squeeze) / side + 0.5) * 600, (0.5 - (p.lat - cy) / side) * 600];
  const dot = (p, r, fill, name) => { const [x, y] = at(p); return s("g", {}, s("circle", { cx: x, cy: y, r, fill, stroke: "#fff", "stroke-width": 2 }), ...(name ? [label(x, y, name)] : [])); };
  const label = (x, y, name) => { const t = s("text", { x: x + (x > 400 ? -14 : 14), y: y + 6, "text-anchor": x > 400 ? "end" : "start", "font-size": 22, "font-weight": 600, fill: "#0a2f63", stroke: "#fff", "stroke-width": 5, "paint-order": "stroke" }); t.textContent = name; return t; };
  const lines = map.border.map((ring) => s("path", { d: `M${ring.map(([lon, lat]) => at({ lon, lat }).map((n) => n.toFixed(1)).join(" ")).join("L")}Z`, fill: "#f7fafd", stroke: "#5b7ea8", "stroke-width": 2 }));
  const inside = map.others.filter((p) => { const [x, y] = at(p); return x > 0 && y > 0 && x < 600 && y < 600; });
  return s("svg", { viewBox: "0 0 600 600", role: "img", "aria-label": "位置示意图" }, s("rect", { width: 600, height: 600, fill: "#dfe8f2" }), ...lines, ...inside.map((p) => dot(p, 6, "#8fa7c4")), ...(here ? [dot(here, 10, "#15704a", "我")] : []), dot(map, 12, "#b3202c", map.name));
}
