// How does an administrator look after accounts?

import { ask } from "./ask.js";
import { fill, make, table } from "./dom.js";
import { say, moment } from "./words.js";
import { field, form, reason } from "./account-form.js";

const ROLES = ["reader", "analyst", "custodian", "administrator"];
const at = (seconds) => (seconds ? moment(new Date(seconds * 1000).toISOString()) : say("account.never"));

function deeds(one) {
  const to = (body) => ({ address: `/api/v1/accounts/${one.name}`, method: "PATCH", body });
  const under = (part, method) => ({ address: `/api/v1/accounts/${one.name}/${part}`, method });
  return [
    [say("account.do-password"), under("password", "POST")],
    [say("account.do-unlock"), under("unlocking", "POST")],
    one.second_factor ? [say("account.do-factor"), under("factor", "DELETE")] : null,
    one.sessions ? [say("account.do-sessions"), under("sessions", "DELETE")] : null,
    [say(one.disabled ? "account.do-enable" : "account.do-disable"), to({ disabled: !one.disabled })],
    ...ROLES.filter((role) => role !== one.role).map((role) =>
      [say("account.do-role", { role: say(`account.role-${role}`) }), to({ role })]),
  ].filter(Boolean);
}

function chooser(one, run) {
  const known = deeds(one);
  const select = make("select", { "aria-label": say("account.choose", { name: one.name }) },
    make("option", { value: "" }, "–"), known.map(([text], i) => make("option", { value: String(i) }, text)));
  const button = make("button", { type: "button", "aria-label": `${say("account.do")}: ${one.name}`,
    onclick: () => select.value && run(one, known[Number(select.value)][1]) }, say("account.do"));
  return make("div", { class: "row" }, select, button);
}

/** The section of all accounts. */
export async function allAccounts() {
  const list = make("div", {}), said = make("p", { class: "said", role: "alert" });

  const handOver = ({ name, password }) => fill(said, make("span", { class: "once" }, say("account.password-once", { name, password })));

  async function run(one, { address, method, body }) {
    try {
      const answer = await ask(address, { method, body });
      await show();
      if (answer?.password) handOver(answer);
      else fill(said, say("account.done"));
    } catch (error) {
      fill(said, reason(error));
    }
  }

  async function show() {
    const found = await ask("/api/v1/accounts");
    const rows = found.map((one) => [one.name, one.about || "–", say(`account.role-${one.role}`),
      say(one.disabled ? "account.disabled" : "account.in-use"), say(one.second_factor ? "account.yes" : "account.no"),
      at(one.signed_in_at), make("code", {}, one.person), chooser(one, run)]);
    fill(list, table({ caption: say("account.accounts-title"), rows,
      heads: ["name", "about", "role", "state", "second-factor", "signed-in-at", "in-the-record", "do"].map((one) => say(`account.${one}`)) }));
  }

  const add = form({
    action: say("account.account-add"),
    fields: [
      field("name", say("account.name"), { required: true, maxlength: "40", hint: say("account.name-hint"), autocapitalize: "none", prefix: "add" }),
      field("about", say("account.about"), { maxlength: "100", prefix: "add" }),
      make("div", {}, make("label", { for: "add-role" }, say("account.role")),
        make("select", { id: "add-role", name: "role" }, ROLES.map((role) => make("option", { value: role }, say(`account.role-${role}`))))),
    ],
    async send(given) {
      const made = await ask("/api/v1/accounts", { body: given });
      await show();
      handOver(made);
    },
  });
  await show();
  return make("section", {}, make("h2", {}, say("account.accounts-title")), make("p", { class: "faint" }, say("account.accounts-note")),
    list, said, make("h3", {}, say("account.account-add")), add);
}
