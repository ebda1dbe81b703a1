import { randomBytes } from 'node:crypto';
import { relative } from 'node:path';
import { isConnectorName } from './allow-list.js';
import { describeFolderProblem, readAppId } from './app-folder.js';
import { fail } from './fail.js';
import { FunctionFiles } from './function-files.js';
import { NAME_FORMS, parseNameList } from './name-list.js';
import { describeNextSteps } from './next-steps.js';
import { promptConfirmation, promptText } from './prompts.js';
import { writeSecretsFile } from './secrets-file.js';
import { describeUnknownNames } from './unknown-names.js';

export interface InitOptions {
  readonly yes: boolean;
  readonly force: boolean;
  readonly allow?: string;
  readonly shape: string;
}

/** A reason not to write, which the user can override. */
interface Doubt {
  readonly problem: string;
  /** The question at a terminal. */
  readonly question: string;
  /** The action of `--force`, which completes "Use --force to … anyway". */
  readonly force: string;
}

/** Writes the function and its secrets, and prints the next steps. */
export async function initBroker(directory: string, options: InitOptions): Promise<void> {
  const files = new FunctionFiles(directory, options.shape);
  if (!(await isAppFolder(directory, options)) || (await hasSymbolicLink(files))) return;
  const existing = await files.findExisting();
  if (existing.length > 0 && !(await canOverwrite(existing, options))) return;
  const allowed = await readAllowList(options);
  if (allowed === undefined) return;
  const secret = randomBytes(32).toString('base64url');
  if (!(await write(files, directory, secret, allowed))) return;
  const { folder } = files;
  const appId = await readAppId(directory);
  const isOverwritten = existing.length > 0;
  console.log(describeNextSteps({ directory, folder, appId, secret, allowed, isOverwritten }));
}

async function isAppFolder(directory: string, options: InitOptions): Promise<boolean> {
  const problem = await describeFolderProblem(directory);
  if (problem === undefined) return true;
  return isAccepted(
    { problem, question: 'Write it here anyway?', force: 'write it here' },
    options,
  );
}

async function hasSymbolicLink(files: FunctionFiles): Promise<boolean> {
  const link = await files.findSymbolicLink();
  if (link === undefined) return false;
  fail(
    `Nothing was written because ${link} is a symbolic link, which can lead outside of the app. ` +
      'Replace it with a real file or folder, or name the folder of the app that it leads to.',
  );
  return true;
}

function canOverwrite(existing: readonly string[], options: InitOptions): Promise<boolean> {
  const names = existing.map((path) => relative('.', path)).join(', ');
  const problem = `This would overwrite ${names}.`;
  return isAccepted({ problem, question: 'Overwrite?', force: 'overwrite' }, options);
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
  if (malformed !== undefined) {
    fail(`'${malformed}' is not the name of a connector. ${NAME_FORMS}`);
    return undefined;
  }
  const problem = describeUnknownNames(names);
  const isValid =
    problem === undefined ||
    (await isAccepted({ problem, question: 'Allow anyway?', force: 'allow' }, options));
  return isValid ? names : undefined;
}

async function promptAllowList(options: InitOptions): Promise<string | undefined> {
  if (!isInteractive(options)) return '';
  return promptText(`Which connectors does the broker allow (comma-separated)? ${NAME_FORMS}\n>`);
}

/** Asks at a terminal whether to continue. Elsewhere only `--force` continues. */
async function isAccepted(doubt: Doubt, options: InitOptions): Promise<boolean> {
  const { problem, question, force } = doubt;
  if (options.force) return true;
  if (isInteractive(options) && (await promptConfirmation(`${problem}\n${question}`))) return true;
  fail(`Nothing was written. ${problem}\nUse --force to ${force} anyway.`);
  return false;
}

function isInteractive({ yes }: InitOptions): boolean {
  return !yes && process.stdin.isTTY;
}

async function write(
  files: FunctionFiles,
  directory: string,
  secret: string,
  allowed: readonly string[],
): Promise<boolean> {
  try {
    await files.write();
    await writeSecretsFile(directory, {
      CONNECTORS_BROKER_SECRET: secret,
      CONNECTORS_BROKER_ALLOW: allowed.join(','),
    });
    return true;
  } catch (error) {
    const { code = 'unknown error', path = files.folder } = error as NodeJS.ErrnoException;
    fail(`Cannot write ${path} (${code}).`);
    return false;
  }
}
