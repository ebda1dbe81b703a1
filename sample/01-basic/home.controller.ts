import { Controller, Get, Header } from '@nestjs/common';

const ROUTES = {
  '/calendar/events': "200: @ConnectorToken('googlecalendar') injects the token into a handler",
  '/slack/channels': "200: a service calls connectors.getAccessToken('slack')",
  '/errors/not-connected': '424: Notion is not connected',
  '/errors/not-connected-but-optional': '200: optional: true injects null instead',
  '/errors/metered': '424: X is metered, so it has no token',
  '/errors/credits-exhausted': '503: no integration credits are left for a metered call',
  '/errors/rate-limited': '503 with Retry-After: Base44 limits the rate',
  '/errors/unavailable': '503: Base44 is down',
  '/errors/unexpected-response': '502: Base44 sends an HTML page instead of a token',
  '/errors/service-role-rejected': '502: Base44 rejects the service token',
  '/errors/service-role-required': '500: the application has no service token',
  '/errors/invalid-connector': "400: '../secrets' is not the name of a connector",
  '/errors/invalid-request': '400: a metered call needs a path',
};

const links = Object.entries(ROUTES).map(
  ([path, about]) => `<dt><a href="${path}">${path}</a></dt><dd>${about}</dd>`,
);

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sample 01: tokens of connectors</title>
<link rel="icon" href="data:,">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
  dt { margin-top: .75rem; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
  dd { margin: 0; color: #55607a; }
</style>
<h1>Tokens of connectors</h1>
<p>
  Without <code>BASE44_APP_ID</code> and <code>BASE44_SERVICE_TOKEN</code> in the environment, an
  emulator of Base44 and a stand-in for Google Calendar and Slack run in this application. With them,
  the application talks to Base44, and the statuses depend on the connectors of your app.
</p>
<dl>${links.join('\n')}</dl>
</html>`;

/** Lists the routes to try, with the status that each returns. */
@Controller()
export class HomeController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return page;
  }
}
