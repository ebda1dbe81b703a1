import type { Base44Client } from 'nestjs-base44-connectors';
import type { Fault, FaultyOptions, Secrets } from './fault.js';

const NO_TOKEN = 'SERVICE_ROLE_REQUIRED';
const CONFIGURATION = 'CONFIGURATION';

const withServiceToken =
  (serviceToken: (secrets: Secrets) => unknown): FaultyOptions =>
  (secrets) => ({ serviceToken: () => serviceToken(secrets) as string });

function fail(thing: unknown): never {
  throw thing;
}

/** The service token is missing or invalid. */
export const TOKEN_FAULTS: Fault[] = (
  [
    ['throws an error with a secret', ({ other }) => fail(new Error(other))],
    ['throws an error named by a secret', ({ other }) => fail(named(other))],
    ['throws a secret', ({ other }) => fail(other)],
    ['throws an object with a secret', ({ other }) => fail({ message: other, name: other })],
    ['throws an error caused by a secret', ({ other }) => fail(new Error('', { cause: other }))],
    ['rejects', ({ other }) => Promise.reject(Object.assign(new Error(other), { other }))],
    ['gives a line break', ({ serviceToken }) => `${serviceToken}\r\nX: y`],
    ['gives a space', ({ serviceToken }) => `Bearer ${serviceToken}`],
    ['gives an object', ({ serviceToken }) => ({ serviceToken })],
    ['gives 1 MB', ({ serviceToken }) => serviceToken.repeat(32_000)],
    ['gives nothing', () => undefined],
  ] satisfies [string, (secrets: Secrets) => unknown][]
).map(([what, serviceToken]) => ({
  fault: `a serviceToken function that ${what}`,
  options: withServiceToken(serviceToken),
  code: NO_TOKEN,
}));

/** Invalid options, which fail startup. */
export const OPTION_FAULTS: Fault[] = (
  [
    [
      'a service token with a line break',
      ({ serviceToken }) => ({ serviceToken: `${serviceToken}\n` }),
    ],
    ['a service token in an object', ({ serviceToken }) => ({ serviceToken: { serviceToken } })],
    ['a password in serverUrl', ({ other }) => ({ serverUrl: `https://a:${other}@base44.app` })],
    ['a query in serverUrl', ({ other }) => ({ serverUrl: `https://base44.app?key=${other}` })],
    ['a secret for an app id', ({ other }) => ({ appId: `${other}/..` })],
    ['a secret in an unknown option', ({ other }) => ({ secret: other })],
    ['a secret in a setting', ({ other }) => ({ resilience: { deadlineMs: other } })],
    ['a client that is none', ({ serviceToken }) => ({ client: { serviceToken } })],
  ] satisfies [string, (secrets: Secrets) => object][]
).map(([what, options]) => ({ fault: `options with ${what}`, options, code: CONFIGURATION }));

/** Arguments of a caller, and a client of the application. */
export const CALL_FAULTS: Fault[] = [
  {
    fault: 'a secret as an identifier',
    call: (service, { other }) => service.getConnection(`${other}/`),
    code: 'INVALID_CONNECTOR',
  },
  {
    fault: 'a secret in a request that is not serializable',
    call: (service, { other }) => service.callApi('x', { path: '/', body: { [other]: 1n } }),
    code: 'INVALID_REQUEST',
  },
  {
    fault: 'a secret as a method',
    call: (service, { other }) => service.callApi('x', { path: '/', method: other as 'GET' }),
    code: 'INVALID_REQUEST',
  },
  client('throws a secret everywhere', 'BASE44_UNAVAILABLE', (secrets) => {
    throw everywhere(secrets, {});
  }),
  client('throws a secret everywhere, with a status', 'UNEXPECTED_RESPONSE', (secrets) => {
    throw everywhere(secrets, { status: 422 });
  }),
  client('throws a secret for a status', 'BASE44_UNAVAILABLE', (secrets) => {
    throw everywhere(secrets, { status: secrets.other });
  }),
  client('throws a secret itself', 'BASE44_UNAVAILABLE', ({ other }) => fail(other)),
  client('gives a secret that is no connection', 'UNEXPECTED_RESPONSE', ({ other }) => other),
  client('gives a token that cannot be sent', 'UNEXPECTED_RESPONSE', ({ other }) => ({
    accessToken: `${other}\n`,
  })),
];

function client(what: string, code: string, answer: (secrets: Secrets) => unknown): Fault {
  return {
    fault: `a client that ${what}`,
    options: (secrets) => {
      const client: Base44Client = { getConnection: async () => answer(secrets) };
      return { client, serviceToken: undefined };
    },
    code,
  };
}

function everywhere({ serviceToken, other }: Secrets, more: object): Error {
  const originalError = {
    code: other,
    config: { headers: { Authorization: serviceToken } },
    response: { headers: { 'retry-after': other, 'x-base44-connector-error': other } },
  };
  return Object.assign(new Error(other, { cause: new Error(serviceToken) }), {
    name: other,
    code: other,
    data: { detail: other, code: serviceToken },
    originalError,
    ...more,
  });
}

function named(name: string): Error {
  return Object.assign(new Error('no token'), { name });
}
