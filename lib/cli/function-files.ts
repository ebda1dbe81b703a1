import { copyFile, lstat, mkdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the function in a Base44 app. */
const FOLDER = join('base44', 'functions', 'connectors-broker');

/** The path from the compiled file to the template in the package. */
const TEMPLATE = fileURLToPath(new URL('../../../lib/cli/broker-template/', import.meta.url));

/** The files that both shapes of the function have in common, each with its template. */
const SHARED_FILES = {
  'broker.ts': 'broker.ts',
  'signature.ts': 'signature.ts',
  'service-role.ts': 'service-role.template',
};

/** The files of the broker function in the folder of a Base44 app. */
export class FunctionFiles {
  readonly folder: string;
  readonly #templates: ReadonlyMap<string, string>;

  constructor(
    private readonly directory: string,
    shape: string,
  ) {
    this.folder = join(directory, FOLDER);
    const templates = { ...SHARED_FILES, 'entry.ts': `entry.${shape}.template` };
    this.#templates = new Map(
      Object.entries(templates).map(([name, template]) => [
        join(this.folder, name),
        join(TEMPLATE, template),
      ]),
    );
  }

  /** Returns the paths at which a file exists. */
  async findExisting(): Promise<string[]> {
    const paths = [...this.#templates.keys()];
    const stats = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
    return paths.filter((_, index) => stats[index] !== undefined);
  }

  /** Returns a symbolic link below the directory. Writing through it can change files elsewhere. */
  async findSymbolicLink(): Promise<string | undefined> {
    const folders = FOLDER.split(sep).map((_, index, names) =>
      join(this.directory, ...names.slice(0, index + 1)),
    );
    for (const path of [...folders, ...this.#templates.keys()]) {
      const stats = await lstat(path).catch(() => undefined);
      if (stats?.isSymbolicLink()) return path;
    }
    return undefined;
  }

  async write(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const [path, template] of this.#templates) await copyFile(template, path);
  }
}
