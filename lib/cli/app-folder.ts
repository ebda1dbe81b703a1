import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** The files by which the command line of Base44 recognizes an app. */
const BASE44_CONFIGS = ['base44/config.jsonc', 'base44/config.json'];

const GET_APP =
  "'npx base44 eject' downloads an existing app, and 'npx base44 create' creates a new one.";

/**
 * Describes why a folder is not the folder of a Base44 app, and where the app is.
 *
 * @returns `undefined` for the folder of an app
 */
export async function describeFolderProblem(directory: string): Promise<string | undefined> {
  if (await isBase44App(directory)) return undefined;
  const app = await findBase44App(directory);
  const subject = resolve(directory);
  const problem = (await isNestApplication(directory))
    ? `${subject} is a Nest application, and the broker is a function of the Base44 app.`
    : `${subject} is not a Base44 app, because it contains no base44/config.jsonc.`;
  const remedy =
    app === undefined
      ? `Name the folder of the app: npx nestjs-base44-connectors broker init <folder>. ${GET_APP}`
      : `The app is here: npx nestjs-base44-connectors broker init ${relative('.', app) || '.'}`;
  return `${problem}\n${remedy}`;
}

/**
 * Describes why `connectors check` finds no Base44 app in a folder, and where the app is.
 *
 * @returns `undefined` for the folder of an app
 */
export async function describeMissingApp(directory: string): Promise<string | undefined> {
  if (await isBase44App(directory)) return undefined;
  const app = await findBase44App(directory);
  const remedy =
    app === undefined
      ? `Name the folder of the app with --base44. ${GET_APP}`
      : `The app is here: --base44 ${relative('.', app) || '.'}`;
  return `${resolve(directory)} is not a Base44 app, because it contains no base44/config.jsonc.\n${remedy}`;
}

/** Returns the id of the app to which the command line of Base44 linked a folder. */
export async function readAppId(directory: string): Promise<string | undefined> {
  const text = await readFile(join(directory, 'base44', '.app.jsonc'), 'utf8').catch(() => '');
  return /"id"\s*:\s*"([\w-]+)"/.exec(text)?.[1];
}

/** Returns an app above, in or beside a folder. */
async function findBase44App(directory: string): Promise<string | undefined> {
  const folder = resolve(directory);
  const candidates = [
    ...getParents(folder),
    ...(await getChildren(folder)),
    ...(await getChildren(dirname(folder))),
  ];
  for (const candidate of candidates) if (await isBase44App(candidate)) return candidate;
  return undefined;
}

function getParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [] : [parent, ...getParents(parent)];
}

async function getChildren(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name));
}

function isBase44App(folder: string): Promise<boolean> {
  return someExists(BASE44_CONFIGS.map((path) => join(folder, path)));
}

async function isNestApplication(folder: string): Promise<boolean> {
  if (await someExists([join(folder, 'nest-cli.json')])) return true;
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '');
  return manifest.includes('"@nestjs/core"');
}

async function someExists(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
