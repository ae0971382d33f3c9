// Code under test: it opens a conversation with a caller by Twilio's API.

const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN } = process.env;
const credentials = btoa(`${TWILIO_ACCOUNT_SID}:${TWILIO_AUTH_TOKEN}`);

async function twilio(path, form) {
  const response = await fetch(`https://conversations.twilio.com/v1/${path}`, {
    method: "POST",
    headers: { Authorization: `Basic ${credentials}` },
    body: new URLSearchParams(form),
  });
  if (response.status === 429) throw new Error("Twilio is busy; try again later");
  return response.json();
}

export async function openDesk(caller) {
  const { sid } = await twilio("Conversations", { FriendlyName: "Support" });
  await twilio(`Conversations/${sid}/Participants`, {
    "MessagingBinding.Address": caller,
    "MessagingBinding.ProxyAddress": "+15550199",
  });
  await twilio(`Conversations/${sid}/Messages`, { Author: "desk", Body: "How can we help?" });
  return sid;
}
