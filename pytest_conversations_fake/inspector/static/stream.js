// The event stream of the control API.

/** Calls a function for each event, and `onConnection(isOpen)` for the connection. */
export function listen({ onEntry, onState, onReload, onConnection }) {
  const source = new EventSource("v1/events");
  source.addEventListener("entry", (event) => onEntry(JSON.parse(event.data)));
  source.addEventListener("state", (event) => onState(JSON.parse(event.data)));
  source.addEventListener("reload", onReload);
  source.addEventListener("open", () => onConnection(true));
  source.addEventListener("error", () => {
    onConnection(false);
    // The browser does not connect again after an answer that is no stream, as during a restart
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen({ onEntry, onState, onReload, onConnection }), 2000);
    }
  });
}
