// Does the page hear of changes at once?  Listens to the server's events; when the connection is lost it says so, tries
// again, and is told what changed meanwhile.  Where no stream can be had it asks now and then.

import { ask } from "./ask.js";
import { fresh, lost } from "./shell.js";

const SILENCE = 45000;  // three beats of the server
const POLL = 30000;

/**
 * Listen.  `parts(versions)` is called with the parts that have a new version, `engine(state)`, `beat(at)`;
 * `poll()` is called now and then while there is no stream.
 */
export function listen({ parts, engine = () => {}, beat = () => {}, poll = () => {} }) {
  let source = null, last = Date.now(), again = null, broken = false;

  const heard = (act) => (event) => {
    last = Date.now();
    fresh();
    act(JSON.parse(event.data));
  };

  function open() {
    clearTimeout(again);
    source?.close();
    last = Date.now();
    source = new EventSource("/api/v1/live");
    source.addEventListener("parts", heard((data) => parts(data)));
    source.addEventListener("engine", heard(engine));
    source.addEventListener("beat", heard((data) => beat(data.at)));
    source.addEventListener("open", () => {
      last = Date.now();
      fresh();
      if (broken) poll();  // another server may count from one again, or count the same for something else
      broken = false;
    });
    source.addEventListener("error", () => {
      broken = true;
      if (source.readyState === EventSource.CLOSED) refused();
      else lost();
    });
  }

  /** The server refused the stream: learn why (a session that ended is told by `ask`), and try again later. */
  async function refused() {
    clearTimeout(again);
    again = setTimeout(open, POLL);
    try {
      await ask("/api/v1/situation", { seconds: 20 });
      fresh();
      poll();
    } catch (error) {
      if (error.status === 401) stop();  // told already, with the way to sign in
      else lost();
    }
  }

  function stop() {
    clearTimeout(again);
    clearInterval(silence);
    source?.close();
  }

  const silence = setInterval(() => { if (Date.now() - last > SILENCE) open(); }, SILENCE / 3);
  addEventListener("online", open);
  document.addEventListener("oberih:signed-out", stop);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  open();
}
