import type ts from 'typescript';
import type { ImportDeclarations } from './import-declarations.js';
import type { TypeScript } from './typescript.loader.js';
import { UneditableFileError } from './uneditable-file.error.js';

interface DecoratedClass {
  readonly name: string;
  readonly decorator: ts.CallExpression;
}

/** The metadata of a module: the object in `@Module({ … })`. */
export interface ModuleMetadata {
  readonly object: ts.ObjectLiteralExpression;
  /** The array in `imports`, if there is one. */
  readonly imports: ts.ArrayLiteralExpression | undefined;
}

/**
 * Finds the metadata of the root module in a source file.
 *
 * @throws `UneditableFileError` when it cannot be found, or has a form that an edit could break
 */
export function findMetadata(
  ts: TypeScript,
  file: ts.SourceFile,
  declarations: ImportDeclarations,
): ModuleMetadata {
  const moduleName = declarations.getLocalName('@nestjs/common', 'Module');
  const classes = file.statements
    .filter((statement) => ts.isClassDeclaration(statement))
    .flatMap((one) => findDecorator(ts, one, moduleName));
  const [argument] = selectRoot(classes).decorator.arguments;
  if (!argument || !ts.isObjectLiteralExpression(argument)) {
    throw new UneditableFileError('the argument of @Module() is not an object literal');
  }
  return { object: argument, imports: findImports(ts, argument) };
}

function findDecorator(
  ts: TypeScript,
  declaration: ts.ClassDeclaration,
  moduleName: string | undefined,
): DecoratedClass[] {
  return (ts.getDecorators(declaration) ?? [])
    .map(({ expression }) => expression)
    .filter((expression) => ts.isCallExpression(expression))
    .filter(({ expression }) => ts.isIdentifier(expression) && expression.text === moduleName)
    .map((decorator) => ({ name: declaration.name?.text ?? 'default', decorator }));
}

function selectRoot(classes: readonly DecoratedClass[]): DecoratedClass {
  const [first, ...others] = classes;
  if (!first) throw new UneditableFileError('it has no class with @Module() of @nestjs/common');
  const root = others.length === 0 ? first : classes.find(({ name }) => name === 'AppModule');
  if (root) return root;
  const names = classes.map(({ name }) => name).join(', ');
  throw new UneditableFileError(`it has several modules (${names}), and none is AppModule`);
}

/** A spread can contain `imports`, or replace those before it. */
function findImports(
  ts: TypeScript,
  { properties }: ts.ObjectLiteralExpression,
): ts.ArrayLiteralExpression | undefined {
  const index = properties.findLastIndex(({ name }) => isImports(ts, name));
  if (properties.slice(index + 1).some((property) => ts.isSpreadAssignment(property))) {
    throw new UneditableFileError('a spread (...) in @Module() can contain imports');
  }
  const property = properties[index];
  if (property === undefined) return undefined;
  if (ts.isPropertyAssignment(property) && ts.isArrayLiteralExpression(property.initializer)) {
    return property.initializer;
  }
  throw new UneditableFileError('its imports are not an array literal');
}

function isImports(ts: TypeScript, name: ts.PropertyName | undefined): boolean {
  if (!name) return false;
  if (ts.isComputedPropertyName(name)) {
    throw new UneditableFileError('a computed name in @Module() can be imports');
  }
  return name.text === 'imports';
}
