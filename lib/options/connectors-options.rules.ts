import {
  IsBoolean,
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
import { serverUrlProblem } from './server-url.problem.js';
import { clientProblem, serviceTokenProblem } from './service-role.problem.js';
import { IDENTIFIER_RULE, isWellFormedIdentifier } from './well-formed.js';

/** Past 2^31 ms a timer fires at once; ten minutes are longer than anybody waits. */
const MAX_DEADLINE_MS = 600_000;
const MAX_TTL_MS = 2 ** 31 - 1;
const MAX_ENTRIES = 10_000_000;

type ProblemOf = (value: unknown, options: ConnectorsOptionsRules) => string | undefined;

/** A rule of our own: `problemOf` completes the sentence that begins with the property's name. */
function Rule(name: string, problemOf: ProblemOf): PropertyDecorator {
  const problem = (args?: ValidationArguments): string | undefined =>
    args && problemOf(args.value, args.object);
  return ValidateBy({
    name,
    validator: {
      validate: (_, args) => problem(args) === undefined,
      defaultMessage: (args) => `$property ${problem(args) ?? ''}`,
    },
  });
}

class CacheRules {
  @IsOptional()
  @Max(MAX_TTL_MS)
  @Min(1)
  @IsInt()
  ttlMs?: unknown;

  @IsOptional()
  @Max(MAX_ENTRIES)
  @Min(1)
  @IsInt()
  maxEntries?: unknown;
}

class ResilienceRules {
  @IsOptional()
  @Max(MAX_DEADLINE_MS)
  @Min(1)
  @IsInt()
  deadlineMs?: unknown;
}

/**
 * The rules of the module's options, for class-validator.
 *
 * @internal
 */
export class ConnectorsOptionsRules {
  @Rule('appId', (value) =>
    isWellFormedIdentifier(value)
      ? undefined
      : `must be the app's id from the address of its Base44 editor: ${IDENTIFIER_RULE}`,
  )
  appId?: unknown;

  @Rule('serviceToken', (value, { client }) => serviceTokenProblem(value, client))
  serviceToken?: unknown;

  @IsOptional()
  @Rule('serverUrl', (value, { allowInsecureServerUrl }) =>
    serverUrlProblem(value, allowInsecureServerUrl === true),
  )
  serverUrl?: unknown;

  @IsOptional()
  @IsBoolean()
  allowInsecureServerUrl?: unknown;

  @IsOptional()
  @Rule('client', clientProblem)
  client?: unknown;

  @IsOptional()
  @IsBoolean()
  useEnvironmentProxy?: unknown;

  @IsOptional()
  @ValidateIf(({ cache }: ConnectorsOptionsRules) => cache !== false)
  @ValidateNested()
  @IsObject({ message: '$property must be an object of settings, or false' })
  cache?: unknown;

  @IsOptional()
  @ValidateNested()
  @IsObject({ message: '$property must be an object of settings' })
  resilience?: unknown;

  constructor(options: object) {
    Object.assign(this, options);
    this.cache = nested(CacheRules, this.cache);
    this.resilience = nested(ResilienceRules, this.resilience);
  }
}

function nested(Rules: new () => object, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(new Rules(), value)
    : value;
}
