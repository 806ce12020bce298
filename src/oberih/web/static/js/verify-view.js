// How does a tired person see what was checked, and what was not?  The steps of a verification as a list, the answer
// above it; exact values are one key press away.

import { fill, make } from "./dom.js";
import { printable } from "./strangers.js";
import { say } from "./words.js";

const MARKS = { held: "✓", failed: "✗", open: "○" };

/** Why a step failed, or what it says, in words. */
export function sentence(step) {
  const values = { ...step.values };
  if (values.from) values.from = say(`evidence.from-${values.from}`);
  if (values.how) values.how = wrong(values.how, {});
  for (const name of Object.keys(values)) values[name] = printable(values[name]);
  if (step.state === "failed") return wrong(step.why, values);
  return say(`evidence.${step.state}-${step.what}`, values);
}

export function wrong(why, values) {
  const key = `evidence.wrong-${why}`;
  const text = say(key, values);
  return text === key ? printable(why) : text;
}

function item(step) {
  const details = step.details?.length
    ? make("details", {}, make("summary", {}, say("evidence.details")),
      step.details.map((d) => make("div", { class: "hash" }, printable(d)))) : null;
  return make("li", { class: `step ${step.state}` },
    make("span", { class: "step-mark", "aria-hidden": "true" }, MARKS[step.state]),
    make("div", {},
      make("strong", {}, say(`evidence.check-${step.what}`)), " ",
      make("span", { class: "step-state" }, `(${say(`evidence.state-${step.state}`)})`),
      make("div", {}, sentence(step)), details));
}

/**
 * A place for one verification: `begin()`, then `seen(step)` for each, then `end(steps)`.  What is in it is told to
 * screen readers when it is done.
 */
export function stage(element) {
  const verdict = make("p", { class: "verdict", role: "status" });
  const list = make("ol", { class: "steps" });
  return {
    begin(title) {
      fill(element, make("h3", {}, title), verdict, list);
      element.hidden = false;
      element.dataset.verdict = "checking";
      verdict.className = "verdict checking";
      fill(verdict, say("evidence.checking"));
      fill(list);
    },
    advance(done, all) {
      fill(verdict, say("evidence.checking-count", { done, all }));
    },
    seen(step) {
      list.append(item(step));
    },
    end(steps) {
      verdict.className = `verdict ${steps.verdict}`;
      element.dataset.verdict = steps.verdict;
      fill(verdict, say(`evidence.verdict-${steps.verdict}`));
      const order = { failed: 0, held: 1, open: 2 };
      fill(list, [...steps.list].sort((a, b) => order[a.state] - order[b.state]).map(item));
    },
  };
}
