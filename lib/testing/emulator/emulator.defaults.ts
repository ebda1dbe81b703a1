/** The defaults of the emulator's command. They are fixed, so that an `.env` stays valid. */
export const EMULATOR_DEFAULTS = {
  appId: '64b0c0ffee0000000000ba44',
  port: 4400,
  serviceToken: 'emulated-service-token',
} as const;
