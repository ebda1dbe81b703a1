import { IsBoolean, IsIn, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { describeServerUrlProblem } from '../common/server-url.js';
import { IDENTIFIER_RULE, isWellFormedIdentifier } from '../common/well-formed.js';
import { describeAppUrlProblem } from './app-url.validator.js';
import { describeBrokerProblem } from './broker.validator.js';
import {
  BreakerRules,
  BrokerRules,
  CacheRules,
  RequestRules,
  ResilienceRules,
} from './nested-options.rules.js';
import { toRules } from './problems.js';
import { describeRequestProblem } from './request.validator.js';
import { IsSettingsOrFalse, Rule } from './rule.decorator.js';
import {
  describeClientProblem,
  describeServiceTokenProblem,
  describeVerifyOnBootstrapProblem,
} from './service-role.validator.js';

/**
 * The rules by which class-validator checks the module's options. The rules of an option
 * apply from the bottom up, and the first problem is reported.
 *
 * @internal
 */
export class ConnectorsOptionsRules {
  @Rule((appId) =>
    isWellFormedIdentifier(appId)
      ? undefined
      : `must be the app's id from the URL of its Base44 editor: ${IDENTIFIER_RULE}`,
  )
  appId?: unknown;

  @Rule(describeServiceTokenProblem)
  serviceToken?: unknown;

  @IsOptional()
  @Rule((serverUrl, { allowInsecureServerUrl }) =>
    describeServerUrlProblem(serverUrl, allowInsecureServerUrl === true),
  )
  serverUrl?: unknown;

  @IsOptional()
  @Rule(describeAppUrlProblem)
  appUrl?: unknown;

  @IsOptional()
  @IsBoolean()
  allowInsecureServerUrl?: unknown;

  @IsOptional()
  @Rule(describeClientProblem)
  client?: unknown;

  @IsOptional()
  @ValidateNested()
  @IsObject({ message: '$property must be an object with url and secret' })
  @Rule(describeBrokerProblem)
  broker?: unknown;

  @IsOptional()
  @ValidateNested()
  @IsObject({ message: '$property must be an object that says what to read from requests' })
  @Rule(describeRequestProblem)
  request?: unknown;

  @IsOptional()
  @IsBoolean()
  useEnvironmentProxy?: unknown;

  @IsSettingsOrFalse()
  cache?: unknown;

  @IsSettingsOrFalse()
  resilience?: unknown;

  @IsOptional()
  @Rule(describeVerifyOnBootstrapProblem)
  @IsIn(['off', 'warn', 'fail'], { message: "$property must be 'off', 'warn' or 'fail'" })
  verifyOnBootstrap?: unknown;

  constructor(options: object) {
    Object.assign(this, options);
    this.broker = toRules(BrokerRules, this.broker);
    this.request = toRules(RequestRules, this.request);
    this.cache = toRules(CacheRules, this.cache);
    this.resilience = toRules(ResilienceRules, this.resilience);
    if (this.resilience instanceof ResilienceRules) {
      this.resilience.breaker = toRules(BreakerRules, this.resilience.breaker);
    }
  }
}
