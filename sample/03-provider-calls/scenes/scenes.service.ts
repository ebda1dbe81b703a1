import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConnectorsService } from 'nestjs-base44-connectors';
import { LocalWorld, type Step } from '../local-world.js';
import { listScenes, type Scene } from './scenes.js';

/** A scene after its request. */
export interface PlayedScene extends Scene {
  /** The requests that left the application. */
  readonly steps: readonly Step[];
  /** The response of the application. */
  readonly answer: { readonly status: number; readonly body: unknown };
}

@Injectable()
export class ScenesService {
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly world: LocalWorld,
    private readonly connectors: ConnectorsService,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Plays all scenes. Concurrent callers wait for one another, because they share the world. */
  play(): Promise<PlayedScene[]> {
    const played = this.#last.then(() => this.#playAll());
    this.#last = played.catch(() => undefined);
    return played;
  }

  async #playAll(): Promise<PlayedScene[]> {
    this.world.reset();
    await this.connectors.invalidate();
    const played: PlayedScene[] = [];
    for (const scene of listScenes(this.world)) played.push(await this.#send(scene));
    return played;
  }

  async #send(scene: Scene): Promise<PlayedScene> {
    const [method, path] = scene.request;
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const { port } = server.address() as AddressInfo;
    scene.before?.();
    this.world.takeSteps();
    const response = await fetch(`http://localhost:${port}${path}`, { method });
    const answer = { status: response.status, body: await response.json() };
    return { ...scene, steps: this.world.takeSteps(), answer };
  }
}
