// The page: it shows one view next to the time line, and refreshes both.

import { counted } from "./dom.js";
import { get } from "./client.js";
import { refreshChat, refreshList, show as showChat } from "./chats.js";
import { refreshFaults, refreshSnapshots, showState } from "./controls.js";
import { addEntry, reload } from "./lines.js";
import { attempt, copy } from "./notices.js";
import { refresh as refreshPhone } from "./phone.js";
import { listen } from "./stream.js";

const byId = (id) => document.getElementById(id);
const VIEWS = ["timeline", "chats", "phone", "controls"];

const wide = matchMedia("(min-width: 64rem)"); // shows the time line and another view

const REFRESH = {
  timeline: () => {},
  chats: () => (route()[1] ? refreshChat() : refreshList()),
  phone: refreshPhone,
  controls: refreshFaults,
};

let state = null;
let clock = null; // the time of the fake minus the time of this machine, or a stopped time

// Views

/** The view of the address, and the sid of its conversation. */
function address() {
  const [view, sid = ""] = location.hash.slice(1).split("/");
  return [VIEWS.includes(view) ? view : "timeline", sid];
}

/** The view on the page. A wide page shows it next to the time line. */
function route() {
  const [view, sid] = address();
  return [view === "timeline" && wide.matches ? "chats" : view, sid];
}

async function navigate(event) {
  const [view, sid] = route();
  document.body.dataset.view = view;
  for (const tab of document.querySelectorAll(".tab")) {
    const isCurrent = tab.hash === `#${view}`;
    if (isCurrent) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (view === "chats") await showChat(sid);
  if (view === "phone") await refreshPhone();
  if (view === "controls") await Promise.all([refreshFaults(), refreshSnapshots()]);
  const [target] = address();
  if (event && !byId(`view-${target}`).contains(document.activeElement)) {
    byId(`${target}-title`).focus({ preventScroll: true });
  }
}

// State

function update(next) {
  const isOther = state && (state.generation !== next.generation || state.url !== next.url);
  state = next;
  byId("url").textContent = state.url;
  byId("account").textContent = state.account_sid;
  byId("count-chats").textContent = state.counts.conversations || "";
  byId("notice").hidden = !state.dropped;
  byId("notice").textContent = `${counted(state.dropped, "earlier request")} dropped: the fake keeps only the last ones (max_requests).`;
  const now = Date.parse(state.clock.now);
  clock = state.clock.stopped ? { at: now } : { ahead: now - Date.now() };
  tick();
  showState(state);
  if (isOther) reload();
  refreshSoon();
}

function tick() {
  if (!clock) return;
  const at = new Date(clock.at ?? Date.now() + clock.ahead).toISOString();
  byId("clock").dateTime = at;
  const day = at.slice(0, 10) === new Date().toISOString().slice(0, 10) ? "" : `${at.slice(0, 10)} `;
  byId("clock").textContent = `${day}${at.slice(11, 19)} UTC${clock.at ? ", stopped" : ""}`;
}
setInterval(tick, 1000);

let waiting = null;
/** Refreshes the view, once for many changes. */
function refreshSoon() {
  waiting ??= setTimeout(() => {
    waiting = null;
    REFRESH[route()[0]]();
  }, 200);
}

async function refreshAll() {
  const next = await attempt(() => get("/state"));
  if (next) update(next);
  await Promise.all([reload(), navigate(), refreshFaults()]);
}

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => copy(state[button.dataset.copies], button.textContent.replace("Copy ", "")));
}
window.addEventListener("hashchange", navigate);
wide.addEventListener("change", () => navigate());
listen({
  onEntry(entry) {
    addEntry(entry);
    refreshSoon();
  },
  onState: update,
  onReload: refreshAll,
  onConnection(isOpen) {
    if (isOpen && byId("connection").classList.contains("bad")) refreshAll(); // it may be a new fake
    byId("connection").textContent = isOpen ? "live" : "not connected";
    byId("connection").className = `badge ${isOpen ? "good" : "bad"}`;
  },
});
refreshAll();
