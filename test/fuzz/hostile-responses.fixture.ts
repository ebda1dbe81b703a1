import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { toRawResponse } from '../support/raw-server.js';

const tokens = fc.oneof(
  { weight: 16, arbitrary: fc.stringMatching(/^[!-~]{1,60}$/) },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', 'a b', 'a\r\nb: c', 'é', '\0', '\ud800') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(65_535, 65_536, 65_537, 300_000).map((n) => 'a'.repeat(n)),
  },
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

const configs = fc.oneof(
  fc.constantFrom(null, undefined),
  fc.dictionary(fc.string(), fc.string()),
  fc.dictionary(
    fc.constantFrom('__proto__', 'constructor', 'toString', 'a'),
    fc.jsonValue({ maxDepth: 1 }),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

const metered = fc.record(
  {
    success: fc.oneof(...[true, false, true].map(fc.constant), fc.jsonValue({ maxDepth: 0 })),
    phase: fc.oneof(fc.constantFrom('not_sent', 'responded', 'timed_out', 'lost'), fc.jsonValue()),
    status_code: fc.jsonValue({ maxDepth: 0 }),
    data: fc.jsonValue({ maxDepth: 2 }),
    headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue({ maxDepth: 2 })),
    credits_charged: fc.jsonValue({ maxDepth: 0 }),
  },
  { requiredKeys: ['success', 'phase'] },
);

const json = fc.oneof(
  { weight: 5, arbitrary: fc.record({ access_token: tokens, connection_config: configs }) },
  { weight: 3, arbitrary: metered },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const bodies = fc.oneof(
  { weight: 20, arbitrary: json.map((value) => Buffer.from(JSON.stringify(value))) },
  { weight: 2, arbitrary: cut(json) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('', ' ', '<html>', 'null', 'NaN', '{}', '[', '"', '\ufeff{"access_token":"a"}')
      .map((text) => Buffer.from(text)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('[', '{"a":').map((open) => Buffer.from(open.repeat(5_000))),
  },
);

/** Truncated JSON. */
function cut(whole: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  return fc.tuple(whole, fc.double({ min: 0, max: 1, noNaN: true })).map(([value, share]) => {
    const text = Buffer.from(JSON.stringify(value));
    return text.subarray(0, text.length * share);
  });
}

const statuses = fc.oneof(
  { weight: 5, arbitrary: fc.constant('200 OK') },
  { weight: 2, arbitrary: fc.integer({ min: 200, max: 599 }).map((code) => `${code} X`) },
);

const someHeaders = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...['Content-Encoding: gzip', 'Content-Encoding: br', 'Content-Encoding: x, gzip'],
      ...['Content-Type: text/html', 'Content-Type: application/json; charset=utf-16'],
      ...[
        'Location: https://evil.example',
        'Location: \\',
        'Refresh: 0',
        'Transfer-Encoding: gzip',
      ],
      ...['Retry-After: 1', 'Retry-After: -1', 'Retry-After: 1e9', 'Retry-After: 0x10'],
      ...[
        'Retry-After: Fri, 31 Dec 9999 23:59:59 GMT',
        'Retry-After: Mon, 99 Foo 2026 00:00:00 GMT',
      ],
      ...[
        'X-Base44-Connector-Error: metered_connector_requires_proxy',
        'X-Base44-Connector-Error: a',
      ],
      ...['__proto__: a', 'constructor: a', 'Set-Cookie: a=b', 'Connection: close', 'Trailer: a'],
    ),
    fc.stringMatching(/^[\t -~]{0,20}$/).map((value) => `X-Any: ${value}`),
  ),
  { minLength: 1, maxLength: 2 },
);
const headers = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: someHeaders },
);

const codings = fc.oneof(
  { weight: 6, arbitrary: fc.constant('as it is') },
  { weight: 1, arbitrary: fc.constantFrom('gzip', 'deflate', 'half gzip') },
);

/** Whole responses in well-formed HTTP. */
const answers = fc.tuple(bodies, statuses, headers, codings).map(([body, status, more, coding]) => {
  switch (coding) {
    case 'gzip':
      return toRawResponse(gzipSync(body), status, [...more, 'Content-Encoding: gzip']);
    case 'deflate':
      return toRawResponse(deflateSync(body), status, [...more, 'Content-Encoding: deflate']);
    case 'half gzip': {
      const packed = gzipSync(body);
      const half = packed.subarray(0, packed.length / 2);
      return toRawResponse(half, status, [...more, 'Content-Encoding: gzip']);
    }
    default:
      return toRawResponse(body, status, more);
  }
});

/** Responses with one byte replaced, which may break HTTP. */
const broken = fc
  .tuple(answers, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 }))
  .map(([answer, at, byte]) => {
    const copy = Buffer.from(answer);
    copy[Math.floor(at * Math.min(copy.length - 1, 120))] = byte;
    return copy;
  });

export const hostileAnswers = fc.oneof(
  { weight: 19, arbitrary: answers },
  { weight: 1, arbitrary: broken },
);
