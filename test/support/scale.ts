const SCALE = process.env.TEST_SCALE;

/**
 * Returns the number of cases, callers or rounds of a test.
 *
 * @param full - the number for `npm run test:full`, which proves the promise of the package
 * @param quick - the number for `npm test`, which finds most mistakes. `npm run test:mutation` runs
 * at most a thousand against every mutant.
 */
export function scaled(full: number, quick: number): number {
  if (SCALE === 'mutation') return Math.min(quick, 1_000);
  return SCALE === 'full' ? full : quick;
}
