// A phone that texts numbers of the account.

import { element, stamp, visible } from "./dom.js";
import { get, post, segment } from "./client.js";
import { onSubmit, say } from "./notices.js";

const form = document.getElementById("phone-form");
const screen = document.getElementById("screen-messages");
const title = document.getElementById("screen-title");

export async function refresh() {
  const { phone, channel } = Object.fromEntries(new FormData(form));
  const address = channel === "sms" ? phone : `${channel}:${phone}`;
  title.textContent = phone ? `On the screen of ${visible(address)}` : "On the screen";
  const messages = phone ? await exchanged(phone, channel, address) : [];
  screen.replaceChildren(...messages.map((each) => bubble(each, address)));
  document.getElementById("screen-empty").hidden = Boolean(messages.length);
}

/** The texts from and to the phone; none while its number is incomplete. */
async function exchanged(phone, channel, address) {
  try {
    const { messages } = await get(`/phones/${segment(phone)}/inbox`, { channel });
    const { conversations } = await get("/conversations", { limit: 200, messages: 50 });
    const sent = conversations.flatMap((each) => each.messages).filter((each) => each.author === address);
    return [...messages, ...sent].sort((one, other) => one.date_created.localeCompare(other.date_created) || one.index - other.index).slice(-50);
  } catch {
    return [];
  }
}

function bubble(data, address) {
  const files = data.media.map((each) => element("span", { class: "file" }, visible(each.filename ?? each.sid)));
  const node = stamp("message", { author: visible(data.sender ?? ""), body: visible(data.body ?? "", "\n"), files });
  node.classList.toggle("right", data.author === address);
  return node;
}

form.addEventListener("input", (event) => event.target.name !== "body" && refresh());
onSubmit(form, async ({ phone, channel, to, body, filename }) => {
  const { message } = await post(`/phones/${segment(phone)}/messages`, {
    to,
    channel,
    ...(body ? { body } : {}),
    ...(filename ? { filename } : {}),
  });
  if (!message) say("A pre-event webhook refused the text", "bad");
  form.elements.body.value = form.elements.filename.value = "";
  form.elements.body.focus();
});
