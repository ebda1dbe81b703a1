import { STATUS_CODES } from 'node:http';
import type { Step } from '../local/trace.js';
import type { Script, Story } from '../stories/story.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** A shorter pause is nobody's intention. */
const PAUSE_MS = 500;

/** What happened when the page was loaded. */
export function storiesPage(
  scripts: readonly Script[],
  current: Script,
  stories: readonly Story[],
): string {
  const { name, provider, about } = current;
  return layout({
    title: `${provider} ${about}`,
    scripts,
    current,
    content: html`<p>
        This is what happened when this page was loaded, message by message. Each load begins anew.
        <a href="/stories/${name}">Load again</a>
      </p>
      <main>${stories.map(card)}</main>
      <p class="hint">
        Tokens are shown by name only. <a href="/stories/${name}.json">The same as JSON</a>
      </p>`,
  });
}

function card({ title, about, code, steps, ...ending }: Story): Html {
  return html`<section class="card">
    <h2>${title}</h2>
    <p>${about}</p>
    <pre><code>${code}</code></pre>
    ${steps.length > 0 ? list(steps) : nothing()} ${end(ending)}
  </section>`;
}

const nothing = (): Html => html`<p class="nothing">No request has left the application.</p>`;

function list(steps: readonly Step[]): Html {
  return html`<ol>
    ${steps.map(item)}
  </ol>`;
}

function item({ to, host, method, path, token, status, says, waitedMs }: Step): Html {
  return html`<li>
    ${waitedMs >= PAUSE_MS ? pause(waitedMs) : ''}
    <div class="row">
      <strong>Nest application <span class="arrow">→</span> ${to}</strong>
      <span class="badge ${token.replace(' ', '-')}">${token}</span>
    </div>
    <code>${method} ${path}</code> <span class="soft">at ${host}</span>
    <div class="row">${statusBadge(status)} ${says.map((what) => html`<code>${what}</code>`)}</div>
  </li>`;
}

function pause(waitedMs: number): Html {
  return html`<div class="soft">${(waitedMs / 1000).toFixed(2)} s later</div>`;
}

function end({ request, answer, tookMs }: Pick<Story, 'request' | 'answer' | 'tookMs'>): Html {
  const { status, body } = answer;
  return html`<div class="ending">
    <div class="row"><strong>The application answers</strong> ${statusBadge(status)}</div>
    <code>${request.method} ${request.path}</code>
    <span class="soft">after ${tookMs.toFixed(0)} ms</span>
    <pre><code>${JSON.stringify(body, null, status < 400 ? 0 : 2)}</code></pre>
  </div>`;
}

function statusBadge(status: number): Html {
  const kind = status < 300 ? 'good' : status < 400 ? 'onwards' : 'bad';
  return html`<span class="badge ${kind}">${String(status)} ${STATUS_CODES[status] ?? ''}</span>`;
}
