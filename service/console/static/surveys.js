"use strict";
// The survey page: hand in the workbook, follow its progress, show the report. All text is set as text, never as HTML.
(() => {
  const form = document.getElementById("survey");
  const outcome = document.getElementById("outcome");
  const state = document.getElementById("state");
  const bar = document.getElementById("bar");
  const report = document.getElementById("report");
  const SHOWN = 500;
  const SHEETS = { systems: "普查表 Systems", deployments: "组件与部署 Deployments", exemptions: "豁免 Exemptions" };

  const node = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    made.append(...children);
    return made;
  };

  const table = (heads, rows) => {
    const head = node("thead", null, node("tr", null, ...heads.map((words) => node("th", words))));
    const body = node("tbody", null, ...rows.map((cells) => node("tr", null, ...cells.map((words) => node("td", words)))));
    const scroll = node("div", null, node("table", null, head, body));
    scroll.className = "scroll";
    return scroll;
  };

  const both = (fault, name) => `${fault[name + "_zh"]} / ${fault[name + "_en"]}`;
  const findings = (title, total, list) => [
    node("h3", `${title}：${total}`),
    table(
      ["工作表 Sheet", "单元格 Cell", "列 Column", "内容 Value", "原因 Reason", "改正办法 Remedy"],
      list.slice(0, SHOWN).map((fault) => [
        fault.sheet, fault.cell || (fault.row || ""), fault.column, fault.value, both(fault, "reason"), both(fault, "remedy"),
      ]),
    ),
    ...(total > SHOWN ? [node("p", `仅显示前${SHOWN}条，全部见问题清单 / the first ${SHOWN}; the list has all`)] : []),
  ];

  const show = (row) => {
    const done = row.report;
    const words = done.stored ? "已保存 Stored" : done.dry_run ? "检查完成，未保存 Dry run: nothing stored" : "未保存 Nothing stored";
    state.textContent = `${words}；填报日期 ${done.filled_on || "未填 missing"}；填报单位 ${done.filled_by || "—"}`;
    report.replaceChildren(
      table(
        ["工作表 Sheet", "读入 Read", "新增 Added", "更新 Updated", "未变 Unchanged", "拒绝 Refused"],
        Object.entries(done.sheets).map(([key, tally]) => [
          SHEETS[key], tally.read, tally.added, tally.updated, tally.unchanged, tally.refused,
        ]),
      ),
    );
    if (done.fault_count || done.warning_count) {
      const link = node("a", "下载问题清单 List of faults (XLSX)");
      link.href = `/api/v1/surveys/imports/${row.id}/errors.xlsx`;
      link.className = "button";
      report.append(node("p", null, link));
    }
    if (done.fault_count) report.append(...findings("问题 Faults", done.fault_count, done.faults));
    if (done.warning_count) report.append(...findings("提醒 Warnings", done.warning_count, done.warnings));
  };

  const follow = async (started) => {
    let row = started;
    while (row.state === "queued" || row.state === "running") {
      state.textContent = `正在处理 Working：${row.rows_done} / ${row.rows_total || "…"}`;
      if (row.rows_total) bar.value = row.rows_done / row.rows_total;
      await new Promise((resume) => setTimeout(resume, 500));
      row = await yw.send("GET", `/api/v1/surveys/imports/${row.id}`);
    }
    bar.hidden = true;
    if (row.state === "failed") throw new Error(row.problem);
    show(row);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new FormData(form);
    body.set("create", body.getAll("create").join(","));
    body.set("dry_run", event.submitter ? event.submitter.value : "true");
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    outcome.hidden = bar.hidden = false;
    bar.removeAttribute("value");
    state.className = "";
    report.replaceChildren();
    try {
      await follow(await yw.send("POST", "/api/v1/surveys/imports", body));
    } catch (problem) {
      bar.hidden = true;
      state.className = "problem";
      state.textContent = problem.message;
    }
    buttons.forEach((button) => { button.disabled = false; });
  });
})();
