import {
  ERROR_ROUTES,
  OTHER_SAMPLES,
  type OtherSample,
  type Route,
  TOKEN_ROUTES,
} from './home.routes.js';

const STYLE = `
:root { --page: #fff; --text: #1b2230; --muted: #566074; --line: #d8dee9; --code: #f2f4f8; --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --page: #10141c; --text: #e7ebf3; --muted: #a3adbf; --line: #364052; --code: #1a202b; --link: #a8c7fa; }
}
body {
  max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--page); overflow-wrap: anywhere;
}
h1 { margin: 0 0 .5rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0 .75rem; max-width: 44rem; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code, pre, h3 { font: .875rem/1.5 ui-monospace, monospace; }
h3 { margin: 0; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: .875rem 0; border-top: 1px solid var(--line); }
.about { margin-bottom: 0; color: var(--muted); }
.status { padding: 0 .375rem; border: 1px solid var(--line); border-radius: .375rem; color: var(--muted); }
pre { margin: .5rem 0 0; padding: .625rem .75rem; border-radius: .5rem; background: var(--code); white-space: pre-wrap; }
@media (min-width: 52rem) {
  li { display: grid; grid-template-columns: 5fr 8fr; gap: 1.5rem; align-items: start; }
  pre { margin: 0; }
}
`;

export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sample 01: tokens of connectors</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Tokens of connectors</h1>
<p>
  Without <code>BASE44_APP_ID</code> and <code>BASE44_SERVICE_TOKEN</code> in the environment, an
  emulator of Base44 and a stand-in for Google Calendar and Slack run in this application. With them,
  the application talks to Base44, and the statuses depend on the connectors of your app.
</p>
<h2>Get a token</h2>
<ul>${TOKEN_ROUTES.map(toItem).join('')}</ul>
<h2>Handle errors</h2>
<p>The exception filter of the module turns each error into a response with its code and its remedy.</p>
<ul>${ERROR_ROUTES.map(toItem).join('')}</ul>
<h2>The other samples</h2>
<ul>${OTHER_SAMPLES.map(toSampleItem).join('')}</ul>
</main>
</body>
</html>`;

function toItem({ path, status, about, code }: Route): string {
  return `
<li>
  <div>
    <h3><a href="${path}">GET ${path}</a> <span class="status">${status}</span></h3>
    <p class="about">${escapeHtml(about)}</p>
  </div>
  <pre>${escapeHtml(code)}</pre>
</li>`;
}

function toSampleItem({ name, about, command }: OtherSample): string {
  return `
<li>
  <div><h3>sample/${name}</h3><p class="about">${escapeHtml(about)}</p></div>
  <pre>${escapeHtml(command)}</pre>
</li>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
