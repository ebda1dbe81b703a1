/** Prints a figure that a test has measured. */
export function figure(what: string, value: number | string): void {
  process.stdout.write(`figure | ${what} | ${value}\n`);
}
