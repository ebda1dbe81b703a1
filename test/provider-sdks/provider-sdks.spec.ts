import {
  type ConnectorDescription,
  CONNECTORS,
  findConnectorsError,
} from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { OF_USERS, startSdkCalls, type SdkCalls } from './provider-sdks.fixture.js';
import { type Sdk, SDKS } from './sdks.js';

const ROUNDS = 5;

describe.each(SDKS)('$name', (sdk: Sdk) => {
  const { connector, create } = sdk;
  let calls: SdkCalls;

  beforeEach(async () => {
    calls = await startSdkCalls(sdk);
  });

  it('sends a read and a write again with a renewed token', async () => {
    const client = create({ ...calls, connector });
    const sent: string[] = [];
    for (const operation of ['read', 'write'] as const) {
      sent.push(calls.rotate());
      await client[operation]('warm-up');
      sent.push(calls.rotate());
      await client[operation]('mark-1');
    }
    const [first, second, third, fourth] = sent;
    expect(calls.received.map(({ token }) => token)).toEqual([
      ...[first, first, second],
      ...[second, third, third, fourth],
    ]);
    const [rejected, repeated] = calls.received.slice(-2);
    expect({ ...repeated, token: '' }).toEqual({ ...rejected, token: '' });
    expect(`${repeated!.method} ${repeated!.body}`).toMatch(/^POST .*mark-1/);
  });

  it('acts for the right one of two users', async () => {
    const { baseURL, origins } = CONNECTORS[connector] as ConnectorDescription;
    const address = { baseURL, allowedOrigins: origins };
    const users = ['ada', 'grace'].map((id) => {
      const user = calls.base44.addAppUser(id);
      calls.base44.connect(OF_USERS, { accessToken: `token-of-${id}` }, user);
      calls.accepted.add(`token-of-${id}`);
      const connectors = calls.connectors.asAppUser(user.token);
      return { id, client: create({ ...calls, connectors, connector: OF_USERS, address }) };
    });
    await Promise.all(
      Array.from({ length: ROUNDS }).flatMap(() =>
        users.flatMap(({ id, client }) => [client.read(`of-${id}`), client.write(`of-${id}`)]),
      ),
    );
    const marked = calls.received.map(({ url, headers, body, token }) => {
      const [mark] = /of-(ada|grace)/.exec(url + headers + body) ?? [];
      return [`token-${mark}`, token];
    });
    expect(marked).toHaveLength(ROUNDS * 4);
    expect(marked.filter(([expected, token]) => expected !== token)).toEqual([]);
  });

  it('rejects at once, with our error among its causes, if nothing is connected', async () => {
    const client = create({ ...calls, connector });
    for (const operation of ['read', 'write'] as const) {
      const error = await catchError(client[operation]('x'));
      expect(findConnectorsError(error)).toMatchObject({
        code: 'CONNECTOR_NOT_CONNECTED',
        connector,
      });
    }
    // A retry of the SDK would ask Base44 again.
    expect(calls.base44.requests).toHaveLength(2);
  });
});

/** The SDKs that call with a fetch or an adapter of this package. */
const CONFINED = SDKS.filter(({ hasToken }) => hasToken !== true);

describe.each(CONFINED)('$name', (sdk: Sdk) => {
  it('sends nothing to an address of another connector', async () => {
    const calls = await startSdkCalls(sdk);
    const other = sdk.connector === 'github' ? 'slack' : 'github';
    calls.base44.connect(other, { accessToken: 'token-of-another' });
    const client = sdk.create({ ...calls, connector: other });
    for (const operation of ['read', 'write'] as const) {
      const error = await catchError(client[operation]('x'));
      expect(findConnectorsError(error)?.code).toBe('ORIGIN_NOT_ALLOWED');
    }
    expect(calls.received).toEqual([]);
  });
});
