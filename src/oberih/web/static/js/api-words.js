// What does the description of the API say, in words?  Types, limits and examples out of OpenAPI's own JSON.

import { say } from "./words.js";

/** Follow a reference into the description. */
export function resolved(schema, whole) {
  let found = schema ?? {};
  for (let step = 0; found.$ref && step < 20; step += 1) {
    found = found.$ref.slice(2).split("/").reduce((at, key) => at?.[key.replaceAll("~1", "/")], whole) ?? {};
  }
  return found;
}

/** The last part of a reference. */
export function nameOf(schema) {
  return schema?.$ref ? schema.$ref.split("/").at(-1) : null;
}

/** A type in a few words: `integer 0…23`, `"en" | "uk"`, `list of Reach`. */
export function typeWords(schema, whole) {
  if (!schema) return say("api.any");
  const name = nameOf(schema);
  if (name) {
    const kind = resolved(schema, whole);
    return kind.enum ? kind.enum.map((one) => JSON.stringify(one)).join(" | ") : name;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.filter((one) => one.type !== "null").map((one) => typeWords(one, whole)).join(" | ");
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return say("api.list-of", { what: typeWords(schema.items, whole) });
  if (schema.format === "binary") return say("api.file");
  const kind = schema.format && schema.type === "string" ? schema.format : schema.type ?? say("api.any");
  return [kind, limits(schema)].filter(Boolean).join(" ");
}

function limits(schema) {
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const span = low !== undefined || high !== undefined ? `${low ?? ""}…${high ?? ""}` : "";
  const length = schema.maxLength !== undefined ? `≤ ${schema.maxLength}` : "";
  return [span, length, schema.pattern ?? ""].filter(Boolean).join(" ");
}

/** A value that fits, to be shown in a command. */
export function exampleOf(parameter, whole) {
  const schema = resolved(parameter.schema, whole);
  const given = parameter.example ?? schema.example ?? schema.examples?.[0] ?? schema.default;
  if (given !== undefined && given !== null) return String(given);
  const first = (schema.anyOf ?? schema.oneOf ?? [schema]).map((one) => resolved(one, whole))[0];
  if (first.enum) return String(first.enum[0]);
  if (first.type === "integer" || first.type === "number") return String(first.minimum ?? 1);
  return parameter.name.toUpperCase();
}

/** A command line that asks for an operation, safe to paste: everything stands in single quotes. */
export function commandOf(method, path, operation, whole, { origin, token }) {
  const parameters = (operation.parameters ?? []).map((one) => resolved(one, whole));
  let address = path;
  for (const one of parameters.filter((p) => p.in === "path")) {
    address = address.replace(`{${one.name}}`, encodeURIComponent(exampleOf(one, whole)));
  }
  const query = parameters.filter((p) => p.in === "query" && p.required)
    .map((one) => `${encodeURIComponent(one.name)}=${encodeURIComponent(exampleOf(one, whole))}`).join("&");
  const words = ["curl", "-sS"];
  if (method !== "get") words.push("-X", method.toUpperCase());
  if (token) words.push("-H", quoted("Authorization: Bearer TOKEN"));
  const types = Object.keys(operation.requestBody?.content ?? {});
  if (types.length) words.push("-H", quoted(`Content-Type: ${types[0]}`), "--data-binary", quoted("@FILE"));
  const answers = Object.entries(operation.responses ?? {}).filter(([status]) => status.startsWith("2"));
  const isFile = answers.some(([, answer]) => Object.keys(answer.content ?? {}).some((t) => !/json|^text\//.test(t)));
  if (isFile) words.push("-O", "-J");
  words.push(quoted(`${origin}${address}${query ? `?${query}` : ""}`));
  return words.join(" ");
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
