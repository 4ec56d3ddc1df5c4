// Loaded by Node before a program (NODE_OPTIONS): connects it to JSONBin on this machine where it asks for api.jsonbin.io.
// From Node 24 on the proxy does that, which older ones do not use.
"use strict";
const { Socket } = require("node:net");

const { host, ports } = JSON.parse(process.env.JSONBIN_REDIRECT);
const { connect } = Socket.prototype;

Socket.prototype.connect = function (...given) {
  // What net.connect() and tls.connect() were called with, or the list that they made of it.
  const list = Array.isArray(given[0]) ? given[0] : given;
  const port = list[0] && list[0].host === host && ports[list[0].port];
  if (port) list[0] = { ...list[0], host: "127.0.0.1", port };
  return connect.apply(this, given);
};
