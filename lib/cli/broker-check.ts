import { Base44Api, MAX_TOKEN_ANSWER_BYTES } from '../clients/base44-api.js';
import { createBase44Http } from '../clients/base44-http.js';
import { brokerBodyIn } from '../clients/broker-answer.js';
import { signatureHeaders } from '../clients/broker-signature.js';
import { parseConnection } from '../clients/connection.parser.js';
import { parseIntegrationType } from '../connections/connector-ref.parser.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import { brokerSecretProblem, brokerUrlProblem } from '../options/broker.problem.js';

export interface CheckOptions {
  readonly url: string;
  readonly secret: string;
  readonly connector?: string;
}

const DEADLINE_MS = 15_000;

/** Says in plain words whether a deployed broker works, and what is wrong if it does not. */
export async function checkBroker({ url, secret, connector }: CheckOptions): Promise<void> {
  const problem =
    naming('BASE44_BROKER_URL', brokerUrlProblem(url)) ??
    naming('BASE44_BROKER_SECRET', brokerSecretProblem(secret));
  if (problem !== undefined) {
    fail(problem);
    return;
  }
  const api = new Base44Api(createBase44Http({ useEnvironmentProxy: false }));
  const ask = async (order: object, subject: string): Promise<unknown> => {
    const data = JSON.stringify(order);
    const answer = await api.send(
      { appId: '', connector: subject },
      {
        method: 'POST',
        baseURL: url,
        data,
        headers: signatureHeaders(secret, url, data),
        maxContentLength: MAX_TOKEN_ANSWER_BYTES,
        signal: AbortSignal.timeout(DEADLINE_MS),
      },
    );
    return brokerBodyIn(answer, { appId: '', connector: subject });
  };
  try {
    const { allowed } = (await ask({ operation: 'check' }, 'check')) as { allowed?: unknown };
    console.log(`The broker answers. It may hand out: ${listed(allowed)}.`);
    if (connector === undefined) return;
    const id = parseIntegrationType(connector);
    const order = { operation: 'connection', connector: { kind: 'integrationType', id } };
    parseConnection(await ask(order, id), id);
    console.log(`It has a token of '${id}'.`);
  } catch (error) {
    fail(isConnectorsError(error) ? error.message : 'The broker gave no answer.');
  } finally {
    api.close();
  }
}

function naming(name: string, problem: string | undefined): string | undefined {
  return problem && `${name} ${problem}`;
}

function listed(allowed: unknown): string {
  return Array.isArray(allowed) && allowed.length > 0
    ? allowed.join(', ')
    : 'nothing, for CONNECTORS_BROKER_ALLOW is empty';
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
