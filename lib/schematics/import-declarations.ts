import type ts from 'typescript';
import type { SourceStyle } from './source-style.js';
import { insertAt, type TextEdit } from './text-edits.js';
import type { TypeScript } from './typescript.loader.js';
import { UneditableFileError } from './uneditable-file.error.js';

/** Names that code imports from a package. */
export interface PackageImport {
  readonly from: string;
  readonly names: readonly string[];
}

/** The import declarations of a source file, and the names that the rest of it uses. */
export class ImportDeclarations {
  readonly #declarations: readonly ts.ImportDeclaration[];
  readonly #imported: ReadonlySet<string>;
  readonly #used: ReadonlySet<string>;

  constructor(
    private readonly ts: TypeScript,
    private readonly file: ts.SourceFile,
  ) {
    const { statements } = file;
    this.#declarations = statements.filter((one) => ts.isImportDeclaration(one));
    this.#imported = new Set(this.#declarations.flatMap((one) => this.#listIdentifiers(one)));
    const others = statements.filter((one) => !ts.isImportDeclaration(one));
    this.#used = new Set(others.flatMap((one) => this.#listIdentifiers(one)));
  }

  /** The text of the first declaration. */
  get first(): string {
    return this.#declarations[0]?.getText() ?? '';
  }

  /** Returns the name of an imported value in this file, because `as` can change it. */
  getLocalName(from: string, name: string): string | undefined {
    return this.#findSpecifiers(from).find((one) => (one.propertyName ?? one.name).text === name)
      ?.name.text;
  }

  /** Returns whether the file imports a value, and uses it. */
  uses(from: string, name: string): boolean {
    const localName = this.getLocalName(from, name);
    return localName !== undefined && this.#used.has(localName);
  }

  /**
   * Returns the edits that import the missing names.
   *
   * @throws `UneditableFileError` when a name has another meaning in the file
   */
  add({ from, names }: PackageImport, style: SourceStyle): TextEdit[] {
    const missing = names.filter((name) => this.getLocalName(from, name) !== name);
    if (missing.length === 0) return [];
    const taken = missing.find((name) => this.#used.has(name) || this.#imported.has(name));
    if (taken) throw new UneditableFileError(`it uses the name ${taken} in another way`);
    const last = this.#findSpecifiers(from).at(-1);
    if (last) return [insertAt(last.end, `, ${missing.join(', ')}`)];
    const declaration = toDeclaration({ from, names: missing }, style);
    return [insertAt(this.#endOfPackages, style.eol + declaration)];
  }

  /** The end of the last declaration that imports from a package, and of the comments after it. */
  get #endOfPackages(): number {
    const end = this.#declarations.findLast((one) => !getSource(one).startsWith('.'))?.end ?? 0;
    return this.ts.getTrailingCommentRanges(this.file.text, end)?.at(-1)?.end ?? end;
  }

  /** Returns the named imports of values from a package. */
  #findSpecifiers(from: string): ts.ImportSpecifier[] {
    return (
      this.#declarations
        .filter((declaration) => getSource(declaration) === from)
        .map(({ importClause }) => importClause)
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- TypeScript 5.8 has no phaseModifier.
        .filter((clause) => clause?.isTypeOnly === false)
        .flatMap((clause) => {
          const bindings = clause?.namedBindings;
          return bindings && this.ts.isNamedImports(bindings) ? [...bindings.elements] : [];
        })
        .filter(({ isTypeOnly }) => !isTypeOnly)
    );
  }

  #listIdentifiers(node: ts.Node): string[] {
    if (this.ts.isIdentifier(node)) return [node.text];
    const names: string[] = [];
    this.ts.forEachChild(node, (child) => {
      names.push(...this.#listIdentifiers(child));
    });
    return names;
  }
}

/** Returns the code of an import declaration. */
export function toDeclaration({ from, names }: PackageImport, style: SourceStyle): string {
  return `import { ${names.join(', ')} } from ${style.quote}${from}${style.quote}${style.semicolon}`;
}

function getSource({ moduleSpecifier }: ts.ImportDeclaration): string {
  return (moduleSpecifier as ts.StringLiteral).text;
}
