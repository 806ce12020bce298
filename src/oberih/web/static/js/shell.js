// What every page does: tells that the connection or the session is gone, and when it is back.

import { say, moment } from "./words.js";
import { fill, make } from "./dom.js";

const notice = document.getElementById("notice");
let updated = new Date().toISOString();

// On a phone the row of pages is scrolled to the one that is open; by hand, since scrollIntoView would have the Tab key
// begin there, behind the way to the content.
const current = document.querySelector(".bar nav [aria-current]");
for (const row of current ? [current.closest("nav"), current.closest("ul")] : []) {
  const [here, all] = [current.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += here.left + here.width / 2 - all.left - all.width / 2;
}

/** Tell something above the page; null takes it away. */
export function tell(text, action = null) {
  notice.hidden = text === null;
  fill(notice, text, action);
}

/** Note that what is shown is as of now. */
export function fresh() {
  updated = new Date().toISOString();
  document.documentElement.removeAttribute("data-lost");
  if (!notice.hidden && notice.dataset.kind === "offline") tell(null);
}

/** Tell that the server does not answer. */
export function lost() {
  notice.dataset.kind = "offline";
  document.documentElement.setAttribute("data-lost", "");
  tell(say("shell.offline", { when: moment(updated) }));
}

// the other language, of what is seen now: a shared setting stays in the address
const other = document.querySelector("a.language");
other?.addEventListener("click", () => {
  const query = new URLSearchParams(location.search);
  query.set("lang", other.lang);
  other.href = `?${query}${location.hash}`;
});

document.addEventListener("oberih:signed-out", () => {
  notice.dataset.kind = "session";
  const back = encodeURIComponent(location.pathname + location.search);
  tell(say("shell.session-ended"), make("a", { href: `/account?next=${back}` }, say("shell.sign-in")));
});
