import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ConnectorsService } from './connectors.service.js';
import { ConnectorNotConnectedError } from './errors/connection.errors.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import { isConnectorsError } from './errors/connectors.error.js';
import type { ConnectorRequirement } from './interfaces/connector-requirement.interface.js';
import type { VerifyOnBootstrap } from './interfaces/connectors-module-options.interface.js';
import { isTransient } from './resilience/retryable.js';

/** What is known of one connector. */
interface Finding {
  readonly kind: 'works' | 'unknown' | 'problem';
  readonly line: string;
}

/**
 * Asks for every connector that decorators require, once the application has booted, and
 * reports what it finds.
 *
 * @internal
 */
export class ConnectorsVerifier implements OnApplicationBootstrap {
  readonly #logger = new Logger('ConnectorsModule');
  readonly #connectors: ConnectorsService;
  readonly #mode: VerifyOnBootstrap;

  constructor(connectors: ConnectorsService, mode: VerifyOnBootstrap) {
    this.#connectors = connectors;
    this.#mode = mode;
  }

  /**
   * @throws {@link ConnectorsConfigurationError} with `'fail'`, when a connector does not work
   */
  async onApplicationBootstrap(): Promise<void> {
    if (this.#mode === 'off') return;
    const requirements = this.#connectors.requirements();
    const findings = await Promise.all(requirements.map((one) => this.#check(one)));
    const problems = findings.filter(({ kind }) => kind === 'problem').map(({ line }) => line);
    if (this.#mode === 'fail' && problems.length > 0) {
      throw new ConnectorsConfigurationError(
        'The application needs connectors that do not work:',
        problems,
      );
    }
    if (findings.length > 0) this.#report(findings);
  }

  #report(findings: readonly Finding[]): void {
    const lines = findings.map(({ line }) => `- ${line}`);
    const report = ['Connectors that the application needs:', ...lines].join('\n');
    if (findings.every(({ kind }) => kind === 'works')) this.#logger.log(report);
    else this.#logger.warn(report);
  }

  async #check(requirement: ConnectorRequirement): Promise<Finding> {
    const { connector, isOptional, requiredBy } = requirement;
    const finding = (kind: Finding['kind'], state: string): Finding => ({
      kind,
      line: `${nameOf(connector)}, for ${requiredBy.join(' and ')}: ${state}`,
    });
    if (isOfUser(connector)) return finding('works', 'each user connects an account');
    try {
      await this.#connectors.getConnection(connector);
      return finding('works', 'connected');
    } catch (error) {
      if (isOptional && error instanceof ConnectorNotConnectedError) {
        return finding('works', 'not connected, and optional');
      }
      if (!isConnectorsError(error)) return finding('unknown', 'could not be checked');
      return isTransient(error)
        ? finding('unknown', `could not be checked. ${error.message}`)
        : finding('problem', error.message);
    }
  }
}

function isOfUser(connector: ConnectorRequirement['connector']): boolean {
  return typeof connector === 'object' && 'appUserConnector' in connector;
}

function nameOf(connector: ConnectorRequirement['connector']): string {
  return typeof connector === 'string' ? connector : Object.entries(connector).flat().join(' ');
}
