import type { Script } from '../stories/story.js';
import { html, type Html } from './html.js';

interface Page {
  readonly title: string;
  readonly scripts: readonly Script[];
  /** The one that is shown. */
  readonly current?: Script;
  readonly content: Html;
}

/** What all pages have around their content. */
export function layout({ title, scripts, current, content }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/page.css" />
      </head>
      <body>
        <nav aria-label="Pages">
          ${link('/', 'Overview', current === undefined)}
          ${scripts.map((one) => link(`/stories/${one.name}`, one.provider, one === current))}
        </nav>
        <h1>${title}</h1>
        ${content}
      </body>
    </html> `.text;
}

function link(path: string, text: string, isCurrent: boolean): Html {
  return isCurrent
    ? html`<a href="${path}" aria-current="page">${text}</a>`
    : html`<a href="${path}">${text}</a>`;
}
