import { createInterface } from 'node:readline/promises';

/**
 * Asks a question on the terminal.
 *
 * @returns `undefined` when the user cancels with Ctrl+C or Ctrl+D
 */
export async function promptText(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const cancellation = new AbortController();
  terminal.once('close', () => {
    cancellation.abort();
  });
  try {
    return await terminal.question(`${question} `, { signal: cancellation.signal });
  } catch {
    return undefined;
  } finally {
    terminal.close();
  }
}

/** Asks a yes-or-no question on the terminal. Only "y" and "yes" mean yes. */
export async function promptConfirmation(question: string): Promise<boolean> {
  const answer = await promptText(`${question} (y/N)`);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}
