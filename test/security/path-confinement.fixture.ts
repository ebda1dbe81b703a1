import fc from 'fast-check';

/** Parts with a meaning in a URL, a path, a header or a program. */
const pieces = fc.constantFrom(
  ...['.', '..', '/', '\\', '%2e', '%2E', '%2f', '%252e', '%00', '?', '#', ';', '@', ':', '//'],
  ...[
    '\r\n',
    '\n',
    '\t',
    ' ',
    '\0',
    '\u2028',
    '\u212a',
    '\u017f',
    '\ud800',
    '\uff0f',
    '\uff0e',
    '\u200b',
  ],
  ...['slack', 'connectors', 'a', 'A', '0', '-', '_', '__proto__', 'constructor', 'toString', 'é'],
  ...['http://', 'https://evil.example/', '${7*7}', '{{a}}', '<script>', "' or 1=1", 'xn--'],
);

/** Identifiers of an attacker, with valid ones among them. */
export const attempts: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(pieces, { minLength: 1, maxLength: 5 }).map((all) => all.join('')),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9]{1,20}[\n\r .]$/) },
  { weight: 1, arbitrary: fc.integer({ min: 120, max: 140 }).map((length) => 'a'.repeat(length)) },
  { weight: 1, arbitrary: fc.anything() },
);

const ALPHANUMERIC = new Set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');

/** Checks each character of a valid identifier, independently of the package. */
export function mayBeSent(value: unknown): value is string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 128) return false;
  return value.split('').every((unit) => ALPHANUMERIC.has(unit) || unit === '_' || unit === '-');
}

/** Returns the first line of the only request that an operation may send. */
export function intendedRequest(operation: Operation, appId: string, id: string): string {
  const app = `/api/apps/${appId}`;
  switch (operation) {
    case 'callApi':
      return `POST ${app}/connectors/${id}/call HTTP/1.1`;
    case 'getWorkspaceConnection':
    case 'getConnection of the workspace':
      return `GET ${app}/external-auth/tokens/connectors/${id} HTTP/1.1`;
    default:
      return `GET ${app}/external-auth/tokens/${id} HTTP/1.1`;
  }
}

export const OPERATIONS = [
  'getAccessToken',
  'getConnection',
  'getConnection of the workspace',
  'getWorkspaceConnection',
  'callApi',
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** The service with values that its types forbid. */
export interface AnyConnectors {
  getAccessToken(id: unknown): Promise<unknown>;
  getConnection(id: unknown): Promise<unknown>;
  getWorkspaceConnection(id: unknown): Promise<unknown>;
  callApi(id: unknown, request: unknown): Promise<unknown>;
}

export function ask(service: AnyConnectors, operation: Operation, id: unknown): Promise<unknown> {
  switch (operation) {
    case 'callApi':
      return service.callApi(id, { path: '/' });
    case 'getConnection of the workspace':
      return service.getConnection({ workspaceConnector: id });
    default:
      return service[operation](id);
  }
}
