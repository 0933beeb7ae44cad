// Lanes of one facility under each other, one cursor over all of them. Every number comes from the server; the table below says the same.
const INKS = ["#0f4c9c", "#b3202c", "#15704a", "#96560a", "#6b3fa0", "#0b6a7d", "#7a4a2b", "#5b6878", "#c2477e", "#4b7a00"];
const two = (n) => String(n).padStart(2, "0");
const inChina = (seconds) => new Date((seconds + 8 * 3600) * 1000);
const clock = (seconds) => { const d = inChina(seconds); return `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`; };
const tick = (seconds) => { const d = inChina(seconds); return d.getUTCHours() || d.getUTCMinutes() ? `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}` : `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`; };
const LEFT = 86 / 1196, RIGHT = 10 / 1196; // where the picture of bands above has its axis
const zoomed = { on: false };

// several series with their own times → one table; where a series has no reading it has null
function joined(lines) {
  const table = window.uPlot.join(lines.map((line) => [line.x, line.y]));
  return table;
}

function options(lane, box, told) {
  const raw = lane.lines.map((line) => new Map(line.x.map((x, i) => [x, line.raw[i]])));
  return {
    width: box.clientWidth, height: box.classList.contains("is-tall") ? 190 : 108, tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "Asia/Shanghai"), padding: [8, box.clientWidth * RIGHT, 0, 0],
    cursor: { sync: { key: "stack", setSeries: false }, drag: { x: true, y: false } },
    scales: { x: { min: told.began, max: told.ended, range: (plot, low, high) => (zoomed.on ? [low, high] : [told.began, told.ended]) }, y: { range: (plot, low, high) => { const top = Math.max(high ?? 1, lane.limit ?? -Infinity), least = lane.limit ? 0 : Math.min(low ?? 0, top - 1e-9); const room = (top - least || 1) * 0.08; return [lane.limit ? 0 : least - room, top + room]; } } },
    axes: [
      { stroke: "#52627a", grid: { stroke: "#e8edf4" }, values: (plot, at) => at.map((t) => (t >= plot.scales.x.max ? "" : tick(t))), size: 30 },
      { stroke: "#52627a", grid: { stroke: "#e8edf4" }, size: () => Math.max(44, box.clientWidth * LEFT), ticks: { show: false } },
    ],
    series: [
      { label: "时间", value: (plot, at) => (at == null ? "—" : clock(at)) },
      ...lane.lines.map((line, place) => ({
        label: line.name, stroke: INKS[place % INKS.length], width: 1.3, spanGaps: true, dash: place >= INKS.length ? [5, 3] : undefined, points: { show: line.x.length < 80, size: 3 },
        value: (plot, value, series, at) => {
          const number = at == null ? null : raw[place].get(plot.data[0][at]);
          return number == null ? "—" : `${+number.toFixed(3)} ${line.unit}${lane.limit ? ` (${Math.round(value)}%)` : ""}`;
        },
      })),
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, told.shades)],
      draw: lane.limit ? [(plot) => {
        const y = plot.valToPos(lane.limit, "y", true);
        plot.ctx.save(); plot.ctx.strokeStyle = "#b3202c"; plot.ctx.setLineDash([6, 4]); plot.ctx.beginPath(); plot.ctx.moveTo(plot.bbox.left, y); plot.ctx.lineTo(plot.bbox.left + plot.bbox.width, y); plot.ctx.stroke(); plot.ctx.restore();
      }] : [],
      setSelect: [(plot) => { if (plot.select.width > 4) zoom(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x")); }],
    },
  };
}

// marks grey, judged periods red, turns of an instrument's setting as a blue line: the same on every lane
const TONES = { mark: "rgba(127,147,173,.20)", finding: "rgba(179,32,44,.10)", fact: "rgba(217,164,65,.18)" };
function shade(plot, shades) {
  plot.ctx.save();
  for (const [began, ended, tone] of shades) {
    const left = Math.max(plot.bbox.left, plot.valToPos(began, "x", true)), right = Math.min(plot.bbox.left + plot.bbox.width, plot.valToPos(ended, "x", true));
    if (right < plot.bbox.left || left > plot.bbox.left + plot.bbox.width) continue;
    plot.ctx.fillStyle = TONES[tone] || "#0f4c9c";
    plot.ctx.fillRect(left, plot.bbox.top, Math.max(tone === "turn" ? 1.5 : 3, right - left), plot.bbox.height);
  }
  plot.ctx.restore();
}

const plots = [];
function zoom(low, high) {
  zoomed.on = true;
  plots.forEach((plot) => plot.setScale("x", { min: low, max: high }));
}

async function draw(stack) {
  const say = stack.querySelector("[data-say]");
  try {
    const answer = await fetch(stack.dataset.stack, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    for (const lane of told.lanes) {
      const box = stack.querySelector(`[data-lane="${lane.key}"]`);
      if (!box) continue;
      const lines = lane.lines.filter((line) => line.x.length);
      if (!lines.length) { box.classList.remove("is-tall"); box.textContent = "本时段没有数据"; box.classList.add("qy-empty"); continue; }
      const kept = { ...lane, lines };
      const plot = new window.uPlot(options(kept, box, told), joined(lines), box);
      box.style.height = "auto";
      plot.over.addEventListener("dblclick", () => { zoomed.on = false; plots.forEach((one) => one.setScale("x", { min: told.began, max: told.ended })); });
      new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: plot.height })).observe(box);
      plots.push(plot);
    }
    stack.dataset.ready = "1";
  } catch (error) {
    say.textContent = "曲线暂时读不到，请稍后刷新；下表不受影响";
    stack.dataset.ready = "failed";
  }
}
document.querySelectorAll("[data-stack]").forEach(draw);
