import { gzipSync } from 'node:zlib';
import { callApi, echo, type Fault, json, text } from './fault.js';

const STATUSES: [number, string][] = [
  [201, 'UNEXPECTED_RESPONSE'],
  [400, 'UNEXPECTED_RESPONSE'],
  [401, 'SERVICE_ROLE_REJECTED'],
  [402, 'CREDITS_EXHAUSTED'],
  [403, 'UNEXPECTED_RESPONSE'],
  [404, 'CONNECTOR_NOT_CONNECTED'],
  [405, 'UNEXPECTED_RESPONSE'],
  [408, 'BASE44_UNAVAILABLE'],
  [409, 'UNEXPECTED_RESPONSE'],
  [413, 'UNEXPECTED_RESPONSE'],
  [422, 'UNEXPECTED_RESPONSE'],
  [429, 'RATE_LIMITED'],
  [500, 'BASE44_UNAVAILABLE'],
  [502, 'BASE44_UNAVAILABLE'],
  [503, 'BASE44_UNAVAILABLE'],
  [504, 'BASE44_UNAVAILABLE'],
  [599, 'BASE44_UNAVAILABLE'],
];

/** Responses that repeat secrets, with every status that the package handles. */
export const ECHOES: Fault[] = STATUSES.flatMap(([status, code]): Fault[] => [
  { fault: `${status}, echoed`, respond: (secrets) => echo(secrets, status), code },
  {
    fault: `${status}, echoed to a metered call`,
    respond: (secrets) => echo(secrets, status),
    call: callApi,
    code,
  },
]);

export const REDIRECTS: Fault[] = [301, 302, 303, 307, 308].map((status) => ({
  fault: `${status} with the token in its target`,
  respond: (secrets) =>
    echo(secrets, status, { Location: `/${secrets.serviceToken}?token=${secrets.accessToken}` }),
  code: 'UNEXPECTED_RESPONSE',
}));

const UNUSABLE: [string, NonNullable<Fault['respond']>][] = [
  ['a web page', ({ accessToken }) => text(`<html>${accessToken}</html>`)],
  ['plain text', ({ accessToken }) => text(accessToken, { 'Content-Type': 'text/plain' })],
  ['invalid JSON', ({ accessToken }) => text(`{"access_token":"${accessToken}"`)],
  ['a text of JSON', ({ accessToken }) => json(accessToken)],
  ['a list', ({ accessToken }) => json([accessToken])],
  ['a token under another name', ({ accessToken }) => json({ accessToken })],
  ['a token in an object', ({ accessToken }) => json({ access_token: { accessToken } })],
  ['a token in a list', ({ accessToken }) => json({ access_token: [accessToken] })],
  ['a token that is a number', () => json({ access_token: 4_212_345_678 })],
  [
    'a token with a line break',
    ({ accessToken }) => json({ access_token: `${accessToken}\r\nA: b` }),
  ],
  ['a token with a space', ({ accessToken }) => json({ access_token: `Bearer ${accessToken}` })],
  ['a token beyond ASCII', ({ accessToken }) => json({ access_token: `${accessToken}é` })],
  ['a token of 100 KB', ({ accessToken }) => json({ access_token: accessToken.repeat(3_200) })],
  ['a token of 1 MB', ({ accessToken }) => json({ access_token: accessToken.repeat(32_000) })],
  [
    'a configuration that is not flat',
    ({ accessToken, other }) =>
      json({ access_token: accessToken, connection_config: { [other]: {} } }),
  ],
  [
    'a configuration that is a text',
    ({ accessToken, other }) => json({ access_token: accessToken, connection_config: other }),
  ],
  [
    'truncated gzip',
    ({ accessToken }) =>
      text(gzipSync(JSON.stringify({ access_token: accessToken })).subarray(0, 30), gzip),
  ],
  ['no gzip under its name', ({ accessToken }) => text(accessToken, gzip)],
  [
    'double gzip',
    ({ accessToken }) =>
      text(gzipSync(gzipSync(JSON.stringify({ access_token: accessToken }))), gzip),
  ],
  ['a gzip bomb', ({ accessToken }) => text(gzipSync(accessToken + ' '.repeat(50_000_000)), gzip)],
];

const gzip = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };

/** Responses with a 200 that contain a secret, but no usable token. */
export const UNUSABLE_ANSWERS: Fault[] = [
  ...UNUSABLE.map(([name, respond]): Fault => {
    return { fault: `200 with ${name}`, respond, code: 'UNEXPECTED_RESPONSE' };
  }),
  {
    fault: '200 without the outcome of a metered call',
    respond: ({ accessToken }) => json({ data: accessToken, phase: accessToken }),
    call: callApi,
    code: 'UNEXPECTED_RESPONSE',
  },
];
