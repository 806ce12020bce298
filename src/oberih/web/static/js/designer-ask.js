// When is which question sent?  While the hand moves, drafts, never more than one on its way; when it rests, the full
// question.  A full question on its way is ended by the next move.  A draft on its way may arrive, else a hand that
// never rests would never see an answer; one that takes too long is ended for the newest.
// The network and the clock come in as arguments.

const REST = 500;  // ms that a hand rests before the full question is asked
const PATIENCE = 2500;  // ms that a draft may take while a newer one waits

/**
 * `fetch(question, detail, signal)` answers; `shown(answer, {question, detail, took})` is told each answer that may be
 * shown; `state(name, {detail, error, again})` is told `asking`, `done`, `waiting` (busy, asks again by itself),
 * `refused`, `lost` (asks again by itself) and `signed-out`.
 */
export class Asker {
  constructor({ fetch, shown, state, now = () => performance.now(), later = setTimeout, never = clearTimeout, rest = REST }) {
    Object.assign(this, { fetch, shown, state, now, rest });
    this.later = (what, ms) => later(what, ms);
    this.never = (timer) => never(timer);
    this.flying = null;
    this.waiting = null;
    this.timers = {};
    this.turn = 0;
  }

  /** The question has changed; `rested` where nothing is being moved, so that the full question may follow at once. */
  change(question, { rested = false } = {}) {
    this.question = question;
    this.turn += 1;
    this.clear("again");
    this.waiting = { question, detail: "draft", turn: this.turn };
    this.set("rest", () => this.settle(), rested ? 0 : this.rest);
    if (this.flying?.detail === "full") this.end();
    if (!this.flying) this.send();
    else if (!this.timers.patience) this.set("patience", () => this.impatient(), PATIENCE);
  }

  /** What is waited for has come: ask now instead of later. */
  hurry() {
    if (this.flying || !this.timers.again) return;
    this.clear("again");
    this.waiting = { question: this.question, detail: "draft", turn: this.turn };
    this.failed = null;
    this.send();
  }

  set(name, what, ms) {
    this.clear(name);
    this.timers[name] = this.later(() => { this.timers[name] = null; what(); }, ms);
  }

  clear(name) {
    if (this.timers[name]) this.never(this.timers[name]);
    this.timers[name] = null;
  }

  end() {
    this.flying?.control.abort();
    this.flying = null;
  }

  impatient() {
    if (!this.waiting || !this.flying) return;
    this.end();
    this.send();
  }

  settle() {
    this.settled = this.turn;
    if (!this.flying && !this.waiting && this.failed !== this.turn) this.full();
  }

  full() {
    this.waiting = { question: this.question, detail: "full", turn: this.turn };
    this.send();
  }

  async send() {
    const asked = { ...this.waiting, control: new AbortController(), begun: this.now() };
    this.waiting = null;
    this.flying = asked;
    this.clear("patience");
    this.state("asking", { detail: asked.detail });
    let answer, failed = null;
    try {
      answer = await this.fetch(asked.question, asked.detail, asked.control.signal);
    } catch (error) {
      failed = error;
    }
    if (this.flying !== asked) return;  // ended for a newer one
    this.flying = null;
    this.clear("patience");
    if (failed) this.fail(asked, failed);
    else this.shown(answer, { question: asked.question, detail: asked.detail, took: this.now() - asked.begun });
    this.next(asked, failed);
  }

  /** What follows: the newest draft, then the full question if the hand rests. */
  next(asked, failed) {
    if (this.waiting) return void this.send();
    if (failed) return;
    if (asked.detail === "draft" && this.settled === this.turn && asked.turn === this.turn) return void this.full();
    if (asked.detail === "full") this.state("done", { detail: "full" });
    else this.state("resting", { detail: "draft" });
  }

  fail(asked, error) {
    this.failed = asked.turn;
    const busy = error.status === 503 || error.status === 429 || error.status === 409;
    const told = { detail: asked.detail, error };
    if (error.status === 401) this.state("signed-out", told);
    else if (error.status && !busy) this.state("refused", told);
    else {
      const again = error.retryAfter > 0 ? error.retryAfter : busy ? 2 : 5;
      this.state(busy ? "waiting" : "lost", { ...told, again });
      this.set("again", () => {
        if (this.flying) return;
        this.waiting = { question: this.question, detail: asked.detail, turn: this.turn };
        this.send();
      }, again * 1000);
    }
  }
}
