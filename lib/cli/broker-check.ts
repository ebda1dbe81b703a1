import { Base44Api, MAX_TOKEN_ANSWER_BYTES } from '../base44/base44-api.js';
import { createBase44Http } from '../base44/base44-http.js';
import { requireBrokerSuccess, CHECK } from '../base44/broker-error.mapper.js';
import { signatureHeaders } from '../base44/broker-signature.js';
import { parseConnection } from '../base44/connection.parser.js';
import { parseConnectorId, parseIntegrationType } from '../common/connector-ref.parser.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { InvalidConnectorError } from '../errors/connection.errors.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import {
  describeBrokerSecretProblem,
  describeBrokerUrlProblem,
} from '../options/broker.validator.js';

export interface CheckOptions {
  readonly url?: string;
  readonly secret?: string;
  readonly connector?: string;
}

const DEADLINE_MS = 15_000;

/** Says in plain words whether a deployed broker works, and what is wrong if it does not. */
export async function checkBroker({ url, secret, connector: name }: CheckOptions): Promise<void> {
  if (url === undefined || secret === undefined) {
    fail('Set BASE44_BROKER_URL and BASE44_BROKER_SECRET in the environment; .env is not read.');
    return;
  }
  const problem =
    naming('BASE44_BROKER_URL', describeBrokerUrlProblem(url)) ??
    naming('BASE44_BROKER_SECRET', describeBrokerSecretProblem(secret));
  if (problem !== undefined) {
    fail(problem);
    return;
  }
  const api = new Base44Api(createBase44Http({ useEnvironmentProxy: false }));
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const ask = async (order: object, name: string): Promise<unknown> => {
    const subject = {
      appId: 'of this broker',
      connector: name,
      name,
      address: 'broker.url' as const,
    };
    const data = JSON.stringify(order);
    const answer = await api.send(subject, {
      method: 'POST',
      baseURL: url,
      data,
      headers: signatureHeaders(secret, url, data),
      maxContentLength: MAX_TOKEN_ANSWER_BYTES,
      signal,
    });
    return requireBrokerSuccess(answer, subject);
  };
  try {
    const answer = (await ask({ operation: 'check' }, 'check')) as Record<string, unknown>;
    const { ok, allowed } = answer;
    if (ok !== true || !Array.isArray(allowed)) {
      fail(`Something answers at ${new URL(url).origin}, but it is no broker.`);
      return;
    }
    console.log(`The broker answers. It may hand out: ${listed(allowed)}.`);
    if (name === undefined) return;
    const connector = connectorNamed(name);
    parseConnection(await ask({ operation: 'connection', connector }, name), name);
    console.log(`It has a token of '${name}'.`);
  } catch (error) {
    fail(messageOf(error, signal));
  } finally {
    api.close();
  }
}

/** In the names of CONNECTORS_BROKER_ALLOW. */
function connectorNamed(name: string): Connector {
  const [kind, id] = name.split(':');
  if (kind === 'appUserConnector') {
    throw new InvalidConnectorError("An app user's connection is given to its user only");
  }
  return kind === 'workspaceConnector'
    ? { kind, id: parseConnectorId(id) }
    : { kind: 'integrationType', id: parseIntegrationType(name) };
}

function naming(name: string, problem: string | undefined): string | undefined {
  return problem && `${name} ${problem}`;
}

function messageOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return `The broker gave no answer within ${DEADLINE_MS / 1_000} s.`;
  return isConnectorsError(error)
    ? error.message.replace(CHECK, '').trimEnd()
    : 'The broker gave no answer.';
}

function listed(allowed: readonly unknown[]): string {
  return allowed.length > 0 ? allowed.join(', ') : 'nothing, for CONNECTORS_BROKER_ALLOW is empty';
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
