import type { Step } from './local-world.js';
import type { Way } from './way.controller.js';

export const wayPage = (ways: readonly Way[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The way of the token</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<h1>The way of the token</h1>
<p>
  A Nest application outside Base44 has no service token. It has the URL of a broker, which is a
  function in the Base44 app, and shares a secret with it. This load of the page has caused the
  messages below. Secrets appear by name only. The same <a href="/ways">as JSON</a>.
</p>
<form method="post" action="/forget">
  <a href="/">Load again</a> to see the cache at work, or <button>forget the token</button>
</form>
${ways.map(toSection).join('\n')}
</html>`;

const toSection = (way: Way): string =>
  `<h2>${escape(way.title)}</h2><pre>${escape(describe(way))}</pre>`;

function describe({ connector, steps, outcome, tookMs }: Way): string {
  const result =
    'code' in outcome
      ? `${outcome.code}: ${outcome.message}`
      : `A token of ${outcome.tokenLength} characters after ${tookMs.toFixed(1)} ms.`;
  const trace =
    steps.map(describeStep).join('\n\n') ||
    'The cache has the token: neither the broker nor Base44 got a request.';
  return `connectors.getConnection('${connector}')\n\n${trace}\n\n${result}`;
}

const describeStep = ({ from, to, message, about, headers, secrets }: Step): string =>
  `${from} → ${to}${secrets.map((name) => `, with the ${name}`).join('')}
  ${message}
  ${about}
  Headers: ${headers.join(', ')}`;

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export const style = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
pre {
  white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem;
  background: light-dark(#f0f3f8, #1d232c);
}
`;
