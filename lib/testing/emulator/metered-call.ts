import { creditsExhausted, Refusal, type Answer } from './emulator-answers.js';

/**
 * What a metered connector's provider is asked, as it arrived at the proxy.
 *
 * @publicApi
 */
export interface MeteredRequest {
  readonly method: string;
  /** One of the connector's API hosts; left out for its default one. */
  readonly host?: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * What the provider of a metered connector answers.
 *
 * @publicApi
 */
export interface MeteredAnswer {
  /** @default 200, or `null` in a phase without an answer */
  readonly status?: number | null | undefined;
  /** @default null */
  readonly data?: unknown;
  /** Set instead of `data`, for a binary body. */
  readonly dataBase64?: string | undefined;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How far the call went. @default 'responded' */
  readonly phase?: 'not_sent' | 'responded' | 'timed_out' | 'sent_unconfirmed' | undefined;
  /** @default the connector's `creditsPerCall`; 0 when the call was not sent */
  readonly creditsCharged?: number | undefined;
}

/**
 * Stands for the provider of a metered connector.
 *
 * @publicApi
 */
export type MeteredProvider = (request: MeteredRequest) => MeteredAnswer | Promise<MeteredAnswer>;

/**
 * How a metered connector behaves.
 *
 * @publicApi
 */
export interface MeterOptions {
  /** @default an empty 200 */
  readonly respond?: MeteredProvider | undefined;
  /** @default 1 */
  readonly creditsPerCall?: number | undefined;
}

export interface Meter {
  readonly respond: MeteredProvider;
  readonly creditsPerCall: number;
}

export function meterOf({ respond = () => ({}), creditsPerCall = 1 }: MeterOptions): Meter {
  return { respond, creditsPerCall };
}

/** Where the integration credits of the workspace are kept. */
interface Purse {
  credits: number;
}

/** Reserves the price, asks the provider, and gives back what was not charged. */
export async function runMeteredCall(
  purse: Purse,
  { respond, creditsPerCall }: Meter,
  request: MeteredRequest,
): Promise<Answer> {
  if (purse.credits < creditsPerCall || purse.credits <= 0) throw new Refusal(creditsExhausted);
  purse.credits -= creditsPerCall;
  let charged = 0;
  try {
    const answer = await respond(request);
    charged = answer.creditsCharged ?? (answer.phase === 'not_sent' ? 0 : creditsPerCall);
    return { status: 200, body: { ...onTheWire(answer), credits_charged: charged } };
  } finally {
    purse.credits += creditsPerCall - charged;
  }
}

function onTheWire(answer: MeteredAnswer): object {
  const { phase = 'responded', data, dataBase64, contentType, headers } = answer;
  const status = answer.status ?? (phase === 'responded' ? 200 : null);
  return {
    success: phase === 'responded' && status !== null && status >= 200 && status < 300,
    phase,
    status_code: status,
    data: data ?? null,
    data_base64: dataBase64 ?? null,
    content_type: contentType ?? null,
    headers: headers ?? {},
  };
}
