import axios, { type AxiosRequestConfig } from 'axios';
import { Readable } from 'node:stream';
import { sleep } from '../../support/async.js';
import {
  type Scenario,
  fetching,
  getting,
  type ProviderFault,
} from '../secrecy.provider-calls.fixture.js';

const fail = (): never => {
  throw new Error('of the application');
};
const OWN = 'of the application';
const slow = (_request: unknown, response: { end: () => void }): void => {
  setTimeout(() => {
    response.end();
  }, 200);
};

/** Functions of the application that record their arguments and throw. */
const hook = (
  name: string,
  config: (see: (...things: unknown[]) => void) => AxiosRequestConfig,
  more: Partial<ProviderFault> = {},
): ProviderFault => ({
  fault: `${name} that throws`,
  http: (scenario) => getting(config((...things) => void scenario.seen.push(...things)))(scenario),
  httpEnds: OWN,
  ...more,
});

const HOOKS: ProviderFault[] = [
  hook('a transformRequest', (see) => ({
    transformRequest: (data, headers) => (see(data, headers), fail()),
  })),
  hook('a transformResponse', (see) => ({
    transformResponse: (data, headers) => (see(data, headers), fail()),
  })),
  hook('a paramsSerializer', (see) => ({
    params: { a: 'b' },
    paramsSerializer: { serialize: (all) => (see(all), fail()) },
  })),
  hook('a validateStatus', (see) => ({ validateStatus: (status) => (see(status), fail()) })),
  hook(
    'a beforeRedirect',
    (see) => ({
      beforeRedirect: ({ headers }, _answer, request) => (see(headers, request), fail()),
    }),
    {
      respond: (_request, response) => response.writeHead(302, { Location: '/y' }).end(),
      httpEnds: 'ERR_FR_REDIRECTION_FAILURE',
    },
  ),
  hook('a lookup', (see) => ({ lookup: (host: string) => (see(host), fail()) }) as never, {
    baseURL: () => 'http://localhost:1',
  }),
  hook('data of an object', () => ({
    method: 'POST',
    data: {
      get a() {
        return fail();
      },
    },
  })),
];

const requestInterceptor = ({ http, seen }: Scenario): void => {
  http.axiosRef.interceptors.request.use((config) => {
    seen.push(config, config.headers);
    return fail();
  });
};

const responseInterceptor = ({ http, seen }: Scenario): void => {
  http.axiosRef.interceptors.response.use(
    (response) => {
      seen.push(response, response.config, response.config.headers, response.request);
      return fail();
    },
    (error: unknown) => {
      seen.push(error);
      throw new Error('of the application', { cause: error });
    },
  );
};

/** Faults in code of the application. */
export const APPLICATION_FAULTS: ProviderFault[] = [
  ...HOOKS,
  {
    fault: 'an interceptor of requests that records and throws',
    prepare: requestInterceptor,
    httpEnds: OWN,
  },
  {
    fault: 'an interceptor of responses that records and throws',
    prepare: responseInterceptor,
    httpEnds: OWN,
  },
  {
    fault: 'an interceptor of failures that throws another one',
    respond: (_request, response) => response.writeHead(500).end(),
    prepare: responseInterceptor,
    httpEnds: 'ERR_BAD_RESPONSE',
  },
  {
    fault: 'a body whose stream fails',
    fetch: fetching(() => ({ method: 'POST', duplex: 'half', body: Readable.toWeb(failing()) })),
    fetchEnds: OWN,
    http: (scenario) => getting({ method: 'POST', data: failing() })(scenario),
    httpEnds: OWN,
  },
  {
    fault: 'a body whose stream is closed early',
    http: async (scenario) => {
      const data = new Readable({ read: () => undefined });
      setTimeout(() => data.destroy(), 20);
      return getting({ method: 'POST', data })(scenario);
    },
    httpEnds: 'ERR_STREAM_PREMATURE_CLOSE',
  },
  {
    fault: 'an invalid method',
    fetch: fetching({ method: 'A B' }),
    fetchEnds: 'TypeError',
    http: getting({ method: 'A B' }),
    httpEnds: 'ERR_INVALID_HTTP_TOKEN',
  },
  {
    fault: 'an invalid header',
    fetch: fetching({ headers: { 'a b': 'c' } }),
    fetchEnds: 'TypeError',
    http: getting({ headers: { 'a(b': 'c' } }),
    httpEnds: 'ERR_INVALID_HTTP_TOKEN',
  },
];

function failing(): Readable {
  return new Readable({
    read() {
      this.destroy(new Error('of the application'));
    },
  });
}

const URLS: [string, string, string][] = [
  ['of another origin', 'https://evil.example/x', 'ORIGIN_NOT_ALLOWED'],
  ['with a password', 'https://a:b@evil.example/x', 'ORIGIN_NOT_ALLOWED'],
  ['that is none', 'http://[', 'INVALID_REQUEST'],
];

/** Calls that send nothing. */
export const UNSENT: ProviderFault[] = [
  ...URLS.map(([which, url, end]): ProviderFault => {
    return {
      fault: `a URL ${which}`,
      fetch: fetching(undefined, url),
      fetchEnds: end,
      http: getting({ url }),
      httpEnds: end,
    };
  }),
  ...['evil.example/', 'x@evil', '', 'a b'].map((subdomain): ProviderFault => {
    return {
      fault: `an account named '${subdomain}'`,
      baseURL: () => 'https://{subdomain}.crm.example',
      connectionConfig: { subdomain },
      fetchEnds: 'UNEXPECTED_RESPONSE',
      httpEnds: 'UNEXPECTED_RESPONSE',
    };
  }),
  {
    fault: 'a call that was aborted before it started',
    fetch: fetching(() => ({ signal: AbortSignal.abort() })),
    fetchEnds: 'AbortError',
    http: getting(() => ({ signal: AbortSignal.abort() })),
    httpEnds: 'ERR_CANCELED',
  },
  {
    fault: 'a cancelToken that was already cancelled',
    http: (scenario) => getting({ cancelToken: cancelled(0) })(scenario),
    httpEnds: 'ERR_CANCELED',
  },
];

function cancelled(afterMs: number) {
  const { token, cancel } = axios.CancelToken.source();
  if (afterMs === 0) cancel('enough');
  else
    setTimeout(() => {
      cancel('enough');
    }, afterMs);
  return token;
}

/** Calls that are aborted before, during or after the request. */
export const CANCELLATIONS: ProviderFault[] = [
  {
    fault: 'a cancelToken that cancels during the call',
    respond: slow,
    http: (scenario) => getting({ cancelToken: cancelled(30) })(scenario),
    httpEnds: 'ERR_CANCELED',
  },
  {
    fault: 'a signal that aborts after the response',
    fetch: async (scenario) => {
      const controller = new AbortController();
      const response = await fetching({ signal: controller.signal })(scenario);
      controller.abort();
      scenario.seen.push(controller.signal);
      return response;
    },
    fetchEnds: '200',
    http: async (scenario) => {
      const controller = new AbortController();
      const response = await getting({ signal: controller.signal })(scenario);
      controller.abort();
      scenario.seen.push(controller.signal);
      return response;
    },
    httpEnds: '200',
  },
  {
    fault: 'a subscription that ends before the response',
    respond: slow,
    http: async ({ http, seen }) => {
      const subscription = http.get('/x').subscribe();
      await sleep(20);
      seen.push(http.axiosRef.defaults, subscription);
      subscription.unsubscribe();
      await sleep(20);
      return { status: 'unsubscribed' };
    },
    httpEnds: 'unsubscribed',
  },
];

const metered = (phase: 'not_sent' | 'timed_out'): Partial<ProviderFault> => ({
  prepare: ({ base44 }) => {
    base44.meter('x', { respond: () => ({ phase }) });
  },
});

/** Metered calls. */
export const METERED_FAULTS: ProviderFault[] = (
  [
    ['that was not sent', '/2/tweets', 'BASE44_UNAVAILABLE', metered('not_sent')],
    ['that got no answer', '/2/tweets', 'BASE44_UNAVAILABLE', metered('timed_out')],
    [
      'without credits',
      '/2/tweets',
      'CREDITS_EXHAUSTED',
      {
        prepare: ({ base44 }) => {
          base44.meter('x');
          base44.credits = 0;
        },
      },
    ],
    ['that is not connected', '/2/tweets', 'CONNECTOR_NOT_CONNECTED', {}],
    ['to another host', 'https://evil.example/', 'ORIGIN_NOT_ALLOWED', metered('not_sent')],
  ] as [string, string, string, Partial<ProviderFault>][]
).map(([which, url, fetchEnds, more]) => ({
  fault: `a metered call ${which}`,
  fetch: ({ connectors }) => connectors.fetch('x', url),
  fetchEnds,
  ...more,
}));
