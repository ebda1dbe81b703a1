import type { ConnectorRequirement } from 'nestjs-base44-connectors';
import type { Script } from '../stories/story.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** What there is to look at. */
export function homePage(
  scripts: readonly Script[],
  requirements: readonly ConnectorRequirement[],
): string {
  return layout({
    title: 'Provider calls',
    scripts,
    content: html`<p>
        A Nest application calls three providers with the tokens of a Base44 app. Each page sends
        requests to the application, and shows what these cause.
      </p>
      <main>
        <ul class="card choices">
          ${scripts.map(choice)}
        </ul>
        <section class="card">
          <h2>What the application needs</h2>
          <p>
            <code>connectors.requirements()</code> reads it from the decorators, and
            <code>verifyOnBootstrap</code> has checked it at the start. What a service asks for by
            itself, as here for googlecalendar, they do not know.
          </p>
          <ul class="needs">
            ${requirements.map(need)}
          </ul>
        </section>
      </main>
      <p class="hint">
        An emulator of Base44 and stand-ins for the providers run beside this sample. Tokens are
        shown by name only.
      </p>`,
  });
}

function choice({ name, provider, about, lesson }: Script): Html {
  return html`<li>
    <a href="/stories/${name}"><strong>${provider}</strong> ${about} <span>${lesson}</span></a>
  </li>`;
}

function need({ connector, requiredBy }: ConnectorRequirement): Html {
  return html`<li>
    <strong>${typeof connector === 'string' ? connector : JSON.stringify(connector)}</strong>, for
    <code>${requiredBy.join(', ')}</code>
  </li>`;
}
