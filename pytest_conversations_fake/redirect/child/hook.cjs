// Required by a child Node.js at its start: takes the parent's route for https, http and fetch.
// A child that cannot take the route refuses Twilio's hosts, and says so on stderr.
"use strict";

const { errorMonitor } = require("node:events");
const { syncBuiltinESMExports } = require("node:module");
const net = require("node:net");
const tls = require("node:tls");

const IMITATED = /^conversations(\.[a-z0-9-]+){0,2}\.twilio\.com$/;
const { route, damage } = readRoute(process.env.FAKE_CONVERSATIONS_ROUTE);

function readRoute(text) {
  if (!text) return { damage: "the environment variable FAKE_CONVERSATIONS_ROUTE is missing" };
  try {
    const { http_port, tls_port, ca_pem, allow_hosts, name } = JSON.parse(text);
    if (!http_port || !tls_port || !ca_pem) throw new Error("a port or ca_pem is missing");
    const ports = { 80: http_port, 443: tls_port };
    return { route: { ports, ca_pem, allow_hosts: allow_hosts || [], name } };
  } catch (error) {
    return { damage: `the environment variable FAKE_CONVERSATIONS_ROUTE is damaged: ${error.message}` };
  }
}

function twilioName(host) {
  const name = String(host || "").toLowerCase().replace(/\.$/, "");
  return /(^|\.)twilio\.com$/.test(name) ? name : null;
}

function isAllowed(name) {
  return route.allow_hosts.some((allowed) => {
    const pattern = allowed.split("*").map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${pattern.join(".*")}$`).test(name);
  });
}

// Why a host of Twilio is refused; "" for one that is not
function reasonToRefuse(name) {
  if (damage) {
    return `fake_conversations refused ${name} in this child process, which cannot reach the fake: ${damage}`;
  }
  if (IMITATED.test(name) || isAllowed(name)) return "";
  return (
    `fake_conversations refused ${name} in ${route.name}, as it belongs to the real Twilio. ` +
    "To allow it, name it in allow_hosts= (FakeConversations or the marker " +
    "fake_conversations) or in the ini option fake_conversations_allow_hosts"
  );
}

function refuse(socket, why) {
  process.stderr.write(`${why}\n`);
  process.nextTick(() => socket.destroy(new Error(why)));
  return socket;
}

// Options are first, in an array that net made of them, or positional: connect(port, host)
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
    const port = route.ports[options.port];
    if (!port) return refuse(this, `fake_conversations has ports 80 and 443, not ${options.port}`);
    const landing = { ...options, host: "127.0.0.1", port };
    if (!Array.isArray(args[0])) return connect.call(this, landing, ...callbackIn(args));
    args[0][0] = landing;
    return connect.apply(this, args);
  };
}

function hookTls() {
  const connect = tls.connect;
  tls.connect = function (...args) {
    const given = args.find((argument) => argument && typeof argument === "object") || {};
    const positional = typeof args[0] === "object" ? {} : optionsIn(args);
    const options = { ...positional, ...given };
    const name = twilioName(options.servername || options.host);
    if (!name) return connect.apply(this, args);
    const why = reasonToRefuse(name);
    if (why) return refuse(new net.Socket(), why);
    if (!IMITATED.test(name)) return connect.apply(this, args);
    const trusting = { ...options, ca: route.ca_pem, servername: name, rejectUnauthorized: true };
    delete trusting.secureContext;
    delete trusting.session;
    const socket = connect.call(this, trusting, ...callbackIn(args));
    socket.once(errorMonitor, (error) => {
      if (socket.authorizationError || /CERT|ISSUER|SIGNATURE/.test(error.code)) {
        process.stderr.write(
          `fake_conversations refused TLS with ${name} in ${route.name}, as the certificate is ` +
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
