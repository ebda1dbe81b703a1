import { detectLineEnding } from './text-edits.js';

/** The ranges of packages, by their names. */
export type Ranges = Readonly<Record<string, string>>;

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

type Dependencies = Partial<Record<(typeof KINDS)[number], Ranges>>;

/** The `package.json` of an application. */
export class Manifest {
  readonly #manifest: Dependencies;

  /** @throws `SyntaxError` */
  constructor(private readonly text: string) {
    this.#manifest = JSON.parse(text.replace(/^\uFEFF/, '')) as Dependencies;
  }

  /** Returns the range of a dependency of any kind. */
  getRange(name: string): string | undefined {
    return KINDS.map((kind) => this.#manifest[kind]?.[name]).find((range) => range !== undefined);
  }

  /** Returns the text with more dependencies. It keeps the indentation and the line endings. */
  add(ranges: Ranges): string {
    const entries = Object.entries({ ...this.#manifest.dependencies, ...ranges });
    const dependencies = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const [, indent = 2] = /^([ \t]+)"/m.exec(this.text) ?? [];
    const json = JSON.stringify({ ...this.#manifest, dependencies }, null, indent);
    const end = /\s*$/.exec(this.text)?.[0] ?? '';
    return json.replaceAll('\n', detectLineEnding(this.text)) + end;
  }
}
