// A flow through twilio-node against `conversations-fake serve`, whose address is the argument.
const assert = require("node:assert");
const twilio = require("twilio");

async function main(address) {
  const client = twilio("AC" + "a".repeat(32), "token");
  client.conversations.baseUrl = address;
  const v1 = client.conversations.v1;

  const service = await v1.services.create({ friendlyName: "Support" });
  const talks = v1.services(service.sid).conversations;
  for (const name of ["a", "b", "c"]) await talks.create({ uniqueName: name });
  assert.deepEqual((await talks.list({ pageSize: 2 })).map((each) => each.uniqueName), ["a", "b", "c"]);

  const talk = talks("a");
  const ada = await talk.participants.create({ identity: "ada" });
  const message = await talk.messages.create({ author: "ada", body: "hi" });
  assert.equal(message.participantSid, ada.sid);
  assert.equal(message.index, 0);
  assert.ok(message.dateCreated instanceof Date);
  await assert.rejects(talk.participants.create({ identity: "ada" }), { code: 50433, status: 409 });
  assert.equal((await talk.update({ state: "closed" })).state, "closed");
  assert.equal(await talk.remove(), true);
  await assert.rejects(talk.fetch(), { code: 20404 });
  console.log("done");
}

main(process.argv[2]);
