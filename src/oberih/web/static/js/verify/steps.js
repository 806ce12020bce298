// What was checked, one thing after another, and what was not?
//
// A step is {state, what, values, why}: "held" (checked, and so it is), "failed" (checked, and it is not so, or it could
// not be had), "open" (not checked here; the reader has to know).  Nothing is called checked that was not.

import { Wrong } from "./bytes.js";

export class Steps {
  list = [];

  /** `seen` is called after each step, so that a page can show them as they come. */
  constructor(seen = () => {}) {
    this.seen = seen;
  }

  #add(step) {
    this.list.push(step);
    this.seen(step);
  }

  held(what, values = {}, details = []) {
    this.#add({ state: "held", what, values, details });
  }

  failed(what, why, values = {}, details = []) {
    this.#add({ state: "failed", what, why, values, details });
  }

  open(what, values = {}, details = []) {
    this.#add({ state: "open", what, values, details });
  }

  /** Do one thing; what goes wrong in it is a failed step, and null comes back. */
  async check(what, doing) {
    try {
      return await doing();
    } catch (error) {
      if (error instanceof Wrong) this.failed(what, error.why, error.values);
      else this.failed(what, "unexpected", { why: String(error?.message ?? error) });
      return null;
    }
  }

  get anyFailed() {
    return this.list.some((step) => step.state === "failed");
  }

  /**
   * In one word: "failed"; "nothing" (nothing was checked); "anchored" (it also fits something that the reader has from
   * elsewhere or from before); "within" (it only fits together: whoever serves it could have made it all).
   */
  get verdict() {
    if (this.anyFailed) return "failed";
    if (!this.list.some((step) => step.state === "held")) return "nothing";
    return this.list.some((step) => step.state === "held" && ANCHORS.has(step.what)) ? "anchored" : "within";
  }
}

const ANCHORS = new Set(["trusted-key", "older", "witness-known"]);
