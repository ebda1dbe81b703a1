import { randomUUID } from 'node:crypto';

/**
 * The generation of a connection that no process has invalidated.
 *
 * @internal
 */
export const NEVER_INVALIDATED = '0';

const GENERATION = /^(\d{1,15})\.[\w-]{1,36}$/;

/**
 * Creates the generation that an invalidation starts. Each one is unique, and later than the
 * previous one even when the clock is behind the clock of another machine.
 *
 * @internal
 */
export function createGeneration(nowMs: number, previous = NEVER_INVALIDATED): string {
  const time = Math.max(nowMs, getTime(previous) + 1);
  return `${time}.${randomUUID()}`;
}

/**
 * Returns whether one generation started before the other.
 *
 * @internal
 */
export function isEarlier(generation: string, other: string): boolean {
  const [time, otherTime] = [getTime(generation), getTime(other)];
  return time === otherTime ? generation < other : time < otherTime;
}

/** Returns the time of a generation. A damaged one is earlier than all others. */
function getTime(generation: string): number {
  const [, time] = GENERATION.exec(generation) ?? [];
  return time === undefined ? 0 : Number(time);
}
