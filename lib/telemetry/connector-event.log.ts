import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConnectorEvent } from '../interfaces/connector-event.interface.js';
import { ConnectorEvents } from './connector-events.js';

const WINDOW_MS = 60_000;

/** The limit of "not connected" in a minute, because clients of the application may choose connector ids. */
const MAX_LINES = 50;

/**
 * Logs one line for each event, and nothing for each request.
 *
 * @internal
 */
@Injectable()
export class ConnectorEventLog {
  readonly #logger = new Logger('ConnectorsModule');
  #isPaused = false;
  #windowEndsAtMs = 0;
  #lines = 0;

  constructor(@Inject(ConnectorEvents) events: ConnectorEvents) {
    events.events$.subscribe((event) => {
      if (this.#isPaused || (event.type === 'not_connected' && !this.#isWithinLimit())) return;
      const label = event.instance === undefined ? '' : `[${event.instance}] `;
      this.#logger[getLevel(event)](`${label}${describe(event)}`);
    });
  }

  #isWithinLimit(): boolean {
    const nowMs = performance.now();
    if (nowMs >= this.#windowEndsAtMs) {
      this.#windowEndsAtMs = nowMs + WINDOW_MS;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines === MAX_LINES + 1) {
      this.#logger.warn('More connectors are not connected. They are not logged for a minute.');
    }
    return this.#lines <= MAX_LINES;
  }

  /** Runs work that reports the states of connections itself. */
  async pauseFor<T>(work: () => Promise<T>): Promise<T> {
    this.#isPaused = true;
    try {
      return await work();
    } finally {
      this.#isPaused = false;
    }
  }
}

/** Returns the level: an error needs a person now, and a warning may. */
function getLevel({
  type,
  kind,
  previousState,
}: ConnectorEvent): 'error' | 'warn' | 'log' | 'debug' {
  switch (type) {
    case 'base44_unavailable':
      return 'error';
    case 'reauthorization_required':
      return kind === 'appUserConnector' ? 'log' : 'error';
    case 'not_connected':
      return 'warn';
    case 'connected':
      return previousState === 'unknown' ? 'debug' : 'log';
    default:
      return 'log';
  }
}

function describe({ type, connector = '', kind }: ConnectorEvent): string {
  const account =
    kind === 'appUserConnector'
      ? `An account of connector '${connector}'`
      : `Connector '${connector}'`;
  switch (type) {
    case 'connected':
      return `${account} is connected.`;
    case 'not_connected':
      return `${account} is not connected in the Base44 app.`;
    case 'reauthorization_required':
      return `${account} must be connected again, because the provider rejects its newest token.`;
    case 'recovered':
      return `${account} works again.`;
    case 'base44_unavailable':
      return 'Base44 is unavailable. Cached connections are served while they are usable.';
    case 'base44_available':
      return 'Base44 is available again.';
  }
}
