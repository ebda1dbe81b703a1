import type { EmulatorResponse } from '../http/emulator-response.js';
import type { EmulatorState } from '../state/emulator-state.js';

/** Shows the page that asks the user for approval, in place of the provider's page. */
export function showConsentPage(state: EmulatorState, id: string): EmulatorResponse {
  const consent = state.consents.find(id);
  if (!consent) return unknownPage;
  const question = `Connect ${escapeHtml(consent.connectorId)} for ${escapeHtml(consent.userId)}?`;
  return toPage(200, `<p>${question}</p><form method="post"><button>Approve</button></form>`);
}

/** Connects the user who approved. */
export function approveConsent(state: EmulatorState, id: string): EmulatorResponse {
  const consent = state.consents.take(id);
  if (!consent) return unknownPage;
  const { connectorId, userId } = consent;
  const connection = state.consents.findPreset(consent) ?? {};
  state.connections.connect({ appUserConnector: connectorId }, connection, { id: userId });
  return toPage(200, '<p>Connected. You can close this page.</p>');
}

const unknownPage = toPage(404, '<p>This consent page is unknown or has already been used.</p>');

function toPage(status: number, content: string): EmulatorResponse {
  const head =
    '<!doctype html><meta name="viewport" content="width=device-width">' +
    '<link rel="icon" href="data:,"><title>Base44 emulator</title>';
  const headers = { 'Content-Type': 'text/html; charset=utf-8' };
  return { status, body: `${head}${content}`, headers };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
