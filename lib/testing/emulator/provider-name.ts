import { CONNECTORS } from '../../connectors.catalogue.js';

/** Returns the name of a provider in the catalogue, or the integration type if it is unknown. */
export function getProviderName(integrationType: string): string {
  const types: Readonly<Record<string, { readonly name: string }>> = CONNECTORS;
  const description = Object.hasOwn(types, integrationType) ? types[integrationType] : undefined;
  return description?.name ?? integrationType;
}
