import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { ConnectorsService } from '../../connectors.service.js';
import { getConnectorsToken } from '../../connectors.tokens.js';
import type { FaultResponder } from '../emulator/faults/fault.interface.js';
import type { ConnectedConnector } from '../emulator/state/connection.store.js';
import { createTimeout, type Outcome, toOutcome } from './outcome.js';
import { getTimes } from './application-times.js';
import { SurvivalError } from './survival.error.js';
import { TokenFinder } from './token-finder.js';
import type { SurvivesOptions } from './survives.options.js';

const RECOVERY_POLL_MS = 50;

const NOT_READY = 'is not ready for this check: no fault is active yet';
const SETUP = 'the request of this test, and the connectors that it needs.';
const SERVER_URL =
  'the `serverUrl` of the application, which must be `base44.url`. Also look for code that stores the token itself.';

/** The application under test during one check, with the Base44 that it depends on. */
export class Application {
  /** The tokens that the check connected. */
  readonly tokens: string[] = [];
  readonly withinMs: number;
  readonly #recoveryMs: number;
  readonly #connectors: ConnectorsService;
  /** The connection before the check. */
  readonly #original: ConnectedConnector | undefined;
  #heal: () => void = () => undefined;

  constructor(
    app: INestApplicationContext,
    readonly options: SurvivesOptions,
    /** The summary of a failure. */
    private readonly summary: string,
  ) {
    const { base44, connector, user, instance } = options;
    const { responseMs, pauseMs } = getTimes(app);
    this.withinMs = options.withinMs ?? responseMs;
    this.#recoveryMs = this.withinMs + pauseMs;
    this.#connectors = app.get(getConnectorsToken(instance), { strict: false });
    this.#original = base44.getConnection(connector, user);
  }

  /** The number of requests that arrived at Base44. */
  get requests(): number {
    return this.options.base44.requests.length;
  }

  /** Lets Base44 return a new token from now on. */
  connectNewToken(): string {
    const { base44, connector, user } = this.options;
    // The characters + and / differ when they are encoded in a URL.
    const token = `${randomText()}+/${randomText()}`;
    this.tokens.push(token);
    base44.connect(connector, { ...this.#original, accessToken: token }, user);
    return token;
  }

  /**
   * Connects a new token and sends a request, so that the application has the token.
   *
   * @throws `SurvivalError` if the application fails without any fault
   */
  async warmUp(): Promise<{ token: string; outcome: Outcome }> {
    const token = this.connectNewToken();
    await this.invalidate();
    const before = this.requests;
    const outcome = await this.request();
    if (!outcome.isSuccess) throw this.failed('a success', outcome.summary, SETUP, NOT_READY);
    if (this.requests > before) return { token, outcome };
    throw this.failed('a request for a token', 'Base44 received none', SERVER_URL, NOT_READY);
  }

  async invalidate(): Promise<void> {
    await this.#connectors.invalidate();
  }

  /**
   * Sends a request to the application. Resolves in any case, at the latest after `withinMs`.
   *
   * @param abort - aborts the request before its response
   */
  async request(abort = new AbortController()): Promise<Outcome> {
    const end = new AbortController();
    const signal = AbortSignal.any([abort.signal, end.signal]);
    const timeout = sleep(this.withinMs, createTimeout(this.withinMs), { signal: end.signal });
    timeout.catch(() => undefined);
    try {
      return await Promise.race([toOutcome(() => this.options.request(signal)), timeout]);
    } finally {
      end.abort();
    }
  }

  /** Lets every request to Base44 fail, until the next call or {@link Application.heal}. */
  breakBase44(respond: FaultResponder): void {
    this.heal();
    const fault = { isActive: true };
    this.#heal = () => (fault.isActive = false);
    this.options.base44.fault({ respond, times: Infinity, match: () => fault.isActive });
  }

  heal(): void {
    this.#heal();
  }

  /**
   * Ends the fault, and waits until the application works again. An open breaker needs some time.
   *
   * @throws `SurvivalError` if it does not recover
   */
  async recover(): Promise<void> {
    this.heal();
    const endMs = performance.now() + this.#recoveryMs;
    let outcome = await this.request();
    while (!outcome.isSuccess && performance.now() < endMs) {
      await sleep(RECOVERY_POLL_MS);
      outcome = await this.request();
    }
    if (outcome.isSuccess) return;
    throw this.failed(
      `a success within ${this.#recoveryMs} ms after Base44 has recovered`,
      outcome.summary,
      'code that stores failures, or a promise that never settles.',
    );
  }

  /** Restores the state from before the check. */
  async restore(): Promise<void> {
    const { base44, connector, user } = this.options;
    this.heal();
    if (this.#original) base44.connect(connector, this.#original, user);
    else base44.disconnect(connector, user);
    await this.invalidate();
  }

  failed(expected: string, happened: string, look: string, summary = this.summary): SurvivalError {
    const tokens = this.tokens.map((value) => ({ label: 'access token', value }));
    const redacted = new TokenFinder(tokens).redact(happened);
    return new SurvivalError(summary, { expected, happened: redacted ?? happened, look });
  }
}

function randomText(): string {
  return randomBytes(18).toString('base64url');
}
