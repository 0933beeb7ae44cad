// The command centre's map: bundled shapes below, live layers above, clustered sources, a time slider, a point that is looked up.
// No tiles and no glyph server are needed; where the house has configured a tile service its pictures come from this server.
const box = document.getElementById("command-map");
const DAY = 86400, HOUR = 3600;
const empty = { type: "FeatureCollection", features: [] };
const state = { map: null, library: null, live: {}, at: 0, hidden: new Set(), until: null, fetchedAt: 0 };

const layersOf = () => [...document.querySelectorAll("input[data-layer]")];
const told = (seconds) => {
  if (seconds == null) return "没有时间";
  const minutes = Math.max(0, Math.round((state.at - seconds) / 60));
  return minutes < 90 ? `${minutes} 分钟前` : minutes < 2880 ? `${Math.floor(minutes / 60)} 小时前` : `${Math.floor(minutes / 1440)} 天前`;
};

function style(ground, tiles) {
  const layers = [{ id: "sea", type: "background", paint: { "background-color": "#f4f7fb" } }];
  const sources = { divisions: { type: "geojson", data: ground.divisions }, rivers: { type: "geojson", data: ground.rivers }, middles: { type: "geojson", data: middles(ground.divisions) } };
  if (tiles) {
    sources.tiles = { type: "raster", tiles: [new URL(tiles, location.href).href.replace(/0\/0\/0$/, "{z}/{x}/{y}")], tileSize: 256, maxzoom: 18 };
    layers.push({ id: "tiles", type: "raster", source: "tiles" });
  } else {
    layers.push({ id: "land", type: "fill", source: "divisions", filter: ["==", ["get", "level"], "county"], paint: { "fill-color": ["match", ["%", ["to-number", ["slice", ["get", "code"], 4, 6]], 4], 0, "#d3e3f5", 1, "#dfeaf7", 2, "#c9dcf2", "#e6effa"] } });
  }
  layers.push(
    { id: "counties", type: "line", source: "divisions", filter: ["==", ["get", "level"], "county"], paint: { "line-color": "#b9cce2", "line-width": 0.8 } },
    { id: "cities", type: "line", source: "divisions", filter: ["==", ["get", "level"], "city"], paint: { "line-color": "#0d3a78", "line-width": 1.4 } },
    { id: "rivers", type: "line", source: "rivers", paint: { "line-color": "#5aa0d8", "line-width": 2 } },
    { id: "names", type: "symbol", source: "middles", layout: { "text-field": ["get", "name"], "text-size": 12 }, paint: { "text-color": "#3b5270", "text-halo-color": "#fff", "text-halo-width": 1.5 } },
  );
  return { version: 8, sources, layers };
}

const corners = (geometry) => geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : geometry.type === "MultiPolygon" ? 2 : 0);

function middles(divisions) {
  return { type: "FeatureCollection", features: divisions.features.filter((f) => f.properties.level === "county").map((f) => {
    const ring = corners(f.geometry), mean = (axis) => ring.reduce((sum, p) => sum + p[axis], 0) / ring.length;
    return { type: "Feature", properties: f.properties, geometry: { type: "Point", coordinates: [mean(0), mean(1)] } };
  }) };
}

function bounds(ground, live) {
  const all = ground.divisions.features.length ? ground.divisions.features.map((f) => corners(f.geometry)).flat() : (live.sources?.features ?? []).map((f) => f.geometry.coordinates);
  if (!all.length) return [[100, 30], [110, 40]];
  let west = 180, south = 90, east = -180, north = -90;
  for (const [x, y] of all) { west = Math.min(west, x); east = Math.max(east, x); south = Math.min(south, y); north = Math.max(north, y); }
  return [[west - 0.02, south - 0.02], [east + 0.02, north + 0.02]];
}

// -- layers ----------------------------------------------------------------------------------------------------------------

function add(name, colour, shape) {
  const map = state.map, white = { "circle-stroke-color": "#fff", "circle-stroke-width": 1.4 };
  if (shape === "cluster") {
    map.addSource(name, { type: "geojson", data: empty, cluster: true, clusterRadius: 42, clusterMaxZoom: 11, clusterProperties: { open: ["+", ["get", "n"]] } });
    map.addLayer({ id: `${name}-groups`, type: "circle", source: name, filter: ["has", "point_count"], paint: { ...white, "circle-radius": ["step", ["get", "point_count"], 12, 20, 16, 100, 21, 1000, 27], "circle-color": ["case", [">", ["get", "open"], 0], "#b3202c", colour], "circle-opacity": 0.88 } });
    map.addLayer({ id: `${name}-counts`, type: "symbol", source: name, filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": "#fff" } });
    map.addLayer({ id: name, type: "circle", source: name, filter: ["!", ["has", "point_count"]], paint: { ...white, "circle-radius": ["+", 5, ["min", ["get", "n"], 5]], "circle-color": ["case", [">", ["get", "n"], 0], "#b3202c", ["==", ["get", "f"], 0], "#15704a", ["==", ["get", "f"], 1], "#d98512", colour] } });
    map.on("click", `${name}-groups`, openGroup);
  } else if (shape === "line") {
    map.addSource(name, { type: "geojson", data: empty });
    map.addLayer({ id: name, type: "line", source: name, paint: { "line-color": colour, "line-width": 3 } });
  } else if (shape === "area") {
    map.addSource(name, { type: "geojson", data: empty });
    map.addLayer({ id: name, type: "fill", source: name, paint: { "fill-color": colour, "fill-opacity": 0.18 } }, map.getLayer("sources-groups") ? "sources-groups" : undefined);
    map.addLayer({ id: `${name}-edge`, type: "line", source: name, paint: { "line-color": colour, "line-width": 1.4, "line-dasharray": [2, 1.5] } });
  } else {
    map.addSource(name, { type: "geojson", data: empty });
    map.addLayer({ id: name, type: "circle", source: name, paint: { "circle-radius": name === "sightings" ? 5 : 7, "circle-color": colour, "circle-stroke-color": ["case", ["==", ["get", "bad"], 1], "#b3202c", "#fff"], "circle-stroke-width": ["case", ["==", ["get", "bad"], 1], 3, 1.4] } });
  }
  if (shape !== "area") {
    map.on("click", name, (event) => { event.preventDefault(); popup(event.features[0], event.lngLat, name); });
    map.on("mouseenter", name, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", name, () => { map.getCanvas().style.cursor = ""; });
  }
}

async function openGroup(event) {
  event.preventDefault();
  const group = event.features[0], source = state.map.getSource("sources");
  const zoom = await source.getClusterExpansionZoom(group.properties.cluster_id);
  state.map.easeTo({ center: group.geometry.coordinates, zoom: Math.min(zoom + 0.2, 14) });
}

function line(text, tag = "div") { const node = document.createElement(tag); node.textContent = text; return node; }
function link(text, url) { const node = document.createElement("a"); node.href = url; node.textContent = text; return node; }

function popup(feature, where, name) {
  const p = feature.properties, node = document.createElement("div");
  node.className = "qy-pop";
  node.append(line(p.name, "b"));
  if (name === "sources") {
    node.append(line(p.n ? `未办结线索 ${p.n} 条` : "没有未办结线索"), line(p.t == null || p.t === "null" ? "从未收到数据" : `最近数据 ${told(p.t)}`));
    const acts = document.createElement("div");
    acts.className = "acts";
    acts.append(link("一企一档", box.dataset.facility.replace("CODE", encodeURIComponent(p.c))), link("派发检查", `${box.dataset.gate}?facility=${encodeURIComponent(p.c)}`));
    node.append(acts);
  } else {
    node.append(line(p.note ?? ""));
    if (p.t != null && p.t !== "null") node.append(line(`数据 ${told(p.t)}`));
    if (p.url) node.append(link("打开", p.url));
  }
  new state.library.Popup({ closeButton: true, offset: 10, maxWidth: "280px" }).setLngLat(feature.geometry.type === "Point" ? feature.geometry.coordinates : where).setDOMContent(node).addTo(state.map);
}

// the slider hides what was seen later than its moment, or more than a day before it; what has no time of its own stays
function shown(name, data) {
  if (state.until == null || ["sources", "sections", "stations", "protected", "units", "water_sources", "tasks"].includes(name)) return data;
  return { ...data, features: data.features.filter((f) => f.properties.t == null || (f.properties.t <= state.until && f.properties.t > state.until - DAY)) };
}

function draw() {
  for (const input of layersOf()) {
    const name = input.dataset.layer, data = state.live[name];
    if (data && state.map.getSource(name)) state.map.getSource(name).setData(shown(name, data));
    for (const id of [name, `${name}-groups`, `${name}-counts`, `${name}-edge`]) if (state.map.getLayer(id)) state.map.setLayoutProperty(id, "visibility", input.checked ? "visible" : "none");
    const count = document.querySelector(`[data-count="${name}"]`);
    if (count && data) count.textContent = shown(name, data).features.length.toLocaleString("zh-CN");
  }
}

async function load(names) {
  if (!names.length) return;
  const answer = await fetch(`${box.dataset.live}?layers=${names.join(",")}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  const data = await answer.json();
  Object.assign(state.live, data.layers);
  state.at = data.at; state.fetchedAt = Date.now();
  draw();
  age();
}

function age() {
  const seconds = Math.round((Date.now() - state.fetchedAt) / 1000), node = document.getElementById("map-age");
  if (node) { node.textContent = seconds < 90 ? `地图 ${seconds} 秒前更新` : `地图 ${Math.round(seconds / 60)} 分钟前更新`; node.classList.toggle("is-stale", seconds > 180); }
}

function slide() {
  const input = document.getElementById("time-slider"), label = document.getElementById("time-label");
  if (!input) return;
  const set = () => {
    const back = Number(input.max) - Number(input.value);
    state.until = back === 0 ? null : state.at - back * HOUR;
    label.textContent = back === 0 ? "现在" : `${new Date(state.until * 1000).toLocaleString("zh-CN", { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false })}（前 24 小时）`;
    draw();
  };
  input.addEventListener("input", set);
}

// a click on empty ground asks what holds there and fills the forms
async function ask(where) {
  for (const input of document.querySelectorAll("input[name=lon]")) input.value = where.lng.toFixed(5);
  for (const input of document.querySelectorAll("input[name=lat]")) input.value = where.lat.toFixed(5);
  const part = document.getElementById("point");
  if (!part) return;
  const answer = await fetch(`${box.dataset.point}?part=1&lon=${where.lng.toFixed(5)}&lat=${where.lat.toFixed(5)}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = page.querySelector("#point-found") ?? page.querySelector("#main .qy-panel, #main");
  part.replaceChildren(...(said ? [document.importNode(said, true)] : [line("该点查不到")]));
}

async function start() {
  const began = performance.now();
  const [answer, library] = await Promise.all([fetch(box.dataset.ground), import(box.dataset.library)]);
  if (!answer.ok) throw new Error(answer.status);
  const ground = await answer.json();
  state.library = library;
  library.setWorkerUrl?.(box.dataset.library.replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  const map = state.map = new library.Map({ container: box, style: style(ground, box.dataset.tiles), bounds: bounds(ground, state.live), fitBoundsOptions: { padding: 20 }, attributionControl: false, localIdeographFontFamily: "'Noto Sans CJK SC','Microsoft YaHei',sans-serif", maxZoom: 18 });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.getCanvas().setAttribute("aria-label", "指挥地图：方向键移动，加减键缩放；同样的内容在地图下方的列表里");
  await new Promise((done) => map.on("load", done));
  for (const input of [...layersOf()].reverse()) add(input.dataset.layer, input.dataset.colour, input.dataset.shape);
  for (const input of layersOf()) input.addEventListener("change", () => { draw(); if (input.checked && !state.live[input.dataset.layer]) load([input.dataset.layer]).catch(failed); });
  map.on("click", (event) => { if (!event.defaultPrevented) ask(event.lngLat).catch(() => {}); });
  await load(layersOf().filter((input) => input.checked).map((input) => input.dataset.layer));
  slide();
  map.once("idle", () => { box.dataset.ready = "1"; box.dataset.took = Math.round(performance.now() - began); });
  setInterval(() => { if (!document.hidden) load(layersOf().filter((input) => input.checked).map((input) => input.dataset.layer)).catch(failed); }, 60_000);
  setInterval(age, 5_000);
  window.qyMap = map;
}

function failed() {
  const node = document.getElementById("map-age");
  if (node) { node.textContent = "更新失败，显示的是旧数据"; node.classList.add("is-stale"); }
}

if (box) start().catch(() => { box.textContent = "地图暂时打不开，下方列表内容相同"; box.dataset.ready = "failed"; });
