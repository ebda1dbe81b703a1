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
  readonly #users: ReadonlyMap<string, AppUser>;
  #google?: Server;

  private constructor(base44: Base44Emulator) {
    this.#base44 = base44;
    this.#users = new Map(
      people.map(({ id, name }) => [id, { id, name, base44Token: base44.addAppUser(id).token }]),
    );
  }

  static async start(): Promise<LocalWorld> {
    const world = new LocalWorld(await Base44Emulator.start());
    world.#google = await startGoogleCalendar((accessToken) => world.#ownerOf(accessToken));
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

  /** The emulator gave the token, so it knows whose it is. */
  async #ownerOf(accessToken: string): Promise<Person | undefined> {
    for (const person of people) {
      if ((await this.#accessTokenOf(person)) === accessToken) return person;
    }
    return undefined;
  }

  async #accessTokenOf({ id }: Person): Promise<string | undefined> {
    const path = `/api/apps/${this.appId}/app-user-auth/connectors/${CALENDAR}/token`;
    const response = await fetch(this.serverUrl + path, {
      headers: {
        Authorization: `Bearer ${this.serviceToken}`,
        'on-behalf-of': `Bearer ${this.userNamed(id)?.base44Token ?? ''}`,
      },
    });
    return ((await response.json()) as { access_token?: string }).access_token;
  }
}
