import { inspect } from 'node:util';
import { Secret } from '../../lib/common/secret.js';

describe('Secret', () => {
  const secret = new Secret('svc_0123456789');

  it('returns its value from reveal()', () => {
    expect(secret.reveal()).toBe('svc_0123456789');
  });

  it.each([
    ['String()', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['inspection', inspect({ secret }, { depth: 10, showHidden: true, getters: true })],
    [
      'inspection without custom functions',
      inspect(secret, { customInspect: false, showHidden: true }),
    ],
    ['a structured clone', inspect(structuredClone({ secret }))],
    ['its properties', JSON.stringify(Object.getOwnPropertyDescriptors(secret))],
  ])('does not show it in %s', (_, shown) => {
    expect(shown).not.toContain('svc_');
  });

  it('says in its place that it is secret', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual([
      '[secret]',
      '"[secret]"',
      '[secret]',
    ]);
  });
});
