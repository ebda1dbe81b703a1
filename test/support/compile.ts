import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transformFile } from '@swc/core';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Compiles the TypeScript files of a folder, with the options by which Jest compiles tests. */
export async function compile(
  from: string,
  to: string,
  type: 'es6' | 'commonjs' = 'es6',
): Promise<void> {
  const names = await readdir(path.join(ROOT, from), { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts'));
  await Promise.all(
    sources.map(async (name) => {
      const { code } = await transformFile(path.join(ROOT, from, name), {
        root: ROOT,
        module: { type },
      });
      const file = path.join(to, name.replace(/\.ts$/, '.js'));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, code);
    }),
  );
}
