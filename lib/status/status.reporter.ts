import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { toConnectorRef } from '../common/connector-ref.formatter.js';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import type { Secret } from '../common/secret.js';
import { ConnectorStatuses } from '../connections/connector-statuses.js';
import type { ConnectorStatus } from '../interfaces/connector-status.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { ReportedConnector, StatusReport } from '../interfaces/status-report.interface.js';
import {
  CONNECTORS_INSTANCE,
  CONNECTORS_OPTIONS,
  type ConnectorsInstance,
  type ConnectorsOptions,
} from '../options/connectors.options.js';
import { Base44Availability } from '../telemetry/base44-availability.js';
import { ActivityRecorder } from './activity.recorder.js';
import { HOUR_MS } from './connector-activity.js';

/**
 * Creates reports for operators from memory, so that an outage does not delay them.
 *
 * @internal
 */
@Injectable()
export class StatusReporter {
  readonly #hasBreaker: boolean;

  constructor(
    @Inject(ConnectorStatuses) private readonly statuses: ConnectorStatuses,
    @Inject(ActivityRecorder) private readonly recorder: ActivityRecorder,
    @Inject(Base44Availability) private readonly availability: Base44Availability,
    @Inject(CONNECTORS_INSTANCE) private readonly instance: ConnectorsInstance,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>,
  ) {
    this.#hasBreaker = options.reveal().resilience.breaker !== false;
  }

  async create(): Promise<StatusReport> {
    const { name } = this.instance;
    const at = new Date();
    const others = this.recorder.listOthers().map((connector) => this.#describe(connector));
    const connectors = [...(await this.statuses.list()), ...others];
    return {
      ...(name !== undefined && { instance: name }),
      at,
      countedSince: new Date(Math.max(this.recorder.startedAt.getTime(), at.getTime() - HOUR_MS)),
      breaker: this.#createBreakerReport(),
      connectors: connectors.map((status) => this.#toReported(status)).filter(isRequiredOrUsed),
    };
  }

  #createBreakerReport(): StatusReport['breaker'] {
    const openings = this.recorder.countOpenings();
    if (!this.#hasBreaker) return { state: 'disabled', openings };
    const since = this.availability.unavailableSince;
    return since === undefined ? { state: 'closed', openings } : { state: 'open', since, openings };
  }

  #describe(connector: Connector): ConnectorStatus {
    return this.statuses.describe({
      connector: toConnectorRef(connector),
      isOptional: true,
      needsToken: false,
      requiredBy: [],
    });
  }

  #toReported({ needsToken: _, ...status }: ConnectorStatus): ReportedConnector {
    const activity = this.recorder.get(parseConnectorRef(status.connector));
    return { ...status, ...activity.report(this.clock.monotonicMs()) };
  }
}

function isRequiredOrUsed({ requiredBy, hitRate, lastError }: ReportedConnector): boolean {
  return requiredBy.length > 0 || hitRate !== null || lastError !== undefined;
}
