import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A local API that answers nobody without the right Bearer token.
 *
 * @returns its address
 */
export async function startBearerServer(
  accessToken: string,
  answers: Record<string, unknown>,
): Promise<string> {
  const server = createServer((request, response) => {
    const isAllowed = request.headers.authorization === `Bearer ${accessToken}`;
    const answer = isAllowed ? answers[request.url ?? ''] : { error: 'invalid_token' };
    response.writeHead(isAllowed ? (answer ? 200 : 404) : 401, {
      'Content-Type': 'application/json',
    });
    response.end(JSON.stringify(answer ?? { error: 'not_found' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
