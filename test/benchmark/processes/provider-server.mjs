import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { serveParent } from '../support/worker.mjs';

const ANSWER = JSON.stringify({
  items: Array.from({ length: 10 }, (_, index) => ({ id: `contact-${index}`, name: 'Ada' })),
});

/** A provider that responds with the same list to every token. */
const server = createServer((request, response) => {
  const status = request.headers.authorization?.startsWith('Bearer ') ? 200 : 401;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(ANSWER),
  });
  response.end(ANSWER);
});

serveParent({
  async listen() {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${server.address().port}`;
  },
});
