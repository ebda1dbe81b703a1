import type { EmulatorResponse } from '../http/emulator-response.js';
import { getProviderName } from '../provider-name.js';
import type { Consent } from '../state/consent.registry.js';
import type { EmulatorState } from '../state/emulator-state.js';
import { STYLE } from './consent-page.style.js';

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; " +
    "frame-ancestors 'none'; base-uri 'none'",
  'Cache-Control': 'no-store',
};

/** Shows the page that asks the user for approval, in place of the provider's page. */
export function showConsentPage(state: EmulatorState, id: string): EmulatorResponse {
  const consent = state.consents.find(id);
  if (!consent) return unknownPage;
  const { name, user } = describe(state, consent);
  return toPage(
    200,
    `Connect ${name}?`,
    `<p>The app wants to act in ${name} for <b>${user}</b>.</p>
    <dl>
      <div><dt>App</dt><dd>${escapeHtml(state.appId)}</dd></div>
      <div><dt>Connector</dt><dd>${escapeHtml(consent.connectorId)}</dd></div>
      <div><dt>User</dt><dd>${user}</dd></div>
    </dl>
    <form method="post">
      <button name="decision" value="approve" class="primary">Approve</button>
      <button name="decision" value="deny">Deny</button>
    </form>
    <p class="note">If you approve, this emulator connects ${name} for ${user}, and your application can
    request the access token. No account is needed, and nothing leaves this computer.</p>`,
  );
}

/** Connects the user, unless the submitted form says that the user denied it. */
export function decideConsent(state: EmulatorState, id: string, form: string): EmulatorResponse {
  const consent = state.consents.take(id);
  if (!consent) return unknownPage;
  const { name, user } = describe(state, consent);
  if (new URLSearchParams(form).get('decision') === 'deny') {
    const note = `<p>${name} is not connected for <b>${user}</b>. You can close this page.</p>`;
    return toPage(200, 'Denied', note);
  }
  const { connectorId, userId } = consent;
  const connection = state.consents.toConnection(consent);
  state.connections.connect({ appUserConnector: connectorId }, connection, { id: userId });
  const note = `<p>${name} is connected for <b>${user}</b>. You can close this page.</p>`;
  return toPage(200, 'Connected', note);
}

const unknownPage = toPage(
  404,
  'Nothing to approve',
  '<p>This consent page is unknown or has already been used. Start again in your application.</p>',
);

/** Returns escaped texts. */
function describe({ consents }: EmulatorState, consent: Consent): { name: string; user: string } {
  const { integrationType = consent.connectorId } = consents.toConnection(consent);
  return { name: escapeHtml(getProviderName(integrationType)), user: escapeHtml(consent.userId) };
}

function toPage(status: number, title: string, content: string): EmulatorResponse {
  const body = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <title>${title} · Base44 emulator</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <header>Base44 emulator</header>
    <main>
    <h1>${title}</h1>
    ${content}
    </main>
  </body>
</html>`;
  return { status, body, headers: HEADERS };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
