import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { confirm, text } from '@clack/prompts';
import { isWellFormedIdentifier } from '../common/well-formed.js';

export interface InitOptions {
  readonly yes: boolean;
  readonly force: boolean;
  readonly allow?: string;
  readonly shape: string;
}

/** Seen from where this file is built to. */
const TEMPLATE = fileURLToPath(new URL('../../../lib/cli/broker-template/', import.meta.url));

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
  const allowed = namesIn(options.allow ?? (await askWhatIsAllowed(options)));
  const wrong = allowed.find((name) => !isConnectorName(name));
  if (wrong !== undefined) {
    fail(`'${wrong}' names no connector. ${NAMES}`);
    return;
  }
  try {
    await mkdir(folder, { recursive: true });
    for (const [from, to] of files) await copyFile(join(TEMPLATE, from), to);
  } catch (error) {
    fail(`${folder} cannot be written (${(error as NodeJS.ErrnoException).code ?? '?'}).`);
    return;
  }
  console.log(nextSteps(folder, allowed, existing.length > 0));
}

const NAMES = 'Names are: slack, workspaceConnector:<id>, appUserConnector:<id>.';

async function askWhatIsAllowed(options: InitOptions): Promise<string> {
  if (!isAsked(options)) return '';
  const answer = await text({ message: `What may be handed out? ${NAMES}`, defaultValue: '' });
  return typeof answer === 'string' ? answer : '';
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function isConnectorName(name: string): boolean {
  return isWellFormedIdentifier(name.replace(/^(workspaceConnector|appUserConnector):/, ''));
}

function isAsked({ yes }: InitOptions): boolean {
  return !yes && process.stdin.isTTY;
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

async function filesThatExist(paths: readonly string[]): Promise<string[]> {
  const checks = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => checks[index] !== undefined);
}

async function mayOverwrite(existing: readonly string[], options: InitOptions): Promise<boolean> {
  const names = existing.map((path) => relative('.', path)).join(', ');
  if (isAsked(options) && (await confirm({ message: `Overwrite ${names}?` })) === true) return true;
  fail(`Nothing was written: ${names} would be overwritten. --force does that.`);
  return false;
}

function nextSteps(folder: string, allowed: readonly string[], isThere: boolean): string {
  const secret = randomBytes(32).toString('base64url');
  const inUse = isThere
    ? `
   A broker that is in use: set CONNECTORS_BROKER_PREVIOUS_SECRET to its present secret first,
   until the Nest application has the new one.
`
    : '';
  const empty =
    allowed.length > 0
      ? ''
      : `
   Nothing may be handed out yet: CONNECTORS_BROKER_ALLOW is a list with commas. ${NAMES}
`;
  return `Wrote ${folder}. Read it, it is short. Then:

1. In the Base44 app, with its command line (npm package 'base44'): set the secrets, and deploy.

   base44 secrets set CONNECTORS_BROKER_SECRET=${secret} CONNECTORS_BROKER_ALLOW=${allowed.join(',')}
   base44 functions deploy
${empty}${inUse}
2. In the environment of the Nest application:

   BASE44_BROKER_URL=https://<your app's host>/functions/connectors-broker
   BASE44_BROKER_SECRET=${secret}

3. See whether it works, with these two in the environment:

   npx nestjs-base44-connectors broker check

The secret is shown this once and stored nowhere, but in the history of your shell. Whoever has it
gets the tokens that CONNECTORS_BROKER_ALLOW lists.`;
}
