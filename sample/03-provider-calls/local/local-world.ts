import type { OnApplicationShutdown } from '@nestjs/common';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { watchBase44 } from './base44.js';
import { GitHub } from './github.js';
import { GoogleCalendar } from './google-calendar.js';
import { OpenServer } from './open-server.js';
import { Slack } from './slack.js';
import type { StandIn } from './stand-in.js';
import { Tokens } from './tokens.js';
import { Trace } from './trace.js';

/** What the sample talks to: an emulator of Base44, and stand-ins for the providers. */
export class LocalWorld implements OnApplicationShutdown {
  readonly trace = new Trace();
  readonly tokens: Tokens;
  readonly google: GoogleCalendar;
  readonly slack: Slack;
  readonly github: GitHub;
  /** Nobody that the application knows. */
  readonly stranger: OpenServer;
  readonly #codeload: OpenServer;

  private constructor(private readonly base44: Base44Emulator) {
    const { trace } = this;
    const tokens = new Tokens(base44);
    this.tokens = tokens;
    this.google = new GoogleCalendar('Google Calendar', tokens, trace);
    this.slack = new Slack('Slack', tokens, trace);
    this.#codeload = new OpenServer('Codeload', tokens, trace);
    this.github = new GitHub(tokens, trace, this.#codeload);
    this.stranger = new OpenServer('Stranger', tokens, trace);
    watchBase44(base44, tokens, trace);
  }

  static async start(): Promise<LocalWorld> {
    const world = new LocalWorld(await Base44Emulator.start());
    for (const standIn of world.#standIns) await standIn.listen();
    world.reset();
    return world;
  }

  get appId(): string {
    return this.base44.appId;
  }

  get serviceToken(): string {
    return this.base44.serviceToken;
  }

  get serverUrl(): string {
    return this.base44.url;
  }

  /** As at the start: every connector has a first token, and all is well. */
  reset(): void {
    for (const standIn of this.#standIns) standIn.reset();
    this.tokens.clear();
    for (const connector of ['googlecalendar', 'slack', 'github']) {
      this.tokens.renew(connector, 'first token');
    }
  }

  async onApplicationShutdown(): Promise<void> {
    for (const standIn of this.#standIns) standIn.close();
    await this.base44.close();
  }

  get #standIns(): readonly StandIn[] {
    return [this.google, this.slack, this.github, this.#codeload, this.stranger];
  }
}
