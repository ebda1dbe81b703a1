import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { findFreePort } from '../../support/free-port.js';
import { startRawServer } from '../../support/raw-server.js';
import { startRecordingServer, type Responder } from '../../support/recording-server.js';
import { createSelfSignedCertificate } from '../../support/tls-certificate.js';
import {
  fetching,
  getting,
  type ProviderFault,
  streaming,
} from '../secrecy.provider-calls.fixture.js';

const DAY_MS = 86_400_000;
const SOON_MS = 30;

/** Starts a response and resets the connection. */
const resetAfter =
  (begin: (response: ServerResponse) => void): Responder =>
  (_request, response) => {
    begin(response);
    setTimeout(() => response.req.socket.resetAndDestroy(), 10);
  };

const never: Responder = () => undefined;

/** Sends a body without end. */
const dripping: Responder = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 2);
  response.once('close', () => {
    clearInterval(timer);
  });
};

const truncatedGzip: Responder = (_request, response) => {
  response.writeHead(200, { 'Content-Encoding': 'gzip' });
  response.end(gzipSync(JSON.stringify({ a: 'b'.repeat(99) })).subarray(0, 20));
};

const noGzip: Responder = (_request, response) => {
  response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('plain text');
};

const raw = (answer: string) => async () =>
  (await startRawServer(() => Buffer.from(`${answer}\r\n\r\n`, 'latin1'))).url;

const overTls = (ip: string, notAfter?: Date) => async () => {
  const tls = createSelfSignedCertificate({ ip, ...(notAfter && { notAfter }) });
  return (await startRecordingServer(undefined, { tls })).url;
};

/** Aborts soon, with a reason of the caller or without one. */
const impatient = (reason?: Error) => () => {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(reason);
  }, SOON_MS);
  return { signal: controller.signal };
};

const RESETS: [string, Responder][] = [
  ['before the headers', resetAfter(() => undefined)],
  ['within the headers', resetAfter(({ req }) => req.socket.write('HTTP/1.1 200 OK\r\nX-A: '))],
  [
    'after the headers',
    resetAfter((response) => {
      response.writeHead(200).flushHeaders();
    }),
  ],
  ['within the body', resetAfter((response) => response.write('{"a":'))],
];

const MALFORMED: [string, string, string, string?][] = [
  ['bytes that are not HTTP', 'not HTTP', 'HPE_INVALID_CONSTANT'],
  ['a header that is not HTTP', 'HTTP/1.1 200 OK\r\nA\0 B', 'HPE_INVALID_HEADER_TOKEN'],
  [
    'a length that is no number',
    'HTTP/1.1 200 OK\r\nContent-Length: five',
    'HPE_INVALID_CONTENT_LENGTH',
  ],
  [
    'a header of 100 KB',
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`,
    'HPE_HEADER_OVERFLOW',
    'UND_ERR_HEADERS_OVERFLOW',
  ],
];

const CERTIFICATES: [string, () => Promise<string>, string][] = [
  ['that is not trusted', overTls('127.0.0.1'), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['that has expired', overTls('127.0.0.1', new Date(Date.now() - DAY_MS)), 'CERT_HAS_EXPIRED'],
  ['of another host', overTls('192.0.2.1'), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
];

/** No response, or only a part of one. */
export const CONNECTION_FAULTS: ProviderFault[] = [
  {
    fault: 'a connection that is refused',
    baseURL: async () => `http://127.0.0.1:${await findFreePort()}`,
    fetchEnds: 'ECONNREFUSED',
    httpEnds: 'ECONNREFUSED',
  },
  {
    fault: 'a host that does not exist',
    baseURL: () => 'https://no-such-host.invalid',
    fetchEnds: 'ENOTFOUND',
    httpEnds: 'ENOTFOUND',
  },
  ...RESETS.map(([when, respond]): ProviderFault => {
    return { fault: `a reset ${when}`, respond, fetchEnds: 'ECONNRESET', httpEnds: 'ECONNRESET' };
  }),
  ...MALFORMED.map(([fault, answer, httpEnds, fetchEnds = httpEnds]): ProviderFault => {
    return { fault, baseURL: raw(answer), fetchEnds, httpEnds };
  }),
  {
    fault: 'TLS to a server without TLS',
    baseURL: async () => (await startRecordingServer()).url.replace('http:', 'https:'),
    fetchEnds: 'ERR_SSL_WRONG_VERSION_NUMBER',
    httpEnds: 'EPROTO',
  },
  ...CERTIFICATES.map(([which, baseURL, end]): ProviderFault => {
    return { fault: `a certificate ${which}`, baseURL, fetchEnds: end, httpEnds: end };
  }),
  {
    fault: 'no response before the caller aborts',
    respond: never,
    fetch: fetching(impatient()),
    fetchEnds: 'AbortError',
    http: getting(impatient()),
    httpEnds: 'ERR_CANCELED',
  },
  {
    fault: 'no response before the caller aborts with a reason',
    respond: never,
    fetch: fetching(impatient(new Error('tired'))),
    fetchEnds: 'tired',
    http: getting(impatient(new Error('tired'))),
    httpEnds: 'ERR_CANCELED',
  },
  {
    fault: 'no response before the timeout',
    respond: never,
    fetch: fetching(() => ({ signal: AbortSignal.timeout(SOON_MS) })),
    fetchEnds: 'TimeoutError',
    http: getting({ timeout: SOON_MS }),
    httpEnds: 'ECONNABORTED',
  },
  {
    fault: 'no response before the timeout to a request without redirects',
    respond: never,
    http: getting({ timeout: SOON_MS, maxRedirects: 0 }),
    httpEnds: 'ECONNABORTED',
  },
  {
    fault: 'a dripping body that the caller aborts',
    respond: dripping,
    fetch: fetching(impatient()),
    fetchEnds: 'AbortError',
    http: getting(impatient()),
    httpEnds: 'ERR_CANCELED',
  },
  {
    fault: 'a dripping body that does not end before the timeout',
    respond: dripping,
    fetch: fetching(() => ({ signal: AbortSignal.timeout(SOON_MS) })),
    fetchEnds: 'TimeoutError',
    http: getting({ timeout: SOON_MS }),
    httpEnds: 'ECONNABORTED',
  },
  {
    fault: 'truncated gzip',
    respond: truncatedGzip,
    fetchEnds: '200',
    httpEnds: '200',
  },
  {
    fault: 'a body that is not gzip',
    respond: noGzip,
    fetchEnds: 'Z_DATA_ERROR',
    httpEnds: 'Z_DATA_ERROR',
  },
];

/** The same for a response as a stream or as bytes. */
export const STREAM_FAULTS: ProviderFault[] = [
  {
    fault: 'a stream that is reset',
    respond: RESETS[3]![1],
    http: streaming(),
    httpEnds: 'ECONNRESET',
  },
  {
    fault: 'a stream of truncated gzip',
    respond: truncatedGzip,
    http: streaming(),
    httpEnds: '200',
  },
  {
    fault: 'a stream that is longer than maxContentLength',
    respond: dripping,
    http: streaming({ maxContentLength: 5 }),
    httpEnds: 'ERR_BAD_RESPONSE',
  },
  {
    fault: 'a stream that the caller aborts',
    respond: dripping,
    http: (scenario) => streaming(impatient()())(scenario),
    httpEnds: 'ERR_CANCELED',
  },
  {
    fault: 'a stream that the caller aborts, through a transform',
    respond: dripping,
    http: (scenario) => streaming({ ...impatient()(), maxRate: 1_000_000 })(scenario),
    httpEnds: 'ERR_CANCELED',
  },
  {
    fault: 'a stream with an error status',
    respond: (_request, response) => response.writeHead(500).end('no'),
    http: streaming(),
    httpEnds: 'ERR_BAD_RESPONSE',
  },
  {
    fault: 'bytes that are reset',
    respond: RESETS[3]![1],
    http: getting({ responseType: 'arraybuffer' }),
    httpEnds: 'ECONNRESET',
  },
  {
    fault: 'bytes with an error status',
    respond: (_request, response) => response.writeHead(403).end(Buffer.alloc(9)),
    http: getting({ responseType: 'arraybuffer' }),
    httpEnds: 'ERR_BAD_REQUEST',
  },
];
