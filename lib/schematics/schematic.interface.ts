import { UneditableFileError } from './uneditable-file.error.js';

/** The parts of `Tree` of @angular-devkit/schematics that this package uses. */
export interface SchematicTree {
  read(path: string): Uint8Array | null;
  exists(path: string): boolean;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
}

/** The parts of `SchematicContext` of @angular-devkit/schematics that this package uses. */
export interface SchematicContext {
  readonly logger: {
    info(message: string): void;
    warn(message: string): void;
  };
  /** Adds a task, which runs after the files are written. */
  addTask(task: { toConfiguration(): SchematicTask }): unknown;
}

export interface SchematicTask {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Returns the text of a file, or `undefined` when it does not exist.
 *
 * @throws `UneditableFileError` when it is not encoded in UTF-8, because an edit would lose its characters
 */
export function readText(tree: SchematicTree, path: string): string | undefined {
  const content = tree.read(path);
  if (content === null) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new UneditableFileError('it is not encoded in UTF-8');
  }
}

/** Writes a file if its text is new, and returns whether it was. */
export function writeText(tree: SchematicTree, path: string, text: string): boolean {
  if (readText(tree, path) === text) return false;
  if (tree.exists(path)) tree.overwrite(path, text);
  else tree.create(path, text);
  return true;
}
