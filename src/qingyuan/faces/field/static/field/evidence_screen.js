// Photos, film and voice: fixed at the moment they are taken, sent in pieces when there is a network.
import { capture, capturesOf } from "./capture.js";
import { shownTrue } from "./moments.js";
import { soon } from "./sync.js";
import { h, icon, kb, note, panel, toast } from "./ui.js";

const WAYS = [["photo", "拍照", "camera", "image/*"], ["film", "录像", "photo", "video/*"], ["voice", "录音", "message-report", "audio/*"]];

export async function evidenceScreen(pack, app) {
  const task = pack.task.number;
  const caption = h("input", { id: "caption", placeholder: "证明内容，例如：喷氨泵停运", "aria-label": "证明内容", maxlength: "200" });
  const take = async (e) => {
    const files = [...e.target.files];
    e.target.value = "";
    for (const file of files) {
      try {
        const { entry } = await capture(task, { name: file.name, type: file.type, bytes: await file.arrayBuffer(), caption: caption.value.trim() });
        toast(`已固定：SHA-256 ${entry.sha256.slice(0, 12)}…${entry.position ? "" : "，没有定位"}`);
      } catch (error) { toast(`没有存成：${error.message}。请检查存储空间`, "bad"); }
    }
    soon();
    app.redraw();
  };
  const rows = capturesOf(task);
  const body = [
    h("label", {}, "证明内容", caption),
    h("div", { class: "ways" }, WAYS.map(([id, label, ic, accept]) => h("label", { class: "way" }, icon(ic), label, h("input", { type: "file", accept, capture: "environment", multiple: id === "photo", id, onchange: take })))),
    h("p", { class: "muted small" }, "拍下即计算摘要、记录时间、位置和时钟偏差，由本设备签名并与上一件相连；原样保存，不压缩。"),
    rows.length ? panel(`已采集 ${rows.length} 件`, rows.slice().reverse().map(one)) : h("div", { class: "empty" }, icon("camera"), h("p", {}, "还没有采集")),
  ];
  return { title: "拍照取证", back: `#/t/${task}`, body };
}

function one(held) {
  const e = held.entry;
  const state = held.isEvidence ? "已成为证据" : held.why ? held.why : held.isKnown ? (held.have < e.size ? `已传 ${Math.round((100 * held.have) / e.size)}%` : "已传完，待进入现场后收取") : "待发送";
  return h("div", { class: "shot" }, h("span", { class: `spot ${held.isEvidence ? "good" : held.why ? "bad" : ""}` }, icon(e.media_type.startsWith("image") ? "photo" : "file-text")),
    h("div", { class: "mid" }, h("b", {}, `${e.number}．${e.name}`), h("small", {}, `${shownTrue(e.taken_at, e.offset_ms)} · ${kb(e.size)} · ${e.position ? `${e.position.lat}, ${e.position.lon}（±${e.position.accuracy} 米）` : "没有定位"}`), h("code", {}, e.sha256.slice(0, 24), "…"), h("small", { class: held.why ? "bad" : "muted" }, state)));
}
export { note };
