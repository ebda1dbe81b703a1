import { STATUS_CODES } from 'node:http';
import type { ConnectorRequirement } from 'nestjs-base44-connectors';
import type { Step } from '../local-world.js';
import type { PlayedScene } from './scenes.service.js';

export const scenesPage = (
  scenes: readonly PlayedScene[],
  requirements: readonly ConnectorRequirement[],
): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Provider calls</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<h1>Provider calls</h1>
<p>
  This Nest application calls three providers with the tokens of a Base44 app. The page has just
  sent ${scenes.length} requests to the application, and shows which requests these caused. Tokens
  appear by name only. The same <a href="/scenes">as JSON</a>.
</p>
${scenes.map(toSection).join('\n')}
<h2>The required connectors</h2>
<p>
  <code>connectors.requirements()</code> lists the connectors that decorators name, and
  <code>verifyOnBootstrap</code> has checked them at startup. Google Calendar is not in the list,
  because no decorator names it.
</p>
<pre>${escape(requirements.map(describeRequirement).join('\n'))}</pre>
</html>`;

const toSection = (scene: PlayedScene): string => `<h2>${escape(scene.title)}</h2>
<p>${escape(scene.about)}</p>
<pre>${escape(scene.code)}</pre>
<pre>${escape(describe(scene))}</pre>`;

function describe({ steps, request, answer }: PlayedScene): string {
  const trace = steps.map(describeStep).join('\n') || 'No request has left the application.\n';
  const body = JSON.stringify(answer.body);
  return `${trace}\nThe application responds to ${request.join(' ')}\n← ${toStatus(answer.status)}\n${body}`;
}

const describeStep = ({ to, host, method, path, token, status, says, waitedMs }: Step): string =>
  `${waitedMs < 500 ? '' : `${(waitedMs / 1000).toFixed(2)} s later\n`}→ ${to} at ${host}, with ${token}
  ${method} ${path}
← ${toStatus(status)} ${says}
`;

const describeRequirement = ({ connector, requiredBy }: ConnectorRequirement): string =>
  `${JSON.stringify(connector)} for ${requiredBy.join(', ')}`;

const toStatus = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const style = `
:root { --page: #fff; --text: #1c2330; --code: #f0f3f8; --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --page: #10141c; --text: #e7ebf3; --code: #1a202b; --link: #a8c7fa; }
}
body {
  font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 0 auto; padding: 1.5rem 1rem 3rem;
  color: var(--text); background: var(--page); overflow-wrap: anywhere;
}
h1 { margin: 0; }
h1, h2 { line-height: 1.25; }
h2 { margin: 3rem 0 .5rem; }
a { color: var(--link); }
pre, code { font: .875rem/1.5 ui-monospace, monospace; }
pre { white-space: pre-wrap; margin: .75rem 0; padding: .75rem 1rem; border-radius: .5rem; background: var(--code); }
`;
