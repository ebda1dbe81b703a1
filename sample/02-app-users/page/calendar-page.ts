import type { CalendarEvent } from '../calendar/google-calendar.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

interface Calendar {
  readonly id: string;
  readonly name: string;
  /** `null` when the calendar is not connected. */
  readonly events: readonly CalendarEvent[] | null;
  readonly connector: string;
}

export function calendarPage({ id, name, events, connector }: Calendar): string {
  const isConnected = events !== null;
  return layout(
    `${name}: today`,
    html`<header>
        <span class="who">
          <span class="avatar ${id}" aria-hidden="true">${name.charAt(0)}</span>
          <strong>${name}</strong>
        </span>
        <form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>
      </header>
      <main class="card" data-connector="${connector}" data-connected="${String(isConnected)}">
        ${isConnected ? connected(events) : notConnected(connector)}
        <p class="status" role="status"></p>
      </main>`,
  );
}

function notConnected(connector: string): Html {
  return html`<h1>Google Calendar</h1>
    <p>Connect your calendar, and your day shows up here. You can disconnect it at any time.</p>
    <a
      class="primary"
      id="connect"
      href="/connectors/${connector}/connect"
      target="_blank"
      rel="noopener"
      >Connect Google Calendar</a
    >`;
}

function connected(events: readonly CalendarEvent[]): Html {
  return html`<div class="title">
      <h1>Today</h1>
      <span class="badge">Google Calendar connected</span>
    </div>
    <ol class="events">
      ${events.map(event)}
    </ol>
    <footer>
      <a href="/calendar/digest">Digest as JSON</a>
      <button class="quiet danger" id="disconnect">Disconnect</button>
    </footer>`;
}

function event({ summary, start, end }: CalendarEvent): Html {
  return html`<li>
    <span class="time">
      <time datetime="${start.dateTime}">${timeOf(start.dateTime)}</time>
      <span>– ${timeOf(end.dateTime)}</span>
    </span>
    <span class="summary">${summary}</span>
  </li>`;
}

/** The time of day where the calendar is, as Google gives it. */
const timeOf = (dateTime: string): string => dateTime.slice(11, 16);
