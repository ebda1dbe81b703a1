const isFull = process.env.TEST_SCALE === 'full';

/**
 * How many cases a test generates, how many callers it starts, how long it soaks.
 *
 * @param full - the figure that the package promises, for `npm run test:full`
 * @param quick - enough to meet most mistakes, for `npm test`
 */
export function scaled(full: number, quick: number): number {
  return isFull ? full : quick;
}
