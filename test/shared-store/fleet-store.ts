import type { ConnectorsLease, ConnectorsStore } from 'nestjs-base44-connectors';

/** Waits by the timers that the test controls. */
const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

type Values = Map<string, string>;

/** A store that can be down, restart empty and roll back. */
export class FleetStore {
  values: Values = new Map();
  /** Set in an outage of the store. */
  isDown = false;
  /** Changes when a restart breaks the connections. */
  incarnation = 0;
  #snapshot: Values = new Map();

  takeSnapshot(): void {
    this.#snapshot = new Map(this.values);
  }

  restartEmpty(): void {
    this.#restart(new Map());
  }

  rollBack(): void {
    this.#restart(new Map(this.#snapshot));
  }

  #restart(values: Values): void {
    this.values = values;
    this.incarnation += 1;
  }
}

/** The connection of a process to a store. Calls arrive in the order in which they are sent. */
export class FleetConnection implements ConnectorsStore, ConnectorsLease {
  isPartitioned = false;
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: FleetStore,
    private readonly getLatencyMs: () => number,
  ) {}

  get isUp(): boolean {
    return !this.isPartitioned && !this.store.isDown;
  }

  get = (name: string): Promise<unknown> => this.#call((values) => values.get(name));

  set = (name: string, value: string): Promise<unknown> =>
    this.#call((values) => values.set(name, value));

  delete = (name: string): Promise<unknown> => this.#call((values) => values.delete(name));

  acquire = (name: string, holder: string, ttlMs: number): Promise<boolean> =>
    this.#call((values) => {
      const [, endsAtMs = 0] = values.get(name)?.split(' ') ?? [];
      const isFree = performance.now() >= Number(endsAtMs);
      if (isFree) values.set(name, `${holder} ${performance.now() + ttlMs}`);
      return isFree;
    });

  release = (name: string, holder: string): Promise<unknown> =>
    this.#call((values) => values.get(name)?.startsWith(holder) && values.delete(name));

  async #call<T>(apply: (values: Values) => T): Promise<T> {
    const { incarnation } = this.store;
    const sent = Promise.all([this.#last, sleep(this.getLatencyMs())]);
    const applied = sent.then(() => {
      if (!this.isUp || this.store.incarnation !== incarnation)
        throw new Error('the connection broke');
      return apply(this.store.values);
    });
    this.#last = applied.then(
      () => undefined,
      () => undefined,
    );
    const result = await applied;
    await sleep(this.getLatencyMs());
    return result;
  }
}
