import { parseRetryAfter } from '../../lib/resilience/retry-after.parser.js';

const now = Date.parse('2026-11-22T12:00:00Z');
const oneDayMs = 86_400_000;

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    ['86400', oneDayMs],
    ['1000000000', oneDayMs],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['1.0', 1_000],
    ['0.25', 250],
    ['Sunday, 22-Nov-26 12:00:30 GMT', 30_000],
    ['Sun Nov 22 12:00:30 2026', 30_000],
    ['Sun Nov  1 12:00:30 2026', 0],
    ['5, 7', 7_000],
    ['Sun, 22 Nov 2026 12:00:30 GMT, 7', 30_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', oneDayMs],
  ])('reads %p as %d ms', (header, waitMs) => {
    expect(parseRetryAfter(header, now)).toBe(waitMs);
  });

  it.each([
    undefined,
    '',
    '-1',
    '1.',
    '.5',
    '1,soon',
    '7,',
    `${'7,'.repeat(100_000)}7`,
    'Sunday, 22 Nov 2026 12:00:30 GMT',
    'Sun Nov 22 12:00:30 2026 CET',
    '0x10',
    '1e9',
    ' 7',
    '7\n',
    '99999999999',
    'soon',
    '2026-11-22T12:00:30Z',
    'Sun, 22 Nov 2026 12:00:30 CET',
    'Sun, 99 Nov 2026 12:00:30 GMT',
    7,
    ['7'],
  ])('does not believe %p', (header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined();
  });
});
