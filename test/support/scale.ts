const isFull = process.env.TEST_SCALE === 'full';

/**
 * Returns the number of cases, callers or rounds of a test.
 *
 * @param full - the number for `npm run test:full`, which proves the promise of the package
 * @param quick - the number for `npm test`, which finds most mistakes
 */
export function scaled(full: number, quick: number): number {
  return isFull ? full : quick;
}
