import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { CALENDAR } from '../calendar/calendar.constants.js';
import { startGoogleCalendar } from './google-calendar.js';
import { people, type Person } from './people.js';

/** A user of the Base44 app, as the server knows them. */
export interface AppUser {
  readonly id: string;
  readonly name: string;
  /** What Base44 gave when they signed in. It never leaves the server. */
  readonly base44Token: string;
}

/** What the sample talks to: an emulator of Base44 and a stand-in for Google Calendar. */
export class LocalWorld implements OnApplicationShutdown {
  readonly #base44: Base44Emulator;
  readonly #users = new Map<string, AppUser>();
  /** By the access token that the consent page gives them. */
  readonly #owners = new Map<string, Person>();
  #google?: Server;

  private constructor(base44: Base44Emulator) {
    this.#base44 = base44;
    for (const person of people) {
      const { id, name } = person;
      const user = base44.addAppUser(id);
      const accessToken = `ya29.${randomBytes(16).toString('hex')}`;
      base44.presetConsent(CALENDAR, { accessToken }, user);
      this.#users.set(id, { id, name, base44Token: user.token });
      this.#owners.set(accessToken, person);
    }
  }

  static async start(): Promise<LocalWorld> {
    const world = new LocalWorld(await Base44Emulator.start());
    world.#google = await startGoogleCalendar(world.#owners);
    return world;
  }

  get appId(): string {
    return this.#base44.appId;
  }

  get serviceToken(): string {
    return this.#base44.serviceToken;
  }

  get serverUrl(): string {
    return this.#base44.url;
  }

  get calendarUrl(): string {
    return `http://127.0.0.1:${(this.#google?.address() as AddressInfo).port}`;
  }

  /** Stands for signing in at Base44: no password here. */
  userNamed(id: string): AppUser | undefined {
    return this.#users.get(id);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#google?.close();
    await this.#base44.close();
  }
}
