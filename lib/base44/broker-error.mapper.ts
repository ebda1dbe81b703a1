import { UnexpectedResponseError } from '../errors/base44.errors.js';
import { BrokerError } from '../errors/broker.errors.js';
import { InvalidRequestError } from '../errors/request.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { ConnectorsError, ConnectorsErrorDetails } from '../errors/connectors.error.js';
import { mapResponseError } from './response-error.mapper.js';
import { isHtml, isSuccess, type UpstreamResponse } from './upstream-response.js';

/** The broker marks its own responses with this source. Base44's pages and errors lack it. */
const SOURCE = 'connectors-broker';

/**
 * The sentence that names the command to diagnose a broker.
 *
 * @internal
 */
export const CHECK_HINT = "Diagnose it with 'npx nestjs-base44-connectors broker check'.";

/**
 * The failed call to a broker.
 *
 * @internal
 */
export interface BrokerErrorContext extends ErrorContext {
  /** The connector's name in `CONNECTORS_BROKER_ALLOW`. */
  readonly allowedName: string;
  readonly address: 'broker.url';
  /** The host of `broker.url`. */
  readonly host: string;
}

type ErrorFactory = (
  details: ConnectorsErrorDetails,
  context: BrokerErrorContext,
  now: unknown,
) => ConnectorsError;

/** The errors by the code that the broker sends. */
const ERRORS: ReadonlyMap<unknown, ErrorFactory> = new Map<string, ErrorFactory>([
  [
    'broker_signature_invalid',
    (details, { host }) =>
      new BrokerError(
        'BROKER_SECRET_REJECTED',
        "The broker rejects this application's signature. Set broker.secret to the value of " +
          "the app's secret CONNECTORS_BROKER_SECRET. If they are equal, set the app's secret " +
          `CONNECTORS_BROKER_HOSTS to '${host}', the host of broker.url. ${CHECK_HINT}`,
        details,
      ),
  ],
  [
    'broker_clock_skew',
    (details, _, now) =>
      new BrokerError(
        'BROKER_CLOCK_SKEWED',
        `The clock of this machine ${describeClockSkew(now)} the broker's clock. The broker ` +
          'tolerates five minutes. Synchronize this clock with a time server.',
        details,
      ),
  ],
  [
    'broker_connector_not_allowed',
    (details, { connector, allowedName }) =>
      new BrokerError(
        'BROKER_CONNECTOR_NOT_ALLOWED',
        `The broker does not allow connector '${connector}'. ` +
          `Add '${allowedName}' to the app's secret CONNECTORS_BROKER_ALLOW, a comma-separated list.`,
        details,
      ),
  ],
  [
    'broker_not_configured',
    (details) =>
      new BrokerError(
        'BROKER_MISCONFIGURED',
        "The broker has no secret of 32 characters or more. Set the app's secret CONNECTORS_BROKER_SECRET.",
        details,
      ),
  ],
  [
    'broker_no_service_role',
    (details) =>
      new BrokerError(
        'BROKER_MISCONFIGURED',
        'The broker receives no service role from Base44. Deploy it as a backend function of the app.',
        details,
      ),
  ],
  [
    'broker_body_too_large',
    (details) =>
      new InvalidRequestError(
        'The request exceeds the 1 MiB that the broker accepts. Send a smaller request.',
        details,
      ),
  ],
]);

/**
 * Returns the body of a successful response of the broker.
 *
 * @throws the mapped error for any other response
 * @internal
 */
export function requireBrokerSuccess(
  response: UpstreamResponse,
  context: BrokerErrorContext,
): unknown {
  if (isSuccess(response) && typeof response.body !== 'string') return response.body;
  throw mapBrokerError(response, context);
}

function mapBrokerError(response: UpstreamResponse, context: BrokerErrorContext): ConnectorsError {
  const { status, body } = response;
  const { source, code, now } = Object(body) as Record<string, unknown>;
  if (source !== SOURCE) return mapForeignResponse(response, context);
  const createError = ERRORS.get(code);
  if (createError === undefined) return mapResponseError(response, context);
  return createError({ connector: context.connector, status }, context, now);
}

/** Maps a response that no broker sent. Without a broker, Base44 sends 404 or the app's own page. */
function mapForeignResponse(response: UpstreamResponse, context: ErrorContext): ConnectorsError {
  const { status, body } = response;
  if (status < 300 && !isHtml(body)) {
    return new UnexpectedResponseError(context, 'it is not JSON', { status });
  }
  if (status >= 300 && status !== 404 && status !== 405) return mapResponseError(response, context);
  return new BrokerError(
    'BROKER_NOT_DEPLOYED',
    "There is no broker at broker.url. Deploy it with 'npx nestjs-base44-connectors broker init' " +
      `and 'npx base44 functions deploy connectors-broker', or correct the URL. ${CHECK_HINT}`,
    { connector: context.connector, status },
  );
}

function describeClockSkew(now: unknown): string {
  if (typeof now !== 'number' || !Number.isFinite(now)) return 'differs from';
  const seconds = Math.round((Date.now() - now) / 1000);
  return `is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'}`;
}
