// What can a program ask?  Reads /openapi.json and shows every address by its subject: what it needs, what it takes,
// what it answers and refuses, and a line to ask it from a terminal.

import { ask } from "./ask.js";
import { commandOf, nameOf, resolved, typeWords } from "./api-words.js";
import { fill, make, table } from "./dom.js";
import { fresh, lost, tell } from "./shell.js";
import { say } from "./words.js";

const home = document.getElementById("api");
const METHODS = ["get", "post", "put", "patch", "delete"];

function operationsOf(whole) {
  return Object.entries(whole.paths).flatMap(([path, item]) => METHODS.filter((m) => item[m]).map((method) => ({
    method, path, operation: item[method], tag: item[method].tags?.[0] ?? "",
    text: `${method} ${path} ${item[method].operationId} ${item[method].summary} ${item[method].description ?? ""}`
      .toLowerCase(),
  })));
}

function parameters(operation, whole) {
  const rows = (operation.parameters ?? []).map((one) => resolved(one, whole)).map((one) => [
    make("code", {}, one.name),
    say(`api.where-${one.in}`),
    [typeWords(one.schema, whole), one.required ? say("api.required")
      : one.schema?.default !== undefined && one.schema.default !== null
        ? say("api.default", { value: JSON.stringify(one.schema.default) }) : null].filter(Boolean).join("; "),
    one.description ?? one.schema?.description ?? "",
  ]);
  if (!rows.length) return null;
  return table({ caption: say("api.parameters"), rows,
    heads: [say("api.parameter"), say("api.where"), say("api.kind"), say("api.meaning")] });
}

function body(operation, whole) {
  const content = Object.entries(operation.requestBody?.content ?? {});
  if (!content.length) return null;
  return [make("h4", {}, say("api.body")), make("p", {}, `${typeWords(content[0][1].schema, whole)}: `,
    make("code", {}, content.map(([type]) => type).join(", "))), model(content[0][1].schema, whole)];
}

function answers(operation, whole) {
  const known = Object.entries(operation.responses ?? {}).sort(([a], [b]) => a.localeCompare(b));
  const rows = known.map(([status, told]) => [
    make("code", {}, status), told.description ?? "",
    Object.entries(told.content ?? {}).map(([type, one]) => `${type}: ${typeWords(one.schema, whole)}`).join(", "),
  ]);
  const models = known.filter(([status]) => status.startsWith("2"))
    .flatMap(([, told]) => Object.values(told.content ?? {}).map((one) => model(one.schema, whole)));
  return [table({ caption: say("api.answers"), rows, heads: [say("api.status"), say("api.meaning"), say("api.content")] }),
    ...models];
}

/** The fields of a model, and of the models in it when they are opened. */
function model(schema, whole, depth = 0) {
  const at = schema?.items ?? schema?.anyOf?.find((one) => one.$ref || one.items) ?? schema;
  const named = at?.items ?? at;
  const name = nameOf(named);
  const fields = Object.entries(resolved(named, whole).properties ?? {});
  if (!name || !fields.length || depth > 6) return null;
  const shown = make("details", { class: "model" }, make("summary", {}, say("api.fields", { name })));
  shown.addEventListener("toggle", () => {
    if (!shown.open || shown.childElementCount > 1) return;
    shown.append(table({ caption: name, heads: [say("api.parameter"), say("api.kind"), say("api.meaning")],
      rows: fields.map(([field, one]) => [make("code", {}, field), typeWords(one, whole), one.description ?? ""]) }),
    ...fields.map(([, one]) => model(one, whole, depth + 1)).filter(Boolean));
  });
  return shown;
}

function command(entry, whole) {
  const line = commandOf(entry.method, entry.path, entry.operation, whole,
    { origin: location.origin, token: home.dataset.token === "yes" });
  const told = make("span", { role: "status" });
  const copy = make("button", { type: "button", onclick: async () => {
    await navigator.clipboard.writeText(line);
    fill(told, say("api.copied"));
  } }, say("api.copy"));
  return [make("h4", {}, say("api.command")),
    make("div", { class: "command" }, make("pre", { tabindex: "0" }, make("code", {}, line)), copy, told)];
}

/** The first sentence of a description. */
function gistOf(operation) {
  return (operation.description ?? operation.summary ?? "").split(/\n\n|(?<=\.)\s/)[0];
}

function shownOperation(entry, whole) {
  const { method, path, operation } = entry;
  const right = operation["x-right"];
  const details = make("details", { class: "operation", id: operation.operationId },
    make("summary", {}, make("span", { class: method === "get" ? "method" : "method writes" }, method.toUpperCase()),
      make("code", { class: "address" }, path), make("span", { class: "gist" }, gistOf(operation))));
  const fillIn = () => {
    if (!details.open || details.childElementCount > 1) return;
    details.append(make("div", { class: "inside" },
      make("p", { class: "description" }, operation.description ?? ""),
      make("p", {}, `${say("api.right")}: `, make("strong", {}, say(right ? `api.right-${right.replaceAll(" ", "-")}` : "api.right-open"))),
      parameters(operation, whole), body(operation, whole), answers(operation, whole), command(entry, whole)));
  };
  details.addEventListener("toggle", fillIn);
  return { details, entry, fillIn };
}

function show(whole) {
  const shown = operationsOf(whole).map((entry) => shownOperation(entry, whole));
  const count = make("p", { role: "status", class: "faint" });
  const find = make("input", { type: "search", id: "find", autocomplete: "off", maxlength: "100" });
  const tags = [...new Set(shown.map((one) => one.entry.tag))].sort();
  const sections = tags.map((tag) => make("section", { "aria-label": tag }, make("h2", {}, tag),
    shown.filter((one) => one.entry.tag === tag).map((one) => one.details)));
  const narrow = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of shown) one.details.hidden = !words.every((word) => one.entry.text.includes(word));
    for (const section of sections) section.hidden = !section.querySelector("details.operation:not([hidden])");
    const found = shown.filter((one) => !one.details.hidden).length;
    fill(count, found ? say("api.found", { found, all: shown.length }) : say("api.nothing"));
  };
  find.addEventListener("input", narrow);
  fill(home, make("div", { class: "api-find" }, make("label", { for: "find" }, say("api.find")), find), count, ...sections);
  narrow();
  const asked = shown.find((one) => one.entry.operation.operationId === decodeURIComponent(location.hash.slice(1)));
  if (asked) {
    asked.details.open = true;
    asked.fillIn();
    asked.details.scrollIntoView();
  }
}

async function start() {
  try {
    show(await ask("/openapi.json"));
    fresh();
  } catch (error) {
    if (error instanceof TypeError) lost();
    else tell(say("shell.failed", { why: error.message }));
    fill(home, make("button", { type: "button", onclick: start }, say("shell.try-again")));
  }
}

start();
