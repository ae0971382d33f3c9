// Short messages, dialogs, the clipboard, and forms that show their errors.

import { element } from "./dom.js";

const toasts = document.getElementById("toasts");
const dialog = document.getElementById("ask");
const part = (name) => document.getElementById(`ask-${name}`);

const SECONDS = 5;

export function say(text, kind = "good") {
  const toast = element("p", { class: `toast ${kind}` }, text);
  toasts.append(toast);
  setTimeout(() => toast.remove(), SECONDS * 1000);
}

/** Runs an action, and shows its success or its error. */
export async function attempt(action, success = "") {
  try {
    const result = await action();
    if (success) say(success);
    return result;
  } catch (error) {
    say(error.message, "bad");
  }
}

/** Asks before an action that cannot be undone. */
export async function confirmed(title, text, yes) {
  return (await open({ title, text, yes })) === "yes";
}

/** Copies a text, or shows it if the browser does not allow copies. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}`);
  } catch {
    await open({ title: `Copy ${what}`, content: text });
  }
}

function open({ title, text = "", content = "", yes = "" }) {
  for (const [name, value] of Object.entries({ title, text, yes })) {
    part(name).textContent = value;
    part(name).hidden = !value;
  }
  part("content").value = content;
  part("content").hidden = !content;
  part("no").textContent = yes ? "Cancel" : "Close";
  dialog.returnValue = "";
  dialog.showModal();
  if (content) part("content").select();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

/** Sends a form by `action(values)`; a problem appears below the fields. */
export function onSubmit(form, action) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.querySelector(".problem")?.remove();
    const button = form.querySelector("button:not([type])");
    button.disabled = true;
    try {
      await action(Object.fromEntries(new FormData(form)));
    } catch (error) {
      form.append(element("p", { class: "problem wide", role: "alert" }, error.message));
    } finally {
      button.disabled = false;
    }
  });
}
