// Runs once for each part of the library tab (finder, table, head, form, body), as the js_on_load of its gr.HTML: Gradio
// hands over `element`, `trigger` (tells the server) and `watch` (tells that new HTML has been put in).
// Nothing here makes HTML. The form that edits a document comes in a template of its head and is taken over from there:
// what somebody has typed into it stays, whatever the server says and however late.

const library = (window.briefingLibrary ??= {
  number: 0, // of what was last sent
  wish: { sought: "", sort: "", descending: true, page: 0, withdrawn: false },
  listing: 0, // the number of the list that is awaited
  listed: 0, // the newest one that has come
  opening: 0, // the same of documents
  answered: 0,
  opened: "",
});
const AWAITED = 20_000; // milliseconds after which an answer counts as lost
const part = (selector) => document.querySelector(selector);
const narrow = () => !window.matchMedia("(min-width: 768px)").matches;

// ── the table: one is awaited at a time, and the newest wish follows it ─────────────────────────────────────────────

library.list = (change = {}) => {
  Object.assign(library.wish, change);
  if (library.listing) {
    library.listAgain = true;
    return;
  }
  const number = (library.listing = ++library.number);
  library.listAgain = false;
  library.send("library_list", { ...library.wish, number });
  setTimeout(() => library.listing === number && listed(number), AWAITED);
};

function listed(number) {
  if (number < library.listed) {
    library.list(); // an older answer has come behind a newer one
    return;
  }
  library.listed = number;
  if (number >= library.listing) library.listing = 0;
  if (library.listAgain) library.list();
}

function markOpened() {
  for (const entry of document.querySelectorAll("#library .entry")) {
    if (entry.dataset.document === library.opened) entry.setAttribute("aria-current", "true");
    else entry.removeAttribute("aria-current");
  }
}

function focusTable() {
  const selector = library.tableFocus;
  library.tableFocus = undefined;
  if (!selector) return;
  const wanted = element.querySelector(selector) || element.querySelector(".scrolled");
  wanted?.focus({ preventScroll: true });
}

// ── one document ────────────────────────────────────────────────────────────────────────────────────────────────────

const form = () => part("#editor form");
const fields = () => [...(form()?.elements ?? [])].filter((field) => field.name);
const written = (field) => field.value !== field.dataset.known || field.validity.badInput;
const unsaved = () => fields().some(written);

library.open = (id, more = {}) => {
  if (id !== library.opened && unsaved() && !window.confirm(form().dataset.unsaved)) return;
  library.opened = id;
  markOpened();
  library.ask("library_open", more);
};

// What is only looked at waits for the answer before it, and the newest wish counts; what changes something is sent.
library.ask = (name, more = {}) => {
  const sent = { document: library.opened, ...more };
  if (name === "library_open" && library.opening) {
    library.openAgain = more;
    return;
  }
  const number = (library.opening = ++library.number);
  library.openAgain = undefined;
  library.send(name, { ...sent, number });
  setTimeout(() => library.opening === number && answered(number), AWAITED);
};

function answered(number) {
  if (number < library.answered) {
    library.ask("library_open");
    return;
  }
  library.answered = number;
  if (number >= library.opening) library.opening = 0;
  if (library.openAgain) library.ask("library_open", library.openAgain);
}

function know(field, value) {
  if (!written(field)) field.value = value;
  field.dataset.known = value;
}

function takeForm() {
  const template = element.querySelector("template");
  const shown = element.querySelector(".head");
  if (!template || shown.dataset.document !== library.opened) return;
  const fresh = template.content.cloneNode(true);
  const coming = fresh.querySelector("form");
  if (coming && form()?.dataset.document === coming.dataset.document) {
    for (const field of [...coming.elements].filter((one) => one.name)) know(form().elements[field.name], field.value);
  } else {
    const place = library.editor.querySelector(".place") || library.editor.appendChild(document.createElement("div"));
    place.className = "place";
    place.replaceChildren(fresh);
    for (const field of fields()) field.dataset.known = field.value; // as this browser writes it
  }
}

function clearTrouble() {
  for (const field of fields()) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

function save() {
  const changed = fields().filter(written);
  clearTrouble();
  library.ask("library_edit", { fields: Object.fromEntries(changed.map((field) => [field.name, field.value])) });
}

// ── what each part does ─────────────────────────────────────────────────────────────────────────────────────────────

const clicked = {
  ".sort": (button) => {
    const turned = library.wish.sort === button.dataset.sort && !library.wish.descending;
    library.tableFocus = `.sort[data-sort="${button.dataset.sort}"]`;
    library.list({ sort: button.dataset.sort, descending: turned, page: 0 });
  },
  ".page": (button) => {
    if (button.getAttribute("aria-disabled") === "true") return;
    library.tableFocus = `.page.${button.classList.contains("next") ? "next" : "previous"}`;
    library.list({ page: Number(button.dataset.page) });
  },
  ".entry": (button) => {
    library.headFocus = true;
    library.open(button.dataset.document);
  },
  ".bring-back": (button) => {
    if (button.dataset.document !== library.opened && unsaved() && !window.confirm(form().dataset.unsaved)) return;
    library.opened = button.dataset.document;
    library.headFocus = true;
    library.ask("library_return");
  },
  ".withdraw": () => {
    library.undoFocus = true;
    library.ask("library_withdraw");
  },
  ".compare": (button) => {
    library.changeFocus = true;
    library.open(library.opened, { compared: button.dataset.compared });
  },
  ".undo-edits": () => {
    clearTrouble();
    for (const field of fields()) field.value = field.dataset.known; // what was typed is given up on purpose
    library.ask("library_undo");
  },
  ".back": () => {
    const entry = part('#library .entry[aria-current="true"]') || part("#find");
    entry.focus({ preventScroll: true });
    entry.scrollIntoView({ block: "center" });
  },
};

element.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(clicked)) {
    const button = event.target.closest(`${selector}:is(button)`);
    if (button && element.contains(button)) {
      act(button);
      return;
    }
  }
});

if (element.closest("#finder")) {
  library.send = trigger;
  const search = () => library.list({ sought: part("#find").value, page: 0 });
  element.addEventListener("input", (event) => {
    if (event.target.id !== "find") return;
    clearTimeout(library.typing);
    library.typing = setTimeout(search, 250);
  });
  element.addEventListener("change", (event) => {
    if (event.target.id === "shown") library.list({ withdrawn: event.target.value === "withdrawn", page: 0 });
  });
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(library.typing);
    search();
  });
} else if (element.closest("#library")) {
  watch("value", () => {
    markOpened();
    focusTable();
    listed(Number(element.querySelector(".listing")?.dataset.number ?? 0));
  });
} else if (element.closest("#document-head")) {
  watch("value", () => {
    takeForm();
    answered(Number(element.querySelector(".head")?.dataset.number ?? 0));
    if (!library.headFocus) return;
    library.headFocus = false;
    element.querySelector("h3")?.focus({ preventScroll: true });
    if (narrow()) requestAnimationFrame(() => element.scrollIntoView({ block: "start" })); // when its text is there, too
    else part("#volume").scrollTop = 0;
  });
} else if (element.closest("#library-said")) {
  element.setAttribute("aria-live", "polite"); // there before anything is said
  watch("value", () => {
    const said = element.querySelector("[data-number]");
    if (!said) return;
    if (said.hasAttribute("data-changed")) {
      library.list();
      document.dispatchEvent(new CustomEvent("briefing-library-changed"));
    } else {
      answered(Number(said.dataset.number)); // an error comes without a document
    }
    if (said.classList.contains("error")) {
      library.opened = part("#document-head .head")?.dataset.document ?? "";
      markOpened();
    }
    const field = said.dataset.field && form()?.elements[said.dataset.field];
    if (field) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", said.id);
      field.focus();
    } else if (library.undoFocus) {
      said.querySelector("button")?.focus({ preventScroll: true });
    }
    library.undoFocus = false;
  });
} else if (element.closest("#editor")) {
  library.editor = element;
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
} else if (element.closest("#document")) {
  watch("value", () => {
    if (!library.changeFocus) return;
    library.changeFocus = false;
    const change = element.querySelector(".change h5");
    change?.focus({ preventScroll: true });
    change?.scrollIntoView({ block: "nearest" });
  });
}
