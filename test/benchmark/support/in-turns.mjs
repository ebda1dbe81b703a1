const WARM_UP_ROUNDS = 2;

/**
 * Measures subjects in turns, so that what else the machine does hits all of them:
 * A B C, C B A, A B C, …
 *
 * @param subjects - by name, functions that measure once and return a number
 * @returns by name, what they returned; the warm-up left out
 */
export async function inTurns(subjects, { rounds, warmUpRounds = WARM_UP_ROUNDS }) {
  const names = Object.keys(subjects);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await subjects[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the ratios within each round: what hit both in a round cancels out. */
export function medianRatio(values, references) {
  return median(values.map((value, round) => value / references[round]));
}
