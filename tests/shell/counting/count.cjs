// Writes a line for each name that this Node.js resolves and each address that it connects to, at the
// functions in C++ below all patches of the redirection.
"use strict";

const { appendFileSync } = require("node:fs");

process.removeAllListeners("warning");
process.noDeprecation = true;
const count = (what, where) => appendFileSync(process.env.COUNTED_IN, `node.${what} '${where}'\n`);

const { TCP } = process.binding("tcp_wrap");
for (const name of ["connect", "connect6"]) {
  const original = TCP.prototype[name];
  TCP.prototype[name] = function (request, address, ...others) {
    count("connect", address);
    return original.call(this, request, address, ...others);
  };
}

const dns = require("node:dns");
const lookup = dns.lookup;
dns.lookup = function (name, ...others) {
  count("lookup", name);
  return lookup.call(this, name, ...others);
};
