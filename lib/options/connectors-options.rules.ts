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
import { brokerProblem, brokerSecretProblem, brokerUrlProblem } from './broker.validator.js';
import {
  appUserTokenProblem,
  requestProblem,
  trustedAppIdsProblem,
  trustedServerUrlsProblem,
} from './request.validator.js';
import { serverUrlProblem } from '../common/server-url.js';
import { clientProblem, serviceTokenProblem } from './service-role.validator.js';
import { encryptionKeysProblem, storeProblem } from './store.validator.js';
import { verifyOnBootstrapProblem } from './verify-on-bootstrap.validator.js';
import { IDENTIFIER_RULE, isWellFormedIdentifier } from '../common/well-formed.js';

/** Past 2^31 ms a timer fires at once; ten minutes are longer than anybody waits. */
const MAX_DEADLINE_MS = 600_000;
const MAX_TTL_MS = 2 ** 31 - 1;
const MAX_ENTRIES = 10_000_000;
const MAX_RETRIES = 10;

type Siblings = Readonly<Record<string, unknown>>;

/** A rule of our own: `problemOf` completes the sentence that begins with the property's name. */
function Rule(
  name: string,
  problemOf: (value: unknown, siblings: Siblings) => string | undefined,
): PropertyDecorator {
  const problem = (args?: ValidationArguments): string | undefined =>
    args && problemOf(args.value, args.object as Siblings);
  return ValidateBy({
    name,
    validator: {
      validate: (_, args) => problem(args) === undefined,
      defaultMessage: (args) => `$property ${problem(args) ?? ''}`,
    },
  });
}

/** Settings that have rules of their own, or `false`. */
function SettingsOrFalse(): PropertyDecorator {
  return (target, property) => {
    for (const rule of [
      IsOptional(),
      ValidateIf((_, value) => value !== false),
      ValidateNested(),
      IsObject({ message: '$property must be an object of settings, or false' }),
    ]) {
      rule(target, property);
    }
  };
}

/** A whole number within bounds. */
function Whole(min: number, max: number): PropertyDecorator {
  return (target, property) => {
    for (const rule of [IsOptional(), IsInt(), Min(min), Max(max)]) rule(target, property);
  };
}

class CacheRules {
  @Whole(1, MAX_TTL_MS)
  ttlMs?: unknown;

  @Whole(0, MAX_TTL_MS)
  negativeTtlMs?: unknown;

  @Whole(0, MAX_TTL_MS)
  staleIfErrorMs?: unknown;

  @Whole(1, MAX_ENTRIES)
  maxEntries?: unknown;

  @IsOptional()
  @Rule('store', storeProblem)
  store?: unknown;

  @Rule('encryptionKeys', (keys, { store }) => encryptionKeysProblem(keys, store))
  encryptionKeys?: unknown;

  @Whole(1, MAX_DEADLINE_MS)
  storeDeadlineMs?: unknown;
}

class BreakerRules {
  @Whole(1, MAX_ENTRIES)
  failureThreshold?: unknown;

  @Whole(1, MAX_TTL_MS)
  halfOpenAfterMs?: unknown;
}

class ResilienceRules {
  @Whole(1, MAX_DEADLINE_MS)
  attemptTimeoutMs?: unknown;

  @Whole(1, MAX_DEADLINE_MS)
  deadlineMs?: unknown;

  @Whole(0, MAX_RETRIES)
  retries?: unknown;

  @SettingsOrFalse()
  breaker?: unknown;
}

class RequestRules {
  @IsOptional()
  @IsBoolean()
  base44Headers?: unknown;

  @IsOptional()
  @Rule('trustedServerUrls', trustedServerUrlsProblem)
  trustedServerUrls?: unknown;

  @IsOptional()
  @Rule('trustedAppIds', trustedAppIdsProblem)
  trustedAppIds?: unknown;

  @Rule('appUserToken', appUserTokenProblem)
  appUserToken?: unknown;
}

class BrokerRules {
  @Rule('url', brokerUrlProblem)
  url?: unknown;

  @Rule('secret', brokerSecretProblem)
  secret?: unknown;
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

  @Rule('serviceToken', serviceTokenProblem)
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
  @ValidateNested()
  @IsObject({ message: '$property must be an object with url and secret' })
  @Rule('broker', brokerProblem)
  broker?: unknown;

  @IsOptional()
  @ValidateNested()
  @IsObject({ message: '$property must be an object that says what may be taken from requests' })
  @Rule('request', requestProblem)
  request?: unknown;

  @IsOptional()
  @IsBoolean()
  useEnvironmentProxy?: unknown;

  @SettingsOrFalse()
  cache?: unknown;

  @SettingsOrFalse()
  resilience?: unknown;

  @IsOptional()
  @Rule('verifyOnBootstrap', verifyOnBootstrapProblem)
  verifyOnBootstrap?: unknown;

  constructor(options: object) {
    Object.assign(this, options);
    this.broker = nested(BrokerRules, this.broker);
    this.request = nested(RequestRules, this.request);
    this.cache = nested(CacheRules, this.cache);
    this.resilience = nested(ResilienceRules, this.resilience);
    if (this.resilience instanceof ResilienceRules) {
      this.resilience.breaker = nested(BreakerRules, this.resilience.breaker);
    }
  }
}

function nested(Rules: new () => object, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(new Rules(), value)
    : value;
}
