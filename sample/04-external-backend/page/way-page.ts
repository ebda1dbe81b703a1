import type { Step } from '../local/trace.js';
import type { Way } from '../way/way.service.js';
import { html, type Html } from './html.js';

/** What happened on the way to each token. */
export function wayPage(ways: readonly Way[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>The way of the token</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/page.css" />
      </head>
      <body>
        <h1>The way of the token</h1>
        <p>
          A Nest application outside of Base44 has no service token. It has the address of a broker,
          a function in the Base44 app, and a secret that the two share. This is what happened when
          this page was loaded.
        </p>
        <main>${ways.map(card)}</main>
        <p class="hint">
          The function runs in Deno, as at Base44; an emulator of Base44 answers it. Each message
          was searched for the secrets; they are shown by name only.
          <a href="/ways">The same as JSON</a>
        </p>
      </body>
    </html> `.text;
}

function card(way: Way): Html {
  return html`<section class="card">
    <h2>getConnection('${way.connector}') ${badge(way)}</h2>
    ${way.steps.length > 0 ? list(way.steps) : fromMemory(way)} ${ending(way)}
  </section>`;
}

function badge({ outcome, steps }: Way): Html {
  if ('code' in outcome) return html`<span class="badge bad">${outcome.code}</span>`;
  return html`<span class="badge">${steps.length > 0 ? 'resolved' : 'from memory'}</span>`;
}

function fromMemory({ tookMs }: Way): Html {
  return html`<p>
    Answered from memory in ${tookMs.toFixed(1)} ms: neither the broker nor Base44 was asked.
  </p>`;
}

function list(steps: readonly Step[]): Html {
  return html`<ol>
    ${steps.map(item)}
  </ol>`;
}

function item({ from, to, message, about, headers, secrets }: Step): Html {
  return html`<li>
    <strong>${from} <span class="arrow">→</span> ${to}</strong>
    ${secrets.map((name) => html`<span class="badge secret">carries the ${name}</span>`)}
    <code>${message}</code>
    <span>${about}</span>
    <ul aria-label="Headers">
      ${headers.map(header)}
    </ul>
  </li>`;
}

function header(name: string): Html {
  const isProof = /authorization|x-connectors/.test(name);
  return html`<li class="${isProof ? 'proof' : ''}">${name}</li>`;
}

function ending({ outcome, steps, tookMs }: Way): Html {
  if ('code' in outcome) return html`<p class="error">${outcome.message}</p>`;
  if (steps.length === 0) {
    return html`<form method="post" action="/forget"><button>Forget the token</button></form>
      <p class="hint">The next load then shows the whole way again.</p>`;
  }
  return html`<p>
      After ${tookMs.toFixed(1)} ms the application has a token of ${String(outcome.tokenLength)}
      characters, and keeps it in memory.
    </p>
    <form method="get" action="/"><button>Load again</button></form>`;
}
