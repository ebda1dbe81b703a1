const WARM_UP_ROUNDS = 2;

/**
 * Measures subjects in turns, so that other load of the machine affects all of them:
 * A B C, C B A, A B C, …
 *
 * @param subjects - functions that measure once and return a number, by name
 * @returns the numbers without those of the warm-up, by name
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

/** The median of the ratios within each round, in which load on both cancels out. */
export function medianRatio(values, references) {
  return median(values.map((value, round) => value / references[round]));
}
