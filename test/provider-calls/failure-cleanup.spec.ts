import { runInChild } from '../support/child-process.js';
import { printFigure } from '../support/print-figure.js';
import { findFreePort } from '../support/free-port.js';
import { startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { json } from './provider-calls.fixture.js';

const CALLS = scaled(2_000, 200);
const CONCURRENT = 64;
const FAILURES = ['refused', 'reset', 'half', '500', '401', 'aborted', 'unattended'] as const;

interface Run {
  readonly failure: string;
  readonly concurrent: number;
  readonly sharesSignal?: boolean;
}

interface LeftBehind {
  readonly failed: number;
  readonly unhandledRejections: string[];
  readonly warnings: string[];
  /** Open sockets of the process after all calls. */
  readonly sockets: number;
  /** Listeners of the shared signal. */
  readonly listeners: number;
}

/** Makes calls that all fail, in another process. */
async function makeFailingCalls(way: string, runs: readonly Run[]): Promise<LeftBehind[]> {
  const { url } = await startRecordingServer(({ path }, response) => {
    if (path === '/500') json(response, 500, { error: 'no' });
    else if (path === '/401') json(response, 401, { error: 'no' });
    else if (path === '/reset') response.req.socket.resetAndDestroy();
    else if (path === '/half' || path === '/unattended') {
      response.writeHead(200, { 'Content-Length': 99 }).write('{', () => {
        response.req.socket.destroy();
      });
    }
  });
  const closedUrl = `http://127.0.0.1:${await findFreePort()}`;
  const setup = { url, closedUrl, way, calls: CALLS, runs };
  return (await runInChild('provider-failures', setup)) as LeftBehind[];
}

it.each(['connectors.fetch', 'HttpService'])(
  'calls by %s that fail leave no socket, warning or unhandled rejection behind',
  async (way) => {
    const runs = FAILURES.map((failure) => ({ failure, concurrent: CONCURRENT }));
    const results = await makeFailingCalls(way, runs);
    for (const [index, failure] of FAILURES.entries()) {
      const left = results[index]!;
      expect({ failure, ...left }).toMatchObject({
        failure,
        failed: CALLS,
        unhandledRejections: [],
        warnings: [],
      });
      // Only the connections that are kept alive for the next call.
      expect(left.sockets).toBeLessThanOrEqual(CONCURRENT);
    }
    const mostSockets = Math.max(...results.map(({ sockets }) => sockets));
    printFigure(
      `${FAILURES.length} × ${CALLS} failed calls by ${way}: sockets left open at most`,
      mostSockets,
    );
  },
);

describe.each([
  // Node.js removes the listeners of `fetch` on garbage collection only, and warns of each above 1,500.
  {
    way: 'connectors.fetch',
    bare: 'fetch',
    listeners: CALLS,
    warnings: Math.max(0, CALLS - 1_500),
  },
  { way: 'HttpService', bare: 'axios', listeners: 0, warnings: 1 },
])('A signal that many calls by $way share', ({ way, bare, listeners, warnings }) => {
  it(`has no more listeners than with ${bare}, sequentially and concurrently`, async () => {
    const runs = [1, CALLS].map((concurrent) => ({
      failure: '500',
      concurrent,
      sharesSignal: true,
    }));
    const [ours, theirs] = await Promise.all(
      [way, bare].map((each) => makeFailingCalls(each, runs)),
    );
    for (const [index, left] of ours!.entries()) {
      expect(left).toMatchObject({ failed: CALLS, unhandledRejections: [] });
      expect(left.listeners).toBeLessThanOrEqual(listeners);
      expect(left.warnings.length).toBeLessThanOrEqual(warnings);
      printFigure(
        `${CALLS} calls, ${runs[index]!.concurrent} at once, one signal: listeners by ${way}, by ${bare}`,
        `${left.listeners}, ${theirs![index]!.listeners}`,
      );
    }
  });
});
