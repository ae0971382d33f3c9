// A whole round trip through the control API, with nothing but Node.js. Its argument is the address.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";

const [address, user, password] = process.argv.slice(2);
const control = `${address}/_fake/v1`;

async function call(method, path, body, expected) {
  const options = { method };
  if (method === "POST") {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body ?? {});
  }
  const response = await fetch(control + path, options);
  const text = await response.text();
  assert.equal(response.status, expected ?? response.status, text);
  if (expected === undefined) assert.ok(response.ok, `${method} ${path}: ${text}`);
  return text && response.headers.get("content-type").includes("json") ? JSON.parse(text) : text;
}
const get = (path, expected) => call("GET", path, undefined, expected);
const post = (path, body, expected) => call("POST", path, body, expected);

// The application: it opens conversations, and a webhook tells it of messages
async function twilio(path, form) {
  const response = await fetch(`${address}/v1/${path}`, {
    method: form ? "POST" : "GET",
    headers: { Authorization: `Basic ${btoa(`${user}:${password}`)}` },
    body: form && new URLSearchParams(form),
  });
  return { status: response.status, ...(await response.json()) };
}
const hooks = [];
const application = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  hooks.push({ ...Object.fromEntries(new URLSearchParams(body)), signature: request.headers["x-twilio-signature"] });
  response.end();
}).listen(0, "127.0.0.1");
await once(application, "listening");
const hook = `http://127.0.0.1:${application.address().port}/hook`;

// Server-sent events, by hand
class Events {
  constructor(response) {
    this.reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    this.text = "";
  }
  async next(name, matches = () => true) {
    while (true) {
      const end = this.text.indexOf("\n\n");
      if (end < 0) {
        const { value, done } = await this.reader.read();
        assert.ok(!done, `the stream ended before ${name}`);
        this.text += value;
        continue;
      }
      const lines = this.text.slice(0, end).split("\n").map((line) => line.split(/: (.*)/s));
      this.text = this.text.slice(end + 2);
      const event = Object.fromEntries(lines);
      if (event.event === name && matches(JSON.parse(event.data))) return { ...event, data: JSON.parse(event.data) };
    }
  }
}
const listen = async (headers = {}) => new Events(await fetch(`${control}/events`, { headers }));

// The state, and a snapshot to come back to
const state = await get("/state");
assert.equal(state.url, address);
const document = await get("/openapi.json");
assert.ok(document.paths["/phones/{phone}/messages"].post);
const events = await listen();
assert.equal((await events.next("state")).data.requests, state.requests);
const snapshot = await post("/snapshots", {}, 201);

// A seed: the number of the desk opens a conversation for each text
const desk = "+15550199";
const added = await post("/seed", {
  address_configurations: [{ type: "sms", address: desk, auto_creation_enabled: true }],
});
assert.deepEqual(added, { added: { address_configurations: 1 } });
assert.equal((await twilio("Configuration/Webhooks", { PostWebhookUrl: hook, Filters: "onMessageAdded" })).status, 200);

// A phone texts the desk, and the application hears of it
const { message } = await post("/phones/+15550100/messages", { to: desk, body: "Hi", filename: "photo.png" }, 201);
const talk = message.conversation_sid;
const delivered = await events.next("entry", (entry) => entry.event === "onMessageAdded");
assert.equal(delivered.data.outcome, "200");
assert.equal(hooks[0].Body, "Hi");

// The desk answers by the API, and a chat user joins
assert.equal((await twilio(`Conversations/${talk}/Messages`, { Author: "desk", Body: "Hello" })).status, 201);
const [received] = (await get("/phones/+15550100/inbox")).messages;
assert.deepEqual([received.body, received.sender], ["Hello", desk]);
await post("/phones/+15550100/receipts", { status: "read" }, 204);
await post("/chat-users/ada/join", { conversation: talk }, 201);
assert.equal((await get(`/chat-users/ada/unread?conversation=${talk}`)).messages.length, 2);
await post("/chat-users/ada/read", { conversation: talk }, 204);
assert.deepEqual((await get(`/chat-users/ada/unread?conversation=${talk}`)).messages, []);
await post("/chat-users/ada/messages", { to: talk, body: "I take this" }, 201);
await post("/settle", { within: 10 }, 204);

// The conversation after these calls
const shown = await get(`/conversations/${talk}`);
assert.deepEqual(shown.messages.map((each) => each.body), ["Hi", "Hello", "I take this"]);
assert.equal(shown.messages[1].receipts[0].status, "read");
assert.equal((await get("/conversations")).conversations.length, 1);

// Requests, with filters
const requests = await get("/requests?operation=CreateConversationMessage");
assert.deepEqual(requests.entries.map((each) => each.params.body), ["Hello"]);
assert.equal((await get(`/requests/${requests.entries[0].number}`)).status, 201);
assert.ok((await get("/timeline?kind=action&search=photo.png")).entries.length > 0);

// The session as a test
assert.match(await get("/test"), /def test_/);

// A webhook once more
const before = hooks.length;
const again = await post(`/deliveries/${delivered.data.order}/resend`, {}, 201);
assert.deepEqual([again.attempt, again.outcome], [1, "200"]);
assert.equal(hooks.length, before + 1);
assert.equal(hooks.at(-1).RetryCount, "1");
assert.notEqual(hooks.at(-1).signature, hooks[0].signature);

// A fault, and its end
const fault = await post("/faults", { fault: "RateLimited", arguments: { retry_after: 7 }, on: "ListConversation" }, 201);
assert.equal((await twilio("Conversations")).status, 429);
assert.equal((await get("/faults")).faults[0].met, 1);
await call("DELETE", `/faults/${fault.id}`, undefined, 204);
assert.equal((await twilio("Conversations")).status, 200);

// Time: the conversation closes
await twilio(`Conversations/${talk}`, { "Timers.Closed": "PT1H" });
const clock = await post("/clock", { shift: { hours: 1 } });
assert.ok(Date.parse(clock.now) - Date.parse(state.clock.now) >= 3_600_000);
assert.equal((await get(`/conversations/${talk}`)).state, "closed");

// A client of the stream that comes back misses nothing
const resumed = await listen({ "Last-Event-ID": delivered.id });
assert.deepEqual(await resumed.next("entry"), await events.next("entry"));

// The state of the snapshot
const seed = await get("/seed");
assert.equal(seed.conversations[0].sid, talk);
await post(`/snapshots/${snapshot.id}/restore`, {}, 204);
await events.next("reload");
assert.deepEqual((await get("/conversations")).conversations, []);
await post("/seed", seed);
assert.equal((await get("/conversations")).conversations[0].sid, talk);
await post("/reset", {}, 204);
assert.deepEqual((await get("/conversations")).conversations, []);

// Mistakes
assert.match((await post("/faults", { fault: "RateLimit" }, 400)).error, /did you mean 'RateLimited'/);
assert.match((await get("/stat", 404)).error, /did you mean '\/_fake\/v1\/state'/);
assert.match((await get("/reset", 405)).error, /accepts POST, not GET/);
const plain = await fetch(`${control}/reset`, { method: "POST", body: "{}" });
assert.equal(plain.status, 415);

console.log("done");
process.exit(0); // the streams are open
