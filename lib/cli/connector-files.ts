import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isWellFormedIdentifier } from '../common/well-formed.js';
import { parseJsonc } from './jsonc.js';

/** Base44 serves Stripe through its own integration. The command line lists it with the connectors. */
const NO_CONNECTOR = 'stripe';

/** The connectors of a Base44 app, as its files describe them. */
export interface ConnectorFiles {
  readonly folder: string;
  readonly types: ReadonlySet<string>;
}

/**
 * Reads the files of connectors that the command line of Base44 pulls and pushes. They describe
 * integration types only.
 *
 * @throws `Error` with the reason and the remedy, when a file is malformed
 */
export async function readConnectorFiles(directory: string): Promise<ConnectorFiles> {
  const folder = join(directory, 'base44', await readFolderName(directory));
  const names = await readdir(folder).catch(() => []);
  const files = names.filter(isConfig).map((name) => join(folder, name));
  const types = await Promise.all(files.map(readType));
  return { folder, types: new Set(types.filter((type) => type !== NO_CONNECTOR)) };
}

/** Returns the folder of connectors, which the app's configuration can name. */
async function readFolderName(directory: string): Promise<string> {
  const folder = join(directory, 'base44');
  const [config] = (await readdir(folder)).filter((name) => /^config\.jsonc?$/.test(name));
  const name =
    config === undefined ? undefined : await readField(join(folder, config), 'connectorsDir');
  return typeof name === 'string' ? name : 'connectors';
}

function isConfig(name: string): boolean {
  return /^[^.].*\.jsonc?$/.test(name);
}

async function readType(file: string): Promise<string> {
  const type = await readField(file, 'type');
  if (isWellFormedIdentifier(type)) return type;
  throw new Error(`${resolve(file)} has no type, such as { "type": "slack", "scopes": [] }.`);
}

async function readField(file: string, field: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    const { [field]: value } = Object(parseJsonc(text)) as Readonly<Record<string, unknown>>;
    return value;
  } catch {
    throw new Error(
      `${resolve(file)} is not JSON. It may contain comments and trailing commas; names and strings need double quotes.`,
    );
  }
}
