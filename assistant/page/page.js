// Runs once for the conversation, the reader and the library's list, each as the js_on_load of its gr.HTML: Gradio hands over
// `element` (the component's own), `trigger` (tells the server) and `watch` (tells that new HTML has been put in).
// Nothing here makes HTML; what is sent is numbers, and the words that a reader wrote as a correction.

const wide = () => window.matchMedia("(min-width: 768px)").matches;
const reader = () => document.querySelector("#reader");
const opened = () => document.querySelector("#reader article");
const controls = () => [...document.querySelectorAll("#conversation .cite")];
const sameCitation = (one, other) =>
  one && other && one.dataset.turn === other.dataset.turn && one.dataset.number === other.dataset.number;

function markCurrent() {
  for (const control of controls()) {
    if (sameCitation(control, opened())) control.setAttribute("aria-current", "true");
    else control.removeAttribute("aria-current");
  }
}

// Beside the conversation, only the reader scrolls; below it, the page does, and only when the user asked for it.
function showQuote(asked) {
  const mark = document.querySelector("#reader mark");
  if (!mark) return;
  if (wide()) {
    const box = reader();
    box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  } else if (asked) {
    mark.scrollIntoView({ block: "center" });
  }
}

function showLastTurn() {
  const last = document.querySelector("#conversation .turn:last-of-type");
  if (!last) return;
  if (wide()) {
    const box = document.querySelector("#conversation");
    box.scrollTop += last.getBoundingClientRect().top - box.getBoundingClientRect().top;
  } else {
    last.scrollIntoView({ block: "start" });
  }
}

// A verdict changes one turn only: the page stays where it is, and the focus goes to what comes next there.
function keepPlace(turn) {
  window.briefingJudged = { turn, scrolled: document.querySelector("#conversation").scrollTop };
}

function backInPlace() {
  const judged = window.briefingJudged;
  window.briefingJudged = undefined;
  if (!judged) return false;
  document.querySelector("#conversation").scrollTop = judged.scrolled;
  const turn = document.querySelector(`#turn-${judged.turn}`);
  (turn?.querySelector(".correction") || turn?.querySelector(".verdict[aria-pressed=true]"))?.focus({ preventScroll: true });
  return true;
}

function correct(save) {
  const written = save.parentElement.querySelector(".correction").value.trim();
  if (!written) return;
  keepPlace(save.dataset.turn);
  trigger("edit", { turn: Number(save.dataset.turn), correction: written });
}

if (element.closest("#conversation")) {
  element.addEventListener("click", (event) => {
    const example = event.target.closest(".example");
    if (example) {
      trigger("submit", { example: Number(example.dataset.example) });
      if (wide()) document.querySelector("#question textarea").focus();
    }
    const verdict = event.target.closest(".verdict");
    if (verdict) {
      keepPlace(verdict.dataset.turn);
      trigger("like", { turn: Number(verdict.dataset.turn), verdict: Number(verdict.dataset.verdict) });
    }
    const save = event.target.closest(".save");
    if (save) correct(save);
    const control = event.target.closest(".cite");
    if (!control) return;
    if (sameCitation(control, opened())) {
      showQuote(true);
      return;
    }
    window.briefingAsked = true;
    trigger("select", { turn: Number(control.dataset.turn), number: Number(control.dataset.number) });
  });
  element.addEventListener("keydown", (event) => {
    const field = event.target.closest(".correction");
    if (field && event.key === "Enter") correct(field.parentElement.querySelector(".save"));
  });
  watch("value", () => {
    markCurrent();
    if (!backInPlace()) showLastTurn();
  });
} else if (element.closest("#library")) {
  element.addEventListener("click", (event) => {
    const entry = event.target.closest(".entry");
    if (!entry) return;
    for (const other of element.querySelectorAll(".entry[aria-current]")) other.removeAttribute("aria-current");
    entry.setAttribute("aria-current", "true");
    trigger("select", { document: Number(entry.dataset.document) });
  });
} else {
  element.addEventListener("click", (event) => {
    if (!event.target.closest(".back")) return;
    const control = controls().find((one) => sameCitation(one, opened()));
    control?.focus({ preventScroll: true });
    control?.scrollIntoView({ block: "center" });
  });
  watch("value", () => {
    markCurrent();
    showQuote(window.briefingAsked === true);
    window.briefingAsked = false;
  });
}
