import { type ValidationError, validateSync } from 'class-validator';
import { suggestName } from '../errors/similar-name.js';

/** A class of rules. Its fields are the names of the options. */
type Rules = new (options: object) => object;

/**
 * Returns a sentence for each mistake that class-validator finds.
 *
 * @param rules - options within the class that has their rules
 * @param misplaced - sentences about names that are options elsewhere
 * @param alternatives - further names to suggest
 * @internal
 */
export function findProblems(
  rules: object,
  misplaced: (name: string) => string | undefined,
  alternatives: readonly string[] = [],
): string[] {
  const errors = validateSync(rules, {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  return errors.flatMap((error) =>
    isUnknown(error)
      ? (misplaced(error.property) ?? describeUnknownOption(error, alternatives))
      : toProblems(error),
  );
}

/**
 * Copies settings into the class that has their rules, because class-validator finds rules by class.
 *
 * @internal
 */
export function toRules(Rules: new () => object, settings: unknown): unknown {
  return typeof settings === 'object' && settings !== null && !Array.isArray(settings)
    ? Object.assign(new Rules(), settings)
    : settings;
}

/**
 * Returns the names of the options that a class has rules for.
 *
 * @internal
 */
export function getOptionNames(RulesClass: Rules): string[] {
  return Object.keys(new RulesClass({}));
}

function toProblems(error: ValidationError): string[] {
  const { property, constraints = {}, children = [] } = error;
  const own = isUnknown(error) ? [describeUnknownOption(error)] : Object.values(constraints);
  return [...own, ...children.flatMap(toProblems).map((problem) => `${property}.${problem}`)];
}

function isUnknown({ constraints = {} }: ValidationError): boolean {
  return 'whitelistValidation' in constraints;
}

function describeUnknownOption(
  { property, target = {} }: ValidationError,
  alternatives: readonly string[] = [],
): string {
  const known = getOptionNames(target.constructor as Rules);
  const suggestion = suggestName(property, [...known, ...alternatives]);
  return `${property} is not an option of this module${suggestion}`;
}
