// How is something asked of a person on the account page?  A form that says what went wrong, in the reader's words.

import { fill, make } from "./dom.js";
import { say } from "./words.js";

/** One field with its label. */
export function field(name, label, { hint, type = "text", value = "", prefix = "field", ...attributes } = {}) {
  const id = `${prefix}-${name}`;
  return make("div", {}, make("label", { for: id }, label),
    make("input", { id, name, type, value, "aria-describedby": hint ? `${id}-hint` : null, ...attributes }),
    hint ? make("p", { id: `${id}-hint`, class: "faint" }, hint) : null);
}

/** Whose password it is, for what keeps passwords; nobody sees it. */
export function holder(me) {
  return make("input", { type: "text", autocomplete: "username", value: me.name, hidden: true, readonly: true, tabindex: "-1" });
}

/** Password and code again, before anything that lasts. */
export function again(prefix, me) {
  return [
    holder(me),
    field("password", say("account.old-password"),
      { type: "password", autocomplete: "current-password", required: true, prefix }),
    me.second_factor ? field("code", say("account.code"), { autocomplete: "one-time-code", maxlength: "40", prefix }) : null,
  ];
}

export function secondsOf(error) {
  return /(\d+) s/.exec(error.message)?.[1] ?? "60";
}

/** Say what went wrong. */
export function reason(error) {
  if (error.status === 403 && error.problem.field === "password") return say("account.does-not-fit");
  if (error.status === 429) return say("account.wait", { seconds: secondsOf(error) });
  if (error.status === 422 && error.problem.field === "code") return say("account.factor-code-wrong");
  return say("shell.failed", { why: error.message });
}

/** A form; `send` gets what was filled in, checkboxes of one name as a list. */
export function form({ fields, action, send }) {
  const said = make("p", { class: "said", role: "alert" });
  const button = make("button", { class: "first", type: "submit" }, action);
  const made = make("form", { class: "kept" }, fields, make("p", {}, button), said);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    fill(said);
    button.disabled = true;
    try {
      await send(Object.fromEntries(new FormData(made)), (text) => fill(said, text));
    } catch (error) {
      fill(said, reason(error));
      made.querySelector("[type=password]")?.focus();
    } finally {
      button.disabled = false;
    }
  });
  return made;
}

/** Something folded away until it is wanted. */
export function folded(title, ...content) {
  return make("details", {}, make("summary", {}, title), content);
}
