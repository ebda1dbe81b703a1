import { Octokit } from '@octokit/core';
import { throttling } from '@octokit/plugin-throttling';
import { WebClient } from '@slack/web-api';
import Bottleneck from 'bottleneck';
import PQueue from 'p-queue';
import { concatMap, Subject } from 'rxjs';

type Fetch = typeof fetch;
type Job = () => Promise<void>;

/** Sends a request with a `fetch`, when its turn comes, and returns the token that the provider received. */
export type Scheduler = (fetch: Fetch) => Promise<string>;

/** What the provider responds with. */
export interface Answer {
  readonly ok: true;
  readonly token: string | undefined;
}

/** The queues, and the SDKs whose clients have queues. */
export const SCHEDULERS = [
  'p-queue',
  'bottleneck',
  'a subject of RxJS',
  'an array and a loop',
  '@slack/web-api',
  '@octokit/plugin-throttling',
] as const;

export type SchedulerName = (typeof SCHEDULERS)[number];

/** Creates queues that all users share. Each `fetch` gets one client of an SDK. */
export function createSchedulers(provider: string): Readonly<Record<SchedulerName, Scheduler>> {
  const send = async (fetch: Fetch): Promise<string> => toToken(await (await fetch('/me')).json());
  const queue = new PQueue({ concurrency: 1 });
  const limiter = new Bottleneck({ maxConcurrent: 1 });
  const subject = createSubjectQueue();
  const array = createArrayQueue();
  const getSlack = perFetch((fetch) => createSlack(provider, fetch));
  const getOctokit = perFetch((fetch) => createOctokit(provider, fetch));
  return {
    'p-queue': (fetch) => queue.add(() => send(fetch)),
    bottleneck: (fetch) => limiter.schedule(() => send(fetch)),
    'a subject of RxJS': (fetch) => settleBy(subject, () => send(fetch)),
    'an array and a loop': (fetch) => settleBy(array, () => send(fetch)),
    '@slack/web-api': async (fetch) => toToken(await getSlack(fetch).apiCall('auth.test')),
    '@octokit/plugin-throttling': async (fetch) =>
      toToken((await getOctokit(fetch).request('POST /user/repos', { name: 'x' })).data),
  };
}

function createSlack(provider: string, fetch: Fetch): WebClient {
  return new WebClient(undefined, {
    slackApiUrl: `${provider}/`,
    fetch,
    maxRequestConcurrency: 1,
    retryConfig: { retries: 0 },
  });
}

const ThrottledOctokit = Octokit.plugin(throttling);

/** Without the default pause of a second between two `POST`. */
const write = new Bottleneck.Group({ maxConcurrent: 1 });

function createOctokit(provider: string, fetch: Fetch): Octokit {
  return new ThrottledOctokit({
    baseUrl: provider,
    request: { fetch },
    throttle: { write, onRateLimit: () => undefined, onSecondaryRateLimit: () => undefined },
  });
}

function createSubjectQueue(): (job: Job) => void {
  const jobs = new Subject<Job>();
  jobs.pipe(concatMap((job) => job())).subscribe();
  return (job) => {
    jobs.next(job);
  };
}

/** A queue as applications write one: the first job starts a loop, which runs the jobs of later callers too. */
function createArrayQueue(): (job: Job) => void {
  const jobs: Job[] = [];
  let isRunning = false;
  async function run(): Promise<void> {
    isRunning = true;
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
    isRunning = false;
  }
  return (job) => {
    jobs.push(job);
    if (!isRunning) void run();
  };
}

/** Adds work to a queue that returns nothing. */
function settleBy<T>(add: (job: Job) => void, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    add(() => work().then(resolve, reject));
  });
}

/** Creates one client for each `fetch`. */
function perFetch<T>(create: (fetch: Fetch) => T): (fetch: Fetch) => T {
  const clients = new WeakMap<Fetch, T>();
  return (fetch) => {
    const client = clients.get(fetch) ?? create(fetch);
    clients.set(fetch, client);
    return client;
  };
}

function toToken(answer: unknown): string {
  return String((answer as Answer).token);
}
