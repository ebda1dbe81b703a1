import { findFreePort } from '../../support/free-port.js';
import { startRawServer } from '../../support/raw-server.js';
import { startRecordingServer, type Responder } from '../../support/recording-server.js';
import { createSelfSignedCertificate } from '../../support/tls-certificate.js';
import type { Fault, FaultyOptions, Secrets } from './fault.js';

const UNAVAILABLE = 'BASE44_UNAVAILABLE';
const UNREADABLE = 'UNEXPECTED_RESPONSE';
const DAY_MS = 86_400_000;

/** Starts a response that contains the token, and resets the connection. */
const resetAfter =
  (begin: (response: Parameters<Responder>[1], secrets: Secrets) => void) =>
  (secrets: Secrets): Responder =>
  (_request, response) => {
    begin(response, secrets);
    setTimeout(() => response.req.socket.resetAndDestroy(), 10);
  };

/** Bytes that are no HTTP response, or one that Node.js rejects. */
const raw =
  (bytes: (secrets: Secrets) => string): FaultyOptions =>
  async (secrets) => ({
    serverUrl: (await startRawServer(() => Buffer.from(bytes(secrets), 'latin1'))).url,
  });

const overTls =
  (subject: Parameters<typeof createSelfSignedCertificate>[0]): FaultyOptions =>
  async () => {
    const server = await startRecordingServer(undefined, {
      tls: createSelfSignedCertificate(subject),
    });
    return { serverUrl: server.url };
  };

/** No response, or only a part of one. */
export const CONNECTION_FAULTS: Fault[] = [
  {
    fault: 'a connection that is refused',
    options: async () => ({ serverUrl: `http://127.0.0.1:${await findFreePort()}` }),
    code: UNAVAILABLE,
  },
  {
    fault: 'a host that does not exist',
    options: () => ({ serverUrl: 'https://no-such-host.invalid' }),
    code: UNAVAILABLE,
  },
  { fault: 'a reset before the headers', respond: resetAfter(() => undefined), code: UNAVAILABLE },
  {
    fault: 'a reset within the headers',
    respond: resetAfter(({ req }, { accessToken }) => {
      req.socket.write(`HTTP/1.1 200 OK\r\nX-Token: ${accessToken}`);
    }),
    code: UNAVAILABLE,
  },
  {
    fault: 'a reset after the headers',
    respond: resetAfter((response, { accessToken }) => {
      response.writeHead(200, { 'X-Token': accessToken }).flushHeaders();
    }),
    code: UNAVAILABLE,
  },
  {
    fault: 'a reset within the body',
    respond: resetAfter((response, { accessToken }) => {
      response.write(`{"access_token":"${accessToken}`);
    }),
    code: UNAVAILABLE,
  },
  {
    fault: 'an end within the body',
    respond:
      ({ accessToken }) =>
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': 1_000 });
        response.write(`{"access_token":"${accessToken}"}`, () => response.req.socket.destroy());
      },
    code: UNAVAILABLE,
  },
  {
    fault: 'no response within the deadline',
    respond: () => () => undefined,
    options: () => ({ resilience: { deadlineMs: 30 } }),
    code: UNAVAILABLE,
  },
  {
    fault: 'a part of a response within the deadline',
    respond:
      ({ accessToken }) =>
      (_request, response) => {
        response.write(`{"access_token":"${accessToken}"`);
      },
    options: () => ({ resilience: { deadlineMs: 50 } }),
    code: UNAVAILABLE,
  },
  {
    fault: 'bytes that are not HTTP',
    options: raw(({ accessToken }) => `${accessToken}\r\n\r\n`),
    code: UNREADABLE,
  },
  {
    fault: 'a header that is not HTTP',
    options: raw(({ accessToken }) => `HTTP/1.1 200 OK\r\n${accessToken}\0 ${accessToken}\r\n\r\n`),
    code: UNREADABLE,
  },
  {
    fault: 'a length that is not a number',
    options: raw(({ accessToken }) => `HTTP/1.1 200 OK\r\nContent-Length: ${accessToken}\r\n\r\n`),
    code: UNREADABLE,
  },
  {
    fault: 'a header of 100 KB',
    options: raw(({ accessToken }) => `HTTP/1.1 200 OK\r\nX: ${accessToken.repeat(3_200)}\r\n\r\n`),
    code: UNREADABLE,
  },
  {
    fault: 'an untrusted certificate',
    options: overTls({ ip: '127.0.0.1' }),
    code: UNAVAILABLE,
  },
  {
    fault: 'a certificate that has expired',
    options: overTls({ ip: '127.0.0.1', notAfter: new Date(Date.now() - DAY_MS) }),
    code: UNAVAILABLE,
  },
  {
    fault: 'a certificate of another host',
    options: overTls({ ip: '192.0.2.1' }),
    code: UNAVAILABLE,
  },
  {
    fault: 'TLS to a server without TLS',
    options: (_secrets, { url }) => ({ serverUrl: url.replace('http:', 'https:') }),
    code: UNAVAILABLE,
  },
];
