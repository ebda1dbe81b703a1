/**
 * Returns a clause that suggests the known name which a misspelt name resembles, or an empty string.
 *
 * @param known - names, or paths such as `cache.ttlMs`, whose last part is compared
 * @internal
 */
export function suggestName(name: string, known: readonly string[]): string {
  const similar = known.find((one) =>
    isSimilar(name.toLowerCase(), one.slice(one.lastIndexOf('.') + 1).toLowerCase()),
  );
  return similar === undefined ? '' : `: did you mean ${similar}?`;
}

/**
 * Returns whether a name is the start of a known name or the reverse, or differs in few characters.
 *
 * @internal
 */
export function isSimilar(name: string, known: string): boolean {
  const isPrefix = name.length >= 3 && (known.startsWith(name) || name.startsWith(known));
  return isPrefix || countEdits(name, known) <= Math.floor(known.length / 4);
}

/** Returns how many characters differ, are missing or are too many. */
function countEdits(name: string, known: string): number {
  let previous = Array.from({ length: known.length + 1 }, (_, index) => index);
  for (const [row, character] of Array.from(name).entries()) {
    const current = [row + 1];
    for (const [column, other] of Array.from(known).entries()) {
      const replaced = (previous[column] ?? 0) + (character === other ? 0 : 1);
      const inserted = (current[column] ?? 0) + 1;
      const removed = (previous[column + 1] ?? 0) + 1;
      current.push(Math.min(replaced, inserted, removed));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
