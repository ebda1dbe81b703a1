import fc from 'fast-check';
import type { ConnectorsService } from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient, createOldOfficialClient } from '../support/official-sdk.js';
import {
  type RecordedRequest,
  startRecordingServer,
  type Responder,
} from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { apiRequests, identifiers, SEED, tokens } from './generated.js';
import { recordDifferences, TRANSPORT_HEADERS } from './intended-differences.js';

const differs = recordDifferences('requests');
const RUNS = scaled(300, 50);
const SERVICE_TOKEN = 'service.token~1';

const answer: Responder = ({ method }, response) => {
  response.end(
    JSON.stringify(
      method === 'POST' ? { success: true, phase: 'responded' } : { access_token: 'oauth' },
    ),
  );
};

/** The official SDK and this package with each of its clients, with one server. */
async function contestants({ slash = '', appId = 'app1', serviceToken = SERVICE_TOKEN } = {}) {
  const server = await startRecordingServer(answer);
  const config = { serverUrl: server.url + slash, appId, serviceToken };
  const client = createOfficialClient(config);
  return {
    official: client.asServiceRole.connectors,
    old: createOldOfficialClient(config).asServiceRole.connectors,
    products: [await createConnectors(config), await createConnectors({ appId, client })],
    requestOf: async (call: () => Promise<unknown>): Promise<object> => {
      server.requests.length = 0;
      await call();
      expect(server.requests).toHaveLength(1);
      return withoutTransport(server.requests[0]!);
    },
  };
}

function withoutTransport({ method, path, headers, body }: RecordedRequest): object {
  const kept = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !(name in TRANSPORT_HEADERS));
  return { method, path, headers: Object.fromEntries(kept), count: kept.length, body };
}

describe('this package and the official SDK send the same request', () => {
  it.each<[string, (service: ConnectorsService, id: string) => Promise<unknown>]>([
    ['getAccessToken', (service, id) => service.getAccessToken(id)],
    ['getConnection', (service, id) => service.getConnection(id)],
    ['getWorkspaceConnection', (service, id) => service.getWorkspaceConnection(id)],
  ])('for %s of any identifier', async (operation, ask) => {
    const { official, products, requestOf } = await contestants();

    await fc.assert(
      fc.asyncProperty(identifiers, async (id) => {
        const expected = await requestOf(() => official[operation as 'getConnection'](id));
        for (const product of products) {
          expect(await requestOf(() => ask(product, id))).toEqual(expected);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('for getAccessToken of the SDK 0.8.4', async () => {
    const { old, products, requestOf } = await contestants();

    await fc.assert(
      fc.asyncProperty(identifiers, async (id) => {
        const expected = await requestOf(() => old.getAccessToken(id));
        for (const product of products) {
          expect(await requestOf(() => product.getAccessToken(id))).toEqual(expected);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('for callApi with any request', async () => {
    const { official, products, requestOf } = await contestants();

    await fc.assert(
      fc.asyncProperty(identifiers, apiRequests, async (id, request) => {
        fc.pre(isPlain(request));
        const expected = await requestOf(() => official.callApi(id, request as never));
        for (const product of products) {
          const sent = await requestOf(() => product.callApi(id, request));
          expect(sent).toEqual(expected);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('for any app id and service token', async () => {
    await fc.assert(
      fc.asyncProperty(identifiers, tokens, async (appId, serviceToken) => {
        const { official, products, requestOf } = await contestants({ appId, serviceToken });
        const expected = await requestOf(() => official.getConnection('slack'));
        for (const product of products) {
          expect(await requestOf(() => product.getConnection('slack'))).toEqual(expected);
        }
      }),
      { seed: SEED, numRuns: scaled(50, 10) },
    );
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'except for a key %s in it, which the SDK drops',
    async (key) => {
      const { official, products, requestOf } = await contestants();
      const query = JSON.parse(`{"${key}":"1","a":"2"}`) as Record<string, string>;
      const theirs = await requestOf(() => official.callApi('x', { path: '/', query }));
      const ours = await requestOf(() => products[0]!.callApi('x', { path: '/', query }));

      expect(theirs).toMatchObject({
        body: expect.stringContaining('"query":{"a":"2"}') as unknown,
      });
      expect(ours).toMatchObject({ body: expect.stringContaining(`"${key}":"1"`) as unknown });
      differs('whole-request');
    },
  );

  it('except for a trailing slash of serverUrl', async () => {
    const { official, products, requestOf } = await contestants({ slash: '/' });
    const theirs = await requestOf(() => official.getConnection('slack'));
    const ours = await requestOf(() => products[0]!.getConnection('slack'));

    expect(theirs).toMatchObject({ path: '//api/apps/app1/external-auth/tokens/slack' });
    expect(ours).toEqual({ ...theirs, path: '/api/apps/app1/external-auth/tokens/slack' });
    differs('slash-after-server-url');
  });
});

/** Tells whether JSON can express it and axios keeps all of it. Other tests cover both cases. */
function isPlain(request: unknown): boolean {
  try {
    return !/"(__proto__|constructor|prototype)":/.test(JSON.stringify(request));
  } catch {
    return false;
  }
}
