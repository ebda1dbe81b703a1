import {
  Allow,
  IsArray,
  IsBoolean,
  IsObject,
  IsOptional,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  describeGuardsProblem,
  describePathProblem,
  describeReturnToProblem,
  describeStatusGuardsProblem,
} from './app-user-routes.validator.js';
import { toRules } from './problems.js';
import { Rule } from './rule.decorator.js';
import { isPresent } from './sibling-options.js';

/**
 * The rules of `appUserRoutes`.
 *
 * @internal
 */
export class AppUserRoutesRules {
  @Rule(describePathProblem)
  path?: unknown;

  @IsOptional()
  @Rule(describeGuardsProblem)
  guards?: unknown;

  @IsOptional()
  @Rule(describeReturnToProblem)
  returnTo?: unknown;
}

/**
 * The rules of `statusRoutes`.
 *
 * @internal
 */
export class StatusRoutesRules {
  @Rule(describePathProblem)
  path?: unknown;

  @Rule(describeStatusGuardsProblem)
  guards?: unknown;
}

/**
 * The rules of `exceptionFilter`.
 *
 * @internal
 */
export class ExceptionFilterRules {
  @IsOptional()
  @IsBoolean()
  hideServerErrors?: unknown;

  @IsOptional()
  @IsBoolean()
  findCauses?: unknown;
}

/**
 * The rules of the settings of a registration, which are beside the options.
 *
 * @internal
 */
export class RegistrationRules {
  @IsOptional()
  @IsBoolean()
  isGlobal?: unknown;

  @IsOptional()
  @Rule((name) =>
    typeof name === 'string' && name !== '' ? undefined : "must be a string such as 'crm'",
  )
  name?: unknown;

  @IsOptional()
  @ValidateIf((_, filter) => typeof filter !== 'boolean')
  @ValidateNested()
  @IsObject({
    message: '$property must be true, false, or an object such as { hideServerErrors: true }',
  })
  exceptionFilter?: unknown;

  @IsOptional()
  @ValidateNested()
  @IsObject({ message: '$property must be an object such as { path, guards }' })
  appUserRoutes?: unknown;

  @IsOptional()
  @ValidateNested()
  @IsObject({ message: '$property must be an object such as { path, guards }' })
  statusRoutes?: unknown;

  @IsOptional()
  @IsArray({ message: '$property must be a list of providers' })
  extraProviders?: unknown;

  constructor(settings: object) {
    assign(this, settings);
  }
}

/**
 * The rules of the argument of `forRootAsync`.
 *
 * @internal
 */
export class AsyncRegistrationRules extends RegistrationRules {
  @Rule((useFactory, { useClass, useExisting }) => {
    if (typeof useFactory === 'function') return undefined;
    return isPresent(useFactory) || ![useClass, useExisting].some(isPresent)
      ? 'is required: a function that returns the options'
      : undefined;
  })
  useFactory?: unknown;

  @IsOptional()
  @Rule((useClass) =>
    hasFactoryMethod(useClass)
      ? undefined
      : 'must be a class with a method createConnectorsOptions()',
  )
  useClass?: unknown;

  @Allow()
  useExisting?: unknown;

  @Allow()
  inject?: unknown;

  @Allow()
  imports?: unknown;

  @Allow()
  provideInjectionTokensFrom?: unknown;

  constructor(settings: object) {
    super({});
    assign(this, settings);
  }
}

function assign(rules: RegistrationRules, settings: object): void {
  Object.assign(rules, settings);
  rules.appUserRoutes = toRules(AppUserRoutesRules, rules.appUserRoutes);
  rules.statusRoutes = toRules(StatusRoutesRules, rules.statusRoutes);
  rules.exceptionFilter = toRules(ExceptionFilterRules, rules.exceptionFilter);
}

/**
 * Returns whether a class creates options.
 *
 * @internal
 */
export function hasFactoryMethod(useClass: unknown): boolean {
  const { prototype } = Object(useClass) as { prototype?: Record<string, unknown> };
  return typeof prototype?.createConnectorsOptions === 'function';
}
