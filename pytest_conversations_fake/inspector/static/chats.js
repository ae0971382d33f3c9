// Conversations: the list, and one of them as a chat, with forms to act as its participants.

import { counted, cut, element, stamp, visible } from "./dom.js";
import { conversation, conversationName, stateBadge } from "./conversations.js";
import { get, post, segment } from "./client.js";
import { attempt, onSubmit, say } from "./notices.js";

const list = document.getElementById("chats");
const chat = document.getElementById("chat");
const PHONE = /^(?:(\w+):)?(.*)$/;

let openSid = null; // of the conversation on the page
let shownData = ""; // of the chat on the page, as JSON
let composer;

export async function refreshList() {
  const answer = await attempt(() => get("/conversations", { limit: 200, messages: 1 }));
  if (!answer) return;
  const items = answer.conversations.reverse();
  list.replaceChildren(...items.map(item));
  list.hidden = !items.length;
  document.getElementById("no-chats").hidden = Boolean(items.length);
  const omitted = document.getElementById("chats-omitted");
  omitted.hidden = !answer.omitted;
  omitted.textContent = `${counted(answer.omitted, "other conversation")} not shown`;
  fillNumbers(items);
}

function item(data) {
  const last = data.messages.at(-1);
  const names = data.participants.map((each) => each.name);
  const node = stamp("chat-item", {
    initial: [...conversationName(data)][0].toUpperCase(),
    name: conversationName(data),
    state: data.state === "active" ? "" : stateBadge(data),
    preview: visible(last ? cut(`${last.author}: ${last.body ?? last.media.map((each) => each.filename).join(", ")}`, 120) : names.join(", ") || "nobody takes part"),
    time: last ? timeOf(last.date_created) : "",
  });
  node.querySelector("a").href = `#chats/${data.sid}`;
  return node;
}

/** The time of an instant, or its day if that is not today on the clock of the fake. */
function timeOf(instant) {
  const today = document.getElementById("clock").dateTime.slice(0, 10);
  if (instant.startsWith(today)) return instant.slice(11, 16);
  return new Date(instant).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/** Fills the suggestions of the phone with the numbers of participants. */
function fillNumbers(items) {
  const participants = items.flatMap((each) => each.participants);
  const fill = (id, numbers) =>
    document.getElementById(id).replaceChildren(
      ...[...new Set(numbers.filter(Boolean).map((each) => PHONE.exec(each)[2]))].map((value) => element("option", { value })),
    );
  fill("phones", participants.map((each) => each.address));
  fill("numbers", participants.flatMap((each) => [each.proxy_address, each.projected_address]));
}

/** Shows the conversation, or the list for an empty sid. */
export async function show(sid) {
  openSid = sid;
  document.getElementById("chat-list").hidden = Boolean(sid);
  chat.hidden = !sid;
  await (sid ? refreshChat() : refreshList());
}

export async function refreshChat() {
  const sid = openSid;
  if (!sid) return;
  let data;
  try {
    data = await get(`/conversations/${segment(sid)}`, { messages: 200 });
  } catch (error) {
    if (sid === openSid) chat.replaceChildren(back(), element("p", { class: "empty box" }, error.message));
    shownData = "";
    return;
  }
  if (sid !== openSid || shownData === JSON.stringify(data)) return;
  shownData = JSON.stringify(data);
  draw(data);
}

function back() {
  return element("a", { href: "#chats", class: "back" }, "← All conversations");
}

function draw(data) {
  const talk = conversation(data);
  const messages = talk.querySelector(".messages");
  const isSame = chat.dataset.sid === data.sid && composer?.isConnected;
  const writers = JSON.stringify([data.state, data.participants.map(({ last_read_message_index, ...each }) => each)]);
  if (isSame && composer.dataset.writers === writers) {
    chat.querySelector(".conversation").replaceWith(talk);
  } else {
    const text = isSame ? (composer.elements?.body.value ?? "") : "";
    const isOpen = isSame && chat.querySelector(".simulators").open;
    composer = writersOf(data).length && data.state !== "closed" ? makeComposer(data) : closedNote(data);
    if (composer.elements) composer.elements.body.value = text;
    composer.dataset.writers = writers;
    chat.replaceChildren(back(), element("div", { class: "box chat" }, talk, composer, makeSimulators(data)));
    chat.querySelector(".simulators").open = isOpen;
    chat.dataset.sid = data.sid;
  }
  if (!messages) {
    talk.append(element("p", { class: "between" }, "No messages yet"));
    return;
  }
  messages.scrollTop = messages.scrollHeight;
  messages.tabIndex = 0; // it scrolls
  messages.setAttribute("role", "log");
  messages.setAttribute("aria-label", "Messages");
}

/** A participant with a projected address only cannot write. */
function writersOf(data) {
  return data.participants.filter((each) => each.identity || each.address);
}

function closedNote(data) {
  return element("p", { class: "hint composer" }, data.state === "closed" ? "This conversation is closed. Nobody can write." : "No participant can write. Let a chat user join.");
}

function options(participants) {
  return participants.map((each) => element("option", { value: each.sid }, visible(each.name)));
}

function makeComposer(data) {
  const form = stamp("composer", { people: options(writersOf(data)) });
  const file = form.querySelector(".file-name");
  const { as, body } = form.elements;
  const author = () => data.participants.find((each) => each.sid === as.value);
  const phone = data.participants.find((each) => each.address);
  if (phone) as.value = phone.sid;
  const update = () => (file.hidden = !author().address);
  as.addEventListener("change", update);
  update();
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  onSubmit(form, async ({ body: text, filename }) => {
    const answer = await write(author(), data, text, filename);
    if (!answer.message) say("A pre-event webhook refused the message", "bad");
    form.elements.body.value = form.elements.filename.value = "";
    body.focus();
  });
  return form;
}

function write(author, data, body, filename) {
  if (!author.address) return post(`/chat-users/${segment(author.identity)}/messages`, { to: data.sid, body });
  const [, channel = "sms", number] = PHONE.exec(author.address);
  const to = author.proxy_address ?? data.participants.find((each) => each.projected_address)?.projected_address;
  return post(`/phones/${segment(number)}/messages`, {
    to,
    channel,
    ...(body ? { body } : {}),
    ...(filename ? { filename } : {}),
  });
}

function makeSimulators(data) {
  const phones = data.participants.filter((each) => each.address || each.projected_address);
  const readers = data.participants.filter((each) => each.identity);
  const node = stamp("simulators", {
    phones: phones.map((each) => element("option", { value: each.address ?? each.projected_address }, visible(each.name))),
    readers: readers.map((each) => element("option", {}, visible(each.identity))),
  });
  const form = (name) => node.querySelector(`[data-action=${name}]`);
  form("receipt").hidden = !phones.length;
  form("read").hidden = !readers.length;
  onSubmit(form("receipt"), ({ phone, status, error_code }) => {
    const [, channel = "sms", number] = PHONE.exec(phone);
    return post(`/phones/${segment(number)}/receipts`, { status, channel, ...(error_code ? { error_code: Number(error_code) } : {}) });
  });
  onSubmit(form("read"), ({ identity }) => post(`/chat-users/${segment(identity)}/read`, { conversation: data.sid }));
  onSubmit(form("join"), ({ identity }) => post(`/chat-users/${segment(identity)}/join`, { conversation: data.sid }));
  return node;
}
