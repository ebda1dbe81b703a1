import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { CALENDAR } from './calendar/calendar.constants.js';
import type { AppUser } from './sessions/sessions.js';

/** The users of the app, with the events in their Google Calendars. */
const PEOPLE = {
  ada: {
    name: 'Ada Lovelace',
    events: [
      'Notes on the <Analytical Engine>',
      'Lunch with Charles & Mary',
      'Bernoulli numbers, by machine',
    ],
  },
  grace: {
    name: 'Grace Hopper',
    events: ['Remove the moth from relay 70', 'Compilers: "nobody believes it"'],
  },
};

/** An emulator of Base44 and a stand-in for Google Calendar. */
export class LocalWorld implements OnApplicationShutdown {
  readonly #users = new Map<string, AppUser>();
  /** The calendars by the `Authorization` header that opens them. */
  readonly #calendars = new Map<string, object>();
  readonly #google: Server;

  private constructor(readonly base44: Base44Emulator) {
    for (const [id, { name, events }] of Object.entries(PEOPLE)) {
      const user = base44.addAppUser(id);
      const accessToken = `ya29.${randomUUID()}`;
      const integrationType = 'googlecalendar';
      base44.presetConsent(CALENDAR, { accessToken, integrationType }, user);
      this.#users.set(id, { name, base44Token: user.token });
      const items = events.map((summary) => ({ summary }));
      this.#calendars.set(`Bearer ${accessToken}`, { items });
    }
    this.#google = createServer(({ headers }, response) => {
      const calendar = this.#calendars.get(headers.authorization ?? '');
      response.writeHead(calendar ? 200 : 401, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(calendar ?? { error: 'invalid_token' }));
    });
  }

  static async start(): Promise<LocalWorld> {
    const world = new LocalWorld(await Base44Emulator.start());
    await once(world.#google.listen(0, '127.0.0.1'), 'listening');
    return world;
  }

  get calendarUrl(): string {
    return `http://127.0.0.1:${(this.#google.address() as AddressInfo).port}`;
  }

  /** Stands for the sign-in at Base44, without a password. */
  signIn(id: string): AppUser | undefined {
    return this.#users.get(id);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#google.close();
    await this.base44.close();
  }
}

@Global()
@Module({
  providers: [{ provide: LocalWorld, useFactory: () => LocalWorld.start() }],
  exports: [LocalWorld],
})
export class LocalWorldModule {}
