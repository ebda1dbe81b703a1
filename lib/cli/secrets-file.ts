import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of the secrets in a Base44 app, with the separator that every shell understands. */
const FOLDER = '.connectors-broker';

/** The path of the file in the app. */
export const SECRETS_FILE = `${FOLDER}/secrets.env`;

/** The command that deletes the file. */
export const DELETE_SECRETS_FILE = `rm -r ${FOLDER}`;

/**
 * Writes the secrets of the function in the form that `base44 secrets set --env-file` reads. Only the
 * user can read the file, and Git ignores its folder.
 */
export async function writeSecretsFile(
  directory: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  const folder = join(directory, FOLDER);
  // A new folder has the given mode, and is no symbolic link.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, '.gitignore'), '*\n');
  await writeFile(join(directory, SECRETS_FILE), lines.join(''), { mode: 0o600 });
}
