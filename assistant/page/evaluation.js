// Runs once for each gr.HTML of the evaluation tab: Gradio hands over `element` (the component's own), `trigger` (tells the
// server) and `watch` (tells that new HTML has been put in). Nothing here makes HTML. What is sent is numbers of sets, ids
// of reports and a limit; the server looks all of them up.

const part = (name) => document.querySelector(`#evaluation-${name}`);
const isPart = (name) => element.closest(`#evaluation-${name}`) !== null;
const shared = (window.briefingEvaluation ||= { mine: false, focus: "" });
const known = () => {
  const state = part("state")?.querySelector("[data-phase]");
  return { run: Number(state?.dataset.run ?? 0), phase: state?.dataset.phase ?? "" };
};

// What new HTML took the focus from gets it back at the place that comes next: named by whoever asked for the new HTML.
function focusAt(name, selector) {
  if (shared.focus !== name) return;
  shared.focus = "";
  element.querySelector(selector)?.focus();
}

if (isPart("form")) {
  let shown = false;
  const opened = () => {
    const now = element.offsetParent !== null;
    if (now && !shown) trigger("open_evaluation", { stamp: element.querySelector("form")?.dataset.stamp ?? "" });
    shown = now;
  };
  new ResizeObserver(opened).observe(element);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const sets = [...form.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
    const limit = form.querySelector("#evaluation-limit");
    shared.mine = true;
    shared.focus = "stop";
    trigger("run_evaluation", {
      stamp: form.dataset.stamp,
      sets,
      limit: limit.validity.badInput ? "?" : limit.value,
    });
  });
} else if (isPart("state")) {
  let waiting = 0;
  element.setAttribute("aria-live", "polite");
  element.addEventListener("click", (event) => {
    if (event.target.closest(".stop")) trigger("stop_evaluation", {});
  });
  watch("value", () => focusAt("stop", ".stop"));
  setInterval(() => {
    if (known().phase !== "running" || element.offsetParent === null || Date.now() - waiting < 10000) return;
    waiting = Date.now();
    trigger("watch_evaluation", { ...known(), mine: shared.mine });
  }, 1000);
  shared.answered = () => {
    waiting = 0;
  };
} else if (isPart("bar")) {
  watch("value", () => shared.answered?.());
} else if (isPart("reports")) {
  element.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-report]");
    if (!button) return;
    const { report, act, what } = button.dataset;
    if (act === "open") {
      shared.focus = "report";
      trigger("open_report", { report });
    } else if (act === "save") {
      trigger("save_report", { report, what });
    } else {
      shared.focus = "reports";
      trigger("remove_report", { report, opened: part("report")?.querySelector("article")?.dataset.report ?? "" });
    }
  });
  watch("value", () => focusAt("reports", "h3"));
} else if (isPart("report")) {
  watch("value", () => {
    if (shared.mine && known().phase !== "running") {
      shared.mine = false;
      if (document.activeElement === document.body) shared.focus = "report"; // it stood on Stop, which has gone
    }
    focusAt("report", "h3");
  });
} else if (isPart("judged")) {
  element.addEventListener("click", (event) => {
    if (event.target.closest(".export")) trigger("save_cases", {});
  });
} else if (isPart("file")) {
  watch("value", () => {
    const file = element.querySelector("[data-name]");
    if (!file) return;
    const address = URL.createObjectURL(new Blob([file.textContent], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = file.dataset.name;
    link.click();
    file.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
  });
}
