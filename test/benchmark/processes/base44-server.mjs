import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { serveParent } from '../support/worker.mjs';

const BACKLOG = 4096;

/** As long as a token of Google. */
const ACCESS_TOKEN = `ya29.${'a'.repeat(215)}`;

const BODY = JSON.stringify({
  access_token: ACCESS_TOKEN,
  integration_type: 'slack',
  connection_config: null,
});

const HEADERS = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(BODY) };

let requests = 0;

/** The server does as little as possible, because the measurement is about clients. */
const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
  requests += 1;
  response.writeHead(200, HEADERS).end(BODY);
});

serveParent({
  async listen() {
    server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG });
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
  },

  /** @returns the number of requests since the last call */
  takeRequests() {
    const taken = requests;
    requests = 0;
    return taken;
  },
});
