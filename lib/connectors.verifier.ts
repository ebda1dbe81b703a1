import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { formatConnectorRef, isAppUserConnector } from './common/connector-ref.formatter.js';
import type { Secret } from './common/secret.js';
import { ConnectorsService } from './connectors.service.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import { isNotConnectedError } from './errors/connection.errors.js';
import { suggestConnector } from './errors/connector-names.js';
import { isConnectorsError } from './errors/connectors.error.js';
import type { ConnectorRequirement } from './interfaces/connector-requirement.interface.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import type { VerifyOnBootstrap } from './interfaces/connectors-module-options.interface.js';
import { CONNECTORS_OPTIONS, type ConnectorsOptions } from './options/connectors.options.js';
import { RefusalCache } from './resilience/refusal.cache.js';
import { isTransient } from './resilience/retryable.js';
import { ConnectorEventLog } from './telemetry/connector-event.log.js';

interface Finding {
  readonly kind: 'works' | 'unknown' | 'problem';
  readonly text: string;
}

/**
 * Requests the connection of every connector that decorators require, once the application has
 * started, and reports the results.
 *
 * @internal
 */
@Injectable()
export class ConnectorsVerifier implements OnApplicationBootstrap {
  readonly #logger = new Logger('ConnectorsModule');
  readonly #mode: VerifyOnBootstrap;

  constructor(
    @Inject(ConnectorsService) private readonly connectors: ConnectorsService,
    @Inject(RequiredConnectors) private readonly required: RequiredConnectors,
    @Inject(RefusalCache) private readonly refusals: RefusalCache,
    @Inject(ConnectorEventLog) private readonly log: ConnectorEventLog,
    @Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>,
  ) {
    this.#mode = options.reveal().verifyOnBootstrap;
  }

  /**
   * Verifies the required connectors.
   *
   * @throws {@link ConnectorsConfigurationError} in mode `'fail'`, when a connector does not work
   */
  async onApplicationBootstrap(): Promise<void> {
    if (this.#mode === 'off') return;
    this.refusals.clear();
    const requirements = this.required.list();
    const findings = await this.log.pauseFor(() =>
      Promise.all(requirements.map((one) => this.#verify(one))),
    );
    const problems = findings.filter(({ kind }) => kind === 'problem').map(({ text }) => text);
    if (this.#mode === 'fail' && problems.length > 0) {
      throw new ConnectorsConfigurationError(
        'The application needs connectors that do not work:',
        problems,
      );
    }
    if (findings.length > 0) this.#report(findings);
  }

  #report(findings: readonly Finding[]): void {
    const lines = findings.map(({ text }) => `- ${text}`);
    const report = ['Connectors that the application needs:', ...lines].join('\n');
    if (findings.every(({ kind }) => kind === 'works')) this.#logger.log(report);
    else this.#logger.warn(report);
  }

  async #verify(requirement: ConnectorRequirement): Promise<Finding> {
    const { kind, text } = await this.#request(requirement);
    const { connector, requiredBy } = requirement;
    return {
      kind,
      text: `${formatConnectorRef(connector)}, required by ${requiredBy.join(' and ')}: ${text}`,
    };
  }

  async #request(requirement: ConnectorRequirement): Promise<Finding> {
    const { connector } = requirement;
    if (isAppUserConnector(connector)) {
      return { kind: 'works', text: 'each user connects an account' };
    }
    try {
      await this.connectors.getConnection(connector);
      return { kind: 'works', text: 'connected' };
    } catch (error) {
      return toFinding(error, requirement);
    }
  }
}

function toFinding(
  error: unknown,
  { connector, isOptional, needsToken }: ConnectorRequirement,
): Finding {
  if (isOptional && isNotConnectedError(error)) return toOptionalFinding(connector);
  if (!isConnectorsError(error)) return { kind: 'unknown', text: 'could not be checked' };
  if (!needsToken && error.code === 'CONNECTOR_METERED') {
    return { kind: 'works', text: 'metered, so Base44 calls its API' };
  }
  return isTransient(error)
    ? { kind: 'unknown', text: `could not be checked. ${error.message}` }
    : { kind: 'problem', text: error.message };
}

/** An unknown name is reported, because connecting it may never succeed. */
function toOptionalFinding(connector: ConnectorRef): Finding {
  const text = 'not connected, and optional';
  const suggestion = typeof connector === 'string' ? suggestConnector(connector) : undefined;
  return suggestion === undefined
    ? { kind: 'works', text }
    : { kind: 'unknown', text: `${text}. ${suggestion}` };
}
