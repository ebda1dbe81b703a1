import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { confirm } from '@clack/prompts';

export interface InitOptions {
  readonly yes: boolean;
  readonly force: boolean;
  readonly allow?: string;
  readonly shape: string;
}

/** Seen from where this file is built to. */
const TEMPLATE = fileURLToPath(new URL('../../../lib/broker/template/', import.meta.url));

const FUNCTION = join('base44', 'functions', 'connectors-broker');

/** Writes the function, makes a secret, and says what to do with it. */
export async function initBroker(directory: string, options: InitOptions): Promise<void> {
  const folder = join(directory, FUNCTION);
  const files = [
    ['broker.ts', join(folder, 'broker.ts')],
    [`entry.${options.shape}.template`, join(folder, 'entry.ts')],
  ] as const;
  const existing = await filesThatExist(files.map(([, to]) => to));
  if (existing.length > 0 && !options.force && !(await mayOverwrite(existing, options))) return;
  try {
    await mkdir(folder, { recursive: true });
    for (const [from, to] of files) await copyFile(join(TEMPLATE, from), to);
  } catch (error) {
    console.error(`${folder} cannot be written (${(error as NodeJS.ErrnoException).code ?? '?'}).`);
    process.exitCode = 1;
    return;
  }
  console.log(nextSteps(folder, options.allow));
}

async function filesThatExist(paths: readonly string[]): Promise<string[]> {
  const checks = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => checks[index] !== undefined);
}

async function mayOverwrite(existing: readonly string[], { yes }: InitOptions): Promise<boolean> {
  const names = existing.map((path) => relative('.', path)).join(', ');
  const isAsked = !yes && process.stdin.isTTY;
  if (isAsked && (await confirm({ message: `Overwrite ${names}?` })) === true) return true;
  console.error(`Nothing was written: ${names} would be overwritten. --force does that.`);
  process.exitCode = 1;
  return false;
}

function nextSteps(folder: string, allow = 'slack,googlecalendar'): string {
  const secret = randomBytes(32).toString('base64url');
  return `Wrote ${folder}. Read it, it is short. Then:

1. In the Base44 app: set its secrets, and deploy it.

   base44 secrets set CONNECTORS_BROKER_SECRET=${secret} CONNECTORS_BROKER_ALLOW=${allow}
   base44 functions deploy

2. In the environment of the Nest application:

   BASE44_BROKER_URL=https://<your app's host>/functions/connectors-broker
   BASE44_BROKER_SECRET=${secret}

3. See whether it works:

   npx nestjs-base44-connectors broker check

The secret is shown this once and stored nowhere. Whoever has it gets the tokens that
CONNECTORS_BROKER_ALLOW lists. Names there: slack, workspaceConnector:<id>, appUserConnector:<id>.`;
}
