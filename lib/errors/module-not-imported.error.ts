import { ConnectorsConfigurationError } from './connectors-configuration.error.js';

interface MissingModule {
  /** The name of the missing instance. Absent for the default instance. */
  readonly instance: string | undefined;
  /** A clause that says which code needs the module. */
  readonly dependent: string;
  /** The remedy for a module that is registered with `isGlobal: false`. */
  readonly localRemedy: string;
  /** A sentence about several copies of the package, or an empty string. */
  readonly copies: string;
}

/**
 * Throws the error for a `ConnectorsModule` that is not available where one is needed.
 *
 * @throws {@link ConnectorsConfigurationError}
 * @internal
 */
export function throwModuleNotImported({
  instance,
  dependent,
  localRemedy,
  copies,
}: MissingModule): never {
  const [named, options] =
    instance === undefined ? ['', '…'] : [` named '${instance}'`, `name: '${instance}', …`];
  throw new ConnectorsConfigurationError(
    `${dependent}, but no ConnectorsModule${named} is available to it. ` +
      `Import ConnectorsModule.forRoot({ ${options} }) in the root module. ` +
      `If it is registered with isGlobal: false, ${localRemedy}.${copies} ` +
      `In a test, import ConnectorsTestingModule.forRoot({ ${options} }).`,
  );
}
