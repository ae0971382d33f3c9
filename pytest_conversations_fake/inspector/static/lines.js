// The time line, the newest entry first. It shows the last entries, and loads older ones.

import { counted, element } from "./dom.js";
import { line } from "./timeline.js";
import { get, post } from "./client.js";
import { attempt } from "./notices.js";

const PAGE = 100;
const MAX_LINES = 500;
const GATHER_TIME = 100; // milliseconds; a burst of entries then needs few layouts

const list = document.getElementById("lines");
const filters = document.getElementById("filters");
const older = document.getElementById("older");
const empty = document.getElementById("empty");
const noMatch = document.getElementById("no-match");
document.getElementById("command").textContent = `eval "$(conversations-fake env --port ${location.port || 80})"`;
const count = document.getElementById("count-entries");

const orders = new Map(); // the order of each line
let shown = new Set(); // orders that have a line
let newEntries = [];
let limit = MAX_LINES;
let hasMore = false;
let version = 0; // of the filters; an answer for an earlier version is dropped

export function addEntry(entry) {
  if (!matches(entry)) return;
  if (!newEntries.length) setTimeout(flush, GATHER_TIME);
  newEntries.push(entry);
}

export async function reload() {
  const current = ++version;
  const answer = await attempt(() => get("/timeline", { ...query(), limit: PAGE }));
  if (!answer || current !== version) return;
  list.replaceChildren();
  shown = new Set();
  limit = MAX_LINES;
  hasMore = answer.more;
  add(answer.entries);
}

function flush() {
  const entries = newEntries;
  newEntries = [];
  const isFull = shown.size + entries.length > limit;
  add(entries.slice(-limit), "fresh");
  while (shown.size > limit) {
    shown.delete(orders.get(list.lastElementChild));
    list.lastElementChild.remove();
  }
  hasMore ||= isFull;
  show();
}

/** Inserts entries at their places. An entry that began early may arrive late. */
function add(entries, className = "loaded") {
  for (const entry of entries) {
    if (shown.has(entry.order)) continue;
    const node = line(entry, tools);
    node.classList.add(className);
    orders.set(node, entry.order);
    shown.add(entry.order);
    let next = list.firstElementChild;
    if (next && orders.get(list.lastElementChild) > entry.order) next = null;
    while (next && orders.get(next) > entry.order) next = next.nextElementSibling;
    list.insertBefore(node, next);
  }
  show();
}

function show() {
  const isFiltered = Boolean(filters.elements.search.value) || filters.elements.show.value !== "all";
  older.hidden = !hasMore;
  list.hidden = !shown.size;
  empty.hidden = isFiltered || hasMore || Boolean(list.querySelector(".request"));
  noMatch.hidden = Boolean(shown.size) || !isFiltered;
  count.textContent = shown.size ? `${counted(shown.size, "entry", "entries")}${hasMore ? " shown" : ""}` : "";
}

async function loadOlder() {
  const before = Math.min(...shown);
  older.disabled = true;
  const answer = await attempt(() => get("/timeline", { ...query(), limit: PAGE, before }));
  older.disabled = false;
  if (!answer) return;
  limit += answer.entries.length;
  hasMore = answer.more;
  add(answer.entries.reverse());
}

// Filters

function query() {
  const show = filters.elements.show.value;
  const chosen = { all: {}, bad: { refused: true } }[show] ?? { kind: show };
  return { search: filters.elements.search.value.trim(), ...chosen };
}

/** Whether a new entry passes the filters, by the rules of the server. */
function matches(entry) {
  const { search, kind, refused } = query();
  if (kind && entry.kind !== kind) return false;
  if (refused && !(entry.refused || entry.failed || entry.error)) return false;
  return !search || JSON.stringify(entry).toLowerCase().includes(search.toLowerCase());
}

let waiting;
filters.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(reload, 150);
});
filters.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("clear").addEventListener("click", () => {
  filters.reset();
  reload();
  filters.elements.search.focus();
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input, textarea, select");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    location.hash = "timeline";
    filters.elements.search.focus();
    event.preventDefault();
  }
});

// Arrows move between lines, as in a list of mails
list.addEventListener("keydown", (event) => {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (!step || !event.target.matches(".entry > summary")) return;
  event.preventDefault();
  event.target.parentElement[step]?.querySelector("summary").focus();
});

older.addEventListener("click", loadOlder);
new IntersectionObserver(([seen]) => seen.isIntersecting && !older.disabled && loadOlder(), {
  rootMargin: "600px",
}).observe(older);

// Tools in the details of an entry

function tools(entry) {
  const conversation = conversationOf(entry);
  const buttons = [
    conversation && element("a", { class: "button", href: `#chats/${conversation}` }, "Open the conversation"),
    entry.kind === "delivery" &&
      element(
        "button",
        {
          type: "button",
          onclick: () => attempt(() => post(`/deliveries/${entry.order}/resend`), "The webhook was sent again"),
        },
        "Resend",
      ),
  ].filter(Boolean);
  return buttons.length ? [element("div", { class: "bar" }, buttons)] : [];
}

function conversationOf(entry) {
  const candidates = [
    entry.path_params?.conversation_sid,
    entry.path_params?.sid,
    entry.response?.conversation_sid,
    entry.response?.sid,
    entry.form?.ConversationSid,
    entry.sid,
  ];
  return candidates.find((each) => /^CH[0-9a-f]{32}$/.test(each ?? ""));
}
