import { CALENDAR } from '../calendar/calendar.constants.js';

/** The script shows one of the three sections. */
export const page = /* HTML */ `<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>Today</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/page.css" />
      <script type="module" src="/page.js"></script>
    </head>
    <body data-connection="/connectors/${CALENDAR}">
      <header hidden>
        <strong id="name"></strong>
        <form method="post" action="/sign-out"><button>Sign out</button></form>
      </header>
      <main>
        <section id="signed-out" hidden>
          <h1>Whose day is it?</h1>
          <p>Two users of one app connect calendars of their own. Neither sees the other's.</p>
          <form method="post" action="/sign-in">
            <button name="user" value="ada">Sign in as Ada Lovelace</button>
            <button name="user" value="grace">Sign in as Grace Hopper</button>
          </form>
          <p>You need no password, because an emulator of Base44 runs in this application.</p>
        </section>
        <section id="not-connected" hidden>
          <h1>Google Calendar</h1>
          <p>Connect your calendar to see your day. You can disconnect it at any time.</p>
          <a class="button" href="/connectors/${CALENDAR}/connect" target="_blank" rel="noopener">
            Connect Google Calendar
          </a>
        </section>
        <section id="connected" hidden>
          <h1>Today</h1>
          <ol id="events"></ol>
          <button id="disconnect">Disconnect</button>
          <a href="/calendar/digest">Digest as JSON</a>
        </section>
        <p role="status"></p>
      </main>
    </body>
  </html>`;

export const style = `
:root { --page: #fff; --text: #1c2330; --line: #dde3ec; --accent: #0b57d0; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --page: #10141c; --text: #e7ebf3; --line: #364052; --accent: #a8c7fa; --on-accent: #062e6f; }
}
body {
  font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 0 auto; padding: 1rem;
  color: var(--text); background: var(--page);
}
[hidden] { display: none !important; }
header button { margin-right: 0; }
header { display: flex; justify-content: space-between; align-items: center; }
h1 { line-height: 1.25; }
a { color: var(--accent); }
button, .button {
  display: inline-block; margin: .25rem .5rem .25rem 0; font: inherit; padding: .5rem 1rem;
  border: 1px solid var(--accent); border-radius: .5rem; color: var(--accent); background: none;
  text-decoration: none; cursor: pointer;
}
.button { color: var(--on-accent); background: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ol { padding: 0; list-style: none; }
li { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
`;
