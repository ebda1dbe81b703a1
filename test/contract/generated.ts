import fc from 'fast-check';

export const SEED = 44;

/** Valid identifiers: letters, digits, `_` and `-`, up to 128. */
export const identifiers = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('slack', 'googlecalendar', 'x', 'A', '0', 'connectors') },
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z0-9_-]{1,60}$/) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z0-9_-]{128}$/) },
);

export const tokens = fc.stringMatching(/^[!-~]{1,200}$/);

export const configs = fc.oneof(
  fc.constant(null),
  fc.constant(undefined),
  fc.dictionary(fc.string(), fc.string()),
  fc.dictionary(
    fc.constantFrom('subdomain', '__proto__', 'constructor'),
    fc.string({ unit: 'grapheme' }),
  ),
);

const queryValues = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.oneof(fc.string(), fc.integer())),
);

/** Requests for metered connectors: with all fields, some, or only the path. */
export const apiRequests = fc.record(
  {
    path: fc.string({ minLength: 1 }),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', undefined),
    host: fc.option(fc.string()),
    query: fc.dictionary(fc.string(), queryValues),
    headers: fc.dictionary(fc.string(), fc.string()),
    body: fc.anything({ withDate: true, withTypedArray: true, withSparseArray: true }),
  },
  { requiredKeys: ['path'] },
);
