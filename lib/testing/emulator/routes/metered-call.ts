import { HttpError, type EmulatorResponse } from '../http/emulator-response.js';
import { creditsExhausted } from '../http/error-responses.js';
import type { EmulatorState } from '../state/emulator-state.js';
import type { Meter, MeteredRequest, MeteredResponse } from '../state/meter.js';

/** Reserves the price of a call, calls the provider, and refunds what was not charged. */
export async function runMeteredCall(
  state: EmulatorState,
  { respond, creditsPerCall }: Meter,
  request: MeteredRequest,
): Promise<EmulatorResponse> {
  if (state.credits < creditsPerCall || state.credits <= 0) throw new HttpError(creditsExhausted);
  state.credits -= creditsPerCall;
  let creditsCharged = 0;
  try {
    const response = await respond(request);
    creditsCharged =
      response.creditsCharged ?? (response.phase === 'not_sent' ? 0 : creditsPerCall);
    return { status: 200, body: { ...toBody(response), credits_charged: creditsCharged } };
  } finally {
    state.credits += creditsPerCall - creditsCharged;
  }
}

function toBody(response: MeteredResponse): object {
  const { phase = 'responded', data, dataBase64, contentType, headers } = response;
  const status = response.status ?? (phase === 'responded' ? 200 : null);
  return {
    success: phase === 'responded' && status !== null && status >= 200 && status < 300,
    phase,
    status_code: status,
    data: data ?? null,
    data_base64: dataBase64,
    content_type: contentType,
    headers: headers ?? {},
  };
}
