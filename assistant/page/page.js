// The script of the Ask tab: it runs once, as the js_on_load of one empty gr.HTML, the wire, by which all events go.
// Gradio hands over `trigger`. Nothing here makes HTML: what the server made is put in by Gradio, and words that come
// from documents or from a reader are set as text. What is sent are places, numbers, and what a reader wrote or chose.

const wide = () => window.matchMedia("(min-width: 768px)").matches;
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const currentConversation = () => find("#conversation [data-conversation]")?.dataset.conversation || "";
const named = () => new URLSearchParams(location.search).get("conversation") || "";

// A browser that has not signed in keeps a key of its own, by which it finds its conversations again.
function ownKey() {
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(24))].map((one) => one.toString(16).padStart(2, "0")).join("");
  try {
    if (!localStorage.getItem("briefing-key")) localStorage.setItem("briefing-key", fresh());
    return localStorage.getItem("briefing-key");
  } catch {
    window.briefingKey = window.briefingKey || fresh(); // storage is switched off
    return window.briefingKey;
  }
}

const send = (act, values = {}) => trigger(act, { key: ownKey(), conversation: currentConversation(), ...values });

// ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const chosen = { since: "", until: "", publishers: new Set(), tags: new Set(), documents: new Map() };
let asked = null; // what is being answered at this moment
let seenDone = ""; // the last thing that a question came to
let waiting = false; // whether the box is to be sent when the answer is there

const box = () => find("#asked");

function filters() {
  const { since, until, publishers, tags, documents } = chosen;
  return { since, until, publishers: [...publishers], tags: [...tags], documents: [...documents.keys()] };
}

function busy(now) {
  find("#send").hidden = now;
  find("#stop").hidden = !now;
  find("#composing").setAttribute("aria-busy", String(now));
}

function ask(values) {
  if (asked) return;
  asked = values;
  busy(true);
  send("ask", values);
}

function askWhatIsWritten() {
  const written = box().value.trim();
  if (!written) return;
  if (asked) {
    waiting = true;
    return;
  }
  box().value = "";
  ask({ asked: written, ...filters() });
}

function answered(failed) {
  const before = asked;
  asked = null;
  busy(false);
  if (failed && before?.asked && !before.instead_of && !box().value) box().value = before.asked;
  else if (waiting && !failed) askWhatIsWritten();
  waiting = false;
}

// ── filters ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function chip(list, field, value, words, remove) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const told = list.dataset[field].replace("{}", () => words);
  button.type = "button";
  button.className = "chip";
  button.dir = "auto";
  button.textContent = told;
  button.title = list.dataset.leave.replace("{}", () => told);
  const cross = document.createElement("span");
  cross.className = "cross";
  cross.textContent = "×";
  cross.setAttribute("aria-hidden", "true");
  button.append(cross);
  button.addEventListener("click", () => {
    remove();
    showChosen();
    (list.querySelector("button") || box()).focus();
  });
  item.append(button);
  list.append(item);
}

function showChosen() {
  const list = find("#chosen");
  if (!list) return;
  list.replaceChildren();
  for (const field of ["since", "until"]) {
    if (chosen[field]) chip(list, field, chosen[field], chosen[field], () => (chosen[field] = ""));
  }
  for (const field of ["publishers", "tags"]) {
    for (const name of chosen[field]) chip(list, field, name, name, () => chosen[field].delete(name));
  }
  for (const [id, title] of chosen.documents) chip(list, "documents", id, title, () => chosen.documents.delete(id));
  list.hidden = !list.children.length;
  for (const input of all(".filter-day")) if (input.value !== chosen[input.dataset.field]) input.value = chosen[input.dataset.field];
  for (const input of all(".filter-choice")) input.checked = chosen[input.dataset.field].has(input.value);
}

let sought;
function seekDocument(input) {
  const option = all("#document-titles option").find((one) => one.value === input.value);
  if (option) {
    chosen.documents.set(option.dataset.document, option.value);
    input.value = "";
    showChosen();
    return;
  }
  clearTimeout(sought);
  sought = setTimeout(() => send("titles", { sought: input.value }), 200);
}

// ── the reader ──────────────────────────────────────────────────────────────────────────────────────────────────────

const opened = () => find("#reader article");
const controls = () => all("#conversation .cite");
const sameCitation = (one, other) =>
  one && other && one.dataset.turn === other.dataset.turn && one.dataset.number === other.dataset.number;
const currentControl = () => controls().find((one) => sameCitation(one, opened()));
let wanted = false; // whether the reader was opened by hand
let drawer = ""; // which drawer is open on a narrow screen

function openDrawer(name) {
  drawer = name;
  find("#desk").dataset.drawer = name;
  find("#show-past").setAttribute("aria-expanded", String(name === "past"));
  const narrow = !wide();
  find("#left").inert = narrow && name !== "";
  find("#side").inert = name !== "past" && getComputedStyle(find("#side")).visibility === "hidden";
}

function open(control) {
  if (sameCitation(control, opened()) && !("now" in control.dataset)) showQuote(true); // nothing new may come
  wanted = true;
  const { document, revision, start, end, turn, number } = control.dataset;
  send("open", {
    document, revision, start: Number(start), end: Number(end), turn: Number(turn), number: Number(number),
    now: "now" in control.dataset,
  });
}

function markCurrent() {
  for (const control of controls()) {
    if (sameCitation(control, opened())) control.setAttribute("aria-current", "true");
    else control.removeAttribute("aria-current");
  }
  const place = controls().indexOf(currentControl());
  for (const step of all("#reader .step")) step.disabled = place < 0 || !controls()[place + Number(step.dataset.by)];
}

// Beside the conversation, and in the drawer, only the reader scrolls.
function showQuote(asked) {
  if (asked && !wide()) openDrawer("reader");
  const mark = find("#reader mark");
  const scroller = find("#reader");
  if (mark) scroller.scrollTop += mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top - scroller.clientHeight / 3;
  else scroller.scrollTop = 0;
  if (asked && !wide()) find("#reader h3")?.focus({ preventScroll: true });
}

function backToAnswer() {
  const control = currentControl();
  openDrawer("");
  (control || box()).focus({ preventScroll: true });
  control?.scrollIntoView({ block: "center" });
}

// ── what the server puts in ─────────────────────────────────────────────────────────────────────────────────────────

const unfolded = new Set();
const written = new Map(); // what stands in fields of the conversation that was not sent yet
let turns = 0;
let shownConversation = null;
let focusNext = null;
let scrolled = 0;

function showTurn() {
  const last = find("#conversation .turn:last-of-type");
  const scroller = find("#conversation");
  if (!last) scroller.scrollTop = 0;
  else if (wide()) scroller.scrollTop += last.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  else last.scrollIntoView({ block: "start" });
}

function conversationCame() {
  for (const one of all("#conversation details[id]")) one.open = unfolded.has(one.id);
  for (const [id, value] of written) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  markCurrent();
  const name = currentConversation();
  const count = all("#conversation .turn").length;
  const last = find("#conversation .turn:last-of-type")?.dataset.turn;
  if (name !== shownConversation || last !== turns) showTurn();
  else find("#conversation").scrollTop = scrolled;
  if (name !== named()) {
    const address = name ? `?conversation=${name}` : location.pathname;
    history[shownConversation ? "pushState" : "replaceState"](null, "", address);
  }
  for (const link of all("#past .past")) {
    if (link.dataset.conversation === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  shownConversation = name;
  turns = last;
  find("#downloads").hidden = !count;
  focusOnNext();
}

// The focus was on something that has been put in anew, or on what led to something new.
function focusOnNext() {
  for (const selector of focusNext || []) {
    if (!find(selector)) continue;
    find(selector).focus({ preventScroll: true });
    focusNext = null;
    return;
  }
}

function pendingCame() {
  const searching = find("#pending .searching");
  if (searching && wide()) find("#conversation").scrollTop = find("#conversation").scrollHeight;
  const done = find("#pending .done");
  if (!done || done.id === seenDone) return;
  seenDone = done.id;
  if (asked) answered(done.childElementCount > 0);
}

function readerCame() {
  markCurrent();
  showQuote(wanted);
  focusOnNext();
  wanted = false;
}

async function takenCame() {
  const taken = find("#taken output");
  if (!taken) {
    tell(find("#taken")?.textContent || "");
    return;
  }
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const { content, plain, kind, how, name, done, failed } = taken.dataset;
  if (how === "download") {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes(content)], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return;
  }
  const text = new TextDecoder().decode(bytes(plain || content));
  try {
    if (plain) {
      const blobs = { "text/html": new Blob([bytes(content)], { type: "text/html" }), "text/plain": new Blob([text], { type: "text/plain" }) };
      await navigator.clipboard.write([new ClipboardItem(blobs)]);
    } else {
      await navigator.clipboard.writeText(text);
    }
    tell(done);
  } catch {
    copyByHand(text, done, failed); // an address that is not this machine's and not https has no clipboard
  }
}

function copyByHand(text, done, failed) {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "by-hand";
  const said = find("#said");
  said.replaceChildren(field);
  field.select();
  if (document.execCommand("copy")) tell(done);
  else said.prepend(document.createTextNode(failed));
}

let said;
function tell(words) {
  find("#said").textContent = words;
  clearTimeout(said);
  said = setTimeout(() => (find("#said").textContent = ""), 5_000);
}

// ── what a reader does ──────────────────────────────────────────────────────────────────────────────────────────────

function visit(conversation) {
  if (asked) answered(false);
  openDrawer("");
  send("visit", { conversation });
}

function showForm(form, shown) {
  form.hidden = !shown;
  if (shown) form.querySelector("input, textarea").focus();
}

function asNumber(value) {
  return value === undefined || value === "" ? null : Number(value);
}

// The head's buttons lead to the Ask tab, whichever is open.
function toAsking() {
  const tab = find('[role="tab"][aria-controls="asking"]');
  const here = tab?.getAttribute("aria-selected") !== "false";
  if (!here) tab.click();
  return here;
}

const clicks = {
  "#new": () => {
    toAsking();
    visit("");
    requestAnimationFrame(() => box().focus()); // once the tab shows
  },
  "#show-past": () => {
    if (!toAsking()) openDrawer("");
    openDrawer(drawer === "past" ? "" : "past");
    if (drawer === "past") requestAnimationFrame(() => find("#past-sought").focus());
  },
  "#stop": () => send("stop"),
  ".example": (button) => ask({ example: Number(button.dataset.example), ...filters() }),
  ".again": ({ dataset }) =>
    ask({
      instead_of: Number(dataset.turn), without: dataset.without || "", value: dataset.value || "", alone: "alone" in dataset,
      ignore: dataset.ignore || "",
    }),
  ".put-back": ({ dataset }) => send("put_back", { turn: Number(dataset.turn) }),
  ".edit": (button) => showForm(button.closest(".turn").querySelector(".editing"), true),
  ".verdict": ({ dataset }) => {
    const turn = `[data-turn="${dataset.turn}"]`;
    focusNext = [`.correcting${turn} textarea`, `.verdict${turn}[data-verdict="${dataset.verdict}"]`];
    send("judge", { turn: Number(dataset.turn), verdict: Number(dataset.verdict) });
  },
  ".take": ({ dataset }) => send("take", { turn: asNumber(dataset.turn), format: dataset.format, how: dataset.how }),
  ".cite": open,
  ".version": (button) => {
    focusNext = [`#reader .version${"now" in button.dataset ? "[data-now]" : ":not([data-now])"}`];
    open(button);
  },
  ".step": (button) => {
    const control = controls()[controls().indexOf(currentControl()) + Number(button.dataset.by)];
    focusNext = [`#reader .step[data-by="${button.dataset.by}"]:enabled`, "#reader .step:enabled"];
    if (control) open(control);
  },
  "#reader .back": backToAnswer,
  "#reader .close": backToAnswer,
  ".within": ({ dataset }) => {
    chosen.documents.clear();
    chosen.documents.set(dataset.document, dataset.title);
    showChosen();
    openDrawer("");
    box().focus();
  },
  ".rename": (button) => {
    showForm(button.closest("li").querySelector(".renaming"), true);
    button.setAttribute("aria-expanded", "true");
  },
  ".delete": ({ dataset }) => {
    focusNext = [".bring-back"];
    send("remove", { which: dataset.conversation });
  },
  ".bring-back": ({ dataset }) => {
    focusNext = ["#past-sought"];
    send("bring_back", { which: dataset.conversation });
  },
  ".cancel": (button) => {
    const form = button.closest("form");
    form.reset();
    showForm(form, false);
    form.closest(".turn, li")?.querySelector(".edit, .rename")?.focus();
  },
};

const submits = {
  "#composing": askWhatIsWritten,
  ".editing": (form) => {
    const field = form.querySelector("textarea");
    if (!field.value.trim()) return;
    written.delete(field.id);
    ask({ asked: field.value.trim(), instead_of: Number(form.dataset.turn) });
  },
  ".correcting": (form) => {
    const field = form.querySelector(".correction");
    if (!field.value.trim()) return;
    written.delete(field.id);
    focusNext = [`.verdict[data-turn="${form.dataset.turn}"][aria-pressed=true]`];
    send("judge", { turn: Number(form.dataset.turn), correction: field.value.trim() });
  },
  ".renaming": (form) => {
    focusNext = [`#past .past[data-conversation="${form.dataset.conversation}"]`];
    send("rename", { which: form.dataset.conversation, title: form.querySelector("input").value });
  },
};

const ours = (target) => target instanceof Element && target.closest("#asking, #head");

document.addEventListener("click", (event) => {
  if (!ours(event.target)) return;
  if (drawer && !wide() && !event.target.closest("#side, #right, #head")) {
    if (drawer === "reader") backToAnswer(); // on the shade beside the drawer
    else openDrawer("");
    return;
  }
  const link = event.target.closest("a.past");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    visit(link.dataset.conversation);
    return;
  }
  for (const [selector, act] of Object.entries(clicks)) {
    const found = event.target.closest(selector);
    if (found) act(found);
  }
});

document.addEventListener("submit", (event) => {
  if (!ours(event.target)) return;
  event.preventDefault();
  for (const [selector, act] of Object.entries(submits)) if (event.target.matches(selector)) act(event.target);
});

document.addEventListener("keydown", (event) => {
  if (!ours(event.target)) return;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("#asked, .editing textarea, .correction")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key !== "Escape") return;
  const form = event.target.closest(".editing, .renaming");
  if (form) clicks[".cancel"](form);
  else if (drawer === "reader" || event.target.closest("#reader")) backToAnswer();
  else if (drawer === "past") {
    openDrawer("");
    find("#show-past").focus();
  } else if (asked) send("stop");
});

let seeking;
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!ours(field)) return;
  if (field.closest("#conversation") && field.id) written.set(field.id, field.value);
  if (field.matches("#document-sought")) seekDocument(field);
  if (field.matches("#past-sought")) {
    clearTimeout(seeking);
    seeking = setTimeout(() => send("search", { sought: field.value }), 200);
  }
  if (field.matches(".filter-choice")) {
    chosen[field.dataset.field][field.checked ? "add" : "delete"](field.value);
    showChosen();
  }
});

document.addEventListener("change", (event) => {
  if (!ours(event.target) || !event.target.matches(".filter-day")) return;
  chosen[event.target.dataset.field] = event.target.value;
  showChosen();
});

document.addEventListener("toggle", (event) => {
  if (!ours(event.target) || !event.target.id) return;
  if (event.target.open) unfolded.add(event.target.id);
  else unfolded.delete(event.target.id);
}, true);

document.addEventListener("briefing-library-changed", () => send("refresh"));
window.addEventListener("popstate", () => visit(named()));

// ── watching what comes ─────────────────────────────────────────────────────────────────────────────────────────────

const places = {
  "#conversation": conversationCame, "#pending": pendingCame, "#reader": readerCame, "#past": focusOnNext,
  "#pickers": showChosen, "#taken": takenCame,
};
function look(records) {
  for (const [selector, came] of Object.entries(places)) {
    const touched = records.some(({ target }) => target.closest?.(`${selector} .html-container`)); // not Gradio's own signs
    if (touched && find(`${selector} .html-container > div > *`)) came(); // it is empty for a moment in between
  }
}

function begin() {
  if (!find("#conversation") || !find("#composing")) {
    requestAnimationFrame(begin);
    return;
  }
  find("#conversation").addEventListener("scroll", (event) => (scrolled = event.target.scrollTop));
  const said = document.createElement("div");
  said.id = "said";
  said.setAttribute("role", "status");
  find("#asking").append(said);
  openDrawer("");
  new MutationObserver(look).observe(find("#desk").parentElement, { childList: true, subtree: true });
  send("visit", { conversation: named() });
  if (wide()) box().focus();
}

begin();
