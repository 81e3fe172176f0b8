// Runs once for the forms that add documents and once for their report, as the js_on_load of each gr.HTML: Gradio hands
// over `element`, `trigger` (tells the server), `watch` (tells of new HTML) and `upload` (sends a file).
// Nothing here makes HTML; what is sent is files, their names, and what was written.

const adding = (window.briefingAdding ??= { busy: false, run: 0 });
const part = (selector) => document.querySelector(`#adding ${selector}`);
const told = (text) => (part(".sending").textContent = text);

function start() {
  if (adding.busy) return false;
  adding.busy = true;
  adding.stopped = false;
  adding.run += 1;
  part(".stop").hidden = false;
  return true;
}

function end() {
  const focused = document.activeElement === part(".stop");
  adding.busy = false;
  part(".stop").hidden = true;
  part(".sent").hidden = true;
  told("");
  return focused;
}

function send(name, values) {
  trigger(name, { ...values, run: adding.run, replacing: part("#adding-replacing").checked });
}

// One file after the other; one that does not arrive is told by the server with the others.
async function sendFiles(form, files) {
  const received = {};
  const lost = [];
  const large = [];
  const bar = part(".sent");
  bar.hidden = false;
  bar.max = files.length;
  for (const [place, file] of files.entries()) {
    if (adding.stopped) break;
    bar.value = place;
    told(
      form.dataset.sending.replace(/\{(place|count|name)\}/g, (_, word) =>
        ({ place: place + 1, count: files.length, name: file.name })[word],
      ),
    );
    try {
      if (file.size > Number(form.dataset.largest)) large.push(file.name);
      else received[(await upload(file)).path] = file.name;
    } catch {
      lost.push(file.name);
    }
  }
  bar.hidden = true;
  told("");
  send("adding_files", { files: received, lost, large, stopped: adding.stopped });
}

const submitted = {
  files: (form) => {
    const files = adding.dropped ?? [...part("#adding-files").files];
    adding.dropped = undefined;
    // Too many are not sent at all: their number is enough for the server to say so.
    if (files.length > Number(form.dataset.most)) send("adding_files", { files: {}, count: files.length });
    else sendFiles(form, files);
  },
  paste: () => send("adding_paste", { text: part("#adding-text").value, title: part("#adding-title").value }),
  address: () => send("adding_address", { address: part("#adding-address").value.trim() }),
};

if (element.closest("#adding")) {
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (start()) submitted[event.target.className](event.target);
  });
  element.addEventListener("click", (event) => {
    const button = event.target.closest(".stop");
    if (!button) return;
    adding.stopped = true;
    told(button.dataset.stopping);
    trigger("adding_stop", { run: adding.run });
  });
  element.addEventListener("dragover", (event) => {
    if (event.target.closest(".files")) event.preventDefault();
  });
  element.addEventListener("drop", (event) => {
    const form = event.target.closest(".files");
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    if (adding.busy) return;
    adding.dropped = [...event.dataTransfer.files];
    form.requestSubmit();
  });
} else {
  element.addEventListener("click", (event) => {
    const entry = event.target.closest(".entry");
    if (!entry) return;
    window.briefingLibrary.headFocus = true;
    window.briefingLibrary.open(entry.dataset.document);
  });
  watch("value", () => {
    const report = element.querySelector(".report[data-done]");
    if (!report) return;
    const focused = end();
    if (focused || report.querySelector('[role="alert"]')) report.querySelector('h3, [role="alert"]')?.focus();
    window.briefingLibrary.list();
    document.dispatchEvent(new CustomEvent("briefing-library-changed"));
  });
}
