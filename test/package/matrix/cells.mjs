const COLUMNS = { node: 4, nest: 4, kind: 8, manager: 15, what: 0 };

const HEADER = {
  node: 'Node',
  nest: 'Nest',
  kind: 'modules',
  manager: 'package manager',
  what: 'what works',
};

const MAX_REASON_LENGTH = 240;

/** Runs the cells of the matrix one after another, and prints a line for each. */
export class Cells {
  #checks;

  constructor(checks) {
    this.#checks = checks;
    console.log(`       ${toLine(HEADER)}`);
  }

  async check(cell, run) {
    await this.#checks.check(toLine(cell), async () => {
      try {
        await run();
      } catch (error) {
        throw new Error(toReason(error), { cause: error });
      }
    });
  }

  /** Prints a cell that Nest itself makes impossible. */
  skip(cell, reason) {
    this.#checks.skip(toLine(cell), reason);
  }
}

const toLine = (cell) =>
  Object.entries(COLUMNS)
    .map(([column, width]) => String(cell[column] ?? '').padEnd(width))
    .join('  ');

/** One line with the start of what went wrong. A program's output before its first error is left out. */
function toReason({ message }) {
  const lines = message.split('\n').map((line) => line.trim());
  const first = lines.findIndex((line, index) => index > 0 && /error|ERR_|FAIL/i.test(line));
  return lines.slice(Math.max(first, 0)).filter(Boolean).join(' ').slice(0, MAX_REASON_LENGTH);
}
