/** A route to try. */
export interface Route {
  readonly path: string;
  /** The status of its response in local mode. */
  readonly status: number;
  readonly about: string;
  /** The code that it shows, as the sample has it. */
  readonly code: string;
}

export const TOKEN_ROUTES: readonly Route[] = [
  {
    path: '/calendar/events',
    status: 200,
    about: 'A handler gets the access token as a parameter.',
    code: `@Get('events')
async events(@ConnectorToken('googlecalendar') token: string)`,
  },
  {
    path: '/slack/channels',
    status: 200,
    about: 'A service requests the access token itself.',
    code: `const { access_token } = await this.connectors.getAccessToken('slack');`,
  },
];

export const ERROR_ROUTES: readonly Route[] = [
  {
    path: '/errors/not-connected',
    status: 424,
    about: 'Notion is not connected.',
    code: `notConnected(@ConnectorToken('notion') token: string)`,
  },
  {
    path: '/errors/not-connected-but-optional',
    status: 200,
    about: 'An optional connector that is not connected is null.',
    code: `optional(@ConnectorToken('notion', { optional: true }) token: string | null)`,
  },
  {
    path: '/errors/metered',
    status: 424,
    about: 'X is metered, so it has no access token.',
    code: `metered(@ConnectorToken('x') token: string)`,
  },
  {
    path: '/errors/credits-exhausted',
    status: 503,
    about: 'No integration credits are left for a metered call.',
    code: `this.connectors.callApi('x', { path: '/2/tweets' })`,
  },
  {
    path: '/errors/rate-limited',
    status: 503,
    about: 'Base44 limits the rate. The response has a Retry-After header.',
    code: `rateLimited(@ConnectorToken('github') token: string)`,
  },
  {
    path: '/errors/unavailable',
    status: 503,
    about: 'Base44 is down.',
    code: `unavailable(@ConnectorToken('hubspot') token: string)`,
  },
  {
    path: '/errors/unexpected-response',
    status: 502,
    about: 'Base44 sends an HTML page instead of a token.',
    code: `unexpectedResponse(@ConnectorToken('linkedin') token: string)`,
  },
  {
    path: '/errors/service-role-rejected',
    status: 502,
    about: 'Base44 rejects the service token.',
    code: `serviceRoleRejected(@ConnectorToken('dropbox') token: string)`,
  },
  {
    path: '/errors/service-role-required',
    status: 500,
    about: 'A second instance of the module has no service token.',
    code: `serviceRoleRequired(
  @ConnectorToken('slack', { instance: 'unconfigured' }) token: string,
)`,
  },
  {
    path: '/errors/invalid-connector',
    status: 400,
    about: "'../secrets' is not the name of a connector.",
    code: `this.connectors.getAccessToken('../secrets')`,
  },
  {
    path: '/errors/invalid-request',
    status: 400,
    about: 'A metered call needs a path.',
    code: `this.connectors.callApi('x', { path: '' })`,
  },
];

/** Another sample, and the command that runs it. */
export interface OtherSample {
  readonly name: string;
  readonly about: string;
  readonly command: string;
}

export const OTHER_SAMPLES: readonly OtherSample[] = [
  toSample('02-app-users', 'Users of the app connect their own accounts.'),
  toSample('03-provider-calls', 'Calls survive rejected tokens, rate limits and redirects.'),
  toSample('04-external-backend', 'An application outside of Base44 uses the broker.'),
  toSample('05-production', 'Cache, outages, and a store that processes share.'),
  {
    name: '06-testing',
    about: 'Tests with fixed tokens, and with the emulator.',
    command: 'npm test -- sample/06-testing',
  },
  toSample('07-migration', 'From calls of @base44/sdk to this module.'),
];

function toSample(name: string, about: string): OtherSample {
  return { name, about, command: `npm start -- --sourceRoot sample/${name}` };
}
