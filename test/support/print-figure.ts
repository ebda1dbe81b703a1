/** Prints a figure that a test measured. */
export function printFigure(what: string, value: number | string): void {
  process.stdout.write(`figure | ${what} | ${value}\n`);
}
