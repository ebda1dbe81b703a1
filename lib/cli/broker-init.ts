import { randomBytes } from 'node:crypto';
import { copyFile, lstat, mkdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isConnectorName } from './allow-list.js';
import { fail } from './fail.js';
import { NAME_FORMS, parseNameList } from './name-list.js';
import { describeNextSteps } from './next-steps.js';
import { promptConfirmation, promptText } from './prompts.js';

export interface InitOptions {
  readonly yes: boolean;
  readonly force: boolean;
  readonly allow?: string;
  readonly shape: string;
}

/** The path from the compiled file to the template in the package. */
const TEMPLATE = fileURLToPath(new URL('../../../lib/cli/broker-template/', import.meta.url));

/** The files that both shapes of a function have in common. */
const MODULES = ['broker.ts', 'signature.ts'];

const FUNCTION = join('base44', 'functions', 'connectors-broker');

/** Writes the function, generates a secret and prints the next steps. */
export async function initBroker(directory: string, options: InitOptions): Promise<void> {
  const folder = join(directory, FUNCTION);
  const files = [...MODULES, 'entry.ts'].map((name) => join(folder, name));
  if (await hasSymbolicLink(directory, files)) return;
  const existing = await findExisting(files);
  if (existing.length > 0 && !(await canOverwrite(existing, options))) return;
  const allowed = await readAllowList(options);
  if (allowed === undefined || !(await writeFunction(folder, options.shape))) return;
  const secret = randomBytes(32).toString('base64url');
  console.log(describeNextSteps({ folder, secret, allowed, isOverwritten: existing.length > 0 }));
}

async function findExisting(paths: readonly string[]): Promise<string[]> {
  const stats = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => stats[index] !== undefined);
}

/** Reports a symbolic link below the directory, because writing through it can change files elsewhere. */
async function hasSymbolicLink(directory: string, files: readonly string[]): Promise<boolean> {
  const folders = FUNCTION.split(sep).map((_, index, names) =>
    join(directory, ...names.slice(0, index + 1)),
  );
  for (const path of [...folders, ...files]) {
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isSymbolicLink()) continue;
    fail(
      `Nothing was written because ${path} is a symbolic link, which can lead outside of the app. ` +
        'Replace it with a real file or folder, or name the folder of the app that it leads to.',
    );
    return true;
  }
  return false;
}

async function canOverwrite(existing: readonly string[], options: InitOptions): Promise<boolean> {
  if (options.force) return true;
  const names = existing.map((path) => relative('.', path)).join(' and ');
  if (isInteractive(options) && (await promptConfirmation(`Overwrite ${names}?`))) return true;
  fail(`Nothing was written because this would overwrite ${names}. Use --force to overwrite.`);
  return false;
}

/** Returns `undefined` when there is no valid list. */
async function readAllowList(options: InitOptions): Promise<string[] | undefined> {
  const list = options.allow ?? (await promptAllowList(options));
  if (list === undefined) {
    fail('Nothing was written because the question was cancelled.');
    return undefined;
  }
  const names = parseNameList(list);
  const malformed = names.find((name) => !isConnectorName(name));
  if (malformed === undefined) return names;
  fail(`'${malformed}' is not the name of a connector. ${NAME_FORMS}`);
  return undefined;
}

async function promptAllowList(options: InitOptions): Promise<string | undefined> {
  if (!isInteractive(options)) return '';
  return promptText(`Which connectors does the broker allow (comma-separated)? ${NAME_FORMS}\n>`);
}

function isInteractive({ yes }: InitOptions): boolean {
  return !yes && process.stdin.isTTY;
}

async function writeFunction(folder: string, shape: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    for (const name of MODULES) await copyFile(join(TEMPLATE, name), join(folder, name));
    await copyFile(join(TEMPLATE, `entry.${shape}.template`), join(folder, 'entry.ts'));
    return true;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    fail(`Cannot write ${folder} (${code}).`);
    return false;
  }
}
