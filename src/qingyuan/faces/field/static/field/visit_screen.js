// Entering and leaving, certificates, rights, recusal: each a step that is tapped once and keeps its time.  Times come from the
// system and cannot be typed (law.md 4.4); what is wrong is explained beside it.
import { cell, singleId, write } from "./book.js";
import { corrected, shown } from "./moments.js";
import { soon } from "./sync.js";
import { ask, button, h, icon, note, pick } from "./ui.js";

const STEPS = [
  ["entered", "进入现场", "记录到场时间，任务由此开始", "行政处罚法第55条"],
  ["certificates_shown", "出示执法证件", "两名以上执法人员主动出示并经确认", "行政处罚法第42条、第55条"],
  ["rights_told", "告知权利义务", "告知陈述、申辩的权利和配合检查的义务", "行政处罚法第44条；令30第28条"],
  ["recusal_asked", "询问是否申请回避", "当事人有权申请执法人员回避", "行政处罚法第43条"],
  ["left", "离开现场", "记录离开时间", "令30第28条"],
];

export async function stepsOf(pack) {
  const record = await singleId(pack.task.number, "visit");
  return STEPS.map(([field, label, why, article]) => ({ field, label, why, article, record, ...cell(record, field) }));
}

async function value(step, pack) {
  const at = corrected();
  if (step.field === "certificates_shown") return { at, officers: pack.task.team.map((o) => o.name), numbers: pack.task.team.map((o) => o.certificate) };
  if (step.field === "recusal_asked") {
    return askRecusal(at);
  }
  return { at };
}

// asked and answered, with the reason when somebody wants another officer; null when the question was not put
export async function askRecusal(at) {
  const wants = await pick("当事人申请回避吗？", [["不申请", "no"], ["申请回避", "yes"]], "认为执法人员与本案有直接利害关系的，有权申请回避（行政处罚法第43条）");
  if (wants === null) return null;
  if (wants === "no") return { at, wants: false };
  const why = await ask("申请回避的理由", { help: "须由负责人作出决定；决定作出前不停止调查（行政处罚法第43条）" });
  return why ? { at, wants: true, why } : null;
}

export async function visitScreen(pack, app) {
  const steps = await stepsOf(pack);
  const place = (step) => ({ task: pack.task.number, kind: "visit", record: step.record, field: step.field });
  const put = async (step, told) => { if (told) { await write(place(step), told); soon(); app.redraw(); } };
  const cards = steps.map((step, n) => {
    const isDone = step.state !== "empty" && step.value;
    const isNext = !isDone && steps.slice(0, n).every((s) => s.value);
    return h("article", { class: `step ${isDone ? "is-done" : isNext ? "is-next" : ""}`, "data-step": step.field },
      h("span", { class: "num" }, isDone ? icon("check") : String(n + 1)),
      h("div", { class: "mid" }, h("b", {}, step.label), h("small", {}, isDone ? `${shown(step.value.at)}${step.value.officers ? ` ${step.value.officers.join("、")}` : ""}${step.value.wants ? " 申请回避" : ""}` : `${step.why}（${step.article}）`),
        step.state === "conflict" && h("a", { class: "bad", href: `#/t/${pack.task.number}/field/visit/${step.record}~${step.field}` }, "两台设备记录不同，请核对")),
      !isDone && step.state !== "conflict" && button("记录", async () => put(step, await value(step, pack)), { kind: isNext ? "main big" : "plain" }),
    );
  });
  const interruption = button("记录中断说明", async () => {
    const why = await ask("记录为什么中断", { help: "音像记录或者检查中断的，恢复时说明原因（行政处罚法第47条）" });
    if (why) { await write({ ...place(steps[0]), field: `interruption_${Date.now()}` }, { at: corrected(), why }); soon(); app.redraw(); }
  }, { kind: "plain wide" });
  const camera = cell(steps[0].record, "camera");
  const body = [note("info", "时间由系统记录，不能手改；每一步点一下即可。"), cards, panelCamera(camera, async () => {
    const told = await ask("执法记录仪编号和起止时间", { value: camera.value ?? "", help: "例如：记录仪 07 号，09:12 至 11:40，全程无间断" });
    if (told) { await write({ ...place(steps[0]), field: "camera" }, told); soon(); app.redraw(); }
  }), interruption];
  return { title: "到场与告知", back: `#/t/${pack.task.number}`, body, live: true };
}
function panelCamera(camera, onclick) {
  return h("button", { class: "line", type: "button", onclick }, h("span", { class: "spot" }, icon("eye")), h("span", { class: "mid" }, h("b", {}, "执法记录仪起止"), h("small", {}, camera.value || "未填写")), icon("chevron-right"));
}
