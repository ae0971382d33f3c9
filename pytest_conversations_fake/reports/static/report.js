// The page of a test: its conversations and its time line, from JSON in the page.

import { counted, element } from "./dom.js";
import { conversation } from "./conversations.js";
import { appendInParts, line } from "./timeline.js";

const data = JSON.parse(document.getElementById("report").textContent);

function section(id, content) {
  document.getElementById(id).hidden = !content.length;
  appendInParts(document.querySelector(`#${id} > div`), content);
}

section("conversations", [
  ...data.conversations.map((each) => () => conversation(each)),
  ...(data.omitted_conversations
    ? [() => element("p", { class: "between" }, counted(data.omitted_conversations, "other conversation"))]
    : []),
]);
section("timeline", data.timeline.map((entry) => () => line(entry)));
