import { createBroker } from '../../lib/cli/broker-template/broker.js';
import { createSecret } from '../support/expect-no-secret.js';
import { printFigure } from '../support/print-figure.js';
import {
  isHeaderText,
  measureCpuMs,
  type OutsideResponse,
  OutsideWorld,
  SHAPES,
  toBase64Url,
} from './linear-time.fixture.js';

const KIB = 1024;
const SMALL = 16 * KIB;
const LARGER = [64 * KIB, 256 * KIB];

/** A quadratic parser exceeds linear time by 4 for 64 KiB, and by 16 for 256 KiB. */
const TOLERANCE = 3;
/** Less CPU time than this is noise. */
const NOISE_MS = 5;
/** The garbage collector takes CPU time too, so a high value is measured again. */
const ATTEMPTS = 4;

type Read = (text: string) => unknown;

const CONNECT = '/connectors/cal1/connect';

const worst = { growth: 0, name: '' };

afterAll(() => {
  const growth = `${worst.growth.toFixed(2)} at most (${worst.name})`;
  printFigure('CPU time for 256 KiB of outside text, compared with linear growth', growth);
});

describe('Text from outside takes linear time', () => {
  it.each<[string, (text: string) => Record<string, string>]>([
    ['Base44-Api-Url', (text) => ({ 'Base44-Api-Url': text })],
    ['the path of Base44-Api-Url', (text) => ({ 'Base44-Api-Url': `https://x/${text}x` })],
    ['Base44-App-Id', (text) => ({ 'Base44-App-Id': text })],
    ['Authorization', (text) => ({ Authorization: `Bearer ${text}` })],
    ['Base44-Service-Authorization', (text) => asService({}, `Bearer ${text}`)],
    ['the scheme of Base44-Service-Authorization', (text) => asService({}, text)],
    ['Base44-State', (text) => asService({ 'Base44-State': text })],
    ['X-Data-Env', (text) => asService({ 'X-Data-Env': text })],
  ])('in the request header %s', async (name, toHeaders) => {
    const world = await OutsideWorld.start();
    await expectLinear(name, (text) => isHeaderText(text) && world.get('/token', toHeaders(text)));
  });

  it.each([
    ['returnTo', (text: string) => `/connectors/cal1/connect?returnTo=${text}`],
    ["the connector's name in a path", (text: string) => `/connectors/${text}`],
  ])('in %s', async (name, toPath) => {
    const world = await OutsideWorld.start();
    await expectLinear(name, (text) => world.get(toPath(encodeURIComponent(text))));
  });

  it.each<[string, string, (text: string) => OutsideResponse]>([
    ['access_token', '/token', (text) => json({ access_token: text })],
    [
      'the payload of a JWT',
      '/token',
      (text) => json({ access_token: `a.${toBase64Url(text)}.c` }),
    ],
    ['expires_at', '/token', (text) => json({ access_token: 'token', expires_at: text })],
    ['connection_config', '/call', (text) => ofConfig({ subdomain: text })],
    ['the names of connection_config', '/call', (text) => ofConfig({ [text]: 'acme' })],
    ['a body that is not JSON', '/token', (body) => ({ body })],
    ['the code of an error', '/token', (code) => ({ ...json({ error: { code } }), status: 403 })],
    ['redirect_url', CONNECT, (text) => json({ redirect_url: text })],
    ['the path of redirect_url', CONNECT, (text) => json({ redirect_url: `https://x/${text}x` })],
    ['the host of redirect_url', CONNECT, (text) => json({ redirect_url: `https://${text}` })],
    ['the phase of a metered call', '/metered', (phase) => json({ success: true, phase })],
    ['the headers of a metered call', '/metered', (text) => ofMetered({ headers: { x: text } })],
    ['the data of a metered call', '/metered', (data) => ofMetered({ data })],
  ])("in Base44's response: %s", async (name, path, respond) => {
    const world = await OutsideWorld.start();
    await expectLinear(name, (text) => {
      world.response = respond(text);
      return world.get(path, asService({ Authorization: 'Bearer user' }));
    });
  });

  it('in the header Retry-After of a response', async () => {
    const world = await OutsideWorld.start();
    await expectLinear('Retry-After', (text) => {
      const headers = { 'retry-after': isHeaderText(text) ? text : '' };
      world.response = { status: 429, headers, body: '{}' };
      return world.get('/token', asService({}));
    });
  });

  it.each([
    ['an entry of the shared store', (text: string) => text],
    ['the sealed part of an entry', (text: string) => `key.${toBase64Url(text)}`],
  ])('in %s', async (name, toEntry) => {
    let entry: string | undefined;
    const store = { get: async () => entry, set: async () => true, delete: async () => true };
    const encryptionKeys = [Buffer.alloc(32, 1).toString('base64')];
    const world = await OutsideWorld.start({ cache: { ttlMs: 1, store, encryptionKeys } });
    await expectLinear(name, (text) => {
      entry = toEntry(text);
      return world.get('/token', asService({}));
    });
  });

  it('in a response of the broker', async () => {
    const world = await OutsideWorld.start({ viaBroker: true });
    await expectLinear('the code of the broker', (code) => {
      world.response = { status: 401, ...json({ source: 'connectors-broker', code }) };
      return world.get('/token');
    });
  });

  it.each([
    ['X-Connectors-Timestamp', (text: string) => toSigned({ 'X-Connectors-Timestamp': text })],
    ['X-Connectors-Nonce', (text: string) => toSigned({ 'X-Connectors-Nonce': text })],
    ['X-Connectors-Signature', (text: string) => toSigned({ 'X-Connectors-Signature': text })],
    ['the path', (text: string) => toSigned({}, encodeURIComponent(text))],
    ['the body', (text: string) => toSigned({}, '', text)],
  ])('in a request to the broker: %s', async (name, toRequest) => {
    const broker = createBroker({ secret: () => createSecret(), connectors: () => ({}) as never });
    await expectLinear(name, async (text) => {
      if (isHeaderText(text)) await broker(toRequest(text));
    });
  });
});

async function expectLinear(name: string, read: Read): Promise<void> {
  const totals = { smallMs: 0, largeMs: 0 };
  for (const shape of SHAPES) {
    const smallMs = await measure(read, shape.create(SMALL), NOISE_MS);
    let cpuMs = smallMs;
    for (const size of LARGER) {
      const limitMs = Math.max(smallMs, NOISE_MS) * (size / SMALL) * TOLERANCE;
      cpuMs = await measure(read, shape.create(size), limitMs);
      // The first size that takes too long fails the test. The next size would take minutes.
      if (cpuMs > limitMs) throw new Error(`${shape.name}: ${cpuMs} ms for ${size} bytes`);
    }
    totals.smallMs += smallMs;
    totals.largeMs += cpuMs;
  }
  const growth = (totals.largeMs / totals.smallMs) * (SMALL / LARGER.at(-1)!);
  if (growth > worst.growth) Object.assign(worst, { growth, name });
}

async function measure(read: Read, text: string, limitMs: number): Promise<number> {
  let leastMs = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && leastMs > limitMs; attempt += 1) {
    leastMs = Math.min(leastMs, await measureCpuMs(() => read(text)));
  }
  return leastMs;
}

/** Returns the headers that Base44 adds to a request, and others. */
function asService(
  headers: Record<string, string>,
  authorization = 'Bearer service-token',
): Record<string, string> {
  const base44 = { 'Base44-App-Id': 'app1', 'Base44-Service-Authorization': authorization };
  return { ...base44, ...headers };
}

function json(body: object): OutsideResponse {
  return { body: JSON.stringify(body) };
}

function ofConfig(connection_config: object): OutsideResponse {
  return json({ access_token: 'token', connection_config });
}

function ofMetered(more: object): OutsideResponse {
  return json({ success: true, phase: 'responded', status_code: 200, ...more });
}

function toSigned(headers: Record<string, string>, path = '', body = '{}'): Request {
  const url = `https://app.example/functions/connectors-broker${path}`;
  const signed = {
    'X-Connectors-Timestamp': String(Date.now()),
    'X-Connectors-Nonce': 'n'.repeat(22),
    'X-Connectors-Signature': '0'.repeat(64),
  };
  return new Request(url, { method: 'POST', headers: { ...signed, ...headers }, body });
}
