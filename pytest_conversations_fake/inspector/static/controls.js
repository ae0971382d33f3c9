// Clock, faults, snapshots and seeds.

import { counted, element, facts, shown, visible } from "./dom.js";
import { get, post, remove, segment } from "./client.js";
import { attempt, confirmed, copy, onSubmit, say } from "./notices.js";

const byId = (id) => document.getElementById(id);

// Clock

for (const button of byId("shifts").children) {
  button.addEventListener("click", () => attempt(() => post("/clock", { shift: JSON.parse(button.dataset.shift) }), `Moved the clock by ${button.textContent}`));
}
onSubmit(byId("clock-form"), ({ at }) => post("/clock", { move_to: `${at.length === 16 ? `${at}:00` : at}Z` }));

// Faults

const form = byId("fault-form");
let available = [];

export async function refreshFaults() {
  const answer = await attempt(() => get("/faults"));
  if (!answer) return;
  byId("count-faults").textContent = answer.faults.length || "";
  byId("faults").replaceChildren(...answer.faults.map(faultRow));
  if (available.length) return;
  available = answer.available;
  form.elements.fault.replaceChildren(...available.map((each) => element("option", {}, each.fault)));
  byId("operations").replaceChildren(...answer.operations.map((value) => element("option", { value })));
  describe();
}

function faultRow(fault) {
  const values = Object.entries(fault.arguments).map(([name, value]) => `${name}=${shown(value)}`);
  const times = fault.times == null ? "" : `, ${counted(fault.times, "time")}`;
  const text = `${fault.fault}(${values.join(", ")}) on ${fault.on ?? "any operation"}${times}, met by ${fault.met}`;
  const end = element("button", { type: "button", "aria-label": `End ${fault.fault}`, onclick: () => attempt(() => remove(`/faults/${segment(fault.id)}`).then(refreshFaults)) }, "End");
  return element("li", {}, element("span", {}, visible(text)), end);
}

/** The fields of the chosen fault. */
function describe() {
  const chosen = available.find((each) => each.fault === form.elements.fault.value);
  byId("fault-description").textContent = chosen.description.replace(/[`*]/g, "");
  byId("fault-arguments").replaceChildren(
    ...chosen.arguments.map((each) =>
      element(
        "label",
        {},
        `${each.name} `,
        element("input", { name: `argument-${each.name}`, required: each.required, value: each.default ?? "", "data-type": each.type, autocomplete: "off" }),
      ),
    ),
  );
}

form.elements.fault.addEventListener("change", describe);
onSubmit(form, async ({ fault, on, times, after }) => {
  const inputs = [...byId("fault-arguments").querySelectorAll("input")].filter((input) => input.value !== "");
  const number = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
  await post("/faults", {
    fault,
    arguments: Object.fromEntries(inputs.map((input) => [input.name.replace("argument-", ""), /str/.test(input.dataset.type) ? input.value : number(input.value)])),
    ...(on ? { on } : {}),
    ...(times ? { times: Number(times) } : {}),
    ...(after ? { after: Number(after) } : {}),
  });
  say(`Injected ${fault}`);
  await refreshFaults();
});

// Snapshots

export async function refreshSnapshots() {
  const answer = await attempt(() => get("/snapshots"));
  byId("snapshots").replaceChildren(...(answer?.snapshots ?? []).map(snapshotRow));
}

function snapshotRow(snapshot) {
  const restore = () => attempt(() => post(`/snapshots/${segment(snapshot.id)}/restore`), `Restored snapshot ${snapshot.id}`);
  return element(
    "li",
    {},
    element("span", {}, `Snapshot ${snapshot.id}, after ${counted(snapshot.requests, "request")}`),
    element("button", { type: "button", "aria-label": `Restore snapshot ${snapshot.id}`, onclick: restore }, "Restore"),
  );
}

byId("take-snapshot").addEventListener("click", async () => {
  const snapshot = await attempt(() => post("/snapshots"));
  if (snapshot) say(`Took snapshot ${snapshot.id}`);
  refreshSnapshots();
});
byId("reset").addEventListener("click", async () => {
  if (await confirmed("Reset the fake?", "The fake goes back to its initial state, with its seed. Requests, webhooks and faults are removed.", "Reset")) {
    await attempt(() => post("/reset"), "Reset the fake");
  }
});

// Seed and test

const seedText = async () => JSON.stringify(await get("/seed"), null, 2);

byId("copy-seed").addEventListener("click", () => attempt(async () => copy(await seedText(), "the seed")));
byId("save-seed").addEventListener("click", () =>
  attempt(async () => {
    const url = URL.createObjectURL(new Blob([await seedText()], { type: "application/json" }));
    element("a", { href: url, download: "seed.json" }).click();
    URL.revokeObjectURL(url);
  }),
);
byId("load-seed").addEventListener("change", (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) attempt(async () => post("/seed", JSON.parse(await file.text())), `Loaded ${file.name}`);
});
for (const id of ["copy-test", "copy-test-2"]) {
  byId(id).addEventListener("click", () => attempt(async () => copy(await get("/test"), "the test")));
}

// State

export function showState(state) {
  byId("counts").replaceChildren(facts(Object.entries(state.counts).map(([name, count]) => [name, String(count)])) ?? "");
  const targets = state.webhook_targets.map((url) => element("li", {}, element("code", {}, visible(url))));
  byId("targets").replaceChildren(targets.length ? element("ul", { class: "rows" }, targets) : element("p", { class: "soft" }, "None. Webhooks go to the URLs that your application configures."));
  byId("assumptions").replaceChildren(facts(Object.entries(state.assumptions)) ?? "");
}
