import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as send,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { type Broker, startBroker } from './broker-function.js';

/** A message on the way to a token. */
export interface Step {
  readonly from: string;
  readonly to: string;
  readonly message: string;
  readonly about: string;
  /** The names of its headers. */
  readonly headers: readonly string[];
  /** The names of the secrets that its headers and its body contain. */
  readonly secrets: readonly string[];
}

/** An emulator of Base44, and the app's broker function behind a stand-in for its hosting. */
export class LocalWorld implements OnApplicationShutdown {
  readonly brokerSecret = randomBytes(32).toString('base64url');
  readonly #accessToken: string;
  /** The steps by the connector whose token they concern. */
  readonly #steps = new Map<string, Step[]>();
  readonly #hosting = createServer((request, response) => {
    this.#forward(request, response).catch(() => response.writeHead(502).end());
  });
  #broker?: Broker;

  private constructor(readonly base44: Base44Emulator) {
    this.#accessToken = base44.connect('slack').accessToken;
    base44.connect('github');
    base44.fault({
      times: Infinity,
      respond: ({ method, path, headers, rawBody }, _response, next) => {
        const step = {
          from: 'Broker function',
          to: 'Base44 API',
          message: `${method} ${path}`,
          about: 'The signature is valid and the connector is allowed, so the broker requests it.',
        };
        this.#record(path.replace(/^.*\//, ''), step, headers, rawBody);
        return next();
      },
    });
  }

  static async start(): Promise<LocalWorld> {
    const world = new LocalWorld(await Base44Emulator.start());
    world.#broker = await startBroker({
      CONNECTORS_BROKER_SECRET: world.brokerSecret,
      CONNECTORS_BROKER_ALLOW: 'slack',
      CONNECTORS_BROKER_SERVER_URL: world.base44.url,
    });
    await once(world.#hosting.listen(0, '127.0.0.1'), 'listening');
    return world;
  }

  get brokerUrl(): string {
    const { port } = this.#hosting.address() as AddressInfo;
    return `http://127.0.0.1:${port}/functions/connectors-broker`;
  }

  /** Returns the steps to a connector's token since the last call. */
  takeSteps(connector: string): Step[] {
    const steps = this.#steps.get(connector) ?? [];
    this.#steps.delete(connector);
    return steps;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#hosting.close();
    this.#broker?.stop();
    await this.base44.close();
  }

  /** Forwards a request to the function, with the headers that Base44 adds. */
  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request;
    const body = await text(request);
    const { id } = (JSON.parse(body) as { connector: { id: string } }).connector;
    const message = `POST ${url}`;
    const received = {
      from: 'Nest application',
      to: 'Function hosting',
      message,
      about: 'The secret signs the request, but the request does not contain it.',
    };
    this.#record(id, received, headers, body);

    const forwarded = {
      from: 'Function hosting',
      to: 'Broker function',
      message,
      about: 'Base44 runs the function, and gives it the service role for this request.',
    };
    const added = {
      'accept-encoding': 'identity',
      'base44-app-id': this.base44.appId,
      'base44-api-url': this.base44.url,
      'base44-service-authorization': `Bearer ${this.base44.serviceToken}`,
    };
    this.#record(id, forwarded, { ...headers, ...added }, body);

    const options = { method: 'POST', headers: { ...headers, ...added } };
    const onwards = send(`${this.#broker?.origin}${url}`, options).end(body);
    const [answer] = (await once(onwards, 'response')) as [IncomingMessage];
    const { statusCode: status = 502 } = answer;
    const content = await text(answer);
    const answered = {
      from: 'Broker function',
      to: 'Nest application',
      message: `${status} with ${Object.keys(JSON.parse(content) as object).join(', ')}`,
      about: status === 200 ? 'The response of Base44.' : 'The broker rejects the request itself.',
    };
    this.#record(id, answered, answer.headers, content);
    response.writeHead(status, answer.headers).end(content);
  }

  #record(
    connector: string,
    step: Pick<Step, 'from' | 'to' | 'message' | 'about'>,
    headers: object,
    body: string,
  ): void {
    const content = JSON.stringify(headers) + body;
    const secrets = Object.entries({
      'service token': this.base44.serviceToken,
      'access token': this.#accessToken,
      'broker secret': this.brokerSecret,
    }).flatMap(([name, secret]) => (content.includes(secret) ? [name] : []));
    const steps = this.#steps.get(connector) ?? [];
    this.#steps.set(connector, [
      ...steps,
      { ...step, headers: Object.keys(headers).sort(), secrets },
    ]);
  }
}
