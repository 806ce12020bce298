// How does a page ask the server?  One way for all: JSON in, JSON out, refusals as `Refused` with the server's own
// line, a limit in time, and a session that ended told as such.

export class Refused extends Error {
  constructor(status, problem, retryAfter = null) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;  // [s], where the server says when to come back
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/**
 * Ask.  `body` makes it a POST of JSON; `signal` lets a newer question end an older one; `raw` gives the Response.
 */
export async function ask(address, { method, body, signal, seconds = 60, raw = false, headers = {} } = {}) {
  const limit = AbortSignal.timeout(seconds * 1000);
  const both = signal ? AbortSignal.any([signal, limit]) : limit;
  const sent = { method: method ?? (body === undefined ? "GET" : "POST"), headers: { ...headers }, signal: both };
  if (body !== undefined) {
    sent.body = body instanceof Blob || typeof body === "string" ? body : JSON.stringify(body);
    sent.headers["Content-Type"] ??= "application/json";
  }
  if (sent.method !== "GET") sent.headers["X-CSRF-Token"] = cookie("oberih-csrf");
  const response = await fetch(address, sent);
  if (response.ok) return raw ? response : response.status === 204 ? null : response.json();
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // not a problem document: the status alone has to do
  }
  if (response.status === 401) document.dispatchEvent(new CustomEvent("oberih:signed-out"));
  throw new Refused(response.status, problem, Number(response.headers.get("Retry-After")) || null);
}
