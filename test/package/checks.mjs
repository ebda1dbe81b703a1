const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

const indented = (text) => text.trimEnd().replace(/^/gm, '       ');

/** Runs checks one after another, and prints a line for each. */
export class Checks {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** @returns the result of the check, or `undefined` when it failed */
  async check(name, run) {
    const startMs = Date.now();
    try {
      const result = await run();
      this.#passed += 1;
      console.log(`ok     ${name} (${seconds(startMs)})`);
      return result;
    } catch (error) {
      this.#failed += 1;
      console.log(`FAILED ${name} (${seconds(startMs)})\n${indented(error.message)}`);
      return undefined;
    }
  }

  skip(name, reason) {
    this.#skipped += 1;
    console.log(`skip   ${name}: ${reason}`);
  }

  get haveFailed() {
    return this.#failed > 0;
  }

  toString() {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    return `${this.#passed} passed, ${this.#failed} failed${skipped}`;
  }
}
