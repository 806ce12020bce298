// Who is signed in?  Signing in and out; the rest of the page for whoever is.

import { ask, Refused } from "./ask.js";
import { fill, make } from "./dom.js";
import { say, moment } from "./words.js";
import { ownAccount } from "./account-own.js";
import { allAccounts } from "./account-all.js";
import { field, form, secondsOf } from "./account-form.js";

const place = document.getElementById("account");

/** Where to go on: a page of this server, never another's, whatever the address says. */
export function nextPage(asked = new URLSearchParams(location.search).get("next")) {
  if (!asked || asked.length > 4000) return null;
  let to;
  try {
    to = new URL(asked, location.origin);
  } catch {
    return null;
  }
  const ours = to.origin === location.origin && !to.pathname.startsWith("//") && !to.pathname.startsWith("/api/");
  return ours && to.pathname !== location.pathname ? to.pathname + to.search + to.hash : null;
}

function signIn() {
  const made = form({
    action: say("account.sign-in"),
    fields: [
      field("name", say("account.name"), { autocomplete: "username", required: true, autocapitalize: "none", maxlength: "40" }),
      field("password", say("account.password"), { type: "password", autocomplete: "current-password", required: true }),
      field("code", say("account.code"), { autocomplete: "one-time-code", hint: say("account.code-hint"), maxlength: "40" }),
    ],
    async send(given) {
      await ask("/api/v1/account/sign-in", { body: given });
      location.assign(nextPage() ?? location.pathname);
    },
  });
  return make("section", { class: "sign-in panel" }, make("h2", {}, say("account.sign-in-title")), made);
}

async function signOut() {
  await ask("/api/v1/account/sign-out", { body: {} });
  location.assign("/account");
}

function signedIn(me) {
  const role = say(`account.role-${me.role}`);
  const what = me.permissions.map((one) => say(`account.may-${one}`)).join(", ");
  const back = nextPage();
  return make("section", { class: "panel" },
    make("h2", {}, say("account.signed-in-as", { name: me.name, role })),
    make("p", {}, say("account.you-may", { what })),
    make("p", { class: "faint" }, say("account.session-until", {
      when: moment(new Date(me.ends_at * 1000).toISOString()), minutes: Math.round(me.idle_seconds / 60) })),
    make("p", { class: "row" },
      back && !me.must_change ? make("a", { class: "button first", href: back }, say("account.go-on")) : null,
      make("button", { type: "button", onclick: signOut }, say("account.sign-out"))));
}

async function show() {
  const me = await ask("/api/v1/account/me");
  if (!me.accounts) return fill(place, make("p", { class: "lead" }, say("account.no-accounts")));
  if (!me.name) {
    if (!me.safe_way) return fill(place, make("p", { class: "once", role: "alert" }, say("account.way-not-safe")));
    fill(place, signIn());
    return document.getElementById("field-name").focus();
  }
  const back = nextPage();
  if (back && !me.must_change) return location.replace(back); // a link from elsewhere: the session was there all along
  fill(place, signedIn(me), await ownAccount(me, show),
    me.permissions.includes("accounts") && !me.must_change ? await allAccounts() : null);
}

try {
  await show();
} catch (error) {
  const why = error instanceof Refused && error.status === 429
    ? say("account.wait", { seconds: secondsOf(error) }) : say("shell.failed", { why: error.message });
  fill(place, make("p", { class: "once", role: "alert" }, why));
}
