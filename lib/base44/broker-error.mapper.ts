import { BrokerError } from '../errors/broker.errors.js';
import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import { InvalidRequestError } from '../errors/request.errors.js';
import type { ConnectorsError } from '../errors/connectors.error.js';
import { mapResponseError, type UpstreamResponse } from './upstream-error.mapper.js';

/** How the function marks what it says itself. Base44's own pages and errors lack it. */
const SOURCE = 'connectors-broker';

/** @internal */
export const CHECK = "Find out more with 'npx nestjs-base44-connectors broker check'.";

/**
 * What a broker is asked about.
 *
 * @internal
 */
export interface BrokerSubject extends ErrorContext {
  /** As `CONNECTORS_BROKER_ALLOW` names it. */
  readonly name: string;
  readonly address: 'broker.url';
}

/**
 * The body of a broker's answer.
 *
 * @throws the error that it means
 * @internal
 */
export function requireBrokerSuccess(answer: UpstreamResponse, subject: BrokerSubject): unknown {
  const { status, body } = answer;
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && typeof body !== 'string') return body;
  throw mapBrokerError(answer, subject);
}

function mapBrokerError(answer: UpstreamResponse, subject: BrokerSubject): ConnectorsError {
  const { status, body } = answer;
  const { connector } = subject;
  const { source, code, now } = Object(body) as Record<string, unknown>;
  const details = { connector, status };
  if (source !== SOURCE) return errorFromElsewhere(answer, subject);
  switch (code) {
    case 'broker_signature_invalid':
      return new BrokerError(
        'BROKER_SECRET_REJECTED',
        'The broker does not accept the signature of this application. Give broker.secret the value ' +
          `of the app's secret CONNECTORS_BROKER_SECRET. ${CHECK}`,
        details,
      );
    case 'broker_clock_skew':
      return new BrokerError(
        'BROKER_CLOCK_SKEWED',
        `The clock of this machine ${differenceOf(now)} the broker's, which allows for five minutes. ` +
          'Set it by a time server.',
        details,
      );
    case 'broker_connector_not_allowed':
      return new BrokerError(
        'BROKER_CONNECTOR_NOT_ALLOWED',
        `The broker may not hand out '${connector}'. Add '${subject.name}' to the app's secret ` +
          'CONNECTORS_BROKER_ALLOW, a list with commas.',
        details,
      );
    case 'broker_not_configured':
      return new BrokerError(
        'BROKER_MISCONFIGURED',
        "The broker has no secret of 32 characters or more. Set the app's secret CONNECTORS_BROKER_SECRET.",
        details,
      );
    case 'broker_no_service_role':
      return new BrokerError(
        'BROKER_MISCONFIGURED',
        'The broker got no service role from Base44. Deploy it as a backend function of the app.',
        details,
      );
    case 'broker_body_too_large':
      return new InvalidRequestError(
        'Through the broker a request may have 1 MiB at most. Send less at once.',
        details,
      );
    default:
      return mapResponseError(answer, subject);
  }
}

/** A missing function is a 404, or the app's own page. */
function errorFromElsewhere(answer: UpstreamResponse, subject: ErrorContext): ConnectorsError {
  const { status, body } = answer;
  if (status < 300 && !isPage(body)) {
    return new UnexpectedResponseError(subject, 'it is no JSON', { status });
  }
  if (status >= 300 && status !== 404 && status !== 405) return mapResponseError(answer, subject);
  return new BrokerError(
    'BROKER_NOT_DEPLOYED',
    'There is no broker at broker.url. Deploy it with ' +
      `'npx nestjs-base44-connectors broker init' and 'base44 functions deploy', or correct the URL. ${CHECK}`,
    { connector: subject.connector, status },
  );
}

function differenceOf(now: unknown): string {
  if (typeof now !== 'number' || !Number.isFinite(now)) return 'differs from';
  const seconds = Math.round((Date.now() - now) / 1000);
  return `is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'}`;
}

function isPage(body: unknown): boolean {
  return typeof body === 'string' && body.trimStart().startsWith('<');
}
