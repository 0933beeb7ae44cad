// One series, its limit and the hours that were judged. The numbers come thinned from the server (first, least, most, last per pixel).
const INK = "#0f4c9c", RED = "#b3202c", SHADE = "rgba(179,32,44,.10)";
const two = (n) => String(n).padStart(2, "0");
const inChina = (seconds) => new Date((seconds + 8 * 3600) * 1000);
const clock = (seconds) => { const d = inChina(seconds); return `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`; };

function shade(box) {
  const spans = JSON.parse(box.dataset.marks || "[]");
  return (plot) => {
    plot.ctx.save(); plot.ctx.fillStyle = SHADE;
    for (const [began, ended] of spans) {
      const left = plot.valToPos(began, "x", true), right = plot.valToPos(ended, "x", true);
      plot.ctx.fillRect(left, plot.bbox.top, Math.max(3, right - left), plot.bbox.height);
    }
    plot.ctx.restore();
  };
}

function options(box, data, series) {
  const limit = data.limits?.length ? data.limits[0].value : null;
  const top = Math.max(...series.filter((v) => v !== null), limit ?? -Infinity), low = Math.min(0, ...series.filter((v) => v !== null));
  return {
    width: box.clientWidth, height: box.clientHeight - 26, tzDate: (seconds) => inChina(seconds),
    padding: [12, 12, 0, 0],
    scales: { y: { range: [low, top * 1.12 || 1] } },
    axes: [
      { stroke: "#52627a", grid: { stroke: "#e8edf4" }, values: (u, ticks) => ticks.map((t) => { const d = inChina(t); return d.getUTCHours() || d.getUTCMinutes() ? `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}` : `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`; }) },
      { stroke: "#52627a", grid: { stroke: "#e8edf4" }, label: data.unit || "", labelSize: 16, size: 54 },
    ],
    series: [
      { label: "时间", value: (u, t) => (t == null ? "—" : clock(t)) },
      { label: data.name, stroke: INK, width: 1.4, points: { show: series.length < 90, size: 4 }, value: (u, v, series, at) => (at == null ? "—" : v == null ? "缺失" : `${+v.toFixed(3)} ${data.unit || ""}`) },
      ...(limit == null ? [] : [{ label: "限值", stroke: RED, dash: [6, 4], width: 1.2, points: { show: false }, value: (u, v) => (v == null ? "—" : `${v}`) }]),
    ],
    hooks: { drawClear: [shade(box)] },
  };
}

async function draw(box) {
  const say = box.querySelector("[data-say]");
  try {
    const answer = await fetch(box.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const data = await answer.json();
    if (!data.x?.length) { say.textContent = "这一时段没有监测数据"; box.dataset.ready = "empty"; return; }
    const limit = data.limits?.length ? data.limits[0].value : null;
    const table = [data.x, data.y, ...(limit == null ? [] : [data.x.map(() => limit)])];
    say.remove();
    const plot = new window.uPlot(options(box, data, data.y), table, box);
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight - 26 })).observe(box);
    box.dataset.ready = "1";
  } catch (error) {
    say.textContent = "监测数据暂时读不到，请稍后刷新；判定过程中的数值不受影响";
    box.dataset.ready = "failed";
  }
}
document.querySelectorAll("[data-chart]").forEach(draw);
