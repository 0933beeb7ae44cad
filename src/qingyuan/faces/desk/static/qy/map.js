// Facilities on the divisions of the viewer; no tiles, no glyph server: it works on a machine without internet.
const box = document.getElementById("map");
const NAVY = "#0d3a78", RED = "#b3202c";

function style(data) {
  return {
    version: 8,
    sources: { divisions: { type: "geojson", data: data.divisions }, places: { type: "geojson", data: data.places } },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": "#f4f7fb" } },
      { id: "land", type: "fill", source: "divisions", filter: ["==", ["get", "level"], "city"], paint: { "fill-color": "#dbe8f6" } },
      { id: "counties", type: "line", source: "divisions", filter: ["==", ["get", "level"], "county"], paint: { "line-color": "#b9cce2", "line-width": 0.8 } },
      { id: "cities", type: "line", source: "divisions", filter: ["==", ["get", "level"], "city"], paint: { "line-color": NAVY, "line-width": 1.4 } },
      { id: "quiet", type: "circle", source: "places", filter: ["==", ["get", "open"], 0], paint: { "circle-radius": 5, "circle-color": "#5b6878", "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } },
      { id: "open", type: "circle", source: "places", filter: [">", ["get", "open"], 0], paint: { "circle-radius": ["+", 6, ["min", ["get", "open"], 6]], "circle-color": RED, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } },
    ],
  };
}

function bounds(data) {
  const xs = data.places.features.map((f) => f.geometry.coordinates[0]), ys = data.places.features.map((f) => f.geometry.coordinates[1]);
  return [[Math.min(...xs) - 0.2, Math.min(...ys) - 0.15], [Math.max(...xs) + 0.2, Math.max(...ys) + 0.15]];
}

function popup(library, map) {
  const show = (event) => {
    const feature = event.features[0], link = document.createElement("a"), line = document.createElement("div");
    link.href = feature.properties.url; link.textContent = feature.properties.name;
    line.textContent = feature.properties.open ? `未办结线索 ${feature.properties.open} 条` : "没有未办结线索";
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
