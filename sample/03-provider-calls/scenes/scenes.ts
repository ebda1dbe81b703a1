import { getOrigin, type LocalWorld } from '../local-world.js';

/** One request to this application, and the reason for the requests that it causes. */
export interface Scene {
  readonly title: string;
  readonly about: string;
  /** The code that the request runs. */
  readonly code: string;
  /** The method and the path. */
  readonly request: readonly ['GET' | 'POST', string];
  /** Changes the world before the request. */
  readonly before?: () => void;
}

const calendar = {
  code: "connectors.fetch('googlecalendar', '/calendars/primary/events')",
  request: ['GET', '/calendar/events'],
} as const;

/** Lists the scenes. Each scene starts where the previous one ended. */
export const listScenes = (world: LocalWorld): readonly Scene[] => [
  {
    title: 'Google Calendar accepts the token',
    about: 'The module requests the token from Base44 and caches it.',
    ...calendar,
  },
  {
    title: 'Google Calendar has revoked the token',
    about: `The cache still has the first token, and Base44 has a second one. After the 401 the
      module evicts the first token, requests the second one, and repeats the call once.`,
    ...calendar,
    before: () => {
      world.revoke('first token');
      world.renew('googlecalendar', 'second token');
    },
  },
  {
    title: 'Base44 has no other token',
    about: `Google Calendar has revoked the second token too, but Base44 still hands it out. The
      module does not repeat the call, and the error asks for reauthorization.`,
    ...calendar,
    before: () => {
      world.revoke('second token');
    },
  },
  {
    title: 'Slack limits the rate of calls',
    about: `The connector is registered with retry: true. The module therefore waits for at least as
      long as Retry-After says, and repeats the call.`,
    code: "@InjectConnectorHttp('slack') http: HttpService\n\nhttp.get('/conversations.list')",
    request: ['GET', '/slack/channels'],
  },
  {
    title: 'Slack gets no message twice',
    about: `A POST is not idempotent, and a call that ends with 503 may have been executed. So the
      module does not repeat it. The application handles the 503, and passes it on here.`,
    code: "@InjectConnectorHttp('slack') http: HttpService\n\nhttp.post('/chat.postMessage', message)",
    request: ['POST', '/slack/messages'],
  },
  {
    title: 'GitHub redirects to a new name',
    about: 'The redirect leads to the same origin, so the token goes along.',
    code: "@ConnectorHttp('github') http: HttpService\n\nhttp.get('/repos/acme/old-name')",
    request: ['GET', '/github/repository'],
  },
  {
    title: 'GitHub redirects to another server',
    about: 'The archive is at another origin. The module follows the redirect without the token.',
    code: "connectors.fetch('github', '/repos/acme/website/tarball')",
    request: ['GET', '/github/archive'],
  },
  {
    title: 'A URL does not belong to GitHub',
    about: `A user submits a link to another server. Its origin is not an origin of the connector, so
      the module rejects the call and sends nothing.`,
    code: "connectors.fetch('github', url)",
    request: ['GET', `/github/link?url=${getOrigin(world.codeload)}/repos`],
  },
];
