// An Express application that opens tickets as conversations and confirms texts.
//
// Run it with `node examples/node/express_app.js`; it needs `npm install express twilio`.
"use strict";

const express = require("express");
const twilio = require("twilio");

const NUMBER = "+15550199";

const app = express();
app.use(express.urlencoded({ extended: false }));

const conversations = () => twilio().conversations.v1.conversations;

app.post("/tickets", async (request, response) => {
  const ticket = await conversations().create({ uniqueName: request.body.ticket });
  await ticket.participants().create({
    "messagingBinding.address": request.body.phone,
    "messagingBinding.proxyAddress": NUMBER,
  });
  response.status(201).json({ sid: ticket.sid });
});

app.post("/twilio", twilio.webhook({ protocol: "http" }), async (request, response) => {
  if (request.body.Source === "SMS") {
    const ticket = conversations()(request.body.ConversationSid);
    await ticket.messages.create({ author: "desk", body: "We have received your message." });
  }
  response.status(204).end();
});

app.listen(process.env.PORT || 3000, "127.0.0.1");
