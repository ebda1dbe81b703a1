import type ts from 'typescript';
import type { SourceStyle } from './source-style.js';
import { insertAt, type TextEdit } from './text-edits.js';
import type { TypeScript } from './typescript.loader.js';
import { UneditableModuleError } from './uneditable-module.error.js';

/** Names that code imports from a package. */
export interface PackageImport {
  readonly from: string;
  readonly names: readonly string[];
}

/** The import declarations of a source file, and its uses of the imported names. */
export class ImportDeclarations {
  readonly #declarations: readonly ts.ImportDeclaration[];
  readonly #used: ReadonlySet<string>;

  constructor(
    private readonly ts: TypeScript,
    file: ts.SourceFile,
  ) {
    this.#declarations = file.statements.filter((statement) => ts.isImportDeclaration(statement));
    const others = file.statements.filter((statement) => !ts.isImportDeclaration(statement));
    this.#used = new Set(others.flatMap((statement) => listIdentifiers(ts, statement)));
  }

  /** The text of the first declaration. */
  get first(): string {
    return this.#declarations[0]?.getText() ?? '';
  }

  /** Returns the declaration of a value, or `undefined`. */
  find({ from, name }: { from: string; name: string }): ts.ImportDeclaration | undefined {
    return this.#findFrom(from).find((declaration) =>
      this.#getSpecifiers(declaration).some(
        (specifier) => !specifier.isTypeOnly && specifier.name.text === name,
      ),
    );
  }

  /** Returns the local name of an imported value, which `as` can change. */
  getLocalName({ from, name }: { from: string; name: string }): string | undefined {
    return this.#findFrom(from)
      .flatMap((declaration) => this.#getSpecifiers(declaration))
      .find((specifier) => (specifier.propertyName ?? specifier.name).text === name)?.name.text;
  }

  /** Returns whether the file imports a value, and uses it. */
  uses(wanted: { from: string; name: string }): boolean {
    return this.find(wanted) !== undefined && this.#used.has(wanted.name);
  }

  /**
   * Returns the edits that import the missing names.
   *
   * @throws `UneditableModuleError` when a name has another meaning in the file
   */
  add({ from, names }: PackageImport, style: SourceStyle): TextEdit[] {
    const missing = names.filter((name) => this.find({ from, name }) === undefined);
    if (missing.length === 0) return [];
    const taken = missing.find((name) => this.#used.has(name) || this.#isImported(name));
    if (taken !== undefined) {
      throw new UneditableModuleError(`${taken} has another meaning in it`);
    }
    const last = this.#findFrom(from)
      .flatMap((one) => this.#getSpecifiers(one))
      .at(-1);
    if (last) return [insertAt(last.end, `, ${missing.join(', ')}`)];
    return [insertAt(this.#findLastOfPackage().end, style.eol + write({ from, names }, style))];
  }

  /** Returns the declarations of values with named imports. */
  #findFrom(from: string): ts.ImportDeclaration[] {
    return this.#declarations.filter(
      (declaration) =>
        getSource(declaration) === from &&
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- TypeScript 5.8 has no phaseModifier.
        declaration.importClause?.isTypeOnly === false,
    );
  }

  #findLastOfPackage(): ts.ImportDeclaration {
    const last = this.#declarations.findLast((one) => !getSource(one).startsWith('.'));
    if (last) return last;
    throw new UneditableModuleError('it imports no package');
  }

  #isImported(name: string): boolean {
    return this.#declarations.some((one) => listIdentifiers(this.ts, one).includes(name));
  }

  #getSpecifiers(declaration: ts.ImportDeclaration): readonly ts.ImportSpecifier[] {
    const bindings = declaration.importClause?.namedBindings;
    return bindings && this.ts.isNamedImports(bindings) ? bindings.elements : [];
  }
}

/** Writes an import declaration. */
export function write({ from, names }: PackageImport, { quote, semicolon }: SourceStyle): string {
  return `import { ${names.join(', ')} } from ${quote}${from}${quote}${semicolon}`;
}

function getSource({ moduleSpecifier }: ts.ImportDeclaration): string {
  return (moduleSpecifier as ts.StringLiteral).text;
}

function listIdentifiers(ts: TypeScript, node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  const names: string[] = [];
  ts.forEachChild(node, (child) => {
    names.push(...listIdentifiers(ts, child));
  });
  return names;
}
