import { Controller, Get, Header, Post, Redirect } from '@nestjs/common';
import { ConnectorsError, ConnectorsService, InjectConnectors } from 'nestjs-base44-connectors';
import { LocalWorld, type Step } from './local-world.js';
import { style, wayPage } from './way.page.js';

/** The messages that a call of `getConnection` has caused, and its result without the token. */
export interface Way {
  readonly title: string;
  readonly connector: string;
  readonly outcome: { readonly tokenLength: number } | { readonly code: string; message: string };
  readonly tookMs: number;
  /** Empty when the cache had the connection. */
  readonly steps: readonly Step[];
}

@Controller()
export class WayController {
  constructor(
    private readonly connectors: ConnectorsService,
    @InjectConnectors('wrong-secret') private readonly wrongSecret: ConnectorsService,
    private readonly world: LocalWorld,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; " +
      "frame-ancestors 'none'; base-uri 'none'",
  )
  @Header('Cache-Control', 'no-store')
  async page(): Promise<string> {
    return wayPage(await this.ways());
  }

  @Get('ways')
  @Header('Cache-Control', 'no-store')
  async ways(): Promise<Way[]> {
    return [
      await this.#resolve('An allowed connector', 'slack', this.connectors),
      await this.#resolve('A connector that is not allowed', 'github', this.connectors),
      await this.#resolve('A signature with the wrong secret', 'notion', this.wrongSecret),
    ];
  }

  @Post('forget')
  @Redirect('/', 303)
  async forget(): Promise<void> {
    await this.connectors.invalidate('slack');
  }

  @Get('page.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): string {
    return style;
  }

  async #resolve(title: string, connector: string, connectors: ConnectorsService): Promise<Way> {
    // Drops the steps of a renewal in the background.
    this.world.takeSteps(connector);
    const startedAtMs = performance.now();
    const outcome = await connectors.getConnection(connector).then(
      ({ accessToken }) => ({ tokenLength: accessToken.length }),
      (error: unknown) => {
        if (!(error instanceof ConnectorsError)) throw error;
        return { code: error.code, message: error.message };
      },
    );
    const tookMs = performance.now() - startedAtMs;
    return { title, connector, outcome, tookMs, steps: this.world.takeSteps(connector) };
  }
}
