import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openDesk } from "./desk.mjs";
import { fake } from "./fake.mjs";

beforeEach(() => fake.post("/reset"));

test("the caller is asked how the desk can help", async () => {
  await openDesk("+15550100");

  const { messages } = await fake.get("/phones/+15550100/inbox");
  assert.deepEqual(messages.map((message) => message.body), ["How can we help?"]);
});

test("the answer of the caller arrives in the conversation", async () => {
  const sid = await openDesk("+15550100");

  await fake.post("/phones/+15550100/messages", { to: "+15550199", body: "I lost my key" });

  const { messages } = await fake.get(`/conversations/${sid}`);
  assert.equal(messages.at(-1).body, "I lost my key");
});

test("a caller without a number is refused", async () => {
  await openDesk("nobody");

  const { entries } = await fake.get("/requests?refused=true");
  assert.deepEqual(entries.map((entry) => entry.operation), ["CreateConversationParticipant"]);
});

test("a busy Twilio is reported", async () => {
  await fake.post("/faults", { fault: "RateLimited", on: "CreateConversation", times: 1 });

  await assert.rejects(openDesk("+15550100"), /try again later/);
});
