import { Test, type TestingModule } from '@nestjs/testing';
import {
  type Connector,
  ConnectorsModule,
  ConnectorsService,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { Clock } from '../../lib/common/clock.js';
import type { FetchedConnection } from '../../lib/interfaces/connector-connection.interface.js';
import { FleetConnection, FleetStore } from './fleet-store.js';

/** The promised time in which an invalidation reaches every process. */
const PROPAGATION_MS = 1_000;

/** Longer than a sequence, so that only invalidations and faults of the store cause requests. */
const TTL_MS = 24 * 3_600_000;

export const CONNECTORS = ['a', 'b'];

const now = (): number => performance.now();

/** The clock of a machine whose time of day is wrong. */
class SkewedClock extends Clock {
  constructor(private readonly skewMs: number) {
    super();
  }

  override wallMs(): number {
    return super.wallMs() + this.skewMs;
  }
}

interface Process {
  readonly module: TestingModule;
  readonly connectors: ConnectorsService;
  readonly connection: FleetConnection;
  /** The time since which the process has reached the store, and the store has lost nothing. */
  steadySinceMs: number;
  isClosed: boolean;
}

interface Fetch {
  readonly process: Process;
  readonly connector: string;
  readonly startedAt: number;
}

interface Invalidation {
  readonly process: Process;
  /** `undefined` stands for all. */
  readonly connector: string | undefined;
  readonly at: number;
  readonly atMs: number;
  /** Whether no running process and no store can know of it any more. */
  isForgotten: boolean;
}

export interface FleetOptions {
  readonly skewsMs: readonly number[];
  readonly encryptionKeys: readonly string[];
  readonly hasLease: boolean;
  /** A number between 0 and 1. */
  readonly random: () => number;
}

/** Processes that share a store, and a Base44 in memory. Checks what must never happen. */
export class FleetModel {
  readonly violations: string[] = [];
  readonly #options: FleetOptions;
  readonly #store = new FleetStore();
  readonly #processes: Process[] = [];
  #fetches: Fetch[] = [];
  #invalidations: Invalidation[] = [];
  #calls: Promise<void>[] = [];
  #pending = 0;
  #disturbances = 0;
  #step = 0;
  #sequence = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    for (const index of this.#options.skewsMs.keys()) await this.#boot(index);
  }

  async close(): Promise<void> {
    for (const { module } of this.#processes) await module.close();
  }

  /** Starts a sequence with connectors of its own, which all processes cache. */
  async begin(): Promise<void> {
    this.#sequence += 1;
    this.violations.length = 0;
    this.#fetches = [];
    this.#invalidations = [];
    this.#calls = [];
    this.#disturbances = 0;
    this.#store.takeSnapshot();
    await this.#callAll();
  }

  /** Waits until each invalidation that is told must have arrived, and looks at all processes. */
  async observe(): Promise<void> {
    await import.meta.jest.advanceTimersByTimeAsync(PROPAGATION_MS);
    await this.#callAll();
  }

  call(index: number, name: string): void {
    const process = this.#processes[index]!;
    const connector = this.#toConnector(name);
    const startedAtMs = now();
    const at = ++this.#step;
    // Looks at the state after the call, because a fault during the call may hide an invalidation.
    const isOutdated = ({ startedAt }: Fetch): boolean =>
      this.#invalidations
        .filter((each) => each.at < at && each.at > startedAt)
        .some((each) => isDue(each, process, connector, startedAtMs));
    const call = process.connectors.getConnection(connector).then(
      ({ accessToken }) => {
        const fetch = this.#fetches[Number(accessToken.split(' ')[1])];
        if (fetch?.connector !== connector) this.violations.push(`${accessToken} for ${connector}`);
        else if (!process.isClosed && isOutdated(fetch)) {
          this.violations.push(`call ${at} got the invalidated token of ${fetch.startedAt}`);
        }
      },
      (error: unknown) => {
        if (!process.isClosed) this.violations.push(String(error));
      },
    );
    this.#track(call);
  }

  invalidate(index: number, name?: string): void {
    const process = this.#processes[index]!;
    const connector = name === undefined ? undefined : this.#toConnector(name);
    const at = ++this.#step;
    this.#invalidations.push({ process, connector, at, atMs: now(), isForgotten: false });
    this.#track(process.connectors.invalidate(connector));
  }

  partition(index: number, isPartitioned: boolean): void {
    const { connection } = this.#processes[index]!;
    if (connection.isPartitioned === isPartitioned) return;
    connection.isPartitioned = isPartitioned;
    this.#disturb();
  }

  setDown(isDown: boolean): void {
    if (this.#store.isDown === isDown) return;
    this.#store.isDown = isDown;
    this.#disturb();
  }

  takeSnapshot(): void {
    this.#store.takeSnapshot();
  }

  restartStore(isEmpty: boolean): void {
    if (isEmpty) this.#store.restartEmpty();
    else this.#store.rollBack();
    this.#disturb();
    for (const each of this.#invalidations) each.isForgotten ||= each.process.isClosed;
  }

  /** Replaces a process. It tells its invalidations before it ends, if it reaches the store. */
  async replace(index: number): Promise<void> {
    const process = this.#processes[index]!;
    process.isClosed = true;
    const closing = process.module.close();
    await this.#settleTimers(closing);
    for (const each of this.#invalidations) {
      if (each.process === process) each.isForgotten ||= !process.connection.isUp;
    }
    await this.#boot(index);
  }

  /** Ends all faults and calls. */
  async finish(): Promise<void> {
    this.setDown(false);
    for (const index of this.#processes.keys()) this.partition(index, false);
    await this.observe();
    await import.meta.jest.advanceTimersByTimeAsync(5_000);
    if (this.#pending > 0) this.violations.push(`${this.#pending} calls did not settle`);
    this.#checkFetches();
    // Each process learns now what the store has lost, because that may touch all connections.
    await this.#callAll();
    // The next sequence counts its tokens anew.
    await this.#settleTimers(Promise.all(this.#calls));
  }

  async #callAll(): Promise<void> {
    for (const index of this.#processes.keys()) {
      for (const name of CONNECTORS) this.call(index, name);
    }
    await import.meta.jest.advanceTimersByTimeAsync(200);
  }

  async #boot(index: number): Promise<void> {
    const connection = new FleetConnection(this.#store, () => this.#options.random() * 5);
    const { encryptionKeys, skewsMs, hasLease } = this.#options;
    const lease = hasLease ? connection : undefined;
    const cache = { ttlMs: TTL_MS, store: connection, encryptionKeys, lease };
    const client = { fetchConnection: (asked: Connector) => this.#fetch(process, asked) };
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ appId: 'app1', serviceToken: 's', cache })],
    })
      .overrideProvider(ServiceRoleClient)
      .useValue(client)
      .overrideProvider(Clock)
      .useValue(new SkewedClock(skewsMs[index]!))
      .setLogger({ log: () => undefined, error: () => undefined, warn: () => undefined })
      .compile();
    const process: Process = {
      module,
      connectors: module.get(ConnectorsService),
      connection,
      steadySinceMs: now(),
      isClosed: false,
    };
    this.#processes[index] = process;
  }

  async #fetch(process: Process, { id }: Connector): Promise<FetchedConnection> {
    const token = `token ${this.#fetches.length}`;
    this.#fetches.push({ process, connector: id, startedAt: ++this.#step });
    await new Promise((resolve) => {
      setTimeout(resolve, this.#options.random() * 100);
    });
    return { accessToken: token, connectionConfig: null, expiresAtMs: undefined };
  }

  /** A connector that is not invalidated is requested once by each process, if nothing fails. */
  #checkFetches(): void {
    if (this.#invalidations.some(({ connector }) => connector === undefined)) return;
    const touched = new Set(this.#invalidations.map(({ connector }) => connector));
    const counts = new Map<Process, Map<string, number>>();
    for (const { process, connector } of this.#fetches) {
      if (touched.has(connector)) continue;
      const byConnector = counts.get(process) ?? new Map<string, number>();
      counts.set(process, byConnector);
      byConnector.set(connector, (byConnector.get(connector) ?? 0) + 1);
    }
    const most = Math.max(0, ...[...counts.values()].flatMap((each) => [...each.values()]));
    // After a fault, each process may tell an invalidation of all connections again.
    if (most > 1 + this.#processes.length * this.#disturbances) {
      this.violations.push(`${most} requests for a connector that was not invalidated`);
    }
  }

  #disturb(): void {
    this.#disturbances += 1;
    for (const process of this.#processes) {
      process.steadySinceMs = process.connection.isUp ? now() : Infinity;
    }
  }

  #track(call: Promise<void>): void {
    this.#pending += 1;
    this.#calls.push(
      call.finally(() => {
        this.#pending -= 1;
      }),
    );
  }

  async #settleTimers(work: Promise<unknown>): Promise<void> {
    const state = { isSettled: false };
    void work.finally(() => {
      state.isSettled = true;
    });
    while (!state.isSettled) await import.meta.jest.advanceTimersByTimeAsync(10);
  }

  #toConnector(name: string): string {
    return `${name}-${this.#sequence}`;
  }
}

/** Returns whether a call must get a token that was requested after an invalidation. */
function isDue(
  { process: owner, connector, atMs, isForgotten }: Invalidation,
  process: Process,
  called: string,
  nowMs: number,
): boolean {
  if (connector !== undefined && connector !== called) return false;
  if (process === owner) return true;
  if (isForgotten) return false;
  return nowMs - Math.max(atMs, owner.steadySinceMs, process.steadySinceMs) >= PROPAGATION_MS;
}
