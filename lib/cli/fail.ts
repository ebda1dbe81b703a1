/** Prints a message to stderr and makes the process exit with code 1. */
export function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
