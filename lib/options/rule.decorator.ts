import { applyDecorators } from '@nestjs/common';
import {
  IsInt,
  IsObject,
  IsOptional,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationArguments,
} from 'class-validator';
import type { SiblingOptions } from './sibling-options.js';

/**
 * Returns a clause that completes the sentence "`option` …", or `undefined` for a valid option.
 *
 * @internal
 */
export type DescribeProblem = (option: unknown, siblings: SiblingOptions) => string | undefined;

/**
 * Checks an option with a function that also sees the options beside it.
 *
 * @internal
 */
export function Rule(describeProblem: DescribeProblem): PropertyDecorator {
  const check = (args?: ValidationArguments): string | undefined =>
    args && describeProblem(args.value, args.object as SiblingOptions);
  return ValidateBy({
    name: 'rule',
    validator: {
      validate: (_, args) => check(args) === undefined,
      defaultMessage: (args) => `$property ${String(check(args))}`,
    },
  });
}

/**
 * Accepts an absent option, or a whole number within bounds.
 *
 * @internal
 */
export function IsOptionalInt(min: number, max: number): PropertyDecorator {
  return applyDecorators(IsOptional(), IsInt(), Min(min), Max(max));
}

/**
 * Accepts an absent option, `false`, or an object that has rules of its own.
 *
 * @internal
 */
export function IsSettingsOrFalse(): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    ValidateIf((_, option) => option !== false),
    ValidateNested(),
    IsObject({ message: '$property must be an object of settings, or false' }),
  );
}
