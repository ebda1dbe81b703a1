import { toDeclaration } from './import-declarations.js';
import { indentLines, README_STYLE } from './source-style.js';
import { getElements, getImports, type Way } from './ways.js';

/**
 * Returns a message with the lines that the user adds to a root module.
 *
 * @param reason - completes "was not changed because"
 */
export function describeManualEdit(path: string, reason: string, way: Way): string {
  const imports = getImports(way).map((wanted) => toDeclaration(wanted, README_STYLE));
  return `${path} was not changed because ${reason}.
Add these lines to the root module by hand, and keep its other imports:

${imports.join('\n')}

@Module({
  imports: [
${indentLines(indentLines(getElements(way)))},
  ],
})
`;
}
