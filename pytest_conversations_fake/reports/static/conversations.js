// Conversations as chats: people at phones on the left, the account and chat users on the right.

import { counted, element, shortened, stamp, visible } from "./dom.js";

const MAX_OPEN = 20;
const FAILED = ["failed", "undelivered"];

export function conversationName(conversation) {
  const name = conversation.unique_name || conversation.friendly_name;
  return name ? visible(name) : shortened(conversation.sid);
}

/** A whole conversation. */
export function conversation(data) {
  return stamp("conversation", {
    name: conversationName(data),
    sid: data.unique_name || data.friendly_name ? shortened(data.sid) : "",
    state: stateBadge(data),
    context: context(data),
    participants: data.participants.length ? data.participants.map(participantChip) : "nobody takes part",
    messages: messages(data),
  });
}

export function stateBadge(data) {
  return element("span", { class: `badge state-${data.state}` }, data.state);
}

/** The service, unless it is the default one, and the timers. */
export function context(data) {
  const parts = [];
  if (!data.in_default_service) parts.push(`service ${visible(data.service_name || shortened(data.service_sid))}`);
  for (const [name, at] of Object.entries(data.timers)) {
    parts.push(`${name.replace("date_", "becomes ")} ${at.replace("T", " ").replace("Z", " UTC")}`);
  }
  return parts.join(" · ");
}

export function participantChip(participant) {
  const through = participant.proxy_address
    ? `via ${participant.proxy_address}`
    : participant.projected_address && participant.projected_address !== participant.name
      ? `as ${participant.projected_address}`
      : "";
  const read = participant.last_read_message_index;
  return stamp("participant", {
    initial: initial(participant),
    name: visible(participant.name),
    through: visible(through),
    read: read == null ? "" : `read #${read}`,
  });
}

function initial(participant) {
  return participant.identity ? [...visible(participant.identity)][0].toUpperCase() : "☏";
}

/** The messages. Older ones are folded. */
export function messages(data) {
  if (!data.messages.length) return [];
  const addresses = data.participants.map((each) => each.address).filter(Boolean);
  const left = new Set(addresses.length ? addresses : [data.messages[0].author]);
  const names = new Map(data.participants.map((each) => [each.sid, each.name]));
  const elements = data.messages.map((each) => message(each, left.has(each.author), names));
  const earlier = elements.slice(0, -MAX_OPEN);
  return [
    data.omitted_messages ? element("p", { class: "between" }, `${counted(data.omitted_messages, "earlier message")} not shown`) : null,
    earlier.length ? stamp("earlier", { title: counted(earlier.length, "earlier message"), content: earlier }) : null,
    ...elements.slice(-MAX_OPEN),
  ].filter(Boolean);
}

function message(data, isLeft, names) {
  const files = data.media.map((each) => each.filename || shortened(each.sid));
  const node = stamp("message", {
    author: visible(data.author),
    body: visible(data.body ?? "", "\n"),
    files: [...(data.content_sid ? [`template ${shortened(data.content_sid)}`] : []), ...files].map((name) =>
      element("span", { class: "file" }, visible(name)),
    ),
    receipts: data.receipts.map((each) => receipt(each, data.receipts.length > 1, names)),
  });
  node.classList.toggle("right", !isLeft);
  return node;
}

function receipt(data, isOneOfSeveral, names) {
  const hasFailed = FAILED.includes(data.status);
  const to = isOneOfSeveral || hasFailed ? ` to ${data.participant ?? names.get(data.participant_sid) ?? "someone"}` : "";
  const code = data.error_code ? ` (${data.error_code})` : "";
  return element("span", { class: `receipt ${data.status}` }, visible(`${data.status}${to}${code}`));
}
