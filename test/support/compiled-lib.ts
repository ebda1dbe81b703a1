import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { transformFile } from '@swc/core';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The library as JavaScript in a folder of its own, for processes that Jest does not run. */
export class CompiledLib {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<CompiledLib> {
    const folder = await mkdtemp(path.join(tmpdir(), 'connectors-lib-'));
    const files = await readdir(path.join(ROOT, 'lib'), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const { code } = await transformFile(path.join(ROOT, 'lib', file), {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        swcrc: false,
      });
      const target = path.join(folder, 'lib', file.replace(/\.ts$/, '.js'));
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, code);
    }
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    return new CompiledLib(folder);
  }

  /** Runs a program beside `./lib`; it has to end by itself. */
  async run(program: string, nodeArguments: readonly string[] = []): Promise<unknown> {
    const file = path.join(this.folder, 'program.mjs');
    await writeFile(file, program);
    const options = { timeout: 60_000 };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...nodeArguments, file],
      options,
    );
    return JSON.parse(stdout);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
