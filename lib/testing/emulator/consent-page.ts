import type { Answer } from './emulator-answers.js';
import type { Consent, EmulatorState } from './emulator-state.js';

/** Notes that a user is about to connect, and gives the id of the page that asks them. */
export function openConsent(state: EmulatorState, id: string, consent: Consent): string {
  state.consents.set(id, consent);
  return `${state.url}/consent/${id}`;
}

/** The page that stands for the provider's: it asks for approval. */
export function showConsent(state: EmulatorState, id: string): Answer {
  const consent = state.consents.get(id);
  if (!consent) return expired;
  const question = `Connect ${escaped(consent.connectorId)} for ${escaped(consent.userId)}?`;
  return page(200, `<p>${question}</p><form method="post"><button>Approve</button></form>`);
}

/** Connects the user who approved; a page approves once. */
export function approveConsent(state: EmulatorState, id: string): Answer {
  const consent = state.consents.get(id);
  if (!consent) return expired;
  state.consents.delete(id);
  const { connectorId, userId } = consent;
  const presets = state.consentPresets;
  const ofUser = presets.get(presetKey(connectorId, userId));
  const connection = ofUser ?? presets.get(presetKey(connectorId)) ?? {};
  state.connections.connect({ appUserConnector: connectorId }, connection, { id: userId });
  return page(200, '<p>Connected. You can close this page.</p>');
}

/** Under which name a preset stands: for one user, or for all. */
export function presetKey(connectorId: string, userId?: string): string {
  return JSON.stringify([connectorId, userId]);
}

const expired = page(404, '<p>This consent page is unknown, or was used already.</p>');

function page(status: number, content: string): Answer {
  const head =
    '<!doctype html><meta name="viewport" content="width=device-width">' +
    '<link rel="icon" href="data:,"><title>Base44 emulator</title>';
  const body = `${head}${content}`;
  return { status, body, headers: { 'Content-Type': 'text/html; charset=utf-8' } };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
