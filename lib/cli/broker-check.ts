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
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const ask = async (order: object, name: string): Promise<unknown> => {
    const subject = { appId: '', connector: name, name, address: 'broker.url' as const };
    const data = JSON.stringify(order);
    const answer = await api.send(subject, {
      method: 'POST',
      baseURL: url,
      data,
      headers: signatureHeaders(secret, url, data),
      maxContentLength: MAX_TOKEN_ANSWER_BYTES,
      signal,
    });
    return brokerBodyIn(answer, subject);
  };
  try {
    const answer = (await ask({ operation: 'check' }, 'check')) as Record<string, unknown>;
    const { ok, allowed } = answer;
    if (ok !== true || !Array.isArray(allowed)) {
      fail(`Something answers at ${new URL(url).origin}, but it is no broker.`);
      return;
    }
    console.log(`The broker answers. It may hand out: ${listed(allowed)}.`);
    if (connector === undefined) return;
    const id = parseIntegrationType(connector);
    const order = { operation: 'connection', connector: { kind: 'integrationType', id } };
    parseConnection(await ask(order, id), id);
    console.log(`It has a token of '${id}'.`);
  } catch (error) {
    fail(messageOf(error, signal));
  } finally {
    api.close();
  }
}

function naming(name: string, problem: string | undefined): string | undefined {
  return problem && `${name} ${problem}`;
}

function messageOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return `The broker gave no answer within ${DEADLINE_MS / 1_000} s.`;
  return isConnectorsError(error) ? error.message : 'The broker gave no answer.';
}

function listed(allowed: readonly unknown[]): string {
  return allowed.length > 0 ? allowed.join(', ') : 'nothing, for CONNECTORS_BROKER_ALLOW is empty';
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
