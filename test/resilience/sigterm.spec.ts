import { once } from 'node:events';
import { createGate, sleep } from '../support/async.js';
import { type Child, forkChild } from '../support/child-process.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { hang, token, TokenServer } from '../support/token-server.js';

/** The application that a test runs in a process of its own. */
export interface TerminatingTask {
  readonly serverUrl: string;
  readonly deadlineMs: number;
  /** The option of terminus. `null`: without terminus. */
  readonly gracefulShutdownTimeoutMs: number | null;
  /** The number of requests after which it sends `'busy'`. 0: never. */
  readonly busyWith: number;
}

const GRACE_MS = 1_000;

/** Tells a process that hangs from a busy machine. */
const MACHINE_MS = 8_000;

/** Nest ends the process with the signal, after its hooks. */
const EXITED_BY_ITSELF = [null, 'SIGTERM'];

class TerminatingApplication {
  static async start(task: TerminatingTask): Promise<TerminatingApplication> {
    const child = await forkChild('terminating-application', task);
    child.result.catch(() => undefined);
    closeAfterTest(() => child.process.kill('SIGKILL'));
    const [url] = (await once(child.process, 'message')) as [string];
    return new TerminatingApplication(child, url);
  }

  private constructor(
    private readonly child: Child,
    private readonly url: string,
  ) {}

  get output(): string {
    return this.child.output;
  }

  /** Sends as many requests as make the application busy, and waits until all are in flight. */
  async sendInFlight(paths: string[]): Promise<Promise<number>[]> {
    const busy = once(this.child.process, 'message');
    const statuses = paths.map((path) => this.get(path));
    await busy;
    return statuses;
  }

  async get(path: string): Promise<number> {
    return (await fetch(`${this.url}/${path}`)).status;
  }

  /** Resolves when the application has received the signal. */
  async terminate(): Promise<{ exited: Promise<unknown[]> }> {
    const terminating = once(this.child.process, 'message');
    const exited = once(this.child.process, 'exit');
    this.child.process.kill('SIGTERM');
    await terminating;
    return { exited };
  }
}

let base44: TokenServer;

beforeEach(async () => {
  base44 = await TokenServer.start();
  closeAfterTest(() => base44.close());
});

describe.each([
  { name: 'shutdown hooks', gracefulShutdownTimeoutMs: null },
  { name: 'the grace period of terminus', gracefulShutdownTimeoutMs: GRACE_MS },
])('An application with $name that receives SIGTERM', ({ name, gracefulShutdownTimeoutMs }) => {
  const graceMs = gracefulShutdownTimeoutMs ?? 0;

  const start = (busyWith: number, deadlineMs: number): Promise<TerminatingApplication> => {
    const serverUrl = base44.url;
    return TerminatingApplication.start({
      serverUrl,
      deadlineMs,
      gracefulShutdownTimeoutMs,
      busyWith,
    });
  };

  it('responds to a thousand requests in flight, and exits by itself', async () => {
    const app = await start(1_000, 600_000);
    const gate = createGate();
    base44.respond = async (response) => {
      await gate.opened;
      await token('token-1')(response);
    };
    const connectors = Array.from({ length: 1_000 }, (_, index) => `slack-${index}`);
    const requests = await app.sendInFlight(connectors.map((name) => `tokens/${name}`));
    const { exited } = await app.terminate();
    // By now, Nest has stopped listening.
    await sleep(graceMs + 200);
    gate.open();
    const statuses = await Promise.all(requests);
    const drained = statuses.filter((status) => status === 200);
    printFigure(`SIGTERM with ${name}, 1,000 requests in flight: 200 for`, drained.length);
    expect(drained).toHaveLength(1_000);
    await expect(exited).resolves.toEqual(EXITED_BY_ITSELF);
    expect(app.output).toBe('');
  });

  it('exits at the deadline of a call when a provider hangs', async () => {
    const deadlineMs = 1_000;
    const app = await start(10, deadlineMs);
    base44.respond = (response) =>
      (response.req.url === '/provider' ? hang : token('token-1'))(response);
    const requests = await app.sendInFlight(Array.from({ length: 10 }, () => 'provider'));
    const startMs = performance.now();
    const { exited } = await app.terminate();
    expect(new Set(await Promise.all(requests))).toEqual(new Set([503]));
    await expect(exited).resolves.toEqual(EXITED_BY_ITSELF);
    const exitedInMs = performance.now() - startMs;
    printFigure(
      `SIGTERM with ${name}: exit with a deadline of ${deadlineMs} and a grace period of ${graceMs} ms`,
      `${exitedInMs.toFixed(0)} ms`,
    );
    expect(exitedInMs).toBeLessThan(graceMs + deadlineMs + MACHINE_MS);
  });
});

describe('In the grace period of terminus', () => {
  it('an application responds to new requests', async () => {
    const app = await TerminatingApplication.start({
      serverUrl: base44.url,
      deadlineMs: 600_000,
      gracefulShutdownTimeoutMs: 5_000,
      busyWith: 0,
    });
    const { exited } = await app.terminate();
    await expect(app.get('tokens/slack')).resolves.toBe(200);
    expect(base44.requests).toBe(1);
    await expect(exited).resolves.toEqual(EXITED_BY_ITSELF);
  });
});
