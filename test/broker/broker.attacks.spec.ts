import { Agent, request as send } from 'node:http';
import fc from 'fast-check';
import type { EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { AttackTable } from './broker.attack-table.fixture.js';
import { type Mutation, mutations, onBody, onHeader, toText } from './broker.attacks.fixture.js';
import {
  describeBroker,
  deployedForAll,
  FUNCTION_PATH,
  newSecret,
  toOrder,
  type RawAnswer,
  type RawCall,
  sendRaw,
  signed,
  type Signing,
} from './broker.fixture.js';

const MINUTE_MS = 60_000;
const MEGABYTE = 1_000_000;
const MUTATIONS = scaled(10_000, 1_000);
const LARGE_BODIES = scaled(40, 8);
const AT_A_TIME = 25;

const SIGNATURE = 'x-connectors-signature';

const table = new AttackTable();

afterAll(() => {
  table.print();
});

describeBroker('The broker', (platform) => {
  const held = deployedForAll(platform);
  let ada: EmulatedAppUser;
  let agent: Agent;

  beforeAll(() => {
    const { base44 } = held.broker;
    ada = base44.addAppUser('ada');
    base44.connect('slack', { accessToken: 'xoxb-1' });
    base44.connect('gmail', { accessToken: 'ya29-gmail' });
    base44.connect({ appUserConnector: 'cal1' }, { accessToken: 'ya29-ada' }, ada);
    base44.meter('crm1', { respond: () => ({ data: 'metered' }) });
  });

  beforeEach(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 100 });
    closeAfterTest(() => {
      agent.destroy();
    });
  });

  const sent = (call: RawCall): Promise<RawAnswer> => sendRaw(held.broker.host.origin, call, agent);

  /** Creates a valid request, by default for the connection of Slack. */
  const good = (signing: Partial<Signing> = {}): RawCall =>
    signed({
      host: held.broker.host.host,
      secret: held.broker.secret,
      body: toOrder('integrationType', 'slack'),
      ...signing,
    });

  const goodOfUser = (): RawCall =>
    good({ body: toOrder('appUserConnector', 'cal1', ada.token), user: ada.token });

  const expectRefused = async (call: RawCall, status: number, code: string): Promise<void> => {
    const answer = await sent(call);
    table.add(platform, answer.status);
    expect({ status: answer.status, body: JSON.parse(answer.text) as unknown }).toMatchObject({
      status,
      body: { source: 'connectors-broker', code },
    });
    expect(held.broker.base44.requests).toEqual([]);
  };

  it('responds to a valid request with the token', async () => {
    expect(JSON.parse((await sent(good())).text)).toEqual({
      access_token: 'xoxb-1',
      integration_type: 'slack',
      connection_config: null,
    });
    expect((await sent(goodOfUser())).text).toContain('ya29-ada');
  });

  it('sends the service token to no server that a header names', async () => {
    const attacker = await startRecordingServer();
    held.broker.host.serverUrlSeen = attacker.url;
    const { status, text } = await sent(good());
    table.add(platform, status);
    expect(JSON.parse(text)).toMatchObject({ access_token: 'xoxb-1' });
    expect(attacker.requests).toEqual([]);
  });

  describe('rejects a signature that is', () => {
    it.each<[string, Mutation]>([
      ['missing', onHeader(SIGNATURE, () => [])],
      [
        'wrong',
        onHeader(SIGNATURE, (value) => value.replace(/^./, (x) => (x === '0' ? '1' : '0'))),
      ],
      ['truncated', onHeader(SIGNATURE, (value) => value.slice(0, 32))],
      ['truncated to nothing', onHeader(SIGNATURE, () => '')],
      ['in upper case', onHeader(SIGNATURE, (value) => value.toUpperCase())],
      ['there twice', onHeader(SIGNATURE, (value) => [value, value])],
      ['doubled', onHeader(SIGNATURE, (value) => value + value)],
      ['of nothing but zeros', onHeader(SIGNATURE, () => '0'.repeat(64))],
      ['named as one', onHeader(SIGNATURE, (value) => `sha256=${value}`)],
      ['without a timestamp', onHeader('x-connectors-timestamp', () => [])],
      ['without a nonce', onHeader('x-connectors-nonce', () => [])],
      ['of another body', onBody((body) => Buffer.from(body.toString().replace('slack', 'gmail')))],
      ['of a body with a blank less', onBody((body) => body.subarray(0, -1))],
      ['of another method', (call) => ({ ...call, method: 'PUT' })],
      ['of another function', (call) => ({ ...call, path: '/functions/another' })],
      ['of another time', onHeader('x-connectors-timestamp', (value) => String(Number(value) + 1))],
      [
        'of another nonce',
        onHeader('x-connectors-nonce', (value) => value.slice(1) + value.slice(0, 1)),
      ],
    ])('%s', async (_, mutate) => {
      await expectRefused(mutate(good()), 401, 'broker_signature_invalid');
    });

    it.each([
      ['no secret', ''],
      ['a short secret', 'a'],
      ['another secret', newSecret()],
      ['another secret that is too short', newSecret().slice(0, 31)],
    ])('created with %s', async (_, secret) => {
      await expectRefused(good({ secret }), 401, 'broker_signature_invalid');
    });

    it.each<[string, (now: number) => string]>([
      ['text', () => 'abc'],
      ['negative', () => '-1'],
      ['an exponent', () => '1e12'],
      ['in seconds', (now) => String(now / 1000)],
      ['hexadecimal', (now) => `0x${now.toString(16)}`],
      ['longer at its start', (now) => `0${now}`],
      ['longer at its end', (now) => `${now}0`],
    ])('valid, over a timestamp that is %s', async (_, toTimestamp) => {
      const timestamp = toTimestamp(Date.now());
      await expectRefused(good({ timestamp }), 401, 'broker_signature_invalid');
    });

    it.each(['', 'short', 'a'.repeat(23), '../../../../../../../..'])(
      'valid, over the nonce %j',
      async (nonce) => {
        await expectRefused(good({ nonce }), 401, 'broker_signature_invalid');
      },
    );
  });

  it.each([-6 * MINUTE_MS, 6 * MINUTE_MS, -365 * 1_440 * MINUTE_MS, 1_440 * MINUTE_MS])(
    'rejects a request whose clock is %d ms off, and sends its time',
    async (skewMs) => {
      const call = good({ timestamp: Date.now() + skewMs });
      await expectRefused(call, 401, 'broker_clock_skew');
      const { now } = JSON.parse((await sent(call)).text) as { now: number };
      expect(Math.abs(now - Date.now())).toBeLessThan(MINUTE_MS);
    },
  );

  it('accepts a request once', async () => {
    const call = good();
    expect((await sent(call)).status).toBe(200);
    held.broker.base44.clear();
    await expectRefused(call, 401, 'broker_replayed');
  });

  it('accepts one of a hundred equal concurrent requests', async () => {
    const call = good();
    const answers = await Promise.all(Array.from({ length: 100 }, () => sent(call)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 99 }, () => 401)]);
    expect(held.broker.base44.requests).toHaveLength(1);
  });

  it('remembers a nonce after many later ones', async () => {
    const call = good();
    await sent(call);
    for (let count = 0; count < 200; count += 1) await sent(good({ body: { operation: 'check' } }));
    held.broker.base44.clear();
    await expectRefused(call, 401, 'broker_replayed');
  });

  it('does not remember the nonce of a rejected request', async () => {
    const call = good();
    const forged = onHeader(SIGNATURE, () => 'f'.repeat(64))(call);
    await expectRefused(forged, 401, 'broker_signature_invalid');
    expect((await sent(call)).status).toBe(200);
  });

  describe('serves only the allowed connectors, so it rejects', () => {
    it.each<[unknown, unknown]>([
      ['integrationType', 'gmail'],
      ['integrationType', 'SLACK'],
      ['integrationType', 'crm1'],
      ['workspaceConnector', 'slack'],
      ['appUserConnector', 'crm1'],
      ['workspaceConnector', 'cal1'],
      ['integrationtype', 'slack'],
      ['', 'slack'],
      [null, 'slack'],
      [undefined, 'slack'],
      ['__proto__', 'slack'],
      ['constructor', 'slack'],
      [{ toString: 'integrationType' }, 'slack'],
    ])('%j %j', async (kind, id) => {
      const answer = await sent(good({ body: toOrder(kind, id) }));
      table.add(platform, answer.status);
      expect([400, 403, 502]).toContain(answer.status);
      expect(answer.text).not.toMatch(/access_token|xoxb|ya29|metered/);
      expect(held.broker.base44.requests).toEqual([]);
    });

    it('a metered call with the name of a connector of another kind', async () => {
      const order = toOrder('workspaceConnector', 'crm1');
      const body = { ...order, operation: 'callApi', request: { path: '/' } };
      const answer = await sent(good({ body }));
      table.add(platform, answer.status);
      expect(answer.text).not.toContain('metered');
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(held.broker.base44.requests).toEqual([]);
    });
  });

  it.each<[unknown]>([
    ['..'],
    ['.'],
    [''],
    ['../slack'],
    ['slack/../gmail'],
    ['%2e%2e'],
    ['slack%2f..'],
    ['slack?x=1'],
    ['slack#'],
    ['slack '],
    ['slack\n'],
    ['slack\u0000'],
    ['slack,gmail'],
    ['workspaceConnector:crm1'],
    ['ѕlack'],
    ['a'.repeat(129)],
    ['slack~'],
    [7],
    [null],
    [['slack']],
    [{ toString: () => 'slack' }],
    [true],
  ])('rejects the connector id %j', async (id) => {
    for (const kind of ['integrationType', 'workspaceConnector', 'appUserConnector']) {
      await expectRefused(good({ body: toOrder(kind, id) }), 400, 'broker_bad_request');
    }
  });

  it.each([
    '',
    'null',
    '[]',
    '7',
    '"text"',
    'true',
    '{',
    '{"operation":"connection"}',
    '{"operation":"connection","connector":null}',
    '{"operation":"connection","connector":[]}',
    '{"operation":"connection","connector":"slack"}',
    '{"__proto__":{"operation":"check","connector":{"kind":"integrationType","id":"slack"}}}',
    '{"constructor":{"prototype":{"operation":"check"}}}',
    '\ufeff{}',
    'operation=connection&connector=slack',
  ])('rejects the body %j', async (body) => {
    await expectRefused(good({ body }), 400, 'broker_bad_request');
  });

  it.each([
    '',
    'connect',
    '__proto__',
    'constructor',
    'toString',
    'Connection',
    null,
    7,
    ['check'],
  ])('rejects the operation %j', async (operation) => {
    const body = { ...toOrder('integrationType', 'slack'), operation };
    await expectRefused(good({ body }), 400, 'broker_bad_request');
  });

  it('ignores a polluted prototype in a body', async () => {
    const text = JSON.stringify(toOrder('integrationType', 'gmail'));
    const body = `{"__proto__":{"user":null,"allowed":["gmail"]},${text.slice(1)}`;
    await expectRefused(good({ body }), 403, 'broker_connector_not_allowed');
    await sent(good());
    await expectRefusedAfterClear();
  });

  const expectRefusedAfterClear = async (): Promise<void> => {
    held.broker.base44.clear();
    const body = toOrder('integrationType', 'gmail');
    await expectRefused(good({ body }), 403, 'broker_connector_not_allowed');
  };

  describe('rejects, in a signed request,', () => {
    const expectMismatch = (call: RawCall) => expectRefused(call, 401, 'broker_user_mismatch');

    it("another user's token", async () => {
      const mallory = held.broker.base44.addAppUser('mallory');
      await expectMismatch(
        onHeader('authorization', () => `Bearer ${mallory.token}`)(goodOfUser()),
      );
    });

    it('a removed token', async () => {
      await expectMismatch(onHeader('authorization', () => [])(goodOfUser()));
    });

    it('an added token', async () => {
      const { headers, ...call } = good();
      await expectMismatch({
        ...call,
        headers: { ...headers, authorization: `Bearer ${ada.token}` },
      });
    });

    it('two tokens', async () => {
      await expectMismatch(onHeader('authorization', (value) => [value, value])(goodOfUser()));
    });
  });

  describe('given ten megabytes', () => {
    const bytes = Buffer.alloc(10 * MEGABYTE, 'a');

    /** A server that stops reading closes the connection, sometimes before its response is read. */
    const getStatus = async (call: RawCall): Promise<number | 'cut'> => {
      const status = await sendRaw(held.broker.host.origin, call).then(
        (answer) => answer.status,
        () => 'cut' as const,
      );
      table.add(platform, status);
      return status;
    };

    it('with a valid signature, rejects them', async () => {
      expect([413, 'cut']).toContain(await getStatus(good({ body: bytes })));
      expect(held.broker.base44.requests).toEqual([]);
    });

    it('without a signature, rejects them like every request', async () => {
      const unsigned = onHeader(SIGNATURE, () => [])(good({ body: bytes }));
      expect([401, 'cut']).toContain(await getStatus(unsigned));
    });

    it(`${LARGE_BODIES} times, takes no more memory than before`, async () => {
      const before = held.broker.host.running.residentBytes;
      for (let round = 0; round < LARGE_BODIES; round += 4) {
        const calls = Array.from({ length: 4 }, () => getStatus(good({ body: bytes })));
        for (const status of await Promise.all(calls)) expect([413, 'cut']).toContain(status);
      }
      const grown = (held.broker.host.running.residentBytes - before) / MEGABYTE;
      const shown = `${grown.toFixed(0)} MB more`;
      printFigure(`memory of the function after ${LARGE_BODIES} bodies of 10 MB`, shown);
      expect(grown).toBeLessThan(150);
      expect((await sent(good())).status).toBe(200);
    });

    it.each<[string, (call: RawCall) => RawCall, number]>([
      ['with a signature', (call) => call, 413],
      ['without one', onHeader(SIGNATURE, () => []), 401],
    ])('without end, responds before a hundred: %s', async (_, mutate, status) => {
      const endless = mutate(good());
      const { answered, written } = await poured(held.broker.host.origin, endless);
      table.add(platform, answered);
      expect([status, 'cut']).toContain(answered);
      expect(written).toBeLessThan(100 * MEGABYTE);
    });
  });

  it(`rejects ${MUTATIONS} random mutations of a valid request`, async () => {
    const accepted: unknown[] = [];
    const statuses = new Map<number, number>();
    const samples = fc.sample(mutations, { numRuns: MUTATIONS, seed: 44 });
    const attack = async (mutate: Mutation): Promise<void> => {
      const before = goodOfUser();
      const mutated = mutate(before);
      // A mutation may replace a character by itself.
      const after =
        toText(mutated) === toText(before) ? onBody(() => Buffer.of(0))(before) : mutated;
      const { status, text } = await sent(after);
      table.add(platform, status);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status < 400 || /access_token|ya29/.test(text)) {
        accepted.push([toText(before), toText(after), status, text]);
      }
    };
    for (let at = 0; at < samples.length; at += AT_A_TIME) {
      await Promise.all(samples.slice(at, at + AT_A_TIME).map(attack));
    }
    printFigure(
      'mutations of a valid request, by status',
      JSON.stringify(Object.fromEntries(statuses)),
    );
    expect(accepted.slice(0, 3)).toEqual([]);
    expect(held.broker.base44.requests).toEqual([]);
    expect((await sent(goodOfUser())).text).toContain('ya29-ada');
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('rejects an unsigned %s', async (method) => {
    const body = Buffer.alloc(0);
    const answer = await sent({ method, path: FUNCTION_PATH, headers: {}, body });
    table.add(platform, answer.status);
    expect(answer.status).toBe(401);
    expect(held.broker.base44.requests).toEqual([]);
  });
});

describeBroker('A broker whose secret is', (platform) => {
  describe.each([
    ['missing', undefined],
    ['empty', ''],
    ['31 characters long', 'a'.repeat(31)],
  ])('%s', (_, weak) => {
    const secrets: Record<string, string> =
      weak === undefined
        ? {}
        : { CONNECTORS_BROKER_SECRET: weak, CONNECTORS_BROKER_PREVIOUS_SECRET: weak };
    const held = deployedForAll({ ...platform, secrets });

    it('serves nothing', async () => {
      held.broker.base44.connect('slack');
      for (const secret of [weak ?? '', 'undefined', newSecret()]) {
        const { host } = held.broker.host;
        const call = signed({ host, secret, body: toOrder('integrationType', 'slack') });
        const { status, text } = await sendRaw(held.broker.host.origin, call);
        table.add(platform, status);
        expect([status, JSON.parse(text)]).toEqual([
          500,
          { source: 'connectors-broker', code: 'broker_not_configured' },
        ]);
      }
      expect(held.broker.base44.requests).toEqual([]);
    });
  });
});

describeBroker('A broker without allowed connectors', (platform) => {
  const held = deployedForAll({
    ...platform,
    secrets: { CONNECTORS_BROKER_SECRET: 's'.repeat(32), CONNECTORS_BROKER_ALLOW: '' },
  });

  it.each(['slack', '', '*', 'undefined'])('serves nothing, not even %j', async (id) => {
    held.broker.base44.connect('slack');
    const body = toOrder('integrationType', id);
    const { host } = held.broker.host;
    const call = signed({ host, secret: 's'.repeat(32), body });
    const { status } = await sendRaw(held.broker.host.origin, call);
    table.add(platform, status);
    expect([400, 403]).toContain(status);
    expect(held.broker.base44.requests).toEqual([]);
  });
});

/** Sends a body without end, until the server responds or a hundred megabytes are sent. */
function poured(
  origin: string,
  { method, path, headers }: RawCall,
): Promise<{ answered: number | 'cut'; written: number }> {
  const chunk = Buffer.alloc(65_536, 'a');
  return new Promise((resolve) => {
    let written = 0;
    const request = send(origin, { method, path, headers: headers as never }, (answer) => {
      answer.resume();
      resolve({ answered: answer.statusCode ?? 0, written });
      request.destroy();
    });
    request.on('error', () => {
      resolve({ answered: 'cut', written });
    });
    const pour = (): void => {
      while (!request.destroyed && written < 100 * MEGABYTE) {
        written += chunk.length;
        if (!request.write(chunk)) {
          request.once('drain', pour);
          return;
        }
      }
    };
    pour();
  });
}
