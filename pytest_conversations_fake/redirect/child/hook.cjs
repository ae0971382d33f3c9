// Required by a child Node.js at its start: takes the parent's route for https, http and fetch.
"use strict";

const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const net = require("node:net");
const tls = require("node:tls");

const route = JSON.parse(process.env.FAKE_CONVERSATIONS_ROUTE || "null");
const IMITATED = /^conversations(\.[a-z0-9-]+){0,2}\.twilio\.com$/;
const PORTS = route && { 80: route.http_port, 443: route.tls_port };

function twilioName(host) {
  const name = String(host ?? "").toLowerCase().replace(/\.$/, "");
  return /(^|\.)twilio\.com$/.test(name) ? name : null;
}

function isAllowed(name) {
  return route.allow_hosts.some((allowed) => {
    const pattern = allowed.split("*").map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${pattern.join(".*")}$`).test(name);
  });
}

// Options are first, in an array that net made of them, or positional: connect(port, host)
function optionsIn([first, second]) {
  if (Array.isArray(first)) return first[0];
  return typeof first === "object" ? first : { port: first, host: second };
}

function hookConnect() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const options = optionsIn(args);
    const name = twilioName(options.host);
    if (!name || (isAllowed(name) && !IMITATED.test(name))) return connect.apply(this, args);
    const port = PORTS[options.port];
    if (!IMITATED.test(name) || !port) {
      const why = IMITATED.test(name)
        ? `fake_conversations has ports 80 and 443, not ${options.port}`
        : `fake_conversations refused ${name} in ${route.name}, as it belongs to the real Twilio. ` +
          "To allow it, name it in allow_hosts= (FakeConversations or the marker " +
          "fake_conversations) or in the ini option fake_conversations_allow_hosts";
      process.nextTick(() => this.destroy(new Error(why)));
      return this;
    }
    const landing = { ...options, host: "127.0.0.1", port };
    const done = args.findLast((argument) => typeof argument === "function");
    if (!Array.isArray(args[0])) return connect.call(this, landing, ...(done ? [done] : []));
    args[0][0] = landing;
    return connect.apply(this, args);
  };
}

function hookTls() {
  const connect = tls.connect;
  const ca = fs.readFileSync(route.ca_file);
  tls.connect = function (...args) {
    const given = args.find((argument) => argument && typeof argument === "object") ?? {};
    const positional = typeof args[0] === "object" ? {} : optionsIn(args);
    const options = { ...positional, ...given };
    const name = twilioName(options.servername || options.host);
    if (!name || !IMITATED.test(name)) return connect.apply(this, args);
    const done = args.findLast((argument) => typeof argument === "function");
    const trusting = { ...options, ca, servername: name, rejectUnauthorized: true };
    delete trusting.secureContext;
    delete trusting.session;
    return connect.call(this, trusting, ...(done ? [done] : []));
  };
}

if (route) {
  hookConnect();
  hookTls();
  syncBuiltinESMExports();
}
