import fc from 'fast-check';
import {
  ConnectorsConfigurationError,
  type ConnectorsService,
  InvalidConnectorError,
  InvalidRequestError,
} from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient } from '../support/official-sdk.js';
import { catchError, settle } from '../support/async.js';
import { getHeader, startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { SEED } from './generated.js';
import { recordDifferences } from './intended-differences.js';

const differs = recordDifferences('inputs');
const WELL_FORMED = /^[a-zA-Z0-9_-]{1,128}$/;

type Operation = 'getAccessToken' | 'getConnection' | 'getWorkspaceConnection' | 'callApi';
const OPERATIONS: Operation[] = [
  'getAccessToken',
  'getConnection',
  'getWorkspaceConnection',
  'callApi',
];

/** Methods of both, called with values that their types forbid. */
type AnyConnectors = Record<Operation, (...given: unknown[]) => Promise<unknown>>;

async function contestants() {
  const server = await startRecordingServer();
  const config = { serverUrl: server.url, serviceToken: 'service' };
  const client = createOfficialClient(config);
  return {
    server,
    official: client.asServiceRole.connectors as unknown as AnyConnectors,
    products: [await createConnectors(config), await createConnectors({ client })].map(
      (service: ConnectorsService) => service as unknown as AnyConnectors,
    ),
  };
}

describe.each(OPERATIONS)('%s, like the official SDK,', (operation) => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty string', ''],
    ['a number', 42],
    ['a flag', true],
    ['an array', []],
  ])('rejects %s as an identifier, with the same message', async (_case, value) => {
    const { server, official, products } = await contestants();
    const theirs = (await catchError(() => official[operation](value, { path: '/' }))) as Error;

    for (const product of products) {
      const ours = await catchError(() => product[operation](value, { path: '/' }));
      expect(ours).toBeInstanceOf(InvalidConnectorError);
      expect(ours).toMatchObject({ code: 'INVALID_CONNECTOR' });
      // For getConnection, an object such as an array names a workspace connector.
      const isReference = operation === 'getConnection' && typeof value === 'object' && value;
      if (!isReference) expect((ours as Error).message).toBe(theirs.message);
    }
    expect(theirs).not.toHaveProperty('code');
    expect(server.requests).toEqual([]);
    differs('typed-input-error');
  });

  it('rejects, unlike the SDK, every malformed identifier', async () => {
    const { server, official, products } = await contestants();

    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (id) => {
        fc.pre(!WELL_FORMED.test(id));
        server.requests.length = 0;
        for (const product of products) {
          const ours = await catchError(() => product[operation](id, { path: '/' }));
          expect(ours).toBeInstanceOf(InvalidConnectorError);
        }
        expect(server.requests).toEqual([]);
        await official[operation](id, { path: '/' });
        expect(server.requests).toHaveLength(1);
        differs('rejected-identifier');
      }),
      { seed: SEED, numRuns: scaled(200, 50) },
    );
  });
});

describe('callApi, like the official SDK,', () => {
  it.each<[string, unknown]>([
    ['no request', undefined],
    ['null', null],
    ['a string', 'GET /'],
    ['a request without a path', {}],
    ['an empty path', { path: '' }],
    ['a path that is no string', { path: 1 }],
    ['an unknown method', { path: '/', method: 'TRACE' }],
    ['a method in lower case', { path: '/', method: 'get' }],
    ['an empty method', { path: '/', method: '' }],
  ])('rejects %s, with the same message', async (_case, request) => {
    const { server, official, products } = await contestants();
    const theirs = (await catchError(() => official.callApi('x', request))) as Error;

    for (const product of products) {
      const ours = await catchError(() => product.callApi('x', request));
      expect(ours).toBeInstanceOf(InvalidRequestError);
      expect(ours).toMatchObject({ code: 'INVALID_REQUEST', message: theirs.message });
    }
    expect(server.requests).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ['a cycle', cycle],
    ['a bigint', () => 1n],
  ])('sends no request with %s in it, but rejects with another error', async (_case, body) => {
    const { server, official, products } = await contestants();
    const request = { path: '/', body: body() };

    expect(await catchError(() => official.callApi('x', request))).not.toMatchObject({
      code: expect.any(String) as unknown,
    });
    expect(await catchError(() => products[0]!.callApi('x', request))).toBeInstanceOf(
      InvalidRequestError,
    );
    expect(server.requests).toEqual([]);
    differs('unserializable-request');
  });

  it('sends no request with a whole URL as the path, which the SDK sends', async () => {
    const { server, official, products } = await contestants();
    const request = { path: 'https://api.x.com/2/tweets' };
    for (const product of products) {
      expect(await catchError(() => product.callApi('x', request))).toBeInstanceOf(
        InvalidRequestError,
      );
    }
    expect(server.requests).toEqual([]);
    await settle(() => official.callApi('x', request));
    expect(server.requests).toHaveLength(1);
    differs('absolute-path');
  });
});

describe('callApi', () => {
  it.each(['https://api.x.com', 'h://a', 'HTTPS://a', 'a1+.-://b'])(
    'sends no request with the whole URL %s',
    async (path) => {
      const { server, products } = await contestants();
      await expect(products[0]!.callApi('x', { path })).rejects.toBeInstanceOf(InvalidRequestError);
      expect(server.requests).toEqual([]);
    },
  );

  it.each(['/', 'x', '/x?to=https://a.example', '1a://x', '://x', 'https:/x', 'a b://x'])(
    'sends a request with the path %s',
    async (path) => {
      const { server, products } = await contestants();
      await catchError(() => products[0]!.callApi('x', { path }));
      expect(
        server.requests.map(({ body }) => (JSON.parse(body) as { path: string }).path),
      ).toEqual([path]);
    },
  );

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])(
    'sends a request with the method %s',
    async (method) => {
      const { server, products } = await contestants();
      await catchError(() => products[0]!.callApi('x', { path: '/', method }));
      expect(JSON.parse(server.requests[0]!.body)).toMatchObject({ method });
    },
  );
});

describe('the options, unlike those of the official SDK,', () => {
  it.each(['..', 'a/b', 'a%2fb', 'a?b', 'a#b', ' a', ''])('reject the app id %j', async (appId) => {
    const { url } = await startRecordingServer();
    const config = { serverUrl: url, serviceToken: 'service', appId };

    expect(() => createOfficialClient(config)).not.toThrow();
    expect(await catchError(() => createConnectors(config))).toBeInstanceOf(
      ConnectorsConfigurationError,
    );
    differs('rejected-app-id');
  });

  it('reject a service token that HTTP would change', async () => {
    const server = await startRecordingServer();
    const config = { serverUrl: server.url, serviceToken: 'ser\r\nvice' };
    await settle(() =>
      createOfficialClient(config).asServiceRole.connectors.getConnection('slack'),
    );

    expect(getHeader(server.requests[0]!, 'authorization')).toBe('Bearer service');
    expect(await catchError(() => createConnectors(config))).toBeInstanceOf(
      ConnectorsConfigurationError,
    );
    differs('rejected-service-token');
  });
});

function cycle(): unknown {
  const ring: { self?: unknown } = {};
  ring.self = ring;
  return ring;
}
