interface Route {
  readonly path: string;
  readonly about: string;
}

const mainJob: Route[] = [
  {
    path: '/calendar/events',
    about:
      "events of Google Calendar, with a token that <code>@ConnectorToken('googlecalendar')</code> gave",
  },
  {
    path: '/slack/channels',
    about:
      "channels of Slack, through a service that asks <code>connectors.getAccessToken('slack')</code>",
  },
];

const errors: Route[] = [
  { path: '/errors/not-connected', about: '424: nobody has connected Notion' },
  {
    path: '/errors/not-connected-but-optional',
    about: '200: the same, with <code>optional: true</code>',
  },
  { path: '/errors/metered', about: '424: X is metered, so there is no token of it' },
  {
    path: '/errors/credits-exhausted',
    about: '503: no integration credits left for a metered call',
  },
  {
    path: '/errors/rate-limited',
    about: '503 with <code>Retry-After</code>: Base44 limits the rate',
  },
  { path: '/errors/unavailable', about: '503: Base44 is down' },
  { path: '/errors/unexpected-response', about: '502: a page where a token belongs' },
  { path: '/errors/service-role-rejected', about: '502: Base44 refuses the service token' },
  { path: '/errors/service-role-required', about: '500: there is no service token' },
  { path: '/errors/invalid-connector', about: '400: <code>../secrets</code> is no connector' },
  { path: '/errors/invalid-request', about: '400: a metered call without a path' },
];

const list = (routes: Route[]): string =>
  routes
    .map(({ path, about }) => `<li><a href="${path}">GET ${path}</a><span>${about}</span></li>`)
    .join('\n');

/** What there is to try. */
export function landingPage({ appId, isLocal }: { appId: string; isLocal: boolean }): string {
  const mode = isLocal
    ? `An <strong>emulator</strong> of Base44 and stand-ins for Google Calendar and Slack run beside this
       application. Set <code>BASE44_APP_ID</code> and <code>BASE44_SERVICE_TOKEN</code> to talk to Base44 itself;
       the errors below then depend on what your app has connected.`
    : `This application talks to Base44, as app <code>${appId}</code>. What the errors below answer depends on
       what the app has connected.`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>nestjs-base44-connectors: sample 01</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1c2330; }
  h1 { font-size: 1.6rem; margin-bottom: .25rem; }
  h2 { font-size: 1.1rem; margin-top: 2rem; }
  ul { list-style: none; padding: 0; border: 1px solid #d9dee7; border-radius: .5rem; overflow: hidden; }
  li { padding: .6rem .9rem; border-top: 1px solid #e8ecf2; }
  li:first-child { border-top: 0; }
  a { font-family: ui-monospace, monospace; font-size: .92em; color: #0b57d0; text-decoration: none; }
  a:hover, a:focus { text-decoration: underline; }
  span { display: block; color: #55607a; font-size: .92em; }
  code { font-size: .92em; background: #f0f3f8; padding: .1em .3em; border-radius: .25em; }
</style>
<h1>nestjs-base44-connectors</h1>
<p>${mode}</p>
<h2>The main job</h2>
<ul>
${list(mainJob)}
</ul>
<h2>What clients see when it fails</h2>
<ul>
${list(errors)}
</ul>
</html>
`;
}
