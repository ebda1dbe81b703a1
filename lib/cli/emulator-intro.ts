import type { Base44Emulator } from '../testing/emulator/base44-emulator.js';
import { getProviderName } from '../testing/emulator/provider-name.js';
import type { EmulatedAppUser } from '../testing/emulator/state/app-user.registry.js';
import type { EmulatorSettings } from './emulator-settings.js';

/** Returns the settings of the application that uses the emulator, and the connectors to try. */
export function describeEmulator(
  { url, appId, serviceToken }: Base44Emulator,
  settings: EmulatorSettings,
  users: readonly EmulatedAppUser[],
): string {
  const lines = [
    `Base44 emulator on ${url}. Press Ctrl+C to stop it.`,
    '',
    'Add these lines to the .env of your application. They stay valid after a restart.',
    '',
    `BASE44_APP_ID=${appId}`,
    `BASE44_API_URL=${url}`,
    `BASE44_SERVICE_TOKEN=${serviceToken}`,
    ...describeUsers(users),
    '',
    ...describeConnectors(settings),
    '',
    'Requests:',
  ];
  return lines.join('\n');
}

function describeUsers(users: readonly EmulatedAppUser[]): string[] {
  if (users.length === 0) return [];
  return [
    "# The Base44 tokens of the app's users. Send a token as your application expects it, such as 'Authorization: Bearer <token>'.",
    ...users.map(({ id, token }) => `BASE44_USER_TOKEN_${id.toUpperCase()}=${token}`),
  ];
}

function describeConnectors({ connected, registered, users }: EmulatorSettings): string[] {
  if (connected.length + registered.length === 0) {
    return ['No connector is connected. Add --connect slack,googlecalendar.'];
  }
  const names = connected.map(({ name, variable, isMetered }) => {
    if (isMetered) return `${name} (metered: callApi gets an empty response)`;
    return variable === undefined ? name : `${name} (with the token in ${variable})`;
  });
  const ids = registered.map(({ id, integrationType }) =>
    integrationType === undefined ? id : `${id} (${getProviderName(integrationType)})`,
  );
  const isEmulated = connected.some(({ isMetered, variable }) => !isMetered && !variable);
  return [
    ...(names.length === 0 ? [] : [`Connected: ${names.join(', ')}.`]),
    ...(ids.length === 0
      ? []
      : [`Connectors for the consent page (users: ${users.join(', ')}): ${ids.join(', ')}.`]),
    ...(isEmulated
      ? [
          'Providers reject emulated tokens. For real calls: --connect slack=NAME_OF_AN_ENV_VARIABLE.',
        ]
      : []),
  ];
}
