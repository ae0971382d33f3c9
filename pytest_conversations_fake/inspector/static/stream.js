// What happens in the fake, as it happens.

/** Calls `onEntry`, `onState`, `onReload` and `onConnection(isOpen)`. */
export function listen({ onEntry, onState, onReload, onConnection }) {
  const source = new EventSource("v1/events");
  source.addEventListener("entry", (event) => onEntry(JSON.parse(event.data)));
  source.addEventListener("state", (event) => onState(JSON.parse(event.data)));
  source.addEventListener("reload", onReload);
  source.addEventListener("open", () => onConnection(true));
  source.addEventListener("error", () => {
    onConnection(false);
    // A browser gives up after an answer that is no stream, as while the fake starts again
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen({ onEntry, onState, onReload, onConnection }), 2000);
    }
  });
}
