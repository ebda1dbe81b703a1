import { people, type Person } from '../local/people.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

export function signInPage(): string {
  return layout(
    'Sign in',
    html`<main class="card narrow">
      <h1>Whose day is it?</h1>
      <p>
        Two users of one app. Each connects a Google Calendar of their own and sees nobody else's.
      </p>
      <form method="post" action="/sign-in">${people.map(button)}</form>
      <p class="hint">
        No password, no Base44 account: an emulator of Base44 and a stand-in for Google Calendar run
        beside this sample.
      </p>
    </main>`,
  );
}

function button({ id, name }: Person): Html {
  return html`<button class="person" name="user" value="${id}">
    <span class="avatar ${id}" aria-hidden="true">${name.charAt(0)}</span>
    <span>Sign in as <strong>${name}</strong></span>
  </button>`;
}
