import fc from 'fast-check';
import { UnexpectedResponseError } from 'nestjs-base44-connectors';
import { createConnectors } from '../support/create-connectors.js';
import { createOfficialClient, createOldOfficialClient } from '../support/official-sdk.js';
import { settle } from '../support/async.js';
import { startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { configs, SEED, tokens } from './generated.js';
import { type DifferenceId, recordDifferences } from './intended-differences.js';

const differs = recordDifferences('responses');

/** A server with a configurable response, and all its clients. */
async function contestants() {
  const script = { text: '' };
  const server = await startRecordingServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(script.text);
  });
  const config = { serverUrl: server.url, serviceToken: 'service' };
  const client = createOfficialClient(config);
  const old = createOldOfficialClient(config);
  return {
    script,
    old: old.asServiceRole.connectors,
    official: client.asServiceRole.connectors,
    products: [await createConnectors(config), await createConnectors({ client })],
    productWithOld: await createConnectors({ client: old }),
  };
}

const usableAnswers = fc
  .record(
    { access_token: tokens, integration_type: fc.string(), connection_config: configs },
    { requiredKeys: ['access_token'] },
  )
  .map((answer) => JSON.stringify(answer));

const bareValues = [null, true, 42, 'token', [], {}] as const;
const strangeTokens = [undefined, null, '', 42, true, {}, [], 'a b', 'a\r\nb', 'ä', 'a\0'];
const strangeConfigs = [
  { a: 1 },
  { a: true, b: 'text' },
  { a: null, b: 'text' },
  { a: {} },
  { a: ['x'] },
  [],
  ['x'],
  'text',
  42,
];

describe('this package and the official SDK give the same connection', () => {
  it('for every documented response of the API', async () => {
    const { script, official, products } = await contestants();

    await fc.assert(
      fc.asyncProperty(usableAnswers, async (text) => {
        script.text = text;
        const connection = await official.getConnection('slack');
        const workspaceConnection = await official.getWorkspaceConnection('abc');
        for (const product of products) {
          expect(await product.getConnection('slack')).toEqual(connection);
          expect(await product.getWorkspaceConnection('abc')).toEqual(workspaceConnection);
        }
      }),
      { seed: SEED, numRuns: scaled(300, 50) },
    );
  });

  it('but frozen', async () => {
    const { script, official, products } = await contestants();
    script.text = '{"access_token":"a","connection_config":{"b":"c"}}';
    const theirs = await official.getConnection('slack');

    for (const product of products) {
      const ours = await product.getConnection('slack');
      expect(ours).toEqual(theirs);
      expect([Object.isFrozen(theirs), Object.isFrozen(ours)]).toEqual([false, true]);
      expect(Object.isFrozen(ours.connectionConfig)).toBe(true);
    }
    differs('frozen-connection');
  });

  it('but getAccessToken returns the whole response, and that of the SDK only the token', async () => {
    const { script, official, old, products, productWithOld } = await contestants();

    await fc.assert(
      fc.asyncProperty(tokens, fc.dictionary(fc.string(), fc.string()), async (token, config) => {
        script.text = JSON.stringify({ access_token: token, connection_config: config });
        /* eslint-disable @typescript-eslint/no-deprecated -- it is what this is about */
        expect(await official.getAccessToken('slack')).toBe(token);
        expect(await old.getAccessToken('slack')).toBe(token);
        /* eslint-enable @typescript-eslint/no-deprecated */
        const answer = { access_token: token, integration_type: 'slack' };
        for (const product of products) {
          expect(await product.getAccessToken('slack')).toEqual({
            ...answer,
            connection_config: config,
          });
        }
        expect(await productWithOld.getAccessToken('slack')).toEqual({
          ...answer,
          connection_config: null,
        });
      }),
      { seed: SEED, numRuns: scaled(100, 20) },
    );
    differs('access-token-response');
  });
});

describe('unlike the official SDK, this package', () => {
  const wholeAnswers = [
    ...bareValues.map((value) => JSON.stringify(value)),
    ...strangeTokens.map((access_token) => JSON.stringify({ access_token })),
    ...['', '<!doctype html>', '{"access_token":"a"', 'null null'],
  ];

  it.each(wholeAnswers)('finds no token in %j', async (text) => {
    const { script, official, products } = await contestants();
    script.text = text;
    const theirs = await settle(() => official.getConnection('slack'));

    for (const product of products) {
      const ours = await settle(() => product.getConnection('slack'));
      expect(ours).toEqual({ error: expect.any(UnexpectedResponseError) as unknown });
      expect(ours).not.toEqual(theirs);
    }
    differs('no-usable-token');
  });

  it.each(strangeConfigs.map((config) => [JSON.stringify(config), config] as const))(
    'returns the configuration %s as its type promises, or rejects',
    async (_case, config) => {
      const { script, official, products } = await contestants();
      script.text = JSON.stringify({ access_token: 'a', connection_config: config });
      const theirs = await settle(() => official.getConnection('slack'));
      const difference = getDifference(config);

      for (const product of products) {
        const ours = await settle(() => product.getConnection('slack'));
        expect(ours).not.toEqual(theirs);
        if (difference === 'config-not-flat') {
          expect(ours).toEqual({ error: expect.any(UnexpectedResponseError) as unknown });
        } else {
          expect(ours).toEqual({ value: { accessToken: 'a', connectionConfig: asText(config) } });
        }
      }
      differs(difference);
    },
  );
});

function getDifference(config: unknown): DifferenceId {
  const values =
    typeof config === 'object' && !Array.isArray(config) ? Object.values(config!) : [{}];
  if (values.some((value) => typeof value === 'object' && value !== null)) return 'config-not-flat';
  return values.includes(null) ? 'config-without-nulls' : 'config-as-text';
}

function asText(config: unknown): unknown {
  return Object.fromEntries(
    Object.entries(config as object)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, String(value)]),
  );
}
