import { nestAdd, type NestAddOptions } from '../../lib/schematics/nest-add.js';
import type {
  SchematicContext,
  SchematicTask,
  SchematicTree,
} from '../../lib/schematics/schematic.interface.js';

const DEFAULTS: NestAddOptions = { way: 'broker', sourceRoot: 'src', skipInstall: false };

export const APP_MODULE = 'src/app.module.ts';

/** A project in memory, in which the schematic runs as the devkit runs it. */
export class Project implements SchematicTree {
  readonly #files: Map<string, Buffer>;

  constructor(files: Readonly<Record<string, string | Buffer>>) {
    const entries = Object.entries({ 'package.json': '{}', ...files });
    this.#files = new Map(entries.map(([path, content]) => [path, Buffer.from(content)]));
  }

  get files(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#files].map(([path, content]) => [path, String(content)]));
  }

  /** Runs the schematic, and returns its messages and tasks. */
  nestAdd(options: Partial<NestAddOptions> = {}): { messages: string; tasks: SchematicTask[] } {
    const messages: string[] = [];
    const tasks: SchematicTask[] = [];
    const log = (message: string) => messages.push(message);
    const context: SchematicContext = {
      logger: { info: log, warn: log },
      addTask: (task) => tasks.push(task.toConfiguration()),
    };
    nestAdd({ ...DEFAULTS, ...options })(this, context);
    return { messages: messages.join('\n'), tasks };
  }

  read(path: string): Uint8Array | null {
    return this.#files.get(path) ?? null;
  }

  exists(path: string): boolean {
    return this.#files.has(path);
  }

  create(path: string, content: string): void {
    if (this.exists(path)) throw new Error(`${path} exists`);
    this.#files.set(path, Buffer.from(content));
  }

  overwrite(path: string, content: string): void {
    if (!this.exists(path)) throw new Error(`${path} does not exist`);
    this.#files.set(path, Buffer.from(content));
  }
}
