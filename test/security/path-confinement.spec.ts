import { inspect } from 'node:util';
import fc from 'fast-check';
import { ConnectorsConfigurationError, InvalidConnectorError } from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { catchError, settle } from '../support/async.js';
import { toRawResponse, startRawServer } from '../support/raw-server.js';
import { getHeader, startRecordingServer } from '../support/recording-server.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import {
  type AnyConnectors,
  ask,
  attempts,
  intendedRequest,
  mayBeSent,
  OPERATIONS,
} from './path-confinement.fixture.js';

const IDENTIFIERS = scaled(99_000, 5_000);
const APP_IDS = scaled(1_000, 100);
const USABLE = toRawResponse('{"access_token":"oauth","success":true,"phase":"responded"}');

async function contestants(options: { appId?: string } = {}) {
  const server = await startRawServer(() => USABLE);
  const service = await createConnectors({
    serverUrl: server.url,
    serviceToken: 'service',
    ...options,
  });
  return { server, service: service as unknown as AnyConnectors };
}

describe('an identifier', () => {
  it('reaches its route, or nothing is sent', async () => {
    const { server, service } = await contestants();
    const messages = new Set<string>();
    let escapes = 0;
    let sent = 0;

    for (const [index, attempt] of fc
      .sample(attempts, { seed: 1, numRuns: IDENTIFIERS })
      .entries()) {
      const operation = OPERATIONS[index % OPERATIONS.length]!;
      const outcome = await settle(() => ask(service, operation, attempt));
      const lines = server.requestLines.splice(0);
      if (mayBeSent(attempt)) {
        sent += 1;
        if (lines.join() !== intendedRequest(operation, 'app1', attempt)) escapes += 1;
        expect(outcome).toHaveProperty('value');
      } else {
        escapes += lines.length;
        const { error } = outcome as { error: InvalidConnectorError };
        if (!(error instanceof InvalidConnectorError)) throw new Error(inspect(outcome));
        messages.add(error.message);
      }
    }

    printFigure(
      'path confinement: identifiers, sent, escapes',
      `${IDENTIFIERS}, ${sent}, ${escapes}`,
    );
    expect(escapes).toBe(0);
    expect(sent).toBeGreaterThan(IDENTIFIERS / 100);
    // Each label has one message for missing and one for malformed identifiers. None contains input.
    expect(messages.size).toBe(4);
  });

  it.each<[string, unknown]>([
    ['the parent folder', '..'],
    ['this folder', '.'],
    ['a slash', 'a/b'],
    ['an encoded dot', '%2e'],
    ['an encoded slash', 'a%2fb'],
    ['a backslash', 'a\\b'],
    ['an empty string', ''],
    ['undefined', undefined],
    ['null', null],
    ['a number', 42],
    ['an object', { toString: () => 'slack' }],
    ['an array', ['slack']],
    ['a boxed string', Object('slack')],
    ['a lone surrogate', '\ud800'],
    ['ten megabytes', 'a'.repeat(10_000_000)],
    ['a line break', 'sl\nack'],
    ['a carriage return with a header', 'slack\r\nX-Evil: 1'],
    ['a trailing newline', 'slack\n'],
    ['a trailing space', 'slack '],
    ['a query', 'slack?a=b'],
    ['a fragment', 'slack#a'],
    ['an absolute URL', 'https://evil.example'],
    ['a letter that becomes k in lower case', 'slac\u212a'],
    ['a tilde at the end', 'slack~'],
    ['129 characters', 'a'.repeat(129)],
  ])('that is %s fails in every operation, and nothing is sent', async (_case, id) => {
    const { server, service } = await contestants();

    for (const operation of OPERATIONS) {
      let promise: Promise<unknown> | undefined;
      expect(() => (promise = ask(service, operation, id))).not.toThrow();
      const error = (await catchError(() => promise!)) as Error;
      expect(error).toBeInstanceOf(InvalidConnectorError);
      if (typeof id === 'string' && id.length > 3) expect(error.message).not.toContain(id);
      expect(error.message.length).toBeLessThan(200);
    }
    expect(server.requestLines).toEqual([]);
  });
});

it('an app id reaches its own routes, or startup fails', async () => {
  const server = await startRawServer(() => USABLE);
  let escapes = 0;
  let sent = 0;

  for (const appId of fc.sample(attempts, { seed: 2, numRuns: APP_IDS }) as string[]) {
    const options = { appId, serverUrl: server.url, serviceToken: 'service' };
    const boot = await settle(async () => (await createConnectors(options)).getConnection('slack'));
    const lines = server.requestLines.splice(0);
    if (mayBeSent(appId)) {
      sent += 1;
      if (lines.join() !== intendedRequest('getConnection', appId, 'slack')) escapes += 1;
    } else {
      escapes += lines.length;
      expect(boot).toEqual({ error: expect.any(ConnectorsConfigurationError) as unknown });
    }
  }

  printFigure('path confinement: app ids, sent, escapes', `${APP_IDS}, ${sent}, ${escapes}`);
  expect(escapes).toBe(0);
  expect(sent).toBeGreaterThan(APP_IDS / 20);
});

it("the path of a metered call stays in the body, also when it looks like a server's address", async () => {
  const { server, service } = await contestants();

  for (const path of ['//evil.example', '../../../tokens/slack', '@evil', 'https:/evil.example']) {
    await service.callApi('x', { path });
  }
  expect(new Set(server.requestLines)).toEqual(new Set([intendedRequest('callApi', 'app1', 'x')]));
});

it('the official SDK requests another route with the service token when this package rejects', async () => {
  const server = await startRecordingServer();
  const config = { serverUrl: server.url, serviceToken: 'service' };
  const official = createOfficialClient(config).asServiceRole.connectors;
  const product = await createConnectors(config);

  await official.getConnection('..');
  await official.getWorkspaceConnection('../..');
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/api/apps/app1/external-auth/',
    '/api/apps/app1/external-auth/tokens/connectors/..%2F..',
  ]);
  expect(server.requests.map((request) => getHeader(request, 'authorization'))).toEqual([
    'Bearer service',
    'Bearer service',
  ]);

  server.requests.length = 0;
  await catchError(() => product.getConnection('..'));
  await catchError(() => product.getWorkspaceConnection('../..'));
  expect(server.requests).toEqual([]);
});
