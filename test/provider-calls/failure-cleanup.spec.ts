import { runInChild } from '../support/child-process.js';
import { figure } from '../support/figures.js';
import { freePort } from '../support/free-port.js';
import { recordingServer, type RecordingServer } from '../support/recording-server.js';
import { json } from './provider-calls.fixture.js';

const CALLS = 2_000;
const CONCURRENT = 64;
const WAYS = ['connectors.fetch', 'HttpService'] as const;
const FAILURES = ['refused', 'reset', 'half', '500', '401', 'abandoned', 'nobody'] as const;

interface LeftBehind {
  readonly ended: number;
  readonly unhandledRejections: string[];
  readonly warnings: string[];
  /** Of the process, when all is over. */
  readonly sockets: number;
  /** Of the signal that calls share. */
  readonly listeners: number;
}

async function provider(): Promise<RecordingServer> {
  return recordingServer(({ path }, response) => {
    if (path === '/500') json(response, 500, { error: 'no' });
    else if (path === '/401') json(response, 401, { error: 'no' });
    else if (path === '/reset') response.req.socket.resetAndDestroy();
    else if (path === '/half' || path === '/nobody') {
      response.writeHead(200, { 'Content-Length': 99 }).write('{', () => {
        response.req.socket.destroy();
      });
    }
  });
}

async function failing(
  way: string,
  failure: string,
  more: { concurrent?: number; sharesSignal?: boolean } = {},
): Promise<LeftBehind> {
  const { url } = await provider();
  const closed = `http://127.0.0.1:${await freePort()}`;
  return (await runInChild('provider-failures.child', {
    url: failure === 'refused' ? closed : url,
    way,
    failure,
    calls: CALLS,
    concurrent: CONCURRENT,
    ...more,
  })) as LeftBehind;
}

describe.each(WAYS)(`${CALLS} calls by %s that fail leave nothing behind`, (way) => {
  it.each(FAILURES)('%s', async (failure) => {
    const left = await failing(way, failure);
    figure(
      `${CALLS} failures (${failure}) by ${way}: sockets, warnings, unhandled rejections`,
      `${left.sockets}, ${left.warnings.length}, ${left.unhandledRejections.length}`,
    );
    expect(left).toMatchObject({ ended: CALLS, unhandledRejections: [], warnings: [] });
    // The connections that are kept for the next call, at most.
    expect(left.sockets).toBeLessThanOrEqual(CONCURRENT);
  });
});

describe.each([
  // Node.js removes the listeners of `fetch` with the garbage alone, and warns of each above 1,500.
  { way: 'connectors.fetch', bare: 'fetch', listeners: CALLS, warnings: CALLS - 1_500 },
  { way: 'HttpService', bare: 'axios', listeners: 0, warnings: 1 },
])(`A signal that ${CALLS} calls by $way share`, ({ way, bare, listeners, warnings }) => {
  it.each([
    ['one after another', 1],
    ['at the same time', CALLS],
  ])(`has no more listeners than with ${bare} alone, %s`, async (_, concurrent) => {
    const [ours, theirs] = await Promise.all(
      [way, bare].map((each) => failing(each, '500', { concurrent, sharesSignal: true })),
    );
    for (const [name, left] of Object.entries({ [way]: ours!, [bare]: theirs! })) {
      figure(
        `${CALLS} calls by ${name}, ${concurrent} at once, with one signal: listeners, warnings`,
        `${left.listeners}, ${left.warnings.length}`,
      );
    }
    expect(ours).toMatchObject({ ended: CALLS, unhandledRejections: [] });
    expect(ours!.listeners).toBeLessThanOrEqual(listeners);
    expect(ours!.warnings.length).toBeLessThanOrEqual(warnings);
  });
});
