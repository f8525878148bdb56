"use strict";
// A migration's page: its buttons, and the live log of its newest run.
const log = document.getElementById("log");
const words = {
  queued: "已排队", resumed: "继续", step_started: "开始", step_done: "完成", step_failed: "失败", waiting: "等待放行",
  released: "已放行", blocked: "等待目标", handed_over: "移交给其他工作进程", cancel_requested: "请求取消", cancelled: "已取消",
  run_ended: "执行结束",
};
const tags = { step_started: ["执行中", "warn"], step_done: ["完成", "good"], step_failed: ["失败", "bad"], released: ["完成", "good"] };

for (const button of document.querySelectorAll("button[data-path]")) {
  button.addEventListener("click", async () => {
    if (button.dataset.ask && !confirm(button.dataset.ask)) return;
    button.disabled = true;
    const reason = document.getElementById("reason").value;
    const read = { approval: { reason, spec_hash: log.dataset.spec }, runs: undefined };
    const body = button.dataset.path in read ? read[button.dataset.path] : { reason };
    try {
      await yw.send(button.dataset.method, `/api/v1/migrations/${log.dataset.migration}/${button.dataset.path}`, body);
      location.reload();
    } catch (problem) {
      document.getElementById("refusal").textContent = problem.message;
      button.disabled = false;
    }
  });
}

const line = (event) => {
  const at = event.at.slice(11, 19);
  const said = words[event.event];
  if (said) return `${at} ${event.step || ""} ${said} ${event.failure || event.reason || ""}`.trimEnd();
  if (event.task && event.status && event.status !== "started") return `${at} ${event.step}   ${event.status.padEnd(11)} ${event.task} @ ${event.host}`;
  return "";
};

const show = (event) => {
  const below = log.scrollTop + log.clientHeight >= log.scrollHeight - 20;
  const text = line(event);
  if (text) log.append(`${text}\n`);
  if (below) log.scrollTop = log.scrollHeight;
  const row = tags[event.event] && document.querySelector(`tr[data-run="${log.dataset.run}"][data-step="${CSS.escape(event.step)}"] [data-state]`);
  if (row && event.seq > Number(log.dataset.seen)) {
    const tag = document.createElement("span");
    [tag.textContent, tag.className] = [tags[event.event][0], `tag ${tags[event.event][1]}`];
    row.replaceChildren(tag);
  }
  // what decides about buttons and states is rendered by the server: read it again
  if (["waiting", "blocked", "run_ended"].includes(event.event) && event.seq > Number(log.dataset.seen)) setTimeout(() => location.reload(), 500);
};

if (log.dataset.run) {
  const source = new EventSource(`/api/v1/runs/${log.dataset.run}/events`);
  source.addEventListener("message", (message) => show(JSON.parse(message.data)));
  source.addEventListener("end", () => source.close());
}
