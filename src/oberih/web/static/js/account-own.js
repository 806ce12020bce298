// What does somebody do with their own account?  Password, second factor, sessions, tokens.

import { ask } from "./ask.js";
import { fill, make, table } from "./dom.js";
import { say, moment } from "./words.js";
import { again, field, folded, form, holder, reason } from "./account-form.js";

const at = (seconds) => (seconds ? moment(new Date(seconds * 1000).toISOString()) : say("account.never"));

function passwordForm(me, changed) {
  return form({
    action: say("account.change-password"),
    fields: [
      holder(me),
      field("old", say("account.old-password"), { type: "password", autocomplete: "current-password", required: true }),
      field("new", say("account.new-password"),
        { type: "password", autocomplete: "new-password", required: true, minlength: "12", hint: say("account.new-password-hint") }),
      field("repeat", say("account.repeat-password"), { type: "password", autocomplete: "new-password", required: true }),
      me.second_factor ? field("code", say("account.code"), { autocomplete: "one-time-code", prefix: "change" }) : null,
    ],
    async send({ old, new: wanted, repeat, code = "" }, tell) {
      if (wanted !== repeat) return tell(say("account.not-alike"));
      await ask("/api/v1/account/password", { body: { old, new: wanted, code } });
      await changed();
      document.getElementById("password-said").textContent = say("account.password-changed");
    },
  });
}

function codesShown(codes) {
  return make("div", { class: "once" }, make("h3", {}, say("account.codes-title")), make("p", {}, say("account.codes-keep")),
    make("ul", { class: "codes" }, codes.map((one) => make("li", {}, one))));
}

function enrol(me, place) {
  return form({
    action: say(me.second_factor ? "account.factor-replace" : "account.factor-begin"),
    fields: again("enrol", me),
    async send({ password, code = "" }) {
      const begun = await ask("/api/v1/account/factor", { body: { password, code } });
      const picture = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(begun.picture)}`;
      const confirm = form({
        action: say("account.factor-confirm"),
        fields: [field("first", say("account.factor-first-code"),
          { autocomplete: "one-time-code", inputmode: "numeric", required: true, minlength: "6", maxlength: "7" })],
        async send({ first }) {
          const { codes } = await ask("/api/v1/account/factor/first-code", { body: { code: first } });
          fill(place, codesShown(codes));
        },
      });
      fill(place, make("div", { class: "once" }, make("p", {}, say("account.factor-scan")),
        make("img", { src: picture, alt: say("account.factor-picture") }),
        make("p", {}, say("account.factor-secret", { secret: begun.secret.match(/.{1,4}/g).join(" ") })), confirm));
    },
  });
}

function factor(me, changed) {
  const place = make("div", {});
  fill(place, make("p", {}, say(me.second_factor ? "account.factor-on" : "account.factor-off", { left: me.recovery_codes_left })),
    folded(say(me.second_factor ? "account.factor-replace" : "account.factor-begin"), enrol(me, place)),
    me.second_factor ? folded(say("account.codes-renew"), form({
      action: say("account.codes-renew"), fields: again("renew", me),
      async send({ password, code }) {
        fill(place, codesShown((await ask("/api/v1/account/recovery-codes", { body: { password, code } })).codes));
      },
    })) : null,
    me.second_factor ? folded(say("account.factor-remove"), form({
      action: say("account.factor-remove"), fields: again("remove", me),
      async send({ password, code }) {
        await ask("/api/v1/account/factor/removal", { body: { password, code } });
        await changed();
      },
    })) : null);
  return place;
}

async function sessions(changed) {
  const found = await ask("/api/v1/account/sessions");
  const rows = found.map((one) => [one.browser || "–", one.address || "–", at(one.made_at), at(one.seen_at),
    one.current ? say("account.this-one") : make("button", {
      type: "button", "aria-label": say("account.end-session", { browser: one.browser || one.address }),
      async onclick() {
        await ask(`/api/v1/account/sessions/${one.id}`, { method: "DELETE" });
        await changed();
      },
    }, say("account.end"))]);
  return table({ caption: say("account.sessions-title"), rows,
    heads: ["browser", "address", "begun", "last-used", "end"].map((one) => say(`account.${one}`)) });
}

function tokenForm(me, place, changed) {
  const may = me.permissions.filter((one) => one !== "accounts");
  return form({
    action: say("account.token-make"),
    fields: [
      field("name", say("account.token-for"), { required: true, maxlength: "100", prefix: "token" }),
      make("fieldset", {}, make("legend", {}, say("account.token-scopes")), may.map((one) => make("label", { class: "inline" },
        make("input", { type: "checkbox", name: `may-${one}`, checked: one === "read" }), say(`account.may-${one}`)))),
      field("days", say("account.token-days"), { type: "number", min: "1", max: "366", value: "90", required: true, prefix: "token" }),
      ...again("token", me),
    ],
    async send(given) {
      const scopes = may.filter((one) => `may-${one}` in given);
      const { name, password, code = "" } = given;
      const made = await ask("/api/v1/account/tokens", { body: { name, scopes, days: Number(given.days), password, code } });
      await changed();
      fill(place, make("div", { class: "once", role: "status" }, make("p", {}, say("account.token-shown")), make("code", {}, made.token)));
    },
  });
}

async function tokens(me) {
  const place = make("div", {}), list = make("div", {}), said = make("p", { class: "said", role: "alert" });
  async function changed() {
    const found = await ask("/api/v1/account/tokens");
    const rows = found.map((one) => [one.name, one.scopes.map((s) => say(`account.may-${s}`)).join(", "),
      one.ends_at * 1000 > Date.now() ? at(one.ends_at) : say("account.over"), at(one.seen_at), make("button", {
        type: "button", "aria-label": say("account.token-end", { name: one.name }),
        async onclick() {
          try {
            await ask(`/api/v1/account/tokens/${one.id}`, { method: "DELETE" });
            await changed();
          } catch (error) {
            fill(said, reason(error));
          }
        },
      }, say("account.end"))]);
    fill(list, rows.length ? table({ caption: say("account.tokens-title"), rows,
      heads: ["token-for", "token-scopes", "until", "last-used", "end"].map((one) => say(`account.${one}`)) })
      : make("p", { class: "faint" }, say("account.tokens-none")));
  }
  await changed();
  return [list, said, place, folded(say("account.token-make"), tokenForm(me, place, changed))];
}

/** The sections of one's own account; `changed` shows the page anew. */
export async function ownAccount(me, changed) {
  const must = me.must_change ? make("p", { class: "once", role: "alert" }, say("account.must-change")) : null;
  const section = (title, ...content) => make("section", {}, make("h2", {}, say(title)), ...content.flat());
  const password = section("account.password-title", must, make("p", { id: "password-said", role: "status" }),
    me.must_change ? passwordForm(me, changed) : folded(say("account.change-password"), passwordForm(me, changed)));
  if (me.must_change) return password;
  return make("div", {}, password, section("account.factor-title", factor(me, changed)),
    section("account.sessions-title", await sessions(changed)), section("account.tokens-title", await tokens(me)));
}
