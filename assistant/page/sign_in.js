// Sends name and password, then loads the address that was asked for. What was typed stays, but for a wrong password.
const form = document.querySelector("form");
const told = document.querySelector("[role=alert]");
const button = form.querySelector("button");

function tell(words, field) {
  told.textContent = "";
  told.textContent = words;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, password } = form.elements;
  for (const field of [username, password]) field.removeAttribute("aria-invalid");
  for (const field of [username, password]) {
    if (!field.value) return tell(form.dataset.missing, field);
  }
  if (button.getAttribute("aria-disabled") === "true") return undefined;
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch("login", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) return location.reload();
    password.value = "";
    return tell(answer.status < 500 ? form.dataset.wrong : form.dataset.unreached, password);
  } catch {
    return tell(form.dataset.unreached, button);
  } finally {
    button.removeAttribute("aria-disabled");
  }
});
