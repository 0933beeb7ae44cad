// A pad to sign on: the strokes are kept as points with their times (hundredths of a second), not as a picture.
import { h } from "./ui.js";

const WIDTH = 1000;
const HEIGHT = 420;

export function pad() {
  const canvas = h("canvas", { class: "pad", width: WIDTH, height: HEIGHT, "aria-label": "签名区", id: "pad" });
  const pen = canvas.getContext("2d");
  Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#12233a" });
  let strokes = [];
  let now = null;
  const began = performance.now();
  const point = (e) => {
    const box = canvas.getBoundingClientRect();
    return [Math.round(((e.clientX - box.left) / box.width) * WIDTH), Math.round(((e.clientY - box.top) / box.height) * HEIGHT), Math.round((performance.now() - began) / 10)];
  };
  canvas.addEventListener("pointerdown", (e) => { canvas.setPointerCapture(e.pointerId); now = [point(e)]; strokes.push(now); pen.beginPath(); pen.moveTo(now[0][0], now[0][1]); e.preventDefault(); });
  canvas.addEventListener("pointermove", (e) => { if (!now) return; const p = point(e); now.push(p); pen.lineTo(p[0], p[1]); pen.stroke(); e.preventDefault(); });
  const up = () => { now = null; };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  return {
    node: h("div", { class: "padbox" }, canvas, h("small", { class: "muted" }, "请在框内签名")),
    isEmpty: () => strokes.reduce((n, s) => n + s.length, 0) < 5,
    strokes: () => strokes.map((s) => s.flat()),
    clear: () => { strokes = []; pen.clearRect(0, 0, WIDTH, HEIGHT); },
  };
}
