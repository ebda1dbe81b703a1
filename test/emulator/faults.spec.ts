import { Agent, get, type IncomingMessage } from 'node:http';
import { createGunzip, gunzipSync } from 'node:zlib';
import { faults, type FaultResponder } from 'nestjs-base44-connectors/testing';
import { catchError, waitFor } from '../support/async.js';
import { answer, emulatorForEachTest, send } from './emulator.fixture.js';

const SLACK = '/external-auth/tokens/slack';

describe('a fault', () => {
  const emulator = emulatorForEachTest();
  const statuses = async (paths: string[]) => {
    const seen: number[] = [];
    for (const path of paths) seen.push((await send(emulator(), path)).status);
    return seen;
  };

  beforeEach(() => {
    emulator().connect('slack');
    emulator().connect('github');
  });

  describe('hits', () => {
    const GITHUB = '/external-auth/tokens/github';

    it('one request with a 503 by default', async () => {
      emulator().fault({});

      await expect(statuses([SLACK, SLACK])).resolves.toEqual([503, 200]);
    });

    it('the given number of requests, first in first out', async () => {
      emulator().fault({ respond: faults.status(500), times: 2 });
      emulator().fault({ respond: faults.status(502) });

      await expect(statuses([SLACK, SLACK, SLACK, SLACK])).resolves.toEqual([500, 500, 502, 200]);
    });

    it('every request until clear', async () => {
      emulator().fault({ times: Infinity });
      await expect(statuses([SLACK, GITHUB, SLACK])).resolves.toEqual([503, 503, 503]);

      emulator().clear();
      await expect(statuses([SLACK])).resolves.toEqual([200]);
    });

    it('one connector, by its identifier', async () => {
      emulator().fault({ match: 'slack' });

      await expect(statuses([GITHUB, SLACK])).resolves.toEqual([200, 503]);
    });

    it('a workspace connector by its identifier too', async () => {
      emulator().fault({ match: 'slack' });

      await expect(statuses(['/external-auth/tokens/connectors/slack'])).resolves.toEqual([503]);
    });

    it('the requests of a predicate', async () => {
      emulator().fault({ match: ({ path }) => path.endsWith('github') });

      await expect(statuses([SLACK, GITHUB])).resolves.toEqual([200, 503]);
    });
  });

  describe('responds', () => {
    const faulty = (respond: FaultResponder) => {
      emulator().fault({ respond });
      return send(emulator(), SLACK);
    };
    const getText = async (respond: FaultResponder) => (await faulty(respond)).text();

    it('with any status, body and headers', async () => {
      const response = await faulty(
        faults.status(429, { body: { message: 'slow' }, headers: { 'Retry-After': '0x10' } }),
      );

      expect(response.status).toBe(429);
      expect(response.headers.get('retry-after')).toBe('0x10');
      await expect(response.json()).resolves.toEqual({ message: 'slow' });
    });

    it.each([
      ['a string as it is', 'nonsense', 'nonsense'],
      ['nothing', undefined, ''],
      ['null', null, 'null'],
      ['an array', [1], '[1]'],
    ])('with a body that is %s', async (_case, body, text) => {
      await expect(getText(faults.status(200, { body }))).resolves.toBe(text);
    });

    it('with a header of 100 KB', async () => {
      emulator().fault({
        respond: faults.status(200, { headers: { 'X-Big': 'a'.repeat(100_000) } }),
      });
      const big = await new Promise<IncomingMessage>((resolve) => {
        get(emulator().url, { maxHeaderSize: 200_000, agent: false }, resolve);
      });

      expect(big.resume().headers['x-big']).toHaveLength(100_000);
    });

    it('with a web page at 200', async () => {
      const response = await faulty(faults.html());

      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch('text/html');
      await expect(response.text()).resolves.toMatch(/^<!doctype html>/);
    });

    it('with a redirect', async () => {
      emulator().fault({ respond: faults.redirect('http://elsewhere.test/', 307) });

      const response = await fetch(emulator().url, { redirect: 'manual' });

      expect(response.status).toBe(307);
      expect(response.headers.get('location')).toBe('http://elsewhere.test/');
    });

    it('with truncated JSON in a complete response', async () => {
      const text = await getText(faults.truncatedJson());

      expect(text).toMatch(/^\{"access_token"/);
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    });

    it('with fewer bytes than its Content-Length', async () => {
      const response = await faulty(faults.truncatedBody());

      expect(response.status).toBe(200);
      await expect(catchError(response.text())).resolves.toMatchObject({ name: 'TypeError' });
    });

    it('with gzip within gzip', async () => {
      emulator().fault({ respond: faults.doubleGzip() });
      const response = await fetch(emulator().url);
      const inner = Buffer.from(await response.arrayBuffer());

      expect(JSON.parse(gunzipSync(inner).toString())).toHaveProperty('access_token');
    });

    it('with truncated gzip in a complete response', async () => {
      const response = await rawGet(faults.truncatedGzip());
      const body = await readBytes(response);

      expect(response.headers['content-encoding']).toBe('gzip');
      expect(response.complete).toBe(true);
      expect(() => gunzipSync(body)).toThrow('unexpected end of file');
    });

    it('with 200 MiB compressed to 200 KB, before a usable response', async () => {
      const response = await rawGet(faults.gzipBomb());
      expect(Number(response.headers['content-length'])).toBeLessThan(250_000);

      let bytes = 0;
      let last: Buffer = Buffer.alloc(0);
      for await (const chunk of response.pipe(
        createGunzip({ chunkSize: 1024 * 1024 }),
      ) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        last = chunk;
      }

      expect(bytes).toBeGreaterThanOrEqual(200 * 1024 * 1024);
      expect(JSON.parse(last.toString())).toHaveProperty('access_token');
    });

    it('with the output of a function of the test', async () => {
      const text = await getText((request, response) => {
        response.end(`${request.method} ${request.path}`);
      });

      expect(text).toBe(`GET /api/apps/${emulator().appId}${SLACK}`);
    });

    it('with a 500 that contains the message when that function throws', async () => {
      const response = faulty(async () => {
        throw new Error('typo');
      });

      await expect(answer(response)).resolves.toEqual({
        status: 500,
        body: { detail: 'A scripted response threw: Error: typo' },
      });
    });
  });

  describe('of the connection', () => {
    it.each(['before-headers', 'within-headers'] as const)('resets it %s', async (at) => {
      emulator().fault({ respond: faults.reset(at) });

      await expect(catchError(sendGet())).resolves.toMatchObject({ code: 'ECONNRESET' });
    });

    it.each([
      ['after-headers', 0],
      ['within-body', 20],
    ] as const)('resets it %s', async (at, arrived) => {
      const response = await rawGet(faults.reset(at));
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));

      expect(response.statusCode).toBe(200);
      await expect(ended(response)).resolves.toMatchObject({ code: 'ECONNRESET' });
      expect(bytes).toBe(arrived);
    });

    it('resets an idle connection at its next use', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      await readBytes(await sendGet(agent));
      emulator().fault({ respond: faults.reset() });

      const error = await catchError(sendGet(agent));
      agent.destroy();

      expect(error).toMatchObject({ code: 'ECONNRESET', reused: true });
    });

    it('never responds', async () => {
      emulator().fault({ respond: faults.hang() });
      const timedOut = fetch(emulator().url, { signal: AbortSignal.timeout(50) });

      await expect(catchError(timedOut)).resolves.toMatchObject({ name: 'TimeoutError' });
    });

    it('delays the response of the emulator', async () => {
      emulator().fault({ respond: faults.delay(60) });
      const since = performance.now();

      const { status } = await send(emulator(), SLACK);

      expect(status).toBe(200);
      expect(performance.now() - since).toBeGreaterThan(55);
    });

    it('delays another fault', async () => {
      emulator().fault({ respond: faults.delay(1, faults.status(502)) });

      expect((await send(emulator(), SLACK)).status).toBe(502);
    });

    it('contains the message of a delayed fault that throws', async () => {
      const respond = faults.delay(1, () => {
        throw new Error('typo');
      });
      emulator().fault({ respond });

      expect((await send(emulator(), SLACK)).status).toBe(500);
    });

    it('drips a byte at a time', async () => {
      const response = await rawGet(faults.drip(1));
      const chunks: string[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));

      await waitFor(() => chunks.length > 5);
      response.destroy();

      expect(new Set(chunks.join(''))).toEqual(new Set(' '));
      expect(response.complete).toBe(false);
    });

    it('sends a body without end', async () => {
      const response = await rawGet(faults.endless());
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));

      await waitFor(() => bytes > 20 * 1024 * 1024);
      response.destroy();

      expect(response.complete).toBe(false);
    });
  });

  function rawGet(respond: FaultResponder): Promise<IncomingMessage> {
    emulator().fault({ respond });
    return sendGet();
  }

  function sendGet(agent: Agent | false = false): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = get(emulator().url, { agent }, resolve);
      request.on('error', (error) => {
        reject(Object.assign(error, { reused: request.reusedSocket }));
      });
    });
  }
});

async function readBytes(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function ended(response: IncomingMessage): Promise<unknown> {
  return new Promise((resolve) => response.on('error', resolve).on('end', resolve));
}
