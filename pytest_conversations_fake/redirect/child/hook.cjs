// Redirects https, http and fetch of a child Node.js to the fake of its parent. Node.js requires this
// module at its start. A child that cannot be redirected refuses Twilio's hosts and says so on stderr.
"use strict";

const { errorMonitor } = require("node:events");
const { syncBuiltinESMExports } = require("node:module");
const net = require("node:net");
const tls = require("node:tls");

const IMITATED = /^conversations(\.[a-z0-9-]+){0,2}\.twilio\.com$/;
const { redirection, damage } = readRedirection(process.env.FAKE_CONVERSATIONS_REDIRECTION);

function readRedirection(text) {
  if (!text) return { damage: "the environment variable FAKE_CONVERSATIONS_REDIRECTION is missing" };
  try {
    const { http_port, tls_port, ca_pem, allow_hosts, name, remedy } = JSON.parse(text);
    if (!http_port || !tls_port || !ca_pem) throw new Error("a port or ca_pem is missing");
    const ports = { 80: http_port, 443: tls_port };
    return { redirection: { ports, ca_pem, allow_hosts: allow_hosts || [], name, remedy } };
  } catch (error) {
    return { damage: `the environment variable FAKE_CONVERSATIONS_REDIRECTION is damaged: ${error.message}` };
  }
}

function twilioName(host) {
  const name = String(host || "").toLowerCase().replace(/\.$/, "");
  return /(^|\.)twilio\.com$/.test(name) ? name : null;
}

function isAllowed(name) {
  return redirection.allow_hosts.some((allowed) => {
    const pattern = allowed.split("*").map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${pattern.join(".*")}$`).test(name);
  });
}

// The reason to refuse a host of Twilio; "" if it is not refused
function reasonToRefuse(name) {
  if (damage) {
    return `fake_conversations refused ${name} in this child process, which cannot reach the fake: ${damage}`;
  }
  if (IMITATED.test(name) || isAllowed(name)) return "";
  return (
    `fake_conversations refused ${name} in ${redirection.name}, as it belongs to the real Twilio. ` +
    (redirection.remedy ||
      "To allow it, name it in allow_hosts= (FakeConversations or the marker " +
        "fake_conversations) or in the ini option fake_conversations_allow_hosts")
  );
}

function refuse(socket, why) {
  process.stderr.write(`${why}\n`);
  process.nextTick(() => socket.destroy(new Error(why)));
  return socket;
}

// Options come first, or in an array that net made, or as positional arguments: connect(port, host)
function optionsIn([first, second]) {
  if (Array.isArray(first)) return first[0];
  return typeof first === "object" ? first : { port: first, host: second };
}

function callbackIn(args) {
  return args.filter((argument) => typeof argument === "function").slice(-1);
}

function hookConnect() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const options = optionsIn(args);
    const name = twilioName(options.host);
    if (!name) return connect.apply(this, args);
    const why = reasonToRefuse(name);
    if (why) return refuse(this, why);
    if (!IMITATED.test(name)) return connect.apply(this, args);
    const port = redirection.ports[options.port];
    if (!port) return refuse(this, `fake_conversations has ports 80 and 443, not ${options.port}`);
    const redirected = { ...options, host: "127.0.0.1", port };
    if (!Array.isArray(args[0])) return connect.call(this, redirected, ...callbackIn(args));
    args[0][0] = redirected;
    return connect.apply(this, args);
  };
}

function hookTls() {
  const connect = tls.connect;
  tls.connect = function (...args) {
    const objectArgument = args.find((argument) => argument && typeof argument === "object") || {};
    const positional = typeof args[0] === "object" ? {} : optionsIn(args);
    const options = { ...positional, ...objectArgument };
    const name = twilioName(options.servername || options.host);
    if (!name) return connect.apply(this, args);
    const why = reasonToRefuse(name);
    if (why) return refuse(new net.Socket(), why);
    if (!IMITATED.test(name)) return connect.apply(this, args);
    const redirectedOptions = { ...options, ca: redirection.ca_pem, servername: name, rejectUnauthorized: true };
    delete redirectedOptions.secureContext;
    delete redirectedOptions.session;
    const socket = connect.call(this, redirectedOptions, ...callbackIn(args));
    socket.once(errorMonitor, (error) => {
      if (socket.authorizationError || /CERT|ISSUER|SIGNATURE/.test(error.code)) {
        process.stderr.write(
          `fake_conversations refused TLS with ${name} in ${redirection.name}, as the certificate is ` +
            "not the fake's: the client uses its own proxy, or an address that it kept\n"
        );
      }
    });
    return socket;
  };
}

hookConnect();
hookTls();
syncBuiltinESMExports();
