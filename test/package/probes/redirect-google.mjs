// Loaded with --import: requests to Google reach the stand-in, and the application says where it listens.
import { Server } from 'node:http';

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const url = new URL(input.url ?? input);
  const isGoogle = url.hostname === 'www.googleapis.com';
  return fetch(isGoogle ? process.env.GOOGLE_URL + url.pathname : input, init);
};

const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  this.once('listening', () => console.log(`Listening on http://127.0.0.1:${this.address().port}`));
  return listen.apply(this, args);
};
