import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { ConnectorsService } from 'nestjs-base44-connectors';
import {
  FailureLoggingController,
  GoodController,
  leakyController,
} from './survives.apps.fixture.js';
import { serve, type ServedApp } from './survives.fixture.js';

const logger = new Logger('Channels');

class CurrentLogger extends Logger {
  static get(): unknown {
    return this.staticInstanceRef;
  }
}

type Leak = Parameters<typeof leakyController>[0];

const LEAKS: [string, Leak, string][] = [
  [
    'a log line',
    (token) => {
      logger.log(`token ${token}`);
    },
    "a line of Nest's logger, log(): token [access token]",
  ],
  [
    'a line of a level that is off',
    (token) => {
      logger.verbose({ token });
    },
    "Nest's logger, verbose()",
  ],
  [
    'a static log line',
    (token) => {
      Logger.warn(token, 'Channels');
    },
    "Nest's logger, warn()",
  ],
  [
    'an error with a cause',
    (token) => {
      logger.error(new Error('failed', { cause: { token } }));
    },
    "Nest's logger, error()",
  ],
  [
    'a property that is only in JSON',
    (token) => {
      logger.log({ toJSON: () => token, [INSPECT]: () => '' });
    },
    "Nest's logger, log()",
  ],
  [
    'the console',
    (token) => {
      console.info('token %s', token);
    },
    'console.info(): token [access token]',
  ],
  [
    'an object of console.dir()',
    (token) => {
      console.dir({ a: { b: { c: { d: { token } } } } }, { depth: null });
    },
    'console.dir()',
  ],
  [
    'a group of the console',
    (token) => {
      console.group(token);
      console.groupEnd();
    },
    'console.group()',
  ],
  [
    'a failed assertion of the console',
    (token) => {
      console.assert(false, token);
    },
    'console.assert()',
  ],
  ['stdout, in two chunks', writeInTwoChunks, 'a line on stdout: slack=[access token]'],
  ['stderr', (token) => process.stderr.write(`${token}\n`), 'a line on stderr'],
  [
    'a header',
    (token, response) => void response.setHeader('X-Debug', token),
    'header x-debug: [access token]',
  ],
  [
    'one of two cookies',
    (token, response) => void response.setHeader('Set-Cookie', [`slack=${token}`, 'theme=dark']),
    'header set-cookie: slack=[access token]',
  ],
  [
    'the reason phrase',
    (token, response) => {
      response.statusMessage = token;
    },
    'status: 200 [access token]',
  ],
  ['the body', (token) => ({ token }), 'the response to a request that succeeds, body'],
  ['base64', (token) => ({ basic: toBase64(`user:${token}`) }), 'body'],
  ['base64 after one more character', (token) => ({ basic: toBase64(`users:${token}`) }), 'body'],
  ['base64 after two more characters', (token) => ({ basic: toBase64(`users2:${token}`) }), 'body'],
  ['hex', (token) => ({ hex: toHex(token) }), 'body: {"hex":"[access token]"}'],
  [
    'hex in upper case',
    (token) => ({ hex: toHex(token).toUpperCase() }),
    'body: {"hex":"[access token]"}',
  ],
  ['a URL', (token) => ({ url: `?token=${encodeURIComponent(token).slice(20, 32)}` }), 'body'],
  ['eight characters', (token) => ({ start: token.slice(0, 8) }), 'body'],
  ['eight characters of the middle', (token) => ({ part: token.slice(21, 29) }), 'body'],
];

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

describe.each(LEAKS)('an application that leaks in %s', (_name, leak, place) => {
  it('fails, and the message names the place without the token', async () => {
    const tokens: string[] = [];
    const served = await serve(
      leakyController((token, response) => {
        tokens.push(token);
        return leak(token, response);
      }),
    );
    const message = await getFailure(served);
    expect(message).toContain('The application leaks a token.');
    expect(message).toContain(place);
    expect(tokens.length).toBeGreaterThan(0);
    for (const token of tokens) expectNoPart(message, token);
  });
});

it('finds tokens in requests that fail', async () => {
  const message = await getFailure(await serve(FailureLoggingController));
  expect(message).toContain("a line of Nest's logger, debug()");
  expect(message).toContain('Bearer [access token]');
});

it.each<[string, (token: string) => unknown]>([
  ['supertest, in a Buffer', (token) => ({ status: 200, headers: {}, body: Buffer.from(token) })],
  [
    'axios, in an ArrayBuffer',
    (token) => ({ status: 200, headers: {}, data: new Uint8Array(Buffer.from(token)).buffer }),
  ],
  [
    'axios, in a stream',
    (token) => ({
      status: 200,
      headers: {},
      data: Readable.from([token.slice(0, 5), token.slice(5)]),
    }),
  ],
  ['fetch, in a redirect', (token) => toRedirected(`https://app.example/?token=${token}`)],
  ['a service, after a long text', (token) => `${'.'.repeat(20_000)}${token}`],
  ['a service, after many items', (token) => [...Array.from({ length: 200 }, () => 0), token]],
  ['a service, only in JSON', (token) => ({ toJSON: () => token, [INSPECT]: () => '' })],
])('finds tokens in the response of %s', async (_client, respond) => {
  const { app, survives } = await serve(GoodController);
  const request = async () => {
    const { accessToken } = await app.get(ConnectorsService).getConnection('slack');
    return respond(accessToken);
  };
  const failure = survives({ request, provider: undefined }).leaks();
  await expect(failure).rejects.toThrow('the response to a request that succeeds');
});

it('finds tokens in spans', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('test');
  const served = await serve(
    leakyController((token) => {
      tracer.startSpan('GET /channels', { attributes: { authorization: token } }).end();
    }),
  );
  const message = await getFailure(served, { spans: () => exporter.getFinishedSpans() });
  expect(message).toContain("spans 'GET /channels': ");
});

it('finds the service token', async () => {
  let secret = '';
  const served = await serve(leakyController(() => ({ secret })));
  secret = served.base44.serviceToken;
  await expect(getFailure(served)).resolves.toContain('[service token]');
});

it('accepts seven characters, which identify a token in a log', async () => {
  const { survives } = await serve(leakyController((token) => ({ end: token.slice(-7) })));
  await survives({ provider: undefined }).leaks();
});

it('restores the logger, the console and the streams, also when it fails', async () => {
  const served = await serve(leakyController((token) => ({ token })));
  const own = { log: () => 0, error: () => 0, warn: () => 0 };
  served.app.useLogger(own);
  const before = getOutputs();
  await getFailure(served);
  expect(getOutputs()).toEqual(before);
  expect(CurrentLogger.get()).toBe(own);
});

it('passes the output on while it searches', async () => {
  const served = await serve(GoodController);
  const lines: unknown[] = [];
  const collect = (line: unknown) => lines.push(line);
  served.app.useLogger({ log: collect, error: collect, warn: collect });
  await served.survives().leaks();
  expect(lines.join('\n')).toContain('BASE44_UNAVAILABLE');
});

async function getFailure(
  { survives }: ServedApp,
  also?: Record<string, () => unknown[]>,
): Promise<string> {
  const failure: unknown = await survives({ also })
    .leaks()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  return (failure as Error).message;
}

function expectNoPart(message: string, token: string): void {
  for (const form of [token, encodeURIComponent(token), toBase64(token)]) {
    for (let at = 0; at + 8 <= form.length; at += 1) {
      expect(message).not.toContain(form.slice(at, at + 8));
    }
  }
}

/** The methods as they are now, to compare them. */
function getOutputs(): unknown[] {
  return [
    Reflect.get(process.stdout, 'write'),
    Reflect.get(process.stderr, 'write'),
    Reflect.get(console, 'log'),
  ];
}

function writeInTwoChunks(token: string): void {
  process.stdout.write(`slack=${token.slice(0, 7)}`);
  process.stdout.write(`${token.slice(7)}\n`);
}

/** Creates the response of a request that was redirected. */
function toRedirected(url: string): Response {
  return Object.defineProperties(new Response(), {
    url: { value: url },
    redirected: { value: true },
  });
}

function toHex(text: string): string {
  return Buffer.from(text).toString('hex');
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
