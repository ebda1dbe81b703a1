import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { INTENDED_DIFFERENCES } from './intended-differences.js';

describe('the list of intended differences', () => {
  it.each(INTENDED_DIFFERENCES)('has a spec that covers $id', ({ area }) => {
    expect(existsSync(join(import.meta.dirname, `${area}.spec.ts`))).toBe(true);
  });

  it('contains each difference once', () => {
    const ids = INTENDED_DIFFERENCES.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });
});
