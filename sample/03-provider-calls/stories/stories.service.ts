import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { LocalWorld } from '../local/local-world.js';
import type { Scene, Script, Story } from './story.js';

/** Plays scenes: sends requests to this application, and looks at what they cause. */
@Injectable()
export class StoriesService {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly world: LocalWorld,
    private readonly connectors: ConnectorsService,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** One after the other: there is one world for all who look. */
  tell(script: Script): Promise<Story[]> {
    const told = this.#last.then(() => this.#tell(script));
    this.#last = told.catch(() => undefined);
    return told;
  }

  async #tell({ scenes }: Script): Promise<Story[]> {
    this.world.reset();
    await this.connectors.invalidate();
    const stories: Story[] = [];
    for (const scene of scenes(this.world)) stories.push(await this.#play(scene));
    return stories;
  }

  async #play({ before, ...scene }: Scene): Promise<Story> {
    const { method, path } = scene.request;
    const { trace } = this.world;
    before?.();
    trace.start();
    const startedAtMs = performance.now();
    const response = await fetch(this.#origin + path, { method });
    const body: unknown = await response.json();
    const tookMs = performance.now() - startedAtMs;
    return { ...scene, steps: trace.steps, answer: { status: response.status, body }, tookMs };
  }

  get #origin(): string {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  }
}
