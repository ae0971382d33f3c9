// The lines of requests, webhooks and actions. A line gets its details when it opens.

import { cut, element, facts, shortened, shown, stamp, visible } from "./dom.js";

const FIRST = ["body", "author", "identity", "unique_name", "friendly_name", "messaging_binding_address"];
const EVENT_FIRST = ["Body", "Author", "Identity", "MessagingBinding.Address", "State", "Status", "ErrorCode"];

/** The line of an entry. `tools(entry)` returns further elements for its details. */
export function line(entry, tools = () => []) {
  const { summary, more, outcome } = KINDS[entry.kind](entry);
  const node = stamp("entry", summary);
  node.classList.add(entry.kind, outcome);
  node.addEventListener("toggle", () => {
    const inside = node.querySelector(".more");
    if (node.open && !inside.hasChildNodes()) inside.append(...more().filter(Boolean), ...tools(entry));
  });
  return node;
}

const KINDS = {
  request(entry) {
    return {
      outcome: entry.refused ? "bad" : "good",
      summary: {
        kind: visible(entry.method),
        title: entry.operation ? breakable(entry.operation) : "Unknown path",
        where: breakable(shortened(entry.path)),
        text: brief(entry.params, FIRST, entry.path_params),
        reason: [entry.conflict ? "the conversation is closed (50427): " : "", shortened(entry.reason)],
        faults: entry.faults.length ? `Injected: ${visible(entry.faults.join(", "))}` : "",
        ignored: entry.ignored.length ? `Sent, and read by nobody: ${cut(entry.ignored.map((name) => visible(name)).join(", "), 160)}` : "",
        status: entry.status ? String(entry.status) : "no answer",
        time: `${entry.duration_ms} ms`,
      },
      more: () => [
        part("Rule", entry.rule && ruleText(entry.rule)),
        part("Ignored parameters", entry.ignored_sentence && note(entry.ignored_sentence)),
        part("Parameters", facts(pairs(entry.params))),
        part("In the path", facts(pairs(entry.path_params))),
        part("Answer", entry.response == null ? null : code(entry.response)),
        fold("Request", facts([
          ["request", `#${entry.number}`],
          ["address", `${entry.method} ${entry.path}`],
          ["account", entry.account_sid ?? "unknown"],
          ...pairs(entry.headers),
        ])),
      ],
    };
  },

  delivery(entry) {
    return {
      outcome: entry.failed ? "bad" : entry.status == null ? "unsent" : "good",
      summary: {
        kind: "webhook",
        title: breakable(entry.event),
        where: breakable(visible(entry.url)),
        text: brief(entry.form, EVENT_FIRST, {}, EVENT_FIRST),
        reason: entry.failed ? visible(entry.hint || failure(entry)) : "",
        status: visible(cut(entry.outcome, 40)),
        time: entry.attempt ? `retry ${entry.attempt}` : "",
      },
      more: () => [
        part("Answer", entry.answer ? code(entry.answer) : note(entry.status == null ? "There was no answer." : "The answer was empty.")),
        part("Error", entry.error && entry.error.includes("\n") ? code(entry.error) : entry.error && note(entry.error)),
        part("Signed", entry.signed ? facts([["URL", entry.signed.url], ["token", entry.signed.token_origin]]) : note("No application stands for this URL, so nothing was sent.")),
        part(`Parameters (${visible(entry.method)})`, facts(pairs(entry.form))),
      ],
    };
  },

  action(entry) {
    return {
      outcome: entry.error ? "bad" : "good",
      summary: {
        kind: "action",
        title: element("code", {}, shortened(cut(entry.text, 300))),
        reason: shortened(entry.error ?? ""),
      },
      more: () => [part("Call", code(entry.text)), part("Record", entry.sid && note(entry.sid)), part("Raised", entry.error && code(entry.error))],
    };
  },
};

/** Entries in one list, appended in parts so that the page stays responsive. */
export function appendInParts(list, elements, size = 200) {
  let next = 0;
  const append = () => {
    list.append(...elements.slice(next, (next += size)).map((make) => make()));
    if (next < elements.length) requestAnimationFrame(append);
  };
  append();
}

export function part(title, ...content) {
  const inside = content.filter(Boolean);
  return inside.length ? stamp("part", { title, content: inside }) : null;
}

function fold(title, content) {
  return content && stamp("fold", { title, content });
}

export function code(value) {
  return element("pre", { tabindex: 0 }, visible(shown(value), "\n\t")); // it may scroll, so it takes the focus
}

export function note(text) {
  return element("p", { class: "note" }, visible(text));
}

function pairs(values) {
  return Object.entries(values).map(([name, value]) => [name, value === "" ? "(empty)" : shown(value)]);
}

function ruleText(rule) {
  return [
    element("p", { class: "note" }, visible(rule.behaviour)),
    facts([["rule", rule.id], ["certainty", `${rule.certainty}: ${rule.source}`], ["override", rule.override]]),
  ];
}

function failure(entry) {
  const error = (entry.error ?? "").trim().split("\n").at(-1);
  return cut(error || (entry.answer ? `the application answered: ${entry.answer}` : ""), 200);
}

/** The most important parameters on one line. */
function brief(values, first, without, only) {
  const names = (only ?? Object.keys(values)).filter((name) => name in values && !(name in without));
  const rank = (name) => (first.indexOf(name) + 1 || first.length + 1);
  names.sort((one, other) => rank(one) - rank(other));
  return cut(shortened(names.map((name) => `${name}: ${inLine(values[name])}`).join("   ")), 300);
}

function inLine(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A path or a name that can wrap after each slash and word. */
function breakable(text) {
  return text.split(/(?<=\/)|(?<=[a-z])(?=[A-Z])/).flatMap((part) => [part, document.createElement("wbr")]);
}
