import { type Answer, type Call, StandIn } from './stand-in.js';

/** Refuses tokens that were revoked. */
export class GoogleCalendar extends StandIn {
  readonly #revoked = new Set<string>();

  /** @param token - its name */
  revoke(token: string): void {
    this.#revoked.add(token);
  }

  override reset(): void {
    this.#revoked.clear();
  }

  protected override answer({ path, token }: Call): Answer {
    if (token === 'no token' || this.#revoked.has(token)) return { status: 401 };
    if (path !== '/calendar/v3/calendars/primary/events') return { status: 404 };
    return { status: 200, body: { items: [{ summary: 'Stand-up' }, { summary: 'Lunch' }] } };
  }
}
