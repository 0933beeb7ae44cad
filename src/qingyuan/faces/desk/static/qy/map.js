// Facilities on the divisions of the viewer; no tiles, no glyph server: it works on a machine without internet.
const box = document.getElementById("map");
const NAVY = "#0d3a78", RED = "#b3202c";

function style(data) {
  return {
    version: 8,
    sources: { divisions: { type: "geojson", data: data.divisions }, places: { type: "geojson", data: data.places }, middles: { type: "geojson", data: middles(data.divisions) } },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": "#f4f7fb" } },
      { id: "land", type: "fill", source: "divisions", filter: ["==", ["get", "level"], "county"], paint: { "fill-color": ["match", ["%", ["to-number", ["slice", ["get", "code"], 4, 6]], 4], 0, "#d3e3f5", 1, "#dfeaf7", 2, "#c9dcf2", "#e6effa"] } },
      { id: "counties", type: "line", source: "divisions", filter: ["==", ["get", "level"], "county"], paint: { "line-color": "#b9cce2", "line-width": 0.8 } },
      { id: "cities", type: "line", source: "divisions", filter: ["==", ["get", "level"], "city"], paint: { "line-color": NAVY, "line-width": 1.4 } },
      { id: "quiet", type: "circle", source: "places", filter: ["==", ["get", "open"], 0], paint: { "circle-radius": 5, "circle-color": "#5b6878", "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } },
      { id: "open", type: "circle", source: "places", filter: [">", ["get", "open"], 0], paint: { "circle-radius": ["+", 6, ["min", ["get", "open"], 6]], "circle-color": RED, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } },
      { id: "names", type: "symbol", source: "middles", layout: { "text-field": ["get", "name"], "text-size": 12 }, paint: { "text-color": "#3b5270", "text-halo-color": "#fff", "text-halo-width": 1.5 } },
      { id: "labels", type: "symbol", source: "places", minzoom: 6.5, layout: { "text-field": ["get", "name"], "text-size": 11, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true }, paint: { "text-color": "#1b2738", "text-halo-color": "#fff", "text-halo-width": 1.2 } },
    ],
  };
}

const corners = (geometry) => geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : geometry.type === "MultiPolygon" ? 2 : 0);

function bounds(data) {
  const cities = data.divisions.features.map((f) => corners(f.geometry)).flat();
  const all = cities.length ? cities : data.places.features.map((f) => f.geometry.coordinates);
  const xs = all.map((p) => p[0]), ys = all.map((p) => p[1]);
  return [[Math.min(...xs) - 0.02, Math.min(...ys) - 0.02], [Math.max(...xs) + 0.02, Math.max(...ys) + 0.02]];
}

// one name in the middle of each county; a label on the polygon itself would be drawn once per tile
function middles(divisions) {
  return { type: "FeatureCollection", features: divisions.features.filter((f) => f.properties.level === "county").map((f) => {
    const ring = corners(f.geometry), mean = (axis) => ring.reduce((sum, p) => sum + p[axis], 0) / ring.length;
    return { type: "Feature", properties: f.properties, geometry: { type: "Point", coordinates: [mean(0), mean(1)] } };
  }) };
}

function popup(library, map) {
  const show = (event) => {
    const feature = event.features[0], link = document.createElement("a"), line = document.createElement("div");
    link.href = feature.properties.url; link.textContent = feature.properties.name;
    line.textContent = feature.properties.note || (feature.properties.open ? `未办结线索 ${feature.properties.open} 条` : "没有未办结线索");
    const node = document.createElement("div"); node.append(link, line);
    new library.Popup({ closeButton: false, offset: 10 }).setLngLat(feature.geometry.coordinates).setDOMContent(node).addTo(map);
  };
  for (const layer of ["quiet", "open"]) {
    map.on("click", layer, show);
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
}

async function start() {
  const answer = await fetch(box.dataset.places);
  if (!answer.ok) throw new Error(answer.status);
  const data = await answer.json();
  if (!data.places.features.length) { box.textContent = "辖区内没有登记的污染源"; return; }
  const library = await import(box.dataset.library);
  library.setWorkerUrl?.(box.dataset.library.replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  const map = new library.Map({ container: box, style: style(data), bounds: bounds(data), fitBoundsOptions: { padding: 24 }, attributionControl: false, localIdeographFontFamily: "'Noto Sans CJK SC','Microsoft YaHei',sans-serif" });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => { popup(library, map); box.dataset.ready = "1"; });
}
if (box) start().catch(() => { box.textContent = "地图暂时打不开，右侧列表内容相同"; box.dataset.ready = "failed"; });
