// In which state is the page?  One line says what is wrong or being waited for, and takes itself away when it is over.

import { ask } from "./ask.js";
import { stretch } from "./designer-figures.js";
import { fresh, lost } from "./shell.js";
import { language, number, say } from "./words.js";

const by = (id) => document.getElementById(id);
let link = null, atlas = "ready";

function line(text) {
  const told = by("told"), whole = [link, text].filter(Boolean).join(" ");
  told.hidden = !whole;
  if (told.textContent !== whole) told.textContent = whole;
}

const before = () => (by("designer").dataset.state === "loading" ? "" : ` ${say("designer.old-answer")}`);
const old = (is) => by("designer").toggleAttribute("data-old", is && by("designer").dataset.state !== "loading");

/** Say a state of `Asker`, of the link that was opened, or that the reader has changed something. */
export function tellState(name, told) {
  switch (name) {
    case "link":
      link = told.gone ? say("designer.upload-gone") : told.keptWrong ? say("designer.link-kept-wrong")
        : say("designer.link-wrong", { what: told.wrong.map((w) => `${w.name} = ${w.value.slice(0, 40)}`).join(", ") });
      return line("");
    case "changed": link = null; return;
    case "asking": return;
    case "done": case "resting": old(false); fresh(); return line("");
    case "waiting":
      old(true);
      if (atlas !== "ready") return undefined;  // how far it is, is told already
      return line(say(told.error?.status === 409 ? "designer.reading" : "designer.busy", { n: number(told.again, 2) }) + before());
    case "lost": old(true); lost(); return line(say("designer.lost", { n: number(told.again, 2) }) + before());
    case "signed-out": old(true); return line(say("designer.signed-out") + before());
    case "refused": old(true); return line((told.here ? say("designer.refused-here") : say("designer.refused", { why: told.error.message })) + before());
  }
}

/** How long still [s], from what was done since the stage began; null where nobody can say yet. */
export function timeLeft(then, now) {
  const done = now.done - then.done, passed = now.at - then.at;
  if (then.stage !== now.stage || done <= 0 || passed < 2 || !now.total) return null;
  return ((now.total - now.done) * passed) / done;
}

/** How far it is, 0 to 1; null where nobody knows. */
function progress(share) {
  const bar = by("progress");
  bar.hidden = false;
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
}

/** Follow the atlas until it is ready, then call `ready`. */
export async function watchAtlas(first, ready) {
  let told = first, begun = null;
  while (told.state !== "ready") {
    atlas = told.state;
    const now = { ...told, at: performance.now() / 1000 };
    if (begun?.stage !== now.stage) begun = now;
    const left = timeLeft(begun, now), share = told.total ? number((100 * told.done) / told.total, 2) : null;
    by("headline").textContent = say("designer.preparing-headline");
    progress(share === null ? null : told.done / told.total);
    if (told.state === "failed") line(say("designer.atlas-failed", { why: told.text }));
    else line(share === null ? say("designer.preparing-unknown") : say("designer.preparing", { share, left: left === null ? "" : say("designer.preparing-left", { time: stretch(left) }) }));
    await new Promise((later) => setTimeout(later, 2000));
    told = await ask(`/api/v1/design/choices?lang=${language}`).then((c) => c.atlas, () => told);
  }
  if (atlas !== "ready") {
    atlas = "ready";
    by("progress").hidden = true;
    line("");
    ready();
  }
}
