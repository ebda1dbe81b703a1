import type { ServerResponse } from 'node:http';
import { BadGatewayException, Controller, Get, Logger, Res } from '@nestjs/common';
import {
  ConnectorConnection,
  ConnectorsService,
  ConnectorToken,
  type Connection,
} from 'nestjs-base44-connectors';
import { EmulatedProvider } from 'nestjs-base44-connectors/testing';

/** Calls the provider as the guides say. */
@Controller('channels')
export class GoodController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get()
  async channels(): Promise<unknown> {
    const response = await this.connectors.fetch('slack', '/channels');
    return response.json();
  }
}

/** Calls the provider with the token itself, so a rejected token is not renewed. */
@Controller('channels')
export class DecoratorController {
  constructor(protected readonly slack: EmulatedProvider) {}

  @Get()
  channels(@ConnectorToken('slack') token: string): Promise<unknown> {
    return callSlack(this.slack, token);
  }
}

/** Stores the token in a field. */
@Controller('channels')
export class StoringController {
  #token: string | undefined;

  constructor(
    private readonly connectors: ConnectorsService,
    private readonly slack: EmulatedProvider,
  ) {}

  @Get()
  async channels(): Promise<unknown> {
    this.#token ??= (await this.connectors.getConnection('slack')).accessToken;
    return callSlack(this.slack, this.#token);
  }
}

/** Stores the token until the provider rejects it. */
@Controller('channels')
export class RenewingStoringController {
  #token: string | undefined;

  constructor(
    private readonly connectors: ConnectorsService,
    private readonly slack: EmulatedProvider,
  ) {}

  @Get()
  async channels(): Promise<unknown> {
    try {
      this.#token ??= (await this.connectors.getConnection('slack')).accessToken;
      return await callSlack(this.slack, this.#token);
    } catch {
      this.#token = (await this.connectors.getConnection('slack', { fresh: true })).accessToken;
      return callSlack(this.slack, this.#token);
    }
  }
}

/** Hides every failure. */
@Controller('channels')
export class SwallowingController extends GoodController {
  @Get()
  override async channels(): Promise<unknown> {
    return super.channels().catch(() => ({ channels: [] }));
  }
}

/** Replaces every failure with "not connected". */
@Controller('channels')
export class ReplacingController extends GoodController {
  @Get()
  override async channels(): Promise<unknown> {
    return super.channels().catch(() => {
      throw new BadGatewayException('Connect Slack again');
    });
  }
}

/** Waits for ever when Base44 fails. */
@Controller('channels')
export class HangingController extends GoodController {
  @Get()
  override async channels(): Promise<unknown> {
    return super.channels().catch(() => new Promise(() => undefined));
  }
}

/** Never works again after a failure. */
@Controller('channels')
export class BrokenController extends GoodController {
  #failure: Error | undefined;

  @Get()
  override async channels(): Promise<unknown> {
    if (this.#failure !== undefined) throw this.#failure;
    return super.channels().catch((error: unknown) => {
      this.#failure = error as Error;
      throw error;
    });
  }
}

/** Sends a part of its response, and closes the connection when Base44 fails. */
@Controller('channels')
export class BreakingOffController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get()
  async channels(@Res() response: ServerResponse): Promise<void> {
    response.write('[');
    try {
      await this.connectors.fetch('slack', '/channels');
      response.end(']');
    } catch {
      response.destroy();
    }
  }
}

/** Runs one request at a time, and forgets to go on when the client has gone. */
@Controller('channels')
export class LockingController {
  #isLocked = false;

  constructor(private readonly connectors: ConnectorsService) {}

  @Get()
  async channels(@Res() response: LeakyResponse): Promise<void> {
    if (this.#isLocked) {
      response.status(503).json({ error: 'locked' });
      return;
    }
    this.#isLocked = true;
    const call = this.connectors.fetch('slack', '/channels');
    const result = await call.catch(() => undefined);
    if (response.destroyed) return;
    this.#isLocked = false;
    response.status(result?.status ?? 503).json({});
  }
}

interface LeakyResponse {
  readonly destroyed: boolean;
  status(code: number): this;
  statusMessage: string;
  setHeader(name: string, value: string | string[]): this;
  json(body: unknown): void;
}

/** Does something with the token in each request. */
export function leakyController(leak: (token: string, response: LeakyResponse) => unknown) {
  @Controller('channels')
  class LeakyController {
    @Get()
    channels(
      @ConnectorConnection('slack') { accessToken }: Connection,
      @Res() response: LeakyResponse,
    ): void {
      const body = leak(accessToken, response);
      response.json(body ?? { ok: true });
    }
  }
  return LeakyController;
}

/** Leaks only when a request fails: it logs the request whose response it does not like. */
@Controller('channels')
export class FailureLoggingController extends DecoratorController {
  readonly #logger = new Logger('Channels');

  @Get()
  override async channels(@ConnectorToken('slack') token: string): Promise<unknown> {
    return callSlack(this.slack, token).catch((error: unknown) => {
      this.#logger.debug({ error, request: { headers: { Authorization: `Bearer ${token}` } } });
      throw error;
    });
  }
}

async function callSlack(slack: EmulatedProvider, token: string): Promise<unknown> {
  const response = await fetch(slack.url, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw new BadGatewayException(`Slack responded with ${response.status}`);
  return response.json();
}
