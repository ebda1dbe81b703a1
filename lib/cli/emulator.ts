import { isAppUserConnector } from '../common/connector-ref.formatter.js';
import { Base44Emulator } from '../testing/emulator/base44-emulator.js';
import type { EmulatedAppUser } from '../testing/emulator/state/app-user.registry.js';
import { describeEmulator } from './emulator-intro.js';
import { describeRequest } from './emulator-log.js';
import {
  describeUnknownTypes,
  type EmulatorOptions,
  type EmulatorSettings,
  parseSettings,
  UsageError,
} from './emulator-settings.js';
import { fail } from './fail.js';

/** Runs the emulator until Ctrl+C, and prints a line for each request. */
export async function runEmulator(options: EmulatorOptions): Promise<void> {
  try {
    const settings = parseSettings(options, process.env);
    const warning = describeUnknownTypes(settings);
    if (warning !== undefined) console.error(`${warning}\n`);
    const emulator = await start(settings);
    const users = settings.users.map((id) => emulator.addAppUser(id, toToken(id)));
    connect(emulator, settings, users);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void emulator.close());
    console.log(describeEmulator(emulator, settings, users));
  } catch (error) {
    fail(describeError(error, options));
  }
}

/** The tokens are the same after a restart, so that a user stays signed in. */
function toToken(userId: string): string {
  return `emulated-user-token-${userId}`;
}

async function start(settings: EmulatorSettings): Promise<Base44Emulator> {
  const { port, appId, serviceToken, users } = settings;
  const userIds = new Map(users.map((id) => [toToken(id), id]));
  const emulator = await Base44Emulator.start({
    port,
    appId,
    serviceToken,
    onResponse: (request) => {
      console.log(describeRequest(request, userIds));
      // Nothing else reads the records, which would fill the memory.
      emulator.clear();
    },
  });
  return emulator;
}

function connect(
  emulator: Base44Emulator,
  { connected, registered }: EmulatorSettings,
  users: readonly EmulatedAppUser[],
): void {
  for (const { id, integrationType } of registered) emulator.register(id, integrationType);
  for (const { connector, isMetered, accessToken } of connected) {
    if (isMetered && typeof connector === 'string') emulator.meter(connector);
    else if (!isAppUserConnector(connector)) emulator.connect(connector, { accessToken });
    else for (const user of users) emulator.connect(connector, { accessToken }, user);
  }
}

/** Returns the message of an expected error, and throws any other. */
function describeError(error: unknown, { port }: EmulatorOptions): string {
  if (error instanceof UsageError) return error.message;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return (
      `Port ${port} is in use, perhaps by another emulator. ` +
      'Stop it, or choose another port, such as --port 4401.'
    );
  }
  if (syscall === 'listen') return `Cannot listen on port ${port} (${String(code)}).`;
  throw error;
}
