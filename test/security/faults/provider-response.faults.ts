import { Readable } from 'node:stream';
import { findFreePort } from '../../support/free-port.js';
import { startRecordingServer, type Responder } from '../../support/recording-server.js';
import { json } from '../../provider-calls/provider-calls.fixture.js';
import {
  type Scenario,
  fetching,
  getting,
  type ProviderFault,
  streaming,
} from '../secrecy.provider-calls.fixture.js';

const STATUSES = [400, 402, 403, 404, 409, 410, 422, 429, 451, 500, 502, 503, 504, 599];

const answering =
  (status: number, body: string | object, headers: Record<string, string> = {}): Responder =>
  (_request, response) => {
    if (typeof body === 'object') json(response, status, body, headers);
    else response.writeHead(status, headers).end(body);
  };

const redirecting = (Location: string, status = 302): Responder =>
  answering(status, { moved: true }, { Location });

/** Resolves the token before the fault. */
const withToken = async ({ connectors }: Scenario): Promise<void> => {
  await connectors.getConnection('crm');
};

const reading =
  (path = '/x') =>
  async ({ connectors }: Scenario): Promise<unknown> =>
    (await connectors.fetch('crm', path)).json();

const strictJson = { transitional: { silentJSONParsing: false }, responseType: 'json' } as const;

const stream = (): Readable => Readable.from([Buffer.from('a body')]);

const elsewhere =
  (respond: Responder, status: number): Responder =>
  (_request, response) => {
    void startRecordingServer(respond).then(({ url }) => {
      json(response, status, {}, { Location: `${url}/y` });
    });
  };

const REFUSED = answering(401, { error: 'invalid_token' });
const TOO_LONG = 'x'.repeat(10_000);

/** Error responses, and responses of another type than requested. */
export const ANSWER_FAULTS: ProviderFault[] = [
  ...STATUSES.map((status): ProviderFault => {
    return {
      fault: `a ${status}`,
      respond: answering(status, { error: 'no' }, { 'Retry-After': '1' }),
      fetchEnds: String(status),
      httpEnds: status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE',
    };
  }),
  {
    fault: 'a 429 with a long Retry-After',
    respond: answering(429, {}, { 'Retry-After': '9999' }),
    feature: { retry: true },
    fetchEnds: '429',
    httpEnds: 'ERR_BAD_REQUEST',
  },
  {
    fault: 'a web page instead of JSON',
    respond: answering(200, '<html></html>', { 'Content-Type': 'text/html' }),
    fetch: reading(),
    fetchEnds: 'SyntaxError',
    http: getting(strictJson),
    httpEnds: 'ERR_BAD_RESPONSE',
  },
  {
    fault: 'invalid JSON',
    respond: answering(200, '{"a":', { 'Content-Type': 'application/json' }),
    fetch: reading(),
    fetchEnds: 'SyntaxError',
    http: getting(strictJson),
    httpEnds: 'ERR_BAD_RESPONSE',
  },
  {
    fault: 'a response that is longer than maxContentLength',
    respond: answering(200, TOO_LONG),
    http: getting({ maxContentLength: 100 }),
    httpEnds: 'ERR_BAD_RESPONSE',
  },
  {
    fault: 'a body that is longer than maxBodyLength',
    http: getting({ method: 'POST', data: TOO_LONG, maxBodyLength: 100 }),
    httpEnds: 'ERR_BAD_REQUEST',
  },
  {
    fault: 'a stream as a body that is longer than maxBodyLength',
    http: (scenario) => getting({ method: 'POST', data: stream(), maxBodyLength: 3 })(scenario),
    httpEnds: 'ERR_BAD_REQUEST',
  },
];

/** The provider rejects the token. */
export const REFUSALS: ProviderFault[] = [
  {
    fault: 'a 401 to the only token',
    respond: REFUSED,
    fetchEnds: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
    httpEnds: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
  },
  {
    fault: 'a 401 to two tokens',
    respond: REFUSED,
    prepare: async (scenario) => {
      await withToken(scenario);
      scenario.replaceToken();
    },
    fetchEnds: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
    httpEnds: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
  },
  {
    fault: 'a 401 to a stream as a body',
    respond: REFUSED,
    fetch: fetching(() => ({ method: 'POST', body: Readable.toWeb(stream()), duplex: 'half' })),
    fetchEnds: '401',
    http: (scenario) => getting({ method: 'POST', data: stream() })(scenario),
    httpEnds: 'ERR_BAD_REQUEST',
  },
  {
    fault: 'a 401 to a call whose response is a stream',
    respond: REFUSED,
    http: streaming(),
    httpEnds: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
  },
  {
    fault: 'a 401 when Base44 is down',
    respond: REFUSED,
    prepare: async (scenario) => {
      await withToken(scenario);
      await scenario.base44.close();
    },
    fetchEnds: 'BASE44_UNAVAILABLE',
    httpEnds: 'BASE44_UNAVAILABLE',
  },
  {
    fault: 'a 401 when the connector is no longer connected',
    respond: REFUSED,
    prepare: async (scenario) => {
      await withToken(scenario);
      scenario.base44.disconnect('crm');
    },
    fetchEnds: 'CONNECTOR_NOT_CONNECTED',
    httpEnds: 'CONNECTOR_NOT_CONNECTED',
  },
  {
    fault: 'a service token that Base44 rejects',
    prepare: ({ base44 }) => base44.rotateServiceToken(),
    fetchEnds: 'SERVICE_ROLE_REJECTED',
    httpEnds: 'SERVICE_ROLE_REJECTED',
  },
];

const tooMany = 'ERR_FR_TOO_MANY_REDIRECTS';

export const REDIRECT_FAULTS: ProviderFault[] = [
  {
    fault: 'a redirect in a circle',
    respond: redirecting('/x'),
    fetchEnds: 'redirect count exceeded',
    httpEnds: tooMany,
  },
  {
    fault: 'more redirects than maxRedirects',
    respond: redirecting('/x'),
    http: getting({ maxRedirects: 2 }),
    httpEnds: tooMany,
  },
  {
    fault: 'a redirect that must not be followed',
    respond: redirecting('/x'),
    fetch: fetching({ redirect: 'error' }),
    fetchEnds: 'unexpected redirect',
    http: getting({ maxRedirects: 0 }),
    httpEnds: 'ERR_BAD_RESPONSE',
  },
  {
    fault: 'a redirect to plain http',
    respond: redirecting('http://192.0.2.1/x'),
    fetchEnds: 'ORIGIN_NOT_ALLOWED',
    httpEnds: 'ORIGIN_NOT_ALLOWED',
  },
  {
    fault: 'a redirect to no URL',
    respond: redirecting('http://[/'),
    fetchEnds: 'invalid redirect URL',
    httpEnds: 'ERR_FR_REDIRECTION_FAILURE',
  },
  {
    fault: 'a redirect to another scheme',
    respond: redirecting('ftp://files.example/x'),
    fetchEnds: 'ORIGIN_NOT_ALLOWED',
    httpEnds: 'ORIGIN_NOT_ALLOWED',
  },
  {
    fault: 'a redirect to another origin that rejects',
    respond: elsewhere(answering(403, 'no'), 302),
    fetchEnds: '403',
    httpEnds: 'ERR_BAD_REQUEST',
  },
  {
    fault: 'a redirect to another origin that resets',
    respond: elsewhere((_request, response) => response.req.socket.resetAndDestroy(), 307),
    fetchEnds: 'ECONNRESET',
    httpEnds: 'ECONNRESET',
  },
  {
    fault: 'a redirect to a port without a server',
    respond: (_request, response) => {
      void findFreePort().then((port) => {
        json(response, 302, {}, { Location: `http://127.0.0.1:${port}/` });
      });
    },
    fetchEnds: 'ECONNREFUSED',
    httpEnds: 'ECONNREFUSED',
  },
  {
    fault: 'a redirect of a stream',
    respond: redirecting('/y', 307),
    fetch: fetching(() => ({ method: 'PUT', body: Readable.toWeb(stream()), duplex: 'half' })),
    fetchEnds: 'a stream cannot be sent again',
    http: (scenario) => getting({ method: 'PUT', data: stream() })(scenario),
    httpEnds: tooMany,
  },
];
