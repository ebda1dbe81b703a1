import type { OutgoingHttpHeaders } from 'node:http';
import type { RecordedRequest } from 'nestjs-base44-connectors/testing';
import type { Exchange } from './functions-host.js';

export type Party = 'Nest application' | 'Function hosting' | 'Broker function' | 'Base44 API';

/** A message on the way: who sent it, and what it carried, by name. */
export interface Step {
  readonly from: Party;
  readonly to: Party;
  readonly message: string;
  readonly about: string;
  readonly headers: readonly string[];
  /** Which secrets were found in its headers and its body. */
  readonly secrets: readonly string[];
}

/** Watches the messages on the way, by connector. */
export class Trace {
  readonly #steps = new Map<string, Step[]>();

  /** @param secrets - what to look for in each message, by name */
  constructor(private readonly secrets: Readonly<Record<string, string>>) {}

  /** @returns what has happened since it was last asked */
  take(connector: string): Step[] {
    const steps = this.#steps.get(connector) ?? [];
    this.#steps.delete(connector);
    return steps;
  }

  /** @param requests - those that reached Base44 meanwhile */
  add(exchange: Exchange, requests: readonly RecordedRequest[]): void {
    const { connector } = JSON.parse(exchange.received.body) as { connector: { id: string } };
    const known = this.#steps.get(connector.id) ?? [];
    this.#steps.set(connector.id, [...known, ...this.#stepsOf(exchange, requests)]);
  }

  #stepsOf(
    { received, forwarded, answered }: Exchange,
    requests: readonly RecordedRequest[],
  ): Step[] {
    return [
      this.#step(received, {
        from: 'Nest application',
        to: 'Function hosting',
        message: 'POST /functions/connectors-broker',
        about: 'Signed with the secret that the broker knows too. The secret itself stays here.',
      }),
      this.#step(forwarded, {
        from: 'Function hosting',
        to: 'Broker function',
        message: 'POST /functions/connectors-broker',
        about: 'Base44 runs the function, and gives it the service role for this request.',
      }),
      ...requests.map((request) =>
        this.#step(
          { headers: request.headers, body: request.rawBody },
          {
            from: 'Broker function',
            to: 'Base44 API',
            message: `${request.method} ${request.path}`,
            about:
              'The signature is right and the connector is on the list: asked as the service role.',
          },
        ),
      ),
      this.#step(answered, {
        from: 'Broker function',
        to: 'Nest application',
        message: `${answered.status} with ${fieldsOf(answered.body)}`,
        about: aboutAnswer(answered),
      }),
    ];
  }

  #step(
    { headers, body }: { headers: OutgoingHttpHeaders; body: string },
    step: Pick<Step, 'from' | 'to' | 'message' | 'about'>,
  ): Step {
    const all = JSON.stringify(headers) + body;
    const found = Object.entries(this.secrets).filter(([, secret]) => all.includes(secret));
    return { ...step, headers: Object.keys(headers).sort(), secrets: found.map(([name]) => name) };
  }
}

function aboutAnswer({ status, body }: Exchange['answered']): string {
  if (status === 200) return 'What Base44 answered.';
  return body.includes('broker_connector_not_allowed')
    ? 'The connector is not on the list of what may be handed out. Base44 is not asked.'
    : 'Refused.';
}

const fieldsOf = (body: string): string => Object.keys(JSON.parse(body) as object).join(', ');
